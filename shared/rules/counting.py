"""How each basis counts: from the start of a clock to the instant it leads to.

Source: requirements section 0.3 (TS-1 to TS-10).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from shared.rules.limits import SHIFTS, Limits, day_shift
from shared.rules.model import ClockRule
from shared.rules.words import Basis
from shared.timekeeping.calendar import (
    Calendar,
    add_elapsed,
    add_months,
    add_weeks,
    add_working_days,
    add_working_time,
    end_of_local_day,
    fixed_month_day,
    local_date,
    midnight,
)
from shared.timekeeping.zones import instant_at

_DAY = timedelta(days=1)
_DATE_LENGTH = len("2025-03-04")
_LAST_OF_MONTH, _DECEMBER = 31, 12

_BY_AMOUNT: dict[Basis, Callable[[datetime, int, Calendar], datetime]] = {
    Basis.MINUTES: lambda start, n, _: add_elapsed(start, timedelta(minutes=n)),
    Basis.HOURS: lambda start, n, _: add_elapsed(start, timedelta(hours=n)),
    Basis.DAYS: lambda start, n, calendar: end_of_local_day(start, calendar.zone, days=n),
    Basis.WEEKS: lambda start, n, calendar: add_weeks(start, n, calendar.zone),
    Basis.MONTHS: lambda start, n, calendar: add_months(start, n, calendar.zone),
    Basis.WORKING_HOURS: lambda start, n, calendar: add_working_time(calendar, start, timedelta(hours=n)),
    Basis.WORKING_DAYS: lambda start, n, calendar: add_working_days(calendar, start, n),
}
_TO_END: dict[Basis, Callable[[datetime, str], datetime]] = {
    Basis.SAME_DAY: end_of_local_day,
    Basis.MONTH_END: lambda start, zone: _end_of_month(start, zone, every=1),
    Basis.QUARTER_END: lambda start, zone: _end_of_month(start, zone, every=3),
    Basis.YEAR_END: lambda start, zone: _end_of_month(start, zone, every=_DECEMBER),
}
_DAY_BASED = frozenset(
    {Basis.DAYS, Basis.WEEKS, Basis.MONTHS, Basis.WORKING_DAYS, Basis.MIDPOINT, *_TO_END},
)


def is_day_based(rule: ClockRule) -> bool:
    """Whether the rule as counted falls due at 24:00 (ESC-6); `Due.day_based` also knows about limits."""
    return rule.basis in _DAY_BASED


def at_midnight(at: datetime, zone: str) -> bool:
    """Whether *at* is 24:00 of a local day."""
    return midnight(local_date(at, zone), zone) == at


def counted_to(
    rule: ClockRule, start: datetime, calendar: Calendar, limits: Limits, *, amount: int | None = None
) -> datetime | None:
    """Where the count from *start* ends, by *amount* instead of the rule's where given.

    None for a basis that counts no time, and for a date in the middle of two that are not both known.
    """
    if rule.basis in _BY_AMOUNT:
        return _BY_AMOUNT[rule.basis](start, (rule.amount if amount is None else amount) or 0, calendar)
    if rule.basis in _TO_END:
        return _TO_END[rule.basis](start, calendar.zone)
    if rule.basis in SHIFTS:
        return _by_shift(rule.basis, start, calendar.zone, limits)
    return _midpoint(rule, calendar.zone, limits) if rule.basis is Basis.MIDPOINT else None


def counts_time(rule: ClockRule) -> bool:
    """Whether the clock runs to an instant; one of basis count is judged by a number instead."""
    return rule.basis is not Basis.COUNT


def number_kept(rule: ClockRule, limits: Limits) -> bool | None:
    """Whether the number in the form stays within the amount of a count (TS-8); None while there is no number."""
    try:
        number = Decimal(limits.form[rule.between[0]])
    except (KeyError, IndexError, InvalidOperation):
        return None
    return not number.is_nan() and number <= (rule.amount or 0)


def begins(text: str | None, zone: str) -> datetime | None:
    """The instant a date or instant in a form stands for: local 00:00 of a date, UTC; None if it is neither."""
    if not text:
        return None
    try:
        if len(text) == _DATE_LENGTH:
            return midnight(date.fromisoformat(text), zone)
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None


def ends(text: str | None, zone: str) -> datetime | None:
    """The instant up to which a date or instant in a form allows an act: 24:00 of a date; None if it is neither."""
    first = begins(text, zone)
    if first is None or text is None or len(text) != _DATE_LENGTH:
        return first
    return end_of_local_day(first, zone)


def _end_of_month(start: datetime, zone: str, *, every: int) -> datetime:
    day = local_date(start, zone)
    return fixed_month_day(day.year, (day.month + every - 1) // every * every, _LAST_OF_MONTH, zone)


def _by_shift(basis: Basis, start: datetime, zone: str, limits: Limits) -> datetime:
    begin, end = day_shift(limits)
    today = local_date(start, zone)
    if basis is Basis.NEXT_DAY_SHIFT:
        return instant_at(today + _DAY, begin, zone)
    minute = end if basis is Basis.SHIFT_END else begin
    at = instant_at(today, minute, zone)
    return at if at > start else instant_at(today + _DAY, minute, zone)


def _midpoint(rule: ClockRule, zone: str, limits: Limits) -> datetime | None:
    found = [begins(limits.form.get(name), zone) for name in rule.between]
    days = [local_date(one, zone) for one in found if one is not None]
    if len(days) < len(found) or not days:
        return None
    return midnight(days[0] + (days[-1] - days[0]) // 2 // _DAY * _DAY + _DAY, zone)
