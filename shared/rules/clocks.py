"""Which clocks a case runs, when each is due, and what the caller is promised.

Nothing here reads a clock or a directory: instants, calendar and limits arrive as arguments.
Instants are aware; those returned are UTC. Reaching a due instant exactly is on time (TS-8).

Source: requirements sections 0.3, 3.1 and 9.1; design section 7.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial

from shared.organisation.records import Named
from shared.rules.changing import changed
from shared.rules.conditions import Matter
from shared.rules.counting import at_midnight, begins, counted_to, ends, is_day_based
from shared.rules.explaining import because_counted, because_limit, because_open, because_pulled
from shared.rules.limits import (
    CUSTOMER_LIMIT,
    DEPARTMENT_LIMIT,
    FIELD,
    OUTSIDE_DEADLINE,
    PLANNED,
    SITE_PARAMETER,
    DueWhy,
    Limits,
    at_site,
    day_shift,
    whole,
)
from shared.rules.model import CaseType, ClockRule, Pack
from shared.rules.words import Basis, Flag, PromiseKind, StartFact
from shared.timekeeping.calendar import Calendar, add_elapsed, local_date, zone_named

__all__ = [
    "SITE_PARAMETER",
    "Due",
    "DueWhy",
    "Limits",
    "Outcome",
    "Promise",
    "call_window",
    "clocks_for",
    "completion_flags",
    "due",
    "is_day_based",
    "opens_at",
    "outcome",
    "promises",
    "warn_at",
]


class Outcome(StrEnum):
    """How an act stands to its due instant."""

    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock is due.

    Attributes:
        at: None for unset and awaiting_date: age is shown, no deadline invented.
        day_based: Due at 24:00 of a local day, so its messages wait for duty start (ESC-6).
        tell: Puts the reckoning into words; only a page asks for them, and they cost more than the reckoning.
    """

    at: datetime | None
    why: DueWhy
    day_based: bool = False
    tell: Callable[[], tuple[Named, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def because(self) -> tuple[Named, ...]:
        """The reckoning, one sentence a step, times in the site's zone."""
        return self.tell()


@dataclass(frozen=True, slots=True)
class Promise:
    """What the caller is told he may expect.

    Attributes:
        clock: Rule id.
        due_at: UTC; None where the manual gives no number or a date has yet to be agreed.
        calendar: Version of the calendar it was reckoned with.
        product_default: The number is ours, not the manual's.
    """

    clock: str
    kind: PromiseKind
    name: Named
    due_at: datetime | None
    why: DueWhy
    basis: Basis
    amount: int | None
    product_default: bool
    source: str
    calendar: str = ""


_BY_PEOPLE = frozenset({DueWhy.OWNER_LIMIT, DueWhy.DEPARTMENT_LIMIT})


def clocks_for(case_type: CaseType, matter: Matter) -> tuple[ClockRule, ...]:
    """The clocks that run for a case in these circumstances, in the pack's order."""
    return tuple(rule for rule in case_type.clocks if rule.when.holds(matter))


def due(
    rule: ClockRule,
    *,
    start: datetime,
    calendar: Calendar,
    limits: Limits = Limits(),
    category: str | None = None,
    call_window: tuple[int, int] | None = None,
) -> Due:
    """When the clock started at *start* is due.

    A number of the site's own goes before the manual's. A limit replaces the counted instant only where the rule allows it and only when it is not later:
    a later date is an extension, which needs its approver (X-41). A limit that had passed when the clock
    started says nothing about it. No promise is due after the deadline of an outside line, whatever the rule
    allows. A site parameter is looked up as ``<parameter>.<category>`` before ``<parameter>``. A `call` clock due outside *call_window*, local
    minutes of the day, is pulled back to the last window minute before.
    """
    own, why = at_site(rule, limits)
    hours = _site_hours(rule, limits.parameters, category) if why is DueWhy.COUNTED else None
    reckoned = _counted(own, why, start, calendar, limits) if hours is None else _by_site(rule, hours, start, calendar)
    limited = _by_outside(rule, _limited(rule, reckoned, limits, start, calendar.zone), limits, start, calendar.zone)
    if rule.call and call_window and limited.at:
        limited = _pulled_back(limited, limited.at, call_window, calendar.zone)
    return limited


def opens_at(rule: ClockRule, *, start: datetime, calendar: Calendar) -> datetime | None:
    """The first instant at which the act counts; earlier ones are refused. None: at once (CK-FUP-05)."""
    if rule.opens_after is None:
        return None
    return counted_to(rule, start, calendar, Limits(), amount=rule.opens_after)


def warn_at(rule: ClockRule, *, start: datetime, due_at: datetime | None, fraction: float) -> datetime | None:
    """When the assignee is warned: *fraction* of the duration after *start*; None if never (ESC-2).

    A clock that counts backwards from its start has no such duration.
    """
    if due_at is None or not rule.warn or due_at <= start:
        return None
    return start + (due_at - start) * fraction


def outcome(due_at: datetime, at: datetime) -> Outcome:
    """Whether an act at *at* meets *due_at*; the due instant itself is on time (TS-8)."""
    return Outcome.ON_TIME if at <= due_at else Outcome.LATE


def promises(
    pack: Pack,
    case_type: CaseType,
    matter: Matter,
    *,
    received_at: datetime,
    calendar: Calendar,
    limits: Limits = Limits(),
) -> tuple[Promise, ...]:
    """What the caller is told when the case is received, or told anew when it is classified otherwise.

    Clocks that start later are promised only as unset: nothing can be counted before their start.
    """
    within = changed(limits, pack=pack, case_type=case_type.id)
    told = (rule for rule in clocks_for(case_type, matter) if rule.promise)
    starts = ((rule, _promised_from(rule, received_at, limits, calendar.zone)) for rule in told)
    window = call_window(pack)
    return tuple(
        _promise(
            rule,
            due(
                rule,
                start=start,
                calendar=calendar,
                limits=within,
                category=matter.category,
                call_window=window,
            ),
            calendar,
            within,
        )
        for rule, start in starts
        if start is not None
    )


def completion_flags(*, received_at: datetime, completed_at: datetime, zone: str) -> frozenset[str]:
    """Whether a matter was solved on the local day it was received; picks CK-FUP-01 or CK-FUP-03."""
    same = local_date(received_at, zone) == local_date(completed_at, zone)
    return frozenset({Flag.SOLVED_SAME_DAY if same else Flag.SOLVED_LATER})


def call_window(pack: Pack) -> tuple[int, int] | None:
    """The pack's calling hours as local minutes of the day; None where the pack sets none."""
    begin, end = (pack.parameters.get(name) for name in ("call_from_minute", "call_to_minute"))
    if begin is None or end is None or begin.value is None or end.value is None:
        return None
    return int(begin.value), int(end.value)


def _promised_from(rule: ClockRule, received_at: datetime, limits: Limits, zone: str) -> datetime | None:
    """What the promise is counted from; None while that has not happened."""
    if rule.start is StartFact.RECEIVED:
        return received_at
    known = begins(limits.form.get(rule.after or ""), zone) if rule.start is StartFact.DATE else None
    return known or (received_at if rule.basis in {Basis.UNSET, Basis.AGREED} else None)


def _promise(rule: ClockRule, reckoned: Due, calendar: Calendar, limits: Limits) -> Promise:
    assert rule.promise is not None
    own, _ = at_site(rule, limits)
    return Promise(
        clock=rule.id,
        kind=rule.promise,
        name=rule.name,
        due_at=reckoned.at,
        why=reckoned.why,
        basis=own.basis,
        amount=own.amount,
        product_default=own.product_default,
        source=rule.source,
        calendar=calendar.version,
    )


def _counted(rule: ClockRule, why: DueWhy, start: datetime, calendar: Calendar, limits: Limits) -> Due:
    if rule.basis is Basis.UNSET:
        return Due(None, DueWhy.UNSET, tell=partial(because_open, rule))
    at = counted_to(rule, start, calendar, limits)
    if at is None:
        return Due(None, DueWhy.AWAITING_DATE, tell=partial(because_open, rule))
    tell = partial(_tell, rule, why, start, at, calendar.zone, limits)
    return Due(at, why, is_day_based(rule), tell)


def _tell(
    rule: ClockRule, why: DueWhy, start: datetime, at: datetime, zone: str, limits: Limits
) -> tuple[Named, ...]:
    between = " – ".join(limits.form.get(name, "") for name in rule.between)
    return because_counted(
        rule,
        start=start,
        due_at=at,
        zone=zone,
        day_shift=day_shift(limits),
        between=between,
        by_site=why is DueWhy.SITE_OVERRIDE,
    )


def _by_site(rule: ClockRule, hours: int, start: datetime, calendar: Calendar) -> Due:
    at = add_elapsed(start, timedelta(hours=hours))
    counted = changed(rule, basis=Basis.HOURS, amount=hours)
    tell = partial(because_counted, counted, start=start, due_at=at, zone=calendar.zone)
    return Due(at, DueWhy.SITE_PARAMETER, tell=tell)


def _site_hours(rule: ClockRule, parameters: Mapping[str, str | int], category: str | None) -> int | None:
    """The site's own hours for the clock, the category's before the general ones; None if it set none."""
    for limit in rule.overridable_by:
        name = limit.removeprefix(SITE_PARAMETER)
        keys = (f"{name}.{category}", name) if name != limit else ()
        for key in keys:
            hours = whole(parameters.get(key))
            if hours is not None:
                return hours
    return None


def _limited(rule: ClockRule, reckoned: Due, limits: Limits, start: datetime, zone: str) -> Due:
    for source in rule.overridable_by:
        at, why = _set_by(source, limits, zone)
        if at is not None and at > start and (reckoned.at is None or at <= reckoned.at):
            return _limit(at, why, zone)
    return reckoned


def _set_by(source: str, limits: Limits, zone: str) -> tuple[datetime | None, DueWhy]:
    if source.startswith(FIELD):
        return ends(limits.form.get(source.removeprefix(FIELD)), zone), DueWhy.FORM_DATE
    known = {
        CUSTOMER_LIMIT: (limits.customer, DueWhy.OWNER_LIMIT),
        DEPARTMENT_LIMIT: (limits.department, DueWhy.DEPARTMENT_LIMIT),
        PLANNED: (limits.planned, DueWhy.PLANNED),
        OUTSIDE_DEADLINE: (limits.outside, DueWhy.OUTSIDE_DEADLINE),
    }
    return known.get(source, (None, DueWhy.COUNTED))


def _by_outside(rule: ClockRule, reckoned: Due, limits: Limits, start: datetime, zone: str) -> Due:
    at = limits.outside if rule.promise else None
    if at is None or at <= start or (reckoned.at is not None and reckoned.at <= at):
        return reckoned
    return _limit(at, DueWhy.OUTSIDE_DEADLINE, zone)


def _limit(at: datetime, why: DueWhy, zone: str) -> Due:
    day_based = why not in _BY_PEOPLE and at_midnight(at, zone)
    return Due(at.astimezone(UTC), why, day_based, partial(because_limit, why, at, zone))


def _pulled_back(reckoned: Due, at: datetime, window: tuple[int, int], zone: str) -> Due:
    local = at.astimezone(zone_named(zone))
    minute = local.hour * 60 + local.minute + (local.second + local.microsecond / 1e6) / 60
    if window[0] <= minute <= window[1]:
        return reckoned
    day = local.date() - timedelta(days=1 if minute < window[0] else 0)
    last = datetime.combine(day, datetime.min.time(), zone_named(zone)) + timedelta(minutes=window[1])
    return Due(last.astimezone(UTC), reckoned.why, tell=lambda: (*reckoned.because, because_pulled(last, zone)))
