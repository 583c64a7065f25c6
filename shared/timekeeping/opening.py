"""When a site is open: weekly hours, statutory days, special days, and a prefix sum over each year.

Source: design section 7.
"""

from calendar import isleap, monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Literal

from shared.timekeeping.holidays import NO_STATUTORY_DAYS, StatutoryYear, chinese_year
from shared.timekeeping.zones import as_utc, day_of, instant_at, odd_days, zone_named

Statutory = Literal["cn", "none"]
StartDay = Literal["next_working_day", "roll_then_add"]

_DAYS_A_WEEK = 7
_DAYS_A_YEAR = 365
_MINUTES_A_DAY = 1440
_WEEKS_COVERING_A_YEAR = 54
_DAY = timedelta(days=1)
_MINUTE = 60_000_000  # microseconds, the unit of every sum here: exact, and fast as plain integers


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from *start* (included) to *end* (not included), minutes from local midnight; 1440 is 24:00.

    Raises:
        ValueError: The span is empty (``0:00-0:00`` is not a whole day) or leaves the day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= _MINUTES_A_DAY:
            raise ValueError(
                f"opening hours {self.start}-{self.end} must satisfy 0 <= start < end <= 1440; "
                "write a whole day as 00:00-24:00 and split hours that pass midnight"
            )


Spans = tuple[Span, ...]


class DayKind(StrEnum):
    """Why a day has the hours it has."""

    WEEKLY = "weekly"
    STATUTORY_HOLIDAY = "statutory_holiday"
    MAKE_UP_DAY = "make_up_day"
    SPECIAL_DAY = "special_day"


@dataclass(frozen=True, slots=True)
class Day:
    """The opening hours of one date and where they come from."""

    kind: DayKind
    spans: Spans


@dataclass(frozen=True, slots=True)
class Year:
    """Prefix sums over one year; entry *i* covers the days before day *i* (0 = 1 January).

    Attributes:
        first: Ordinal of 1 January.
        opened: Microseconds open.
        worked: Working days, i.e. days with an open minute.
    """

    first: int
    opened: tuple[int, ...]
    worked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The opening hours of a site.

    A date's hours are none if it is closed every year; else those of *overrides* if it is there (none = closed); else
    it is closed on a statutory holiday; else a make-up working day has its weekday's hours or, where that weekday is
    closed, those of the first open weekday; else the weekly ones.

    Attributes:
        version: Names this content; promises carry it.
        zone: IANA name.
        weekly: Open spans of Monday to Sunday.
        overrides: Open spans of single dates.
        start_day: From which day N working days are counted when the start lies on a closed day:
            ``next_working_day`` counts that one as the first, ``roll_then_add`` moves the start to the next
            opening and counts from there.
        statutory: ``cn`` = holidays and make-up days of mainland China.
        announced: Statutory days of single years as told by their own notice, instead of the built-in table.
        closed_every_year: Months and days on which the site is closed in every year; they win over everything.

    Raises:
        ValueError: Not seven weekdays, no weekly open hour, overlapping spans, or an unknown zone or setting.

    Source: design section 7, requirements TS-4.
    """

    version: str
    zone: str
    weekly: tuple[Spans, ...]
    overrides: Mapping[date, Spans] = field(default_factory=dict)
    start_day: StartDay = "next_working_day"
    statutory: Statutory = "none"
    announced: Mapping[int, StatutoryYear] = field(default_factory=dict)
    closed_every_year: frozenset[tuple[int, int]] = frozenset()
    # Memos of what follows from the fields above; those of years are filled as they are asked for.
    _years: dict[int, Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _totals: dict[int, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _special: dict[int, list[date]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _week: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if len(self.weekly) != _DAYS_A_WEEK:
            raise ValueError("weekly hours must list seven days, Monday to Sunday")
        if not any(self.weekly):
            raise ValueError("a calendar needs at least one open hour in the week")
        for spans in (*self.weekly, *self.overrides.values()):
            _require_apart(spans)
        if self.statutory not in {"cn", "none"} or self.start_day not in {
            "next_working_day",
            "roll_then_add",
        }:
            raise ValueError(f"unknown setting {self.statutory!r} or {self.start_day!r}")
        for day in self.overrides:
            self._special.setdefault(day.year, []).append(day)
        self._week.extend(map(_length, self.weekly))

    def year(self, number: int) -> Year:
        """Return the prefix sums of year *number*, computed at the first call."""
        known = self._years.get(number)
        if known is None:
            known = self._years[number] = _sum_up(self, number)
        return known

    def open_time(self, number: int) -> int:
        """Return the microseconds open in year *number*; years only passed through need no more than this."""
        known = self._totals.get(number)
        if known is None:
            known = self._totals[number] = _total(self, number)
        return known

    @property
    def open_times(self) -> list[int]:
        """The microseconds open by the weekly hours, Monday to Sunday."""
        return self._week

    def special_in(self, number: int) -> list[date]:
        """Return the days of year *number* that *overrides* lists."""
        return self._special.get(number, [])


def _require_apart(spans: Spans) -> None:
    if any(later.start < earlier.end for earlier, later in pairwise(spans)):
        raise ValueError("opening hours of one day must be in order and must not overlap")


def day_at(calendar: Calendar, day: date) -> Day:
    """Return the opening hours of *day* and where they come from."""
    if (day.month, day.day) in calendar.closed_every_year:
        return Day(DayKind.SPECIAL_DAY, ())
    special = calendar.overrides.get(day)
    if special is not None:
        return Day(DayKind.SPECIAL_DAY, special)
    statutory = _statutory(calendar, day.year)
    if day in statutory.off:
        return Day(DayKind.STATUTORY_HOLIDAY, ())
    weekly = calendar.weekly[day.weekday()]
    if day in statutory.make_up:
        return Day(DayKind.MAKE_UP_DAY, weekly or next(spans for spans in calendar.weekly if spans))
    return Day(DayKind.WEEKLY, weekly)


def provisional_years(calendar: Calendar, frm: datetime, to: datetime) -> tuple[int, ...]:
    """Return the years between two instants whose public holidays are not announced yet.

    A deadline that touches one of them must be shown as provisional and computed again when they are.

    Source: design section 7.
    """
    first, last = day_of(frm, calendar.zone).year, day_of(to, calendar.zone).year
    return tuple(year for year in range(first, last + 1) if not _statutory(calendar, year).known)


def open_intervals(calendar: Calendar, frm: datetime, to: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the open stretches between two instants, cut to them, as UTC pairs, the second not included.

    Stretches that meet at midnight stay apart.
    """
    frm, to = as_utc(frm), as_utc(to)
    first, last = day_of(frm, calendar.zone), day_of(to, calendar.zone)
    return tuple(
        (max(start, frm), min(end, to))
        for n in range((last - first).days + 1)
        for start, end in intervals_of(calendar, first + n * _DAY)
        if max(start, frm) < min(end, to)
    )


def intervals_of(calendar: Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return the open stretches of *day* as UTC pairs, the second not included.

    A stretch that a clock change swallows whole is left out.
    """
    pairs = (
        (instant_at(day, span.start, calendar.zone), instant_at(day, span.end, calendar.zone))
        for span in day_at(calendar, day).spans
    )
    return tuple((start, end) for start, end in pairs if start < end)


def _statutory(calendar: Calendar, year: int) -> StatutoryYear:
    if calendar.statutory != "cn":
        return NO_STATUTORY_DAYS
    return calendar.announced.get(year) or chinese_year(year)


def _sum_up(calendar: Calendar, number: int) -> Year:
    first = date(number, 1, 1)
    week = calendar.open_times
    rotated = week[first.weekday() :] + week[: first.weekday()]
    open_time = (rotated * _WEEKS_COVERING_A_YEAR)[: _days_in(number)]
    for day, opened in _exceptions(calendar, number).items():
        open_time[(day - first).days] = opened
    return Year(
        first=first.toordinal(),
        opened=tuple(accumulate(open_time, initial=0)),
        worked=tuple(accumulate(map(bool, open_time), initial=0)),
    )


def _total(calendar: Calendar, number: int) -> int:
    week, first = calendar.open_times, date(number, 1, 1).weekday()
    weeks, rest = divmod(_days_in(number), _DAYS_A_WEEK)
    plain = weeks * sum(week) + sum(week[(first + n) % _DAYS_A_WEEK] for n in range(rest))
    return plain + sum(opened - week[day.weekday()] for day, opened in _exceptions(calendar, number).items())


def _length(spans: Spans) -> int:
    return sum(span.end - span.start for span in spans) * _MINUTE


def _days_in(number: int) -> int:
    return _DAYS_A_YEAR + isleap(number)


def _exceptions(calendar: Calendar, number: int) -> dict[date, int]:
    """Return the microseconds open on each day of the year that may differ from the weekly hours."""
    statutory, odd = _statutory(calendar, number), odd_days(calendar.zone, number)
    special = (*calendar.special_in(number), *_closed_in(calendar, number), *statutory.make_up)
    closed = dict.fromkeys(statutory.off, 0)
    return (
        closed
        | {day: _length(day_at(calendar, day).spans) for day in special}
        | {day: _length_of_odd(calendar, day) for day in odd}
    )


def _closed_in(calendar: Calendar, number: int) -> list[date]:
    return [
        date(number, month, day) for month, day in calendar.closed_every_year if day <= monthrange(number, month)[1]
    ]


def _length_of_odd(calendar: Calendar, day: date) -> int:
    stretches = (end - start for start, end in intervals_of(calendar, day))
    return sum(stretches, timedelta(0)) // timedelta(microseconds=1)
