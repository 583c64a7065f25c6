"""A deadline told interval by interval, or day by day where days are counted.

Source: design section 7.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, pairwise
from typing import Literal

from shared.timekeeping.opening import Calendar, DayKind, day_at, intervals_of
from shared.timekeeping.working import Pause, apart, counted_from, worked, working_day
from shared.timekeeping.zones import as_utc, day_of, local_date, midnight

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch on the way to a deadline.

    Attributes:
        start: UTC, included.
        end: UTC, not included.
        counted: Whether the site was open and the clock ran, so that the stretch used up working time.
        because: Where the hours of that day come from, or ``paused``: the clock stood still, open or not.
    """

    start: datetime
    end: datetime
    counted: bool
    because: DayKind | Literal["paused"]

    @property
    def length(self) -> timedelta:
        """Real elapsed time of the stretch."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day on the way to a deadline in working days.

    Attributes:
        counted: Whether it is one of the working days counted.
        because: Where the hours of that day come from, or ``start_day``: a working day, but the count begins after it.
    """

    day: date
    counted: bool
    because: DayKind | Literal["start_day"]


def explain_working_time(
    calendar: Calendar, start: datetime, due: datetime, *, pauses: Sequence[Pause] = ()
) -> tuple[Piece, ...]:
    """Return the stretches between *start* and *due*, without a gap; the counted ones add up to the working time.

    In the order of time, also where *due* is earlier, as it is when counted backwards.  Neighbours of one reason
    are told as one, however many days they last.
    """
    frm, to = sorted((as_utc(start), as_utc(due)))
    return tuple(_joined(_cut(calendar, frm, to, apart(pauses))))


def explain_working_days(calendar: Calendar, start: datetime, n: int) -> tuple[CountedDay, ...]:
    """Return the days from that of *start* to the *n*-th working day, in order; *n* of them are counted.

    A negative *n* counts backwards and the days run from the earliest to that of *start*.  The day the count begins
    from is never counted; ``calendar.start_day`` says which that is where *start* lies on a closed one.
    """
    first = local_date(start, calendar.zone)
    base = local_date(counted_from(calendar, start), calendar.zone)
    last = working_day(calendar, base, n) if n else base
    low, high = min(first, base, last), max(first, base, last)
    return tuple(_told(calendar, low + k * _DAY, base, n) for k in range((high - low).days + 1))


def _told(calendar: Calendar, day: date, base: date, n: int) -> CountedDay:
    reached = day > base if n > 0 else day < base
    if day == base and worked(calendar, day):
        return CountedDay(day, counted=False, because="start_day")
    return CountedDay(day, counted=reached and worked(calendar, day), because=day_at(calendar, day).kind)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and (last.counted, last.because) == (piece.counted, piece.because):
            joined[-1] = Piece(last.start, piece.end, last.counted, last.because)
        else:
            joined.append(piece)
    return joined


def _cut(calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause]) -> Iterator[Piece]:
    inside = [(max(frm, start), min(to, end)) for frm, to in pauses if frm < end and start < to]
    marks = [start, *chain.from_iterable(inside), end]
    for n, (frm, to) in enumerate(pairwise(marks)):
        # Every second stretch between the marks is a pause; before, between and after them the clock runs.
        if n % 2:
            yield Piece(frm, to, counted=False, because="paused")
        elif frm < to:
            yield from _running(calendar, frm, to)


def _running(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Piece]:
    day, last = day_of(start, calendar.zone), day_of(end, calendar.zone)
    while day <= last:
        for piece in _pieces_of(calendar, day):
            frm, to = max(piece.start, start), min(piece.end, end)
            if frm < to:
                yield Piece(frm, to, piece.counted, piece.because)
        day += _DAY


def _pieces_of(calendar: Calendar, day: date) -> Iterator[Piece]:
    because = day_at(calendar, day).kind
    cursor = midnight(day, calendar.zone)
    for start, end in intervals_of(calendar, day):
        yield Piece(cursor, start, counted=False, because=because)
        yield Piece(start, end, counted=True, because=because)
        cursor = end
    yield Piece(cursor, midnight(day + _DAY, calendar.zone), counted=False, because=because)
