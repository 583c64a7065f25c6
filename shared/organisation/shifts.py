"""When the weekly shifts of a roster fall, in instants."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from shared.organisation.records import Roster, Shift
from shared.timekeeping.calendar import as_utc, local_date
from shared.timekeeping.zones import instant_at

Interval = tuple[datetime, datetime]
"""Two UTC instants, the second not included."""

_DAY = timedelta(days=1)


def shifts_between(roster: Roster, frm: datetime, to: datetime, *, zone: str) -> Iterator[tuple[Shift, Interval]]:
    """Yield every shift that touches the stretch from *frm* to *to*, cut to it, with its interval.

    Shift times are what the wall clock shows: a shift over a clock change is shorter or longer.
    """
    frm, to = as_utc(frm), as_utc(to)
    # A shift that started yesterday may still be running.
    day, last = local_date(frm, zone) - _DAY, local_date(to, zone)
    while day <= last:
        for shift in (shift for shift in roster.shifts if shift.weekday == day.weekday()):
            start, end = _interval(shift, day, zone)
            if max(start, frm) < min(end, to):
                yield shift, (max(start, frm), min(end, to))
        day += _DAY


def on_shift(roster: Roster, at: datetime, *, zone: str) -> tuple[str, ...]:
    """Return the ids of the persons on shift then, each once; at a hand-over it is the one who takes over."""
    instant = timedelta(microseconds=1)
    running = (shift.person for shift, _ in shifts_between(roster, at, at + instant, zone=zone))
    return tuple(dict.fromkeys(running))


def _interval(shift: Shift, day: date, zone: str) -> Interval:
    end_day = day + _DAY if shift.overnight else day
    return instant_at(day, shift.start_minute, zone), instant_at(end_day, shift.end_minute, zone)
