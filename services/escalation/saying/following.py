"""Deadlines follow the site's calendar when it changes, and say so.

Source: design section 7.
"""

from collections.abc import Iterator
from datetime import datetime

from services.escalation.policy.clockwork import Clock
from services.escalation.policy.following import Fate, Looked, follows_calendar, looked_at
from services.escalation.saying.clocks import annul, show, with_last_call
from services.escalation.saying.hand import Hand
from shared.rules.changing import changed

BECAUSE = "calendar "
"""How `clock_armed` names a calendar as its cause, before the version."""


def follow_calendar(hand: Hand, *, since: datetime) -> tuple[Clock, ...]:
    """Reckon what counts working time anew with the calendar in force since *since*.

    A breach recorded since then under the old due instant is annulled; a clock the new calendar agrees with only
    notes its version.

    Returns:
        The clocks that moved.
    """
    seen = tuple(_looks(hand, since))
    hand.put(*(_noted(look) for look in seen if _unnoted(look)))
    moving = [look for look in seen if look.fate is Fate.MOVES]
    for look in moving:
        if look.clock.breached:
            annul(hand, look.clock)
    return show(hand, [with_last_call(hand, look.fresh) for look in moving], BECAUSE + hand.terms.calendar.version)


def catch_up(hand: Hand) -> None:
    """Move what was promised or counted with a calendar the site has replaced since.

    A speaker may have promised, and a message may have waited, while the change was on its way here.
    """
    past = {record.version for record in hand.site.past_calendars}
    if past and any(clock.calendar in past for clock in hand.case.running):
        evidence = hand.site.calendar.evidence
        follow_calendar(hand, since=evidence.approved_at if evidence else hand.at)


def to_follow(hand: Hand, *, since: datetime) -> bool:
    """Whether `follow_calendar` would change the case."""
    return any(look.fate is Fate.MOVES or _unnoted(look) for look in _looks(hand, since))


def version_in(because: str) -> str:
    """The calendar version that moved the clocks of a `clock_armed`; empty where it was something else."""
    return because.removeprefix(BECAUSE) if because.startswith(BECAUSE) else ""


def _looks(hand: Hand, since: datetime) -> Iterator[Looked]:
    terms = hand.terms
    for clock in hand.case.running:
        rule = hand.rule(clock.id)
        if rule is not None and follows_calendar(rule, clock):
            yield looked_at(rule, clock, terms, at=hand.at, since=since)


def _unnoted(look: Looked) -> bool:
    """Whether the clock agrees with the calendar and does not say so yet."""
    return look.fate is Fate.SAME and look.clock != _noted(look)


def _noted(look: Looked) -> Clock:
    return changed(look.clock, calendar=look.fresh.calendar, provisional=look.fresh.provisional)
