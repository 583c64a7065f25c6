"""The engine beside a reckoner that walks every minute: slow, plain, and with no thought in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.timekeeping.calendar import (
    Calendar,
    Pause,
    Span,
    add_working_time,
    explain_working_days,
    explain_working_time,
    next_open,
    working_days_later,
    working_time_between,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DAYS = 7
# A place and the day around which its clock does something.
TURNS = (
    ("Asia/Shanghai", date(2025, 9, 28)),
    ("Europe/Berlin", date(2025, 3, 30)),
    ("Europe/Berlin", date(2025, 10, 26)),
    ("America/New_York", date(2024, 11, 3)),
    ("America/Sao_Paulo", date(2015, 10, 18)),  # midnight is skipped
    ("America/Sao_Paulo", date(2016, 2, 21)),  # an evening comes twice
    ("America/St_Johns", date(2010, 11, 7)),  # a minute past midnight, back into yesterday
    ("Australia/Lord_Howe", date(2025, 4, 6)),  # half an hour
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that never was
    ("Pacific/Kwajalein", date(1993, 8, 21)),  # another
    ("Asia/Tehran", date(2015, 9, 22)),
    ("Africa/Casablanca", date(2025, 2, 23)),
    ("Europe/Dublin", date(2025, 10, 26)),
    ("Antarctica/Troll", date(2025, 3, 30)),  # two hours
    ("Asia/Kathmandu", date(2024, 2, 29)),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """A few days with every minute of them known to be open or not.

    Attributes:
        opened_by: The day whose hours a minute is part of; None while it is closed. Where a clock is put back past
            midnight, the wall may show another day.
    """

    calendar: Calendar
    day: date
    begins: datetime
    opened_by: tuple[date | None, ...]

    @property
    def open(self) -> tuple[bool, ...]:
        return tuple(day is not None for day in self.opened_by)

    def at(self, minute: int) -> datetime:
        return self.begins + minute * MINUTE

    def counts(self, pauses: Sequence[Pause]) -> list[bool]:
        return [
            is_open and not any(frm <= self.at(n) < to for frm, to in pauses) for n, is_open in enumerate(self.open)
        ]


SPANS = st.sets(st.integers(0, 96), min_size=2, max_size=6).map(
    lambda marks: tuple(Span(a * 15, b * 15) for n, (a, b) in enumerate(pairwise(sorted(marks))) if n % 2 == 0)
)
WEEK = st.lists(st.one_of(st.just(()), SPANS, SPANS, st.just((Span(0, 1440),))), min_size=7, max_size=7)


@st.composite
def grounds(draw: st.DrawFn) -> Ground:
    zone, turn = draw(st.sampled_from(TURNS))
    weekly = tuple(draw(WEEK.filter(any)))
    near = st.integers(-2, 3).map(lambda n: turn + n * DAY)
    overrides = draw(st.dictionaries(near, st.one_of(st.just(()), SPANS), max_size=2))
    yearly = draw(st.sets(near.map(lambda day: (day.month, day.day)), max_size=1))
    calendar = Calendar("1", zone, weekly, overrides, closed_every_year=frozenset(yearly))
    begins = datetime.combine(turn - 3 * DAY, time(12), UTC)
    return Ground(calendar, turn, begins, walked(calendar, begins))


def walked(calendar: Calendar, begins: datetime) -> tuple[date | None, ...]:
    """Walk the minutes: a stretch begins when the wall first shows its beginning, or more where that is skipped."""
    zone = ZoneInfo(calendar.zone)
    wall = [(begins + n * MINUTE).astimezone(zone).replace(tzinfo=None) for n in range(DAYS * 1440)]
    latest, first = datetime.min, dict[datetime, int]()  # noqa: DTZ901 - what a wall shows has no zone
    for n, shown in enumerate(wall):
        if shown > latest:
            latest = shown
            first[shown] = n
    marks = sorted(first)

    def reached(day: date, minute: int) -> int:
        target = datetime.combine(day, time.min) + minute * MINUTE
        return next((first[shown] for shown in marks if shown >= target), len(wall))

    days = [wall[0].date() + n * DAY for n in range(DAYS + 2)]
    opened_by: list[date | None] = [None] * len(wall)
    for day in days:
        for span in hours_of(calendar, day):
            for n in range(reached(day, span.start), reached(day, span.end)):
                opened_by[n] = day
    return tuple(opened_by)


def hours_of(calendar: Calendar, day: date) -> tuple[Span, ...]:
    if (day.month, day.day) in calendar.closed_every_year:
        return ()
    return calendar.overrides.get(day, calendar.weekly[day.weekday()])


MINUTES = st.integers(0, DAYS * 1440 - 1)
PAUSES = st.lists(st.tuples(MINUTES, st.integers(0, 600)), max_size=3)
walking = settings(max_examples=60)


def paused(ground: Ground, pairs: list[tuple[int, int]]) -> list[Pause]:
    return [(ground.at(start), ground.at(start + length)) for start, length in pairs]


@walking
@given(ground=grounds(), start=MINUTES, length=st.integers(0, 2000), pairs=PAUSES)
def test_a_deadline_is_where_the_walker_ends(
    ground: Ground, start: int, length: int, pairs: list[tuple[int, int]]
) -> None:
    pauses = paused(ground, pairs)
    counts = ground.counts(pauses)
    used = [n for n in range(start, len(counts)) if counts[n]]
    if len(used) <= length:
        return
    wanted = ground.at(used[length - 1] + 1 if length else used[0])

    assert add_working_time(ground.calendar, ground.at(start), length * MINUTE, pauses=pauses) == wanted


@walking
@given(ground=grounds(), start=MINUTES, length=st.integers(1, 2000), pairs=PAUSES)
def test_counting_back_ends_where_the_walker_does(
    ground: Ground, start: int, length: int, pairs: list[tuple[int, int]]
) -> None:
    pauses = paused(ground, pairs)
    counts = ground.counts(pauses)
    used = [n for n in range(start) if counts[n]]
    if len(used) < length:
        return

    back = add_working_time(ground.calendar, ground.at(start), -length * MINUTE, pauses=pauses)
    assert back == ground.at(used[-length])


@walking
@given(ground=grounds(), start=MINUTES, end=MINUTES, pairs=PAUSES)
def test_working_time_is_the_minutes_walked(ground: Ground, start: int, end: int, pairs: list[tuple[int, int]]) -> None:
    pauses = paused(ground, pairs)
    wanted = sum(ground.counts(pauses)[start:end]) * MINUTE

    assert working_time_between(ground.calendar, ground.at(start), ground.at(end), pauses=pauses) == wanted


@walking
@given(ground=grounds(), start=MINUTES, end=MINUTES, pairs=PAUSES)
def test_an_explanation_colours_every_minute_as_the_walker_does(
    ground: Ground, start: int, end: int, pairs: list[tuple[int, int]]
) -> None:
    pauses = paused(ground, pairs)
    counts, coloured = ground.counts(pauses), dict[int, bool]()
    for piece in explain_working_time(ground.calendar, ground.at(start), ground.at(end), pauses=pauses):
        first = (piece.start - ground.begins) // MINUTE
        coloured |= dict.fromkeys(range(first, first + piece.length // MINUTE), piece.counted)

    assert coloured == {n: counts[n] for n in range(min(start, end), max(start, end))}


@walking
@given(ground=grounds(), start=MINUTES)
def test_the_next_opening_is_the_next_open_minute(ground: Ground, start: int) -> None:
    wanted = next((n for n, is_open in enumerate(ground.open) if is_open and n >= start), None)

    assert wanted is None or next_open(ground.calendar, ground.at(start)) == ground.at(wanted)


@walking
@given(ground=grounds(), start=st.integers(1440, 3 * 1440), n=st.integers(-2, 3))
def test_working_days_are_days_with_an_open_minute(ground: Ground, start: int, n: int) -> None:
    zone = ZoneInfo(ground.calendar.zone)
    days = [ground.at(k).astimezone(zone).date() for k in range(len(ground.open))]
    worked = sorted({day for day in ground.opened_by if day is not None})
    today = days[start]
    ahead, behind = [day for day in worked if day > today], [day for day in worked if day < today]
    whole = ahead[:-1] if n > 0 else behind[1:]  # the outermost days are seen in part
    if n == 0 or len(whole) < abs(n):
        return
    wanted = whole[n - 1] if n > 0 else whole[n]

    assert working_days_later(ground.calendar, ground.at(start), n).astimezone(zone).date() == wanted
    told = explain_working_days(ground.calendar, ground.at(start), n)
    assert [day.day for day in told if day.counted] == (whole[:n] if n > 0 else whole[n:])
