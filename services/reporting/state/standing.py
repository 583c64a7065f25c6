"""How a case stands: its status, the limit it is judged by, the clock that runs out next."""

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from services.reporting.state.view import CaseView, Clock, Graded, Handling
from shared.rules.words import Flag

RECEIVED, JOINED, CLOSED = "received", "joined", "closed"
_WORD = re.compile(r"[a-z0-9_]{1,40}")
SOLVED, UNSATISFIED = (Flag.SOLVED_LATER.value, Flag.SOLVED_SAME_DAY.value), Flag.UNSATISFIED.value
_SETTLED = frozenset({"resolved", CLOSED})


class Limit(Struct, frozen=True):
    """The instant a promise is judged by.

    Attributes:
        outcome: ``met`` or ``late``; None while it is open, so that it counts neither way yet.
    """

    due_at: datetime | None = None
    outcome: str | None = None


NO_LIMIT = Limit()


def status_of(view: CaseView) -> str:
    """Where the case stands; one that hangs under an incident waits there until the incident is settled."""
    status = view.handling.status
    joined = view.opening is not None and view.opening.incident is not None
    if joined and status not in _SETTLED:
        return JOINED
    return status or RECEIVED


def flags_of(view: CaseView) -> list[str]:
    """Everything conditions may ask for: circumstances, marks of forms and steps, and how the work turned out.

    What a customer answered afterwards is a mark where it is one word: a choice, a yes or a no.
    """
    handling = view.handling
    flags = {*(view.opening.flags if view.opening else ()), *handling.marks, *_turned_out(handling)}
    if handling.said:
        flags.update(f"{field}={answer}" for field, answer in handling.said.items() if _WORD.fullmatch(answer))
    return sorted(flags)


def _turned_out(handling: Handling) -> Iterable[str]:
    if handling.same_day is not None:
        yield SOLVED[handling.same_day]
    if handling.satisfaction == UNSATISFIED:
        yield UNSATISFIED


def is_open(view: CaseView) -> bool:
    """Whether the case has not ended, or was opened again since."""
    return view.handling.closed_at is None


def limit_of(view: CaseView, promise: str) -> Limit:
    """The limit of *promise* (``reply``, ``resolve``): of the clocks started last, the one due first.

    A clock without a number is no limit. A breached clock is late, whatever ended it.
    """
    dated = [clock for clock in view.watch.clocks if clock.promise == promise and clock.due_at is not None]
    if not dated:
        return NO_LIMIT
    if len(dated) > 1:
        last = max(clock.start_at for clock in dated)
        dated = sorted((clock for clock in dated if clock.start_at == last), key=_due)
    return Limit(dated[0].due_at, _outcome(dated[0]))


def next_due(view: CaseView) -> Clock | None:
    """The running clock with the earliest due instant; None when none has one or the case is closed."""
    if not view.watch.clocks or not is_open(view):
        return None
    dated = [clock for clock in view.watch.clocks if clock.outcome is None and clock.due_at is not None]
    return min(dated, key=_due, default=None)


def graver(held: Graded | None, said: Graded) -> Graded:
    """Of two severities the one with the greatest (effective instant, message id).

    Source: design.md §3.
    """
    return said if held is None or (said.at, said.message) > (held.at, held.message) else held


def _due(clock: Clock) -> tuple[datetime, str]:
    assert clock.due_at is not None
    return clock.due_at, clock.clock


def _outcome(clock: Clock) -> str | None:
    if clock.breached:
        return "late"
    return clock.outcome if clock.outcome in ("met", "late") else None
