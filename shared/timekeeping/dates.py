"""Deadlines that need no opening hours: elapsed time, calendar days, weeks, months and report windows.

Source: requirements section 0.3 (TS-1 to TS-6, TS-12).
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache

from shared.timekeeping.zones import as_utc, local_date, midnight

_MONTHS_A_YEAR = 12


def add_elapsed(start: datetime, duration: timedelta) -> datetime:
    """Return the UTC instant *duration* after *start*, nights, holidays and clock changes included.

    Source: TS-1.
    """
    return as_utc(start) + duration


def end_of_local_day(instant: datetime, zone: str, days: int = 0) -> datetime:
    """Return 24:00 of the local day *days* after that of *instant*, which is not counted.

    24:00 is the first instant of the following day. *days* = 0 is "the same day".

    Source: TS-2, TS-3.
    """
    return midnight(local_date(instant, zone) + timedelta(days=days + 1), zone)


def add_weeks(instant: datetime, n: int, zone: str) -> datetime:
    """Return 24:00 of the same weekday *n* weeks later.

    Source: TS-5.
    """
    return end_of_local_day(instant, zone, days=7 * n)


def add_months(instant: datetime, n: int, zone: str) -> datetime:
    """Return 24:00 of the same day number *n* months later, of the month's last day where it has no such day.

    Source: TS-5.
    """
    start = local_date(instant, zone)
    month = start.year * _MONTHS_A_YEAR + start.month - 1 + n
    return fixed_month_day(month // _MONTHS_A_YEAR, month % _MONTHS_A_YEAR + 1, start.day, zone)


@lru_cache(maxsize=4096)
def fixed_month_day(year: int, month: int, day: int, zone: str) -> datetime:
    """Return 24:00 of day *day* of the month, of its last day where the month is shorter.

    Never moved by a holiday.

    Source: TS-6.
    """
    return midnight(month_day(year, month, day) + timedelta(days=1), zone)


def month_day(year: int, month: int, day: int) -> date:
    """Return the date, or the last day of the month where the month is shorter.

    Source: TS-6.
    """
    return date(year, month, min(day, monthrange(year, month)[1]))


def month_window(year: int, month: int, zone: str) -> tuple[datetime, datetime]:
    """Return the calendar month as two UTC instants, the second not included.

    Source: TS-12.
    """
    first = date(year, month, 1)
    return midnight(first, zone), midnight(month_day(year, month, 31) + timedelta(days=1), zone)


def week_window(year: int, week: int, zone: str) -> tuple[datetime, datetime]:
    """Return ISO week *week* of *year*, Monday to Sunday, as two UTC instants, the second not included.

    Raises:
        ValueError: The year has no such week.
    """
    monday = date.fromisocalendar(year, week, 1)
    return midnight(monday, zone), midnight(monday + timedelta(weeks=1), zone)


def cutoff_window(year: int, month: int, due_day: int, zone: str) -> tuple[datetime, datetime]:
    """Return the window of the report due on *due_day* of this month as two UTC instants, the first included.

    It runs from the cut-off of the month before to this month's.  The cut-off is 24:00 of the day before the
    due day, so that the report can be compiled on the day it is due and every case is counted exactly once.

    Source: TS-12.
    """
    last = year * _MONTHS_A_YEAR + month - 2
    before = month_day(last // _MONTHS_A_YEAR, last % _MONTHS_A_YEAR + 1, due_day)
    return midnight(before, zone), midnight(month_day(year, month, due_day), zone)
