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
from shared.rules.conditions import Matter
from shared.rules.explaining import because_counted, because_limit, because_open, because_pulled
from shared.rules.model import CaseType, ClockRule, Pack
from shared.rules.words import Basis, Flag, PromiseKind, StartFact
from shared.timekeeping.calendar import (
    Calendar,
    add_elapsed,
    add_months,
    add_weeks,
    add_working_days,
    add_working_time,
    end_of_local_day,
    local_date,
    zone_named,
)

SITE_PARAMETER = "site_parameter:"


class DueWhy(StrEnum):
    """Where a due instant comes from, or why there is none."""

    COUNTED = "counted"
    OWNER_LIMIT = "owner_limit"
    DEPARTMENT_LIMIT = "department_limit"
    SITE_PARAMETER = "site_parameter"
    UNSET = "unset"
    AWAITING_DATE = "awaiting_date"


class Outcome(StrEnum):
    """How an act stands to its due instant."""

    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that people have set beside the manual's.

    Attributes:
        customer: The customer's own limit, accepted by the desk (X-41).
        department: The responsible department's own deadline.
        parameters: The site's parameters.
    """

    customer: datetime | None = None
    department: datetime | None = None
    parameters: Mapping[str, str | int] = field(default_factory=dict)


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


_Count = Callable[[datetime, int, Calendar], datetime]

_COUNTED: dict[Basis, _Count] = {
    Basis.MINUTES: lambda start, n, _: add_elapsed(start, timedelta(minutes=n)),
    Basis.HOURS: lambda start, n, _: add_elapsed(start, timedelta(hours=n)),
    Basis.DAYS: lambda start, n, calendar: end_of_local_day(start, calendar.zone, days=n),
    Basis.WEEKS: lambda start, n, calendar: add_weeks(start, n, calendar.zone),
    Basis.MONTHS: lambda start, n, calendar: add_months(start, n, calendar.zone),
    Basis.SAME_DAY: lambda start, _, calendar: end_of_local_day(start, calendar.zone),
    Basis.WORKING_HOURS: lambda start, n, calendar: add_working_time(calendar, start, timedelta(hours=n)),
    Basis.WORKING_DAYS: lambda start, n, calendar: add_working_days(calendar, start, n),
}

_DAY_BASED = frozenset({Basis.DAYS, Basis.WEEKS, Basis.MONTHS, Basis.SAME_DAY, Basis.WORKING_DAYS})


def clocks_for(case_type: CaseType, matter: Matter) -> tuple[ClockRule, ...]:
    """The clocks that run for a case in these circumstances, in the pack's order."""
    return tuple(rule for rule in case_type.clocks if rule.when.holds(matter))


def is_day_based(rule: ClockRule) -> bool:
    """Whether the rule as counted falls due at 24:00 (ESC-6); `Due.day_based` also knows about limits."""
    return rule.basis in _DAY_BASED


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

    A limit replaces the counted instant only where the rule allows it and only when it is not later:
    a later date is an extension, which needs its approver (X-41). A limit that had passed when the clock
    started says nothing about it. A site parameter is looked up as
    ``<parameter>.<category>`` before ``<parameter>``. A `call` clock due outside *call_window*, local
    minutes of the day, is pulled back to the last window minute before.
    """
    hours = _site_hours(rule, limits.parameters, category)
    reckoned = _by_manual(rule, start, calendar) if hours is None else _by_site(hours, start, calendar)
    limited = _limited(rule, reckoned, limits, start=start, zone=calendar.zone)
    if rule.call and call_window and limited.at:
        limited = _pulled_back(limited, limited.at, call_window, calendar.zone)
    return limited


def opens_at(rule: ClockRule, *, start: datetime, calendar: Calendar) -> datetime | None:
    """The first instant at which the act counts; earlier ones are refused. None: at once (CK-FUP-05)."""
    if rule.opens_after is None:
        return None
    return _COUNTED[rule.basis](start, rule.opens_after, calendar)


def warn_at(rule: ClockRule, *, start: datetime, due_at: datetime | None, fraction: float) -> datetime | None:
    """When the assignee is warned: *fraction* of the duration after *start*; None if never (ESC-2)."""
    if due_at is None or not rule.warn:
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
    told = (rule for rule in clocks_for(case_type, matter) if rule.promise)
    return tuple(
        _promise(
            rule,
            due(
                rule,
                start=received_at,
                calendar=calendar,
                limits=limits,
                category=matter.category,
                call_window=call_window(pack),
            ),
            calendar,
        )
        for rule in told
        if rule.start is StartFact.RECEIVED or rule.basis in {Basis.UNSET, Basis.AGREED}
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


def _promise(rule: ClockRule, reckoned: Due, calendar: Calendar) -> Promise:
    assert rule.promise is not None
    return Promise(
        clock=rule.id,
        kind=rule.promise,
        name=rule.name,
        due_at=reckoned.at,
        why=reckoned.why,
        basis=rule.basis,
        amount=rule.amount,
        product_default=rule.product_default,
        source=rule.source,
        calendar=calendar.version,
    )


def _by_manual(rule: ClockRule, start: datetime, calendar: Calendar) -> Due:
    if rule.basis is Basis.UNSET:
        return Due(None, DueWhy.UNSET, tell=partial(because_open, rule))
    if rule.basis is Basis.AGREED:
        return Due(None, DueWhy.AWAITING_DATE, tell=partial(because_open, rule))
    at = _COUNTED[rule.basis](start, rule.amount or 0, calendar)
    tell = partial(because_counted, rule.basis, rule.amount, start=start, due_at=at, zone=calendar.zone)
    return Due(at, DueWhy.COUNTED, is_day_based(rule), tell)


def _by_site(hours: int, start: datetime, calendar: Calendar) -> Due:
    at = add_elapsed(start, timedelta(hours=hours))
    tell = partial(because_counted, Basis.HOURS, hours, start=start, due_at=at, zone=calendar.zone)
    return Due(at, DueWhy.SITE_PARAMETER, tell=tell)


def _site_hours(rule: ClockRule, parameters: Mapping[str, str | int], category: str | None) -> int | None:
    """The site's own hours for the clock, the category's before the general ones; None if it set none."""
    for limit in rule.overridable_by:
        name = limit.removeprefix(SITE_PARAMETER)
        keys = (f"{name}.{category}", name) if name != limit else ()
        for key in keys:
            if key in parameters:
                return int(parameters[key])
    return None


def _limited(rule: ClockRule, reckoned: Due, limits: Limits, *, start: datetime, zone: str) -> Due:
    set_by_people = {
        "customer_limit": (limits.customer, DueWhy.OWNER_LIMIT),
        "department_limit": (limits.department, DueWhy.DEPARTMENT_LIMIT),
    }
    for source in rule.overridable_by:
        at, why = set_by_people.get(source, (None, DueWhy.COUNTED))
        if at is not None and at > start and (reckoned.at is None or at <= reckoned.at):
            return Due(at.astimezone(UTC), why, tell=partial(because_limit, why, at, zone))
    return reckoned


def _pulled_back(reckoned: Due, at: datetime, window: tuple[int, int], zone: str) -> Due:
    local = at.astimezone(zone_named(zone))
    minute = local.hour * 60 + local.minute + (local.second + local.microsecond / 1e6) / 60
    if window[0] <= minute <= window[1]:
        return reckoned
    day = local.date() - timedelta(days=1 if minute < window[0] else 0)
    last = datetime.combine(day, datetime.min.time(), zone_named(zone)) + timedelta(minutes=window[1])
    return Due(last.astimezone(UTC), reckoned.why, tell=lambda: (*reckoned.because, because_pulled(last, zone)))
