"""Working time and working days on a calendar, by bisection over yearly prefix sums.

Source: design section 7, requirements TS-4.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from shared.timekeeping.opening import Calendar, intervals_of
from shared.timekeeping.zones import as_utc, day_of, local_date, midnight, wall_instant, zone_named

_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)

Pause = tuple[datetime, datetime]
"""A stretch in which a clock stands still: from the first instant (included) to the second (not included)."""


class _Place(NamedTuple):
    """A point on the scale of working time: *ticks* open microseconds after the beginning of *year*."""

    year: int
    ticks: int


def working_time_between(
    calendar: Calendar, start: datetime, end: datetime, *, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Return the open time from *start* to *end* less what *pauses* cover; zero unless *end* is later.

    Real elapsed time, also across a clock change.
    """
    start, end = as_utc(start), as_utc(end)
    paused = (_open_time(calendar, max(frm, start), min(to, end)) for frm, to in apart(pauses))
    return _open_time(calendar, start, end) - sum(paused, timedelta(0))


def apart(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """Return *pauses* in UTC, in order and apart: those that overlap or touch as one, empty ones left out."""
    kept: list[Pause] = []
    for frm, to in sorted((as_utc(frm), as_utc(to)) for frm, to in pauses):
        if kept and frm <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(to, kept[-1][1]))
        elif frm < to:
            kept.append((frm, to))
    return tuple(kept)


def add_working_time(
    calendar: Calendar, start: datetime, duration: timedelta, *, pauses: Sequence[Pause] = ()
) -> datetime:
    """Return the UTC instant at which *duration* of open time after *start* is used up.

    Used up exactly at closing time means due at closing time.  Zero gives the next open instant.  A negative
    duration counts backwards, and one used up exactly at opening time gives that opening.  A pause is as good as
    closed: one that begins at or after the deadline does not move it.

    Raises:
        ValueError: An instant carries no zone.
    """
    start, known = as_utc(start), apart(pauses)
    if duration < timedelta(0):
        return _last_instant(calendar, _moved(calendar, *_before_pauses(calendar, start, duration, known)))
    if not duration:
        return _next_unpaused(calendar, start, known)
    return _first_instant(calendar, _moved(calendar, *_past_pauses(calendar, start, duration, known)))


def _past_pauses(
    calendar: Calendar, start: datetime, left: timedelta, pauses: Sequence[Pause]
) -> tuple[datetime, timedelta]:
    for frm, to in pauses:
        if to <= start:
            continue
        until_pause = _open_time(calendar, start, frm)
        if until_pause >= left:
            break
        start, left = to, left - until_pause
    return start, left


def _before_pauses(
    calendar: Calendar, start: datetime, left: timedelta, pauses: Sequence[Pause]
) -> tuple[datetime, timedelta]:
    for frm, to in reversed(pauses):
        if frm >= start:
            continue
        since_pause = _open_time(calendar, to, start)
        if since_pause >= -left:
            break
        start, left = frm, left + since_pause
    return start, left


def _next_unpaused(calendar: Calendar, start: datetime, pauses: Sequence[Pause]) -> datetime:
    opens = next_open(calendar, start)
    for frm, to in pauses:
        if frm <= opens < to:
            opens = next_open(calendar, to)
    return opens


def next_open(calendar: Calendar, instant: datetime) -> datetime:
    """Return *instant* itself (in UTC) if open, else the next opening; closing time itself is closed."""
    return _last_instant(calendar, _place(calendar, instant))


def is_open(calendar: Calendar, instant: datetime) -> bool:
    """Whether the site is open at *instant*: opening time is, closing time is not."""
    day = day_of(instant, calendar.zone)
    return any(start <= instant < end for start, end in intervals_of(calendar, day))


def add_working_days(calendar: Calendar, start: datetime, n: int) -> datetime:
    """Return 24:00 of the *n*-th working day after the local day of *start*, as UTC.

    The start day is not counted; a closed one is treated as ``calendar.start_day`` says.

    Raises:
        ValueError: *n* is less than 1.

    Source: TS-4.
    """
    if n < 1:
        raise ValueError("count at least one working day")
    first = local_date(counted_from(calendar, start), calendar.zone)
    return midnight(working_day(calendar, first, n) + _DAY, calendar.zone)


def working_days_later(calendar: Calendar, start: datetime, n: int) -> datetime:
    """Return the UTC instant *n* working days after (before, when negative) *start*, at the same time of day.

    The time is kept even where it lies outside that day's hours.  Zero keeps the day, which
    ``calendar.start_day`` may have moved.
    """
    shown = counted_from(calendar, start).astimezone(zone_named(calendar.zone))
    day = working_day(calendar, shown.date(), n) if n else shown.date()
    wall = timedelta(hours=shown.hour, minutes=shown.minute, seconds=shown.second, microseconds=shown.microsecond)
    return wall_instant(day, wall, calendar.zone)


def counted_from(calendar: Calendar, start: datetime) -> datetime:
    """Return the UTC instant from which working days are counted: *start*, or where ``calendar.start_day`` moves it."""
    return next_open(calendar, start) if calendar.start_day == "roll_then_add" else as_utc(start)


def worked(calendar: Calendar, day: date) -> bool:
    """Whether *day* counts as a working day: it has an open minute."""
    year = calendar.year(day.year)
    index = day.toordinal() - year.first
    return year.worked[index + 1] > year.worked[index]


def working_day(calendar: Calendar, day: date, n: int) -> date:
    """Return the *n*-th working day after *day* (before it, when *n* is negative); *day* itself never counts.

    ``working_day(calendar, due_date, -1)`` is the last working day before a due date.

    Raises:
        ValueError: *n* is 0.

    Source: TS-4, TS-6.
    """
    if n == 0:
        raise ValueError("the 0th working day is not defined")
    year = calendar.year(day.year)
    index = day.toordinal() - year.first
    rank = year.worked[index + 1] + n if n > 0 else year.worked[index] + n + 1
    number = day.year
    while rank < 1:
        number -= 1
        rank += calendar.year(number).worked[-1]
    while rank > calendar.year(number).worked[-1]:
        rank -= calendar.year(number).worked[-1]
        number += 1
    year = calendar.year(number)
    return date.fromordinal(year.first + bisect_left(year.worked, rank) - 1)


def closing_time(calendar: Calendar, day: date) -> datetime | None:
    """Return the UTC instant at which the site closes for the last time on *day*; None if it stays closed."""
    return max((end for _, end in intervals_of(calendar, day)), default=None)


def _open_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    if end <= start:
        return timedelta(0)
    one, other = _place(calendar, start), _place(calendar, end)
    years = sum(calendar.open_time(number) for number in range(one.year, other.year))
    return (years + other.ticks - one.ticks) * _TICK


def _place(calendar: Calendar, instant: datetime) -> _Place:
    day = day_of(instant, calendar.zone)
    year = calendar.year(day.year)
    today = (max(min(instant, end) - start, timedelta(0)) for start, end in intervals_of(calendar, day))
    before = year.opened[day.toordinal() - year.first]
    return _Place(day.year, before + sum(today, timedelta(0)) // _TICK)


def _moved(calendar: Calendar, start: datetime, duration: timedelta) -> _Place:
    number, ticks = _place(calendar, start)
    ticks += duration // _TICK
    while ticks < 0:
        number -= 1
        ticks += calendar.open_time(number)
    while ticks > calendar.open_time(number):
        ticks -= calendar.open_time(number)
        number += 1
    return _Place(number, ticks)


def _first_instant(calendar: Calendar, place: _Place) -> datetime:
    """Return the earliest instant at *place*, which is a closing time where one matches."""
    year = calendar.year(place.year)
    index = bisect_left(year.opened, place.ticks) - 1
    left = (place.ticks - year.opened[index]) * _TICK
    for start, end in intervals_of(calendar, date.fromordinal(year.first + index)):
        if left <= end - start:
            return (start + left).astimezone(UTC)
        left -= end - start
    raise AssertionError("prefix sum and intervals of a day disagree")


def _last_instant(calendar: Calendar, place: _Place) -> datetime:
    """Return the latest instant at *place*, which is an opening time where one matches."""
    number, ticks = place
    while ticks >= calendar.open_time(number):
        ticks -= calendar.open_time(number)
        number += 1
    year = calendar.year(number)
    index = bisect_right(year.opened, ticks) - 1
    left = (ticks - year.opened[index]) * _TICK
    for start, end in intervals_of(calendar, date.fromordinal(year.first + index)):
        if left < end - start:
            return start + left
        left -= end - start
    raise AssertionError("prefix sum and intervals of a day disagree")
