"""Cases of the past: what identifies them, what makes their story impossible, in what two rows of one key differ."""

from datetime import UTC, datetime
from hashlib import blake2s
from uuid import NAMESPACE_URL, uuid5

from services.intake.commands.refusing import NotPossible, bad
from services.intake.commands.words import ImportCase
from services.intake.state import Case
from shared.contracts.fields import is_future
from shared.contracts.history import Act, History
from shared.contracts.wording import text

_COMPARED = (
    "site",
    "case_type",
    "category",
    "severity",
    "validity",
    "channel",
    "unit",
    "received_at",
    "content",
    "demand",
    "place",
)
_COMPARED_WHERE_GIVEN = ("department", "customer_limit", "department_limit", "outer")
"""Left out they leave no digest: cases imported before these fields were known stay what they were."""


def entity_of(source: str, key: str) -> str:
    """The case id of a source's key: the same for ever, so that nothing is imported twice."""
    return "case-" + uuid5(NAMESPACE_URL, f"shouwen:import:{source}\n{key}").hex


def check_history(command: ImportCase, now: datetime) -> None:
    """Refuse a story that cannot have happened: in the future, before its beginning, out of order.

    Raises:
        NotPossible: Names the field at fault.
    """
    if is_future(command.received_at, now):
        raise NotPossible(bad("future_time", "/received_at", text("时间不能在将来")))
    before = command.received_at
    for place, act in enumerate(command.history.acts):
        if act.at < before:
            raise NotPossible(bad("acts_out_of_order", f"/history/acts/{place}/at", text("早于前一步的时间")))
        if is_future(act.at, now):
            raise NotPossible(bad("future_time", f"/history/acts/{place}/at", text("时间不能在将来")))
        before = act.at
    if is_future(command.history.quiet_until, now):
        raise NotPossible(bad("future_time", "/history/quiet_until", text("时间不能在将来")))


def in_utc(history: History) -> History:
    """The same story with its instants as UTC."""
    return History(
        source=history.source,
        key=history.key,
        acts=tuple(Act(act=act.act, at=act.at.astimezone(UTC), by=act.by) for act in history.acts),
        quiet_until=history.quiet_until.astimezone(UTC),
    )


def fingerprints(command: ImportCase) -> dict[str, str]:
    """A short digest of every field two rows of one key may differ in; nobody is named by it."""
    shown = {field: str(getattr(command, field)) for field in _COMPARED}
    given = {field: getattr(command, field) for field in _COMPARED_WHERE_GIVEN}
    shown |= {field: str(value) for field, value in given.items() if value is not None}
    if command.form:
        shown["form"] = str(sorted(command.form.items()))
    shown["acts"] = "\n".join(f"{act.act} {act.at.timestamp()}" for act in command.history.acts)
    return {field: blake2s(value.encode(), digest_size=4).hexdigest() for field, value in shown.items()}


def differing(state: Case, command: ImportCase) -> tuple[str, ...]:
    """The fields in which *command* is not what was imported before under its key."""
    given = fingerprints(command)
    fields = given | dict.fromkeys(field for field in state.imported if field not in given)
    return tuple(field for field, digest in fields.items() if state.imported.get(field) != digest)
