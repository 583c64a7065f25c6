"""When a clock is due: the number of the manual or the site, and the limits people have set beside it.

Source: requirements section 0.3, X-41 and 9.7.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from shared.organisation.records import Named
from shared.rules.changing import changed
from shared.rules.counting import at_midnight, counted_to, ends, is_day_based
from shared.rules.explaining import because_counted, because_limit, because_open, because_pulled, because_rostered
from shared.rules.limits import (
    CUSTOMER_LIMIT,
    DEPARTMENT_LIMIT,
    FIELD,
    NO_LIMITS,
    OUTSIDE_DEADLINE,
    PLANNED,
    SITE_PARAMETER,
    DueWhy,
    Limits,
    at_site,
    day_shift,
    whole,
)
from shared.rules.model import ClockRule
from shared.rules.words import Basis
from shared.timekeeping.calendar import Calendar, add_elapsed, zone_named

_BY_PEOPLE = frozenset({DueWhy.OWNER_LIMIT, DueWhy.DEPARTMENT_LIMIT})


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


def due(
    rule: ClockRule,
    *,
    start: datetime,
    calendar: Calendar,
    limits: Limits = NO_LIMITS,
    category: str | None = None,
    call_window: tuple[int, int] | None = None,
) -> Due:
    """When the clock started at *start* is due.

    A number of the site's own goes before the manual's. A limit replaces the counted instant only where the rule
    allows it and only when it is not later: a later date is an extension, which needs its approver (X-41). A limit
    that had passed when the clock started says nothing about it. No promise is due after the deadline of an outside
    line, whatever the rule allows. A site parameter is looked up as ``<parameter>.<category>`` before ``<parameter>``.
    A `call` clock due outside *call_window*, local minutes of the day, is pulled back to the last window minute before.
    """
    return with_own(rule, start, calendar, limits, category, call_window)[1]


def with_own(
    rule: ClockRule,
    start: datetime,
    calendar: Calendar,
    limits: Limits,
    category: str | None,
    call_window: tuple[int, int] | None,
) -> tuple[ClockRule, Due]:
    """The rule as it counts at the site, and when it is due; arguments as in :func:`due`."""
    own, why = at_site(rule, limits)
    hours = _site_hours(rule, limits.parameters, category) if why is DueWhy.COUNTED else None
    reckoned = _counted(own, why, start, calendar, limits) if hours is None else _by_site(rule, hours, start, calendar)
    limited = _by_outside(rule, within(rule, reckoned, limits, start, calendar.zone), limits, start, calendar.zone)
    if rule.call and call_window and limited.at:
        limited = _pulled_back(limited, limited.at, call_window, calendar.zone)
    return own, limited


def _counted(rule: ClockRule, why: DueWhy, start: datetime, calendar: Calendar, limits: Limits) -> Due:
    if rule.basis is Basis.UNSET:
        return Due(None, DueWhy.UNSET, tell=partial(because_open, rule))
    if (begins := limits.by_roster(rule, start)) is not None:
        return Due(begins, why, tell=partial(because_rostered, start=start, begins=begins, zone=calendar.zone))
    at = counted_to(rule, start, calendar, limits)
    if at is None:
        return Due(None, DueWhy.AWAITING_DATE, tell=partial(because_open, rule))
    tell = partial(_tell, rule, why, start, at, calendar.zone, limits)
    return Due(at, why, is_day_based(rule), tell)


def _tell(rule: ClockRule, why: DueWhy, start: datetime, at: datetime, zone: str, limits: Limits) -> tuple[Named, ...]:
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
            if hours is not None and hours > 0:
                return hours
    return None


def within(rule: ClockRule, reckoned: Due, limits: Limits, start: datetime, zone: str) -> Due:
    """The due instant within the limits people have set, where the rule allows them and they are not later."""
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
