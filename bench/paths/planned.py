"""Duties that come round: a quarter written down for thousands of sites, and their cases opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time

from pydantic import SecretStr
from sqlalchemy import text

from bench.measuring import MILLISECONDS
from bench.result import Result, aimed, seen
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
from shared.rules.book import Book
from shared.timekeeping.calendar import Span

PACK = "P004"
WITHIN = 60.0
TENTH = 10
OPENED_TURNS = 10
EVER = datetime(2020, 1, 1, tzinfo=UTC)
DAYS = {
    "weekly_day": 7,
    "month_plan_day": 28,
    "monthly_report_day": 28,
    "indicator_day": 28,
    "vacant_inspection_day": 28,
}
"""Parameters the manual leaves to the site, and in how many ways sites set them."""


async def measure(scale: Scale) -> list[Result]:
    """Seconds for a tenth of the sites and for all, the ratio of both by what is due, cases opened a second."""
    sites = scale.of(500, 5000)
    with provisioned_place() as place:
        async with _intake(place) as intake:
            few = await _planned(intake, sites // TENTH)
            many = await _planned(intake, sites)
            opened, cost = await _opened(intake)
    each = [took / rows for took, rows in (few, many)]
    note = f"{many[1]:,} duties of {PACK}, each site with days of its own"
    return [
        aimed(
            f"planned: a quarter written down for {sites:,} sites",
            [many[0]],
            WITHIN * sites / 5000,
            better="lower",
            unit="s",
            note=note,
        ),
        aimed(
            f"planned: time a duty, {sites:,} sites over {sites // TENTH:,}",
            [each[1] * MILLISECONDS * 1000],
            each[0] * MILLISECONDS * 1000,
            better="lower",
            unit="µs",
            note="linear in what is due",
        ),
        seen("planned: cases of duties opened", [opened], better="higher", unit="/s", cpu_us=cost),
    ]


@asynccontextmanager
async def _intake(place: Place) -> AsyncIterator[IntakeProcess]:
    settings = RuntimeSettings(database_url=place.dsn, nats_url=place.nats.url, secret=SecretStr("x" * 32))
    around = surroundings(settings, replica="bench")
    intake = build(around)
    try:
        yield intake
    finally:
        await around.db.dispose()


async def _planned(intake: IntakeProcess, sites: int) -> tuple[float, int]:
    """Seconds to plan so many new sites from nothing, and how many duties that made."""
    async with intake.db.begin() as conn:
        await conn.execute(text("truncate intake.planned, intake.planned_sites"))
    intake.book.__dict__.update(_book(sites).__dict__)
    planner = Planner(intake.engine, PlanShelf(intake.db), intake.planner.numbers, ahead=AHEAD)
    began = perf_counter()
    await planner.plan(intake.clock.now())
    took = perf_counter() - began
    async with intake.db.connect() as conn:
        rows: int = (await conn.execute(text("select count(*) from intake.planned"))).scalar_one()
    return took, rows


async def _opened(intake: IntakeProcess) -> tuple[float, float]:
    """Cases opened a second, and CPU microseconds a case."""
    at = intake.clock.now() + timedelta(days=1)
    began, busy, opened = perf_counter(), process_time(), 0
    for _ in range(OPENED_TURNS):
        opened += await intake.planner.open(at)
    return opened / (perf_counter() - began), (process_time() - busy) / opened * MILLISECONDS * 1000


def _book(sites: int) -> Book:
    book = Book()
    for pack in builtin():
        book.put_pack(pack)
    version = max(pack.version for pack in builtin() if pack.id == PACK)
    hours = CalendarRecord("bench", weekly=((Span(510, 1050),),) * 5 + ((), ()))
    for number in range(sites):
        days = {name: number * 7919 // (n + 1) % ways + 1 for n, (name, ways) in enumerate(DAYS.items())}
        parameters: dict[str, str | int] = {
            **days,
            "summer_begins": "05-01",
            "winter_begins": f"10-{number % 28 + 1:02}",
        }
        active = (Activation(PACK, version, EVER),)
        name = Named(f"项目{number}", f"Site {number}")
        book.put_site(Site(f"s{number}", f"B{number}", name, "Asia/Shanghai", active, hours, parameters))
    book.seq = sites
    return book
