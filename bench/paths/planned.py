"""Duties that come round: a quarter written down for thousands of sites, and their cases opened."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time

from pydantic import SecretStr
from sqlalchemy import text

from bench.measuring import cpu_seconds
from bench.result import Result, aimed, compared, seen
from bench.scale import Scale
from bench.surroundings import Place, provisioned_place
from services.intake.app import IntakeProcess, build
from services.intake.channels.planner import Planner
from services.intake.policy.planning import AHEAD
from services.intake.store import PlanShelf
from shared.organisation.records import Activation, CalendarRecord, Named, Site
from shared.packs.loader import builtin
from shared.process.service import surroundings
from shared.process.settings import RuntimeSettings
from shared.rules.book import SAFETY_PACK, Book
from shared.rules.model import Pack
from shared.rules.plans import Every, Season
from shared.timekeeping.calendar import Span

WITHIN = 60.0
TENTH = 10
GROWTH = 1.2
MICROSECONDS = 1_000_000
OPENED_TURNS = 10
WEEKDAYS, MONTH_DAYS = 7, 28
EVER = datetime(2020, 1, 1, tzinfo=UTC)


async def measure(scale: Scale) -> list[Result]:
    """Seconds for all sites, CPU a duty with all over that with a tenth of them, cases opened a second."""
    sites = scale.of(500, 5000)
    with provisioned_place() as place:
        async with _intake(place) as intake:
            few = await _planned(intake, place, sites // TENTH)
            many = await _planned(intake, place, sites)
            opened, cost = await _opened(intake)
    note = f"{many.duties:,} duties; the built-in manuals in turn, each site with days of its own"
    return [
        aimed(
            f"planned: a quarter written down for {sites:,} sites",
            [many.seconds],
            WITHIN * sites / 5000,
            better="lower",
            unit="s",
            note=note,
        ),
        compared(
            f"planned: a duty written down, {sites:,} sites over {sites // TENTH:,}",
            [many.each],
            [few.each],
            better="lower",
            target=GROWTH,
            unit="µs CPU",
            note="CPU of the service and PostgreSQL",
        ),
        seen("planned: cases of duties opened", [opened], better="higher", unit="/s", cpu_us=cost),
    ]


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning from nothing took.

    Attributes:
        cpu: Seconds of the service and PostgreSQL.
    """

    seconds: float
    cpu: float
    duties: int

    @property
    def each(self) -> float:
        """CPU microseconds a duty."""
        return self.cpu / self.duties * MICROSECONDS


@asynccontextmanager
async def _intake(place: Place) -> AsyncIterator[IntakeProcess]:
    settings = RuntimeSettings(database_url=place.dsn, nats_url=place.nats.url, secret=SecretStr("x" * 32))
    around = surroundings(settings, replica="bench")
    intake = build(around)
    try:
        yield intake
    finally:
        await around.db.dispose()


async def _planned(intake: IntakeProcess, place: Place, sites: int) -> Planned:
    """Plan so many new sites from nothing."""
    async with intake.db.begin() as conn:
        await conn.execute(text("truncate intake.planned, intake.planned_sites"))
    intake.book.__dict__.update(_book(sites).__dict__)
    planner = Planner(intake.engine, PlanShelf(intake.db), intake.planner.numbers, ahead=AHEAD)
    _, database = place.servers
    began, busy = perf_counter(), process_time() + cpu_seconds(database)
    await planner.plan(intake.clock.now())
    took, used = perf_counter() - began, process_time() + cpu_seconds(database) - busy
    async with intake.db.connect() as conn:
        rows: int = (await conn.execute(text("select count(*) from intake.planned"))).scalar_one()
    return Planned(took, used, rows)


async def _opened(intake: IntakeProcess) -> tuple[float, float]:
    """Cases opened a second, and CPU microseconds a case."""
    at = intake.clock.now() + timedelta(days=1)
    began, busy, opened = perf_counter(), process_time(), 0
    for _ in range(OPENED_TURNS):
        opened += await intake.planner.open(at)
    return opened / (perf_counter() - began), (process_time() - busy) / opened * MICROSECONDS


def _book(sites: int) -> Book:
    book, manuals = Book(), [pack for pack in builtin() if pack.id != SAFETY_PACK]
    for pack in builtin():
        book.put_pack(pack)
    hours = CalendarRecord("bench", weekly=((Span(510, 1050),),) * 5 + ((), ()))
    for number in range(sites):
        pack = manuals[number % len(manuals)]
        active = (Activation(pack.id, pack.version, EVER),)
        name = Named(f"项目{number}", f"Site {number}")
        days = dict(_days(pack, number))
        book.put_site(Site(f"s{number}", f"B{number}", name, "Asia/Shanghai", active, hours, days))
    book.seq = sites
    return book


def _days(pack: Pack, number: int) -> Iterator[tuple[str, str | int]]:
    """What the manual leaves to the site."""
    for plan in pack.plans:
        if plan.season is not None:
            yield from ((word, f"{month:02}-{number % MONTH_DAYS + 1:02}") for word, month in _dates(plan.season))
        if plan.day_parameter is not None:
            yield plan.day_parameter, number % (WEEKDAYS if plan.every is Every.WEEK else MONTH_DAYS) + 1


def _dates(season: Season) -> tuple[tuple[str, int], ...]:
    words = sorted((season.begins, season.ends))
    return (words[0], 5), (words[1], 10)
