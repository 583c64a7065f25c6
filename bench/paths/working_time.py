"""What working time costs: nineteen years in one call, and the deadlines of the collected rows.

The floor of a deadline is the least anybody could do for it: its instant into the zone of the site, the duration
added, and back into UTC, by plain datetimes that know no opening hours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from bench.measuring import MICROSECONDS
from bench.result import Result, aimed, compared
from bench.scale import Scale
from shared.timekeeping.calendar import Calendar, Pause, Span, add_working_time, working_time_between
from shouwen.calendars.checking import File, opened
from shouwen.calendars.documents import Hours
from shouwen.calendars.reading import document_at
from shouwen.calendars.rows import Row

ROWS = Path(__file__).parents[2] / "tests" / "unit" / "timekeeping" / "business_time_cases.json"
YEARS_MOST, DEADLINE_MOST = 1000.0, 20.0
START, END = datetime(2007, 11, 22, 1, 30, tzinfo=UTC), datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
OFFICE = (Span(8 * 60 + 30, 12 * 60), Span(13 * 60 + 30, 17 * 60 + 30))
REPEATS = 200
ZONES = ("Asia/Shanghai", "Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Asked:
    """One deadline of the collected rows."""

    calendar: Calendar
    start: datetime
    length: timedelta
    pauses: Sequence[Pause]
    zone: ZoneInfo

    def product(self) -> datetime:
        """The deadline."""
        return add_working_time(self.calendar, self.start, self.length, pauses=self.pauses)

    def floor(self) -> datetime:
        """The same instants, without opening hours."""
        return (self.start.astimezone(self.zone) + self.length).astimezone(UTC)


async def measure(scale: Scale) -> list[Result]:
    """Microseconds a call: on fresh calendars, and warm over every deadline of the file."""
    rounds, asked = scale.of(5, 20), _deadlines()
    mine, theirs = [], []
    for _ in range(rounds):
        mine.append([_each(one.product) for one in asked])
        theirs.append([_each(one.floor) for one in asked])
    warm, floor = [median(each) for each in mine], [median(each) for each in theirs]
    note = f"{len(asked)} deadlines, the slowest {max(map(max, mine)):.0f} µs"
    return [
        *(_nineteen_years(zone, rounds) for zone in ZONES),
        aimed("working_time: a deadline, median, aim", warm, DEADLINE_MOST, better="lower", unit="µs", note=note),
        compared("working_time: a deadline, plain datetimes", warm, floor, better="lower", target=None, unit="µs"),
    ]


def _nineteen_years(zone: str, rounds: int) -> Result:
    # The tables of zone and holidays are loaded once a process; every calendar after that is fresh.
    working_time_between(_office(zone), START, END)
    cold = [_once(_office(zone)) for _ in range(rounds)]
    path = f"working_time: 19 years in one call, fresh calendar, {zone}"
    return aimed(path, cold, YEARS_MOST, better="lower", unit="µs", note=f"the slowest {max(cold):.0f} µs")


def _office(zone: str) -> Calendar:
    return Calendar("bench", zone, (OFFICE,) * 5 + ((), ()), statutory="cn")


def _once(calendar: Calendar) -> float:
    began = perf_counter()
    working_time_between(calendar, START, END)
    return (perf_counter() - began) * MICROSECONDS


def _each(call: Callable[[], datetime]) -> float:
    began = perf_counter()
    for _ in range(REPEATS):
        call()
    return (perf_counter() - began) * MICROSECONDS / REPEATS


def _deadlines() -> list[Asked]:
    file = opened(document_at(ROWS))
    rows = [Row(given["id"], given) for given in file.document["cases"] if given["kind"] == "deadline"]
    return [
        Asked(_calendar(file, row), row.instant("start"), row.seconds("duration_s"), row.pauses(), ZoneInfo(row.zone()))
        for row in rows
    ]


def _calendar(file: File, row: Row) -> Calendar:
    hours = file.hours[row.text("calendar")]
    assert isinstance(hours, Hours)
    return hours.calendar(row.zone(), row.start_day())
