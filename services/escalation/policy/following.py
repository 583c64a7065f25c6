"""What a change of the calendar does to a clock: whether it moves, and if not, what holds it.

Source: design section 7.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.escalation.policy.agreeing import BY_AGREEMENT
from services.escalation.policy.clockwork import COUNTS_WORKING_TIME, Clock, Terms, wind
from shared.rules.clocks import DueWhy
from shared.rules.model import ClockRule


class Fate(StrEnum):
    """What becomes of a running clock that counts working time when the calendar changes."""

    MOVES = "moves"
    SAME = "same"
    DECISION = "decision"
    LIMIT = "limit"
    BREACHED = "breached"
    OVERTAKEN = "overtaken"
    UNKNOWN = "unknown"


KEPT = frozenset({Fate.DECISION, Fate.LIMIT, Fate.BREACHED, Fate.OVERTAKEN, Fate.UNKNOWN})
"""Fates that leave a due instant where it is although the calendar might say another."""

_COUNTED = frozenset({DueWhy.COUNTED.value, *BY_AGREEMENT})
"""What is still reckoned by the calendar; where the customer agreed to a later time, never to before that."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One clock, looked at.

    Attributes:
        fresh: As the calendar has it; only for ``moves`` and ``same`` what the clock becomes.
    """

    clock: Clock
    fate: Fate
    fresh: Clock


def follows_calendar(rule: ClockRule | None, clock: Clock) -> bool:
    """Whether a calendar has a say in when the clock is due."""
    return rule is not None and rule.basis in COUNTS_WORKING_TIME and clock.running and clock.due_at is not None


def looked_at(rule: ClockRule, clock: Clock, terms: Terms, *, at: datetime, since: datetime) -> Looked:
    """What the calendar of *terms*, in force since *since*, does to a clock that follows calendars.

    A decision, a limit and a breach that came before stay as they are, and so does a due instant that would move to
    before the change: nobody is late by what was decided afterwards. One reckoned under a calendar nobody noted moves
    only once it has been seen to agree with one.
    """
    fresh = wind(rule, start=clock.start_at, at=at, terms=terms)
    return Looked(clock, _held(clock, since) or _moving(clock, fresh, since), fresh)


def _held(clock: Clock, since: datetime) -> Fate | None:
    assert clock.due_at is not None
    if clock.fixed:
        return Fate.DECISION
    if clock.why not in _COUNTED:
        return Fate.LIMIT
    return Fate.BREACHED if clock.breached and clock.due_at <= since else None


def _moving(clock: Clock, fresh: Clock, since: datetime) -> Fate:
    if fresh.due_at == clock.due_at:
        return Fate.SAME
    if not clock.calendar:
        return Fate.UNKNOWN
    return Fate.MOVES if fresh.due_at is not None and fresh.due_at > since else Fate.OVERTAKEN
