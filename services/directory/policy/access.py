"""Which sites a record belongs to: who may write it and who may see it follows from that."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

EVERYWHERE = "*"
"""Stands for all sites: records of no site are head office's."""

Body = Mapping[str, Any]


def sites_of(record: str, body: Body) -> tuple[str, ...]:
    """Sites the record belongs to, sorted; ``("*",)`` for one that belongs to none or to all.

    A token has no site in itself: the caller passes the sites of its account.
    """
    found = tuple(sorted(set(_SITES.get(record, _nowhere)(body))))
    return (EVERYWHERE,) if not found or EVERYWHERE in found else found


def _nowhere(_body: Body) -> Iterable[str]:
    return ()


def _own(body: Body) -> Iterable[str]:
    return (body["id"],)


def _one(body: Body) -> Iterable[str]:
    return (body["site"],)


def _appointments(body: Body) -> Iterable[str]:
    return (appointment["site"] for appointment in body.get("appointments") or ())


def _grants(body: Body) -> Iterable[str]:
    return (grant["site"] for grant in body.get("grants") or ())


_SITES: Mapping[str, Callable[[Body], Iterable[str]]] = {
    "site": _own,
    "department": _one,
    "roster": _one,
    "person": _appointments,
    "account": _grants,
}
