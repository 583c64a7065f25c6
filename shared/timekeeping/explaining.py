"""A deadline in working time, told interval by interval.

Source: design section 7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.timekeeping.opening import Calendar, DayKind, day_at, intervals_of
from shared.timekeeping.zones import as_utc, day_of, midnight

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch on the way to a deadline.

    Attributes:
        start: UTC, included.
        end: UTC, not included.
        counted: Whether the site was open, so that the stretch used up working time.
        because: Where the hours of that day come from.
    """

    start: datetime
    end: datetime
    counted: bool
    because: DayKind

    @property
    def length(self) -> timedelta:
        """Real elapsed time of the stretch."""
        return self.end - self.start


def explain_working_time(calendar: Calendar, start: datetime, due: datetime) -> tuple[Piece, ...]:
    """Return the stretches from *start* to *due*, without a gap; the counted ones add up to the working time.

    Closed stretches with one reason are told as one, however many days they last.
    """
    start, due = as_utc(start), as_utc(due)
    if due <= start:
        return ()
    pieces: list[Piece] = []
    for piece in _cut(calendar, start, due):
        last = pieces[-1] if pieces else None
        if last and (last.counted, last.because) == (piece.counted, piece.because):
            pieces[-1] = Piece(last.start, piece.end, last.counted, last.because)
        else:
            pieces.append(piece)
    return tuple(pieces)


def _cut(calendar: Calendar, start: datetime, due: datetime) -> Iterator[Piece]:
    day, last = day_of(start, calendar.zone), day_of(due, calendar.zone)
    while day <= last:
        for piece in _pieces_of(calendar, day):
            frm, to = max(piece.start, start), min(piece.end, due)
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
