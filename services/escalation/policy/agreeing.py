"""What the customer agreed to about time, and how far a clock follows it; never to an earlier instant.

A later answer (CN-2) is an instant he named. A wait (CN-1, and handling put off under it) says when handling goes on:
a clock that runs to the beginning of a shift is due right then; any other has from then on what was left to it when
the wait began, and one that counts days at least the rest of that day.

Source: requirements §3.43, OH-4, OH-7, X-41; design.md §7.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.rules.changing import changed
from shared.rules.counting import counted_to
from shared.rules.limits import CUSTOMER_LIMIT, SHIFTS, DueWhy, Limits
from shared.rules.model import ClockRule
from shared.rules.words import Basis, PromiseKind, StopFact
from shared.timekeeping.calendar import (
    Calendar,
    add_working_days,
    add_working_time,
    end_of_local_day,
    open_intervals,
    working_time_between,
)

LATER_ANSWER = "CN-2"
"""A time named to the customer; who agrees to wait for the day shift (CN-1) has set no limit."""
AGREED, DEFERRED = "consent", "deferred"
BY_AGREEMENT = frozenset({AGREED, DEFERRED})
"""Where a due instant comes from that the customer agreed to."""
_DATED = frozenset({*DueWhy, "extended"} - {DueWhy.COUNTED, DueWhy.SITE_OVERRIDE})
"""Due instants that somebody named, so that no hours are counted to them."""

_ON_SITE = frozenset({Basis.WORKING_HOURS, *SHIFTS})
"""Bases that do not count by the hour round the clock."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A consent about time, kept because later clocks and later reckonings follow it as well.

    Attributes:
        consent: CN-1 or CN-2.
        since: When it was recorded.
        until: For CN-2 the later answer; of a wait, when handling goes on.
        by: Who recorded it.
        why: ``consent``, or ``deferred`` where the handling was put off under a consent to wait.
        overruled: The customer has named an earlier limit of his own since.
    """

    consent: str
    since: datetime
    until: datetime
    by: str
    why: str = AGREED
    overruled: bool = False

    @property
    def waits(self) -> bool:
        """Whether handling stands still in between."""
        return self.consent != LATER_ANSWER


@dataclass(frozen=True, slots=True)
class Standing:
    """A due instant as reckoned so far.

    Attributes:
        why: Where it comes from.
        day_based: It is 24:00 of a day.
    """

    start: datetime
    due: datetime | None
    why: str
    day_based: bool


def on_top(rule: ClockRule, before: Iterable[Agreement], one: Agreement) -> Agreement:
    """*one* as it adds to those before: a clock that waits already waits from when that wait ends."""
    ended = (each.until for each in before if each.waits and follows(rule, each))
    return changed(one, since=max((one.since, *ended))) if one.waits else one


def follows(rule: ClockRule, one: Agreement, *, why: str = "") -> bool:
    """Whether a clock whose due instant comes from *why* follows what the customer agreed to.

    A reply follows CN-2 alone. Handling follows CN-1, and CN-2 where nobody could refuse: a clock that has an approver
    waits for him as well, because the customer alone does not let the house off (X-41). A date that the customer has
    no part in, of a plan or between departments, follows neither; nor does anything what he has taken back by naming
    a limit of his own.
    """
    if one.overruled and CUSTOMER_LIMIT in rule.overridable_by:
        return False
    agreed = rule.basis is Basis.AGREED
    if rule.promise is PromiseKind.REPLY or (agreed and StopFact.REPLIED in rule.stop):
        return not one.waits
    if one.why == DEFERRED:
        return rule.pausable
    if agreed:
        prescribed = why == DueWhy.SITE_PARAMETER and rule.extend is not None and not one.waits
        return not prescribed and (rule.promise is not None or rule.pausable or CUSTOMER_LIMIT in rule.overridable_by)
    return rule.pausable and (one.waits or rule.extend is None)


def later(
    rule: ClockRule, standing: Standing, one: Agreement, *, calendar: Calendar, limits: Limits
) -> datetime | None:
    """The due instant by *one*; None where it is not later than it is.

    Only what had begun when the customer agreed to a later answer is answered later; what begins during a wait waits
    from its beginning on.
    """
    if one.waits and rule.pausable:
        until = _after_wait(rule, standing, one, calendar, limits)
    else:
        until = one.until if standing.start <= one.since else None
    if until is None or (standing.due is not None and until <= standing.due):
        return None
    return until


def stays_by_day(rule: ClockRule, standing: Standing, one: Agreement) -> bool:
    """Whether the due instant by *one* is again 24:00 of a day."""
    return standing.day_based and one.waits and rule.pausable


def _after_wait(
    rule: ClockRule, standing: Standing, one: Agreement, calendar: Calendar, limits: Limits
) -> datetime | None:
    since = max(one.since, standing.start)
    if standing.due is None or standing.due < since or one.until <= since:
        return None
    if standing.day_based:
        return _end_of_day(rule, one.until, calendar)
    if standing.why in _DATED or rule.basis not in _ON_SITE:
        return one.until + (standing.due - since)
    if rule.basis is Basis.WORKING_HOURS:
        return add_working_time(calendar, one.until, working_time_between(calendar, since, standing.due))
    return counted_to(rule, one.until, calendar, limits) if rule.basis is Basis.SHIFT_END else one.until


def _end_of_day(rule: ClockRule, until: datetime, calendar: Calendar) -> datetime:
    """24:00 of the day on which handling goes on; of the first working day where working days are counted."""
    end = end_of_local_day(until, calendar.zone)
    if rule.basis is Basis.WORKING_DAYS and not open_intervals(calendar, until, end):
        return add_working_days(calendar, until, 1)
    return end
