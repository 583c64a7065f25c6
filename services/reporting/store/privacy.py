"""Personal data of a case, gathered from the private parts of its facts.

Each column has one speaker, so that the order between speakers does not matter. An absent key leaves a column as it
is; an empty text clears it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts.dispatch import OrderCompleted, ReplyGiven
from shared.contracts.envelope import Fact
from shared.contracts.intake import Caller, RequestAmended, RequestReceived

_PARTS = {
    "caller": ("name", "phone", "resident"),
    "content": ("content",),
    "demand": ("demand",),
    "place": ("place",),
}


def private_of(fact: Fact) -> dict[str, str]:
    """What *fact* says about the persons of its case, by column of ``case_private``."""
    gather = _GATHER.get(type(fact))
    return gather(fact) if gather is not None else {}


def _received(fact: RequestReceived) -> dict[str, str]:
    return {name: value for name, value in _texts(fact.private).items() if value}


def _amended(fact: RequestAmended) -> dict[str, str]:
    texts = _texts(fact.private)
    changed = [name for part, names in _PARTS.items() if part in fact.changed for name in names]
    return {name: texts[name] for name in changed}


def _completed(fact: OrderCompleted) -> dict[str, str]:
    return {"done": fact.private.text} if fact.private.text else {}


def _replied(fact: ReplyGiven) -> dict[str, str]:
    return {"told": fact.private.text} if fact.kind == "result" and fact.private.text else {}


def _texts(caller: Caller) -> dict[str, str]:
    return {name: getattr(caller, name) or "" for names in _PARTS.values() for name in names}


_GATHER: Mapping[type[Fact], Callable[[Any], dict[str, str]]] = {
    RequestReceived: _received,
    RequestAmended: _amended,
    OrderCompleted: _completed,
    ReplyGiven: _replied,
}
