"""Which stretch of time one issue of a register covers."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.rules.registers import Window, WindowKind
from shared.timekeeping.calendar import cutoff_window, fixed_month_day, month_window, week_window

MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
WEEK = r"^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$"
QUARTER = r"^[0-9]{4}-Q[1-4]$"
PERIOD = f"{MONTH}|{WEEK}|{QUARTER}"
"""A month, or a week or a quarter for registers kept so."""
_MONTHS_A_QUARTER = 3
# The year before and after must exist too: a cut-off window begins in the month before.
_YEARS = ("0002", "9998")


class Way(StrEnum):
    """By the register's own cut-off, or by calendar month, which alone compares sites and packs (TS-12)."""

    OWN = "own"
    CALENDAR = "calendar"


class MonthNeeded(ValueError):
    """This register is kept month by month, and no month was named."""


class WeekNeeded(ValueError):
    """This register is kept week by week, and no week of a year was named."""


class QuarterNeeded(ValueError):
    """This register is kept quarter by quarter, and no quarter was named."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Two UTC instants, the first included and the second not; None is open."""

    start: datetime | None
    end: datetime | None


def stretch_of(window: Window, month: str | None, way: Way, zone: str) -> Stretch:
    """What the issue of *month* takes in: ``YYYY-MM``, or ``YYYY-Www`` and ``YYYY-Qn`` for registers kept so.

    By received time. A running register never closes: by its own window it is everything, by calendar it is one month
    of it.

    Raises:
        MonthNeeded: *month* is missing or no month.
        WeekNeeded: *month* is no week of a year, for a register kept week by week.
        QuarterNeeded: *month* is no quarter, for a register kept quarter by quarter.

    Source: requirements TS-12, AS-008.
    """
    if window.kind is WindowKind.RUNNING and way is Way.OWN:
        return Stretch(None, None)
    if window.kind is WindowKind.CALENDAR_WEEK and way is Way.OWN:
        return Stretch(*_week(month, zone))
    if window.kind is WindowKind.CALENDAR_QUARTER and way is Way.OWN:
        return Stretch(*_quarter(month, zone))
    year, number = _parsed(month)
    if way is Way.OWN and window.kind is WindowKind.CUTOFF and window.due_day is not None:
        return Stretch(*cutoff_window(year, number, window.due_day, zone))
    return Stretch(*month_window(year, number, zone))


def due_of(window: Window, month: str | None, way: Way, zone: str) -> datetime | None:
    """When the issue of *month* is due: 24:00 of the manual's day, or of the month's last; None where it names no day.

    Source: requirements TS-6, AS-007.
    """
    if way is not Way.OWN or window.due_day is None:
        return None
    return fixed_month_day(*_parsed(month), window.due_day, zone)


def _week(week: str | None, zone: str) -> tuple[datetime, datetime]:
    try:
        if week is not None and re.fullmatch(WEEK, week):
            return week_window(int(week[:4]), int(week[6:]), zone)
    except (ValueError, OverflowError):
        raise WeekNeeded(week) from None
    raise WeekNeeded(week)


def _quarter(quarter: str | None, zone: str) -> tuple[datetime, datetime]:
    if quarter is None or not re.fullmatch(QUARTER, quarter) or not _YEARS[0] <= quarter[:4] <= _YEARS[1]:
        raise QuarterNeeded(quarter)
    year, last = int(quarter[:4]), int(quarter[6:]) * _MONTHS_A_QUARTER
    first, _ = month_window(year, last - _MONTHS_A_QUARTER + 1, zone)
    return first, month_window(year, last, zone)[1]


def _parsed(month: str | None) -> tuple[int, int]:
    if month is None or not re.fullmatch(MONTH, month) or not _YEARS[0] <= month[:4] <= _YEARS[1]:
        raise MonthNeeded(month)
    return int(month[:4]), int(month[5:])
