"""One clock of a case: wound up, running, breached, ended.

Source: requirements §0.3, §3.1, §9.1; design.md §7.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.escalation.policy.agreeing import Agreement, Standing, follows, later, on_top, stays_by_day
from shared.rules.changing import changed
from shared.rules.clocks import Due, DueWhy, Limits, Promise, call_window, due, is_day_based, outcome, warn_at, within
from shared.rules.clocks import Outcome as Timeliness
from shared.rules.counting import at_midnight
from shared.rules.limits import at_site
from shared.rules.model import ClockRule, Pack
from shared.rules.words import Basis
from shared.timekeeping.calendar import Calendar, provisional_years

COUNTS_WORKING_TIME = frozenset({Basis.WORKING_HOURS, Basis.WORKING_DAYS})
"""Bases whose due instants follow from the opening hours; the others need no more than the zone."""
_TICK = timedelta(microseconds=1)
_NUMBERS = frozenset({DueWhy.COUNTED.value, DueWhy.SITE_OVERRIDE.value})
"""Due instants that were counted, by the manual's number or the site's."""
_BY_PEOPLE = frozenset({DueWhy.OWNER_LIMIT, DueWhy.DEPARTMENT_LIMIT})


class Ending(StrEnum):
    """How a clock ended; ``running`` while it has not."""

    RUNNING = "running"
    MET = "met"
    LATE = "late"
    CANCELLED = "cancelled"
    UNSET = "unset"


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of a case; a case has at most one of each rule.

    Attributes:
        id: Rule id.
        due_at: UTC, still on time itself; None while there is no number or no date.
        warn_at: When the share warning goes out; None when it has gone or never does.
        last_call_at: The same for the last call before the last shift ends.
        day_based: Its messages wait for duty start (ESC-6).
        why: Where the due instant comes from.
        fixed: Set by an approved extension, or by the customer after he had agreed to wait; no longer reckoned anew.
        by: Who set it, or recorded what the customer agreed to.
        calendar: Version of the calendar it was counted with; empty where no calendar moves it.
        provisional: Years on the way to the due instant whose public holidays that calendar did not know.
        breached: The due instant passed unmet, and counts.
        late_until: A limit approved after the breach; stored, never counted (ESC-4).
        ended_by: The stop fact or cause that ended it.
    """

    id: str
    start_at: datetime
    due_at: datetime | None
    warn_at: datetime | None = None
    last_call_at: datetime | None = None
    day_based: bool = False
    why: str = "counted"
    fixed: bool = False
    by: str = ""
    breached: bool = False
    late_until: datetime | None = None
    ending: Ending = Ending.RUNNING
    ended_at: datetime | None = None
    ended_by: str = ""
    calendar: str = ""
    provisional: tuple[int, ...] = ()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.ending is Ending.RUNNING


@dataclass(frozen=True, slots=True)
class Terms:
    """What a site and a case put into the reckoning of every clock.

    Attributes:
        agreements: What the customer agreed to about time, in order.
    """

    pack: Pack
    calendar: Calendar
    limits: Limits
    category: str | None
    agreements: tuple[Agreement, ...] = ()


def wind(rule: ClockRule, *, start: datetime, at: datetime, terms: Terms, promised: Promise | None = None) -> Clock:
    """The clock of *rule* started at *start*, as seen at *at*; what was promised and agreed to holds.

    A warning whose instant has passed when the clock is armed is left out.
    """
    own, _ = at_site(rule, terms.limits)
    reckoned = _as_promised(rule, own, promised, start=start, terms=terms) or due(
        rule,
        start=start,
        calendar=terms.calendar,
        limits=terms.limits,
        category=terms.category,
        call_window=call_window(terms.pack, terms.limits.parameters) if rule.call else None,
    )
    clock = Clock(rule.id, start, reckoned.at, day_based=reckoned.day_based, why=str(reckoned.why))
    counted = counted_with(terms.calendar, clock, own, version=promised.calendar if promised else "")
    held = counted
    for number, one in enumerate(terms.agreements):
        held = agreed(held, rule, one, before=terms.agreements[:number], terms=terms)
    return with_warning(held, rule, at=at, fraction=terms.pack.warn_fraction)


def agreed(clock: Clock, rule: ClockRule, one: Agreement, *, before: tuple[Agreement, ...], terms: Terms) -> Clock:
    """The clock as *one* leaves it after those *before*, its warning not yet set anew: later, or the same.

    No promise is due after the deadline of an outside line (§9.7).
    """
    if not follows(rule, one, why=clock.why):
        return clock
    standing = Standing(clock.start_at, clock.due_at, clock.why, clock.day_based)
    until = later(rule, standing, on_top(rule, before, one), calendar=terms.calendar, limits=terms.limits)
    outside, why, by_day = terms.limits.outside, one.why, stays_by_day(rule, standing, one)
    if until is not None and rule.promise and outside is not None and clock.start_at < outside < until:
        until, why, by_day = outside, str(DueWhy.OUTSIDE_DEADLINE), False
    if until is None or (clock.due_at is not None and until <= clock.due_at):
        return clock
    return changed(clock, due_at=until, why=why, by=one.by, day_based=by_day, last_call_at=None, provisional=())


def counted_with(calendar: Calendar, clock: Clock, rule: ClockRule, *, version: str = "") -> Clock:
    """The clock with the calendar it was counted with, if a calendar can move it; *version* where a promise names it.

    A day that ends at midnight belongs to the year it is of.
    """
    if rule.basis not in COUNTS_WORKING_TIME or clock.due_at is None or clock.why not in _NUMBERS:
        return clock
    years = provisional_years(calendar, clock.start_at, clock.due_at - _TICK)
    return changed(clock, calendar=version or calendar.version, provisional=years)


def with_warning(clock: Clock, rule: ClockRule, *, at: datetime, fraction: float) -> Clock:
    """The clock with its share warning set anew; none if that instant is not after *at* (ESC-2).

    One that counts backwards from a date has from now on to the day it is due.
    """
    backwards = clock.due_at is not None and clock.due_at <= clock.start_at
    warn = warn_at(rule, start=at if backwards else clock.start_at, due_at=clock.due_at, fraction=fraction)
    left = warn if warn is not None and warn > at else None
    return clock if clock.warn_at == left else changed(clock, warn_at=left)


def moved(clock: Clock, rule: ClockRule, *, until: datetime, at: datetime, why: str, by: str, fraction: float) -> Clock:
    """The clock with *until* as its due instant, said by a person and no longer reckoned anew."""
    set_anew = changed(
        clock,
        due_at=until,
        day_based=False,
        why=why,
        fixed=True,
        by=by,
        last_call_at=None,
        calendar="",
        provisional=(),
    )
    return with_warning(set_anew, rule, at=at, fraction=fraction)


def disproved(clock: Clock, at: datetime) -> bool:
    """Whether an act at *at* shows that a recorded breach was none (TS-8)."""
    return clock.breached and clock.due_at is not None and at <= clock.due_at


def met(clock: Clock, *, at: datetime, by: str) -> Clock:
    """The clock ended by an act at *at*: on time up to the due instant itself."""
    ending = Ending.UNSET
    if clock.due_at is not None:
        ending = Ending.MET if outcome(clock.due_at, at) is Timeliness.ON_TIME else Ending.LATE
    return _ended(clock, ending, at, by, breached=clock.breached and not disproved(clock, at))


def judged(clock: Clock, *, kept: bool, at: datetime, by: str) -> Clock:
    """A clock that is no matter of time ended: the number was kept, or it was not."""
    return _ended(clock, Ending.MET if kept else Ending.LATE, at, by, breached=not kept)


def cancelled(clock: Clock, *, at: datetime, by: str) -> Clock:
    """The clock taken away; a breach it had stays recorded."""
    return _ended(clock, Ending.CANCELLED, at, by, breached=clock.breached)


def reinstated(clock: Clock) -> Clock:
    """The clock running again as if nothing had ended it; a breach it had is not repeated."""
    return changed(clock, ending=Ending.RUNNING, ended_at=None, ended_by="")


def _as_promised(
    rule: ClockRule, own: ClockRule, promised: Promise | None, *, start: datetime, terms: Terms
) -> Due | None:
    """What the customer was told, within what has been agreed since by those who told him nothing of it.

    None where nothing was promised, or by a limit in whose place the customer has agreed to another.
    """
    if promised is None or promised.due_at is None:
        return None
    if promised.why is DueWhy.OWNER_LIMIT and promised.due_at != terms.limits.customer:
        return None
    told = Due(promised.due_at, promised.why, _by_day(own, promised, terms))
    return within(rule, told, terms.limits, start, terms.calendar.zone)


def _by_day(rule: ClockRule, promised: Promise, terms: Terms) -> bool:
    if promised.due_at is None or promised.why in _BY_PEOPLE:
        return False
    if promised.why is DueWhy.COUNTED:
        return is_day_based(rule)
    return promised.why is not DueWhy.SITE_PARAMETER and at_midnight(promised.due_at, terms.calendar.zone)


def _ended(clock: Clock, ending: Ending, at: datetime, by: str, *, breached: bool) -> Clock:
    return changed(clock, ending=ending, ended_at=at, ended_by=by, breached=breached, warn_at=None, last_call_at=None)
