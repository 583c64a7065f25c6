"""What intake says about a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace as changed

from services.reporting.state.standing import graver
from services.reporting.state.view import CaseView, Graded, Opening, Promised
from shared.contracts.envelope import Fact, Heading
from shared.contracts.intake import (
    IncidentOpened,
    RequestAmended,
    RequestClassified,
    RequestReceived,
    RequestsLinked,
    RequestWithdrawn,
)
from shared.contracts.origins import Outer, Planned
from shared.rules.book import Book, UnknownPack
from shared.rules.clocks import Promise

_AMENDABLE = ("unit", "channel", "received_at", "customer_limit", "first_receiver")


def received(view: CaseView, fact: RequestReceived, heading: Heading, book: Book) -> CaseView:
    """A matter was logged."""
    opening = Opening(
        number=fact.number,
        site=fact.site,
        zone=book.site(fact.site).zone,
        pack=fact.pack,
        pack_version=fact.pack_version,
        case_type=fact.case_type,
        kind=_kind(fact, book),
        category=fact.category,
        validity=fact.validity,
        channel=fact.channel,
        received_at=fact.received_at,
        logged_at=fact.logged_at,
        first_receiver=fact.first_receiver,
        registered_by=fact.registered_by,
        unit=fact.unit,
        responsible=fact.department,
        customer_limit=fact.customer_limit,
        promises=_promised(fact.promises),
        incident=fact.incident,
        opens_incident=fact.opens_incident,
        drill=fact.drill,
        source=fact.history.source if fact.history else None,
        source_key=fact.history.key if fact.history else None,
        flags=fact.flags,
        form=fact.form,
        opened_by=fact.opened_by.rule if fact.opened_by else None,
        **_planned(fact.planned),
        **_outer(fact.outer),
    )
    graded = graver(view.graded, Graded(fact.severity, fact.received_at, heading.id))
    return changed(view, opening=opening, graded=graded)


def classified(view: CaseView, fact: RequestClassified, heading: Heading, _book: Book) -> CaseView:
    """Category, severity or validity were decided again."""
    graded = graver(view.graded, Graded(fact.severity, fact.effective_at, heading.id))
    decided = _opened(
        view,
        case_type=fact.case_type,
        category=fact.category,
        validity=fact.validity,
        flags=fact.flags,
        **({"responsible": fact.department} if fact.department else {}),
        **_new_promises(fact.promises),
    )
    return changed(decided, graded=graded)


def amended(view: CaseView, fact: RequestAmended, _heading: Heading, _book: Book) -> CaseView:
    """Details changed; only the fields named count."""
    named = {name: getattr(fact, name) for name in _AMENDABLE if name in fact.changed}
    kept = {name: value for name, value in named.items() if value is not None or name in _MAY_BE_NONE}
    outer = _outer(fact.outer) if "outer" in fact.changed else {}
    form = {"form": fact.form} if "form" in fact.changed else {}
    flags = {"flags": fact.flags} if {"form", "contact"} & set(fact.changed) else {}
    return _opened(view, **kept, **outer, **form, **flags, **_new_promises(fact.promises))


def withdrawn(view: CaseView, _fact: RequestWithdrawn, heading: Heading, _book: Book) -> CaseView:
    """The customer took it back; dispatch ends the case."""
    return _opened(view, withdrawn_at=heading.at)


def linked(view: CaseView, fact: RequestsLinked, _heading: Heading, _book: Book) -> CaseView:
    """It hangs under an incident now, or no longer."""
    return _opened(view, incident=fact.incident)


def incident_opened(view: CaseView, _fact: IncidentOpened, _heading: Heading, _book: Book) -> CaseView:
    """It is a parent of joined matters."""
    return _opened(view, opens_incident=True)


_MAY_BE_NONE = frozenset({"unit", "customer_limit"})

MEANINGS: Mapping[type[Fact], Callable[[CaseView, Any, Heading, Book], CaseView]] = {
    RequestReceived: received,
    RequestClassified: classified,
    RequestAmended: amended,
    RequestWithdrawn: withdrawn,
    RequestsLinked: linked,
    IncidentOpened: incident_opened,
}


def _opened(view: CaseView, **changes: Any) -> CaseView:
    if view.opening is None:
        return view
    return changed(view, opening=changed(view.opening, **changes))


def _new_promises(promises: tuple[Promise, ...]) -> dict[str, Any]:
    return {"promises": _promised(promises)} if promises else {}


def _promised(promises: tuple[Promise, ...]) -> tuple[Promised, ...]:
    return tuple(Promised(p.clock, p.kind.value, p.due_at, p.product_default) for p in promises)


def _planned(planned: Planned | None) -> dict[str, Any]:
    if planned is None:
        return {}
    return {
        "planned_rule": planned.rule,
        "planned_period": planned.period,
        "planned_due_at": planned.due_at,
    }


def _outer(outer: Outer | None) -> dict[str, Any]:
    return {
        "outer_line": outer.line if outer else None,
        "outer_number": outer.number if outer else None,
        "outer_deadline": outer.deadline if outer else None,
    }


def _kind(fact: RequestReceived, book: Book) -> str:
    try:
        case_type = book.pack(fact.pack, fact.pack_version).case_types.get(fact.case_type)
    except UnknownPack:
        case_type = None
    return case_type.kind.value if case_type is not None else fact.case_type
