"""Personal data of a case, gathered from the private parts of its facts.

Each column has one speaker, so that the order between speakers does not matter. An absent key leaves a column as it
is; an empty text clears it. ``forms`` holds one form each for the intake, every step and the talk afterwards: each has
one speaker too, and a form replaces the one before it whole.
"""

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts.dispatch import FollowUpRecorded, OrderCompleted, ReplyGiven, StepTaken
from shared.contracts.envelope import Fact
from shared.contracts.intake import Caller, RequestAmended, RequestReceived

_PARTS = {
    "caller": ("name", "phone", "resident"),
    "content": ("content",),
    "demand": ("demand",),
    "place": ("place",),
}
FORMS = "forms"
INTAKE, AFTERWARDS = "", "?"
"""Names of the forms that belong to no step; no step can be called like that."""
Said = dict[str, Any]


def private_of(fact: Fact) -> Said:
    """What *fact* says about the persons of its case, by column of ``case_private``."""
    gather = _GATHER.get(type(fact))
    return gather(fact) if gather is not None else {}


def joined(held: Said, said: Said) -> Said:
    """What is known of the persons of a case once *said* is known too."""
    forms = {**held.get(FORMS, {}), **said.get(FORMS, {})}
    return {**held, **said} | ({FORMS: forms} if forms else {})


def personal(forms: Mapping[str, Mapping[str, str]], field: str) -> str | None:
    """What was written into a personal field, whichever form it stands in."""
    return next((form[field] for form in forms.values() if field in form), None)


def _received(fact: RequestReceived) -> Said:
    said: Said = {name: value for name, value in _texts(fact.private).items() if value}
    return said | ({FORMS: {INTAKE: fact.private.form}} if fact.private.form else {})


def _amended(fact: RequestAmended) -> Said:
    texts = _texts(fact.private)
    changed = [name for part, names in _PARTS.items() if part in fact.changed for name in names]
    said: Said = {name: texts[name] for name in changed}
    return said | ({FORMS: {INTAKE: fact.private.form}} if "form" in fact.changed else {})


def _stepped(fact: StepTaken) -> Said:
    return {FORMS: {fact.step: fact.private.form}}


def _asked(fact: FollowUpRecorded) -> Said:
    return {FORMS: {AFTERWARDS: fact.private.form}} if fact.answer != "unreached" else {}


def _completed(fact: OrderCompleted) -> Said:
    return {"done": fact.private.text} if fact.private.text else {}


def _replied(fact: ReplyGiven) -> Said:
    return {"told": fact.private.text} if fact.kind == "result" and fact.private.text else {}


def _texts(caller: Caller) -> dict[str, str]:
    return {name: getattr(caller, name) or "" for names in _PARTS.values() for name in names}


_GATHER: Mapping[type[Fact], Callable[[Any], Said]] = {
    RequestReceived: _received,
    RequestAmended: _amended,
    StepTaken: _stepped,
    FollowUpRecorded: _asked,
    OrderCompleted: _completed,
    ReplyGiven: _replied,
}
