"""A pack of duties that come round and of matters that come back, and intake with sites that run it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.intake.app import IntakeProcess, build
from shared.contracts.directory import Account
from shared.contracts.fold import Grant
from shared.contracts.ids import RealIds
from shared.organisation.records import Activation, CalendarRecord, Named, Site
from shared.process.service import Surroundings
from shared.process.settings import RuntimeSettings
from shared.rules.book import SAFETY_PACK, Book
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import CaseType, Category, Criterion, Pack, Severity
from shared.rules.plans import Every, PlanRule, Round, Season
from shared.rules.recurring import RecurrenceRule
from shared.rules.registers import Window, WindowKind
from shared.rules.steps import Opens, StepOutcome, StepRule
from shared.rules.words import CaseKind
from shared.schema.migrating import migrate
from shared.timekeeping.calendar import Span
from shouwen.places import migrations_of
from tests.support.clock import HandClock

SHANGHAI = "Asia/Shanghai"
EVER = datetime(2020, 1, 1, tzinfo=UTC)
NAME = Named("名称", "Name")
OTHER = (Category("other", Named("其他", "Other"), "service_dept"),)
AM, PM = Round("am", NAME, 8 * 60, 12 * 60), Round("pm", NAME, 13 * 60, 1440)
ROUNDS = PlanRule("PLAN-ROUND", Named("公区巡查", "Round"), "round", "other", Every.DAY, "§1", rounds=(AM, PM))
REPORT = PlanRule("PLAN-REPORT", Named("月报", "Report"), "report", "other", Every.MONTH, "§2", day=5)
SUMMER = PlanRule(
    "PLAN-SUMMER",
    Named("夏季巡查", "Summer round"),
    "round",
    "other",
    Every.DAY,
    "§3",
    rounds=(AM,),
    season=Season("summer_from", "winter_from"),
)
SURVEY = PlanRule(
    "PLAN-SURVEY", Named("季度调查", "Survey"), "survey", "other", Every.QUARTER, "§4", day=31, each_unit=True
)
APPRAISAL = PlanRule(
    "PLAN-STARS",
    Named("星级考核", "Appraisal"),
    "appraisal",
    "other",
    Every.QUARTER,
    "§4",
    day=31,
    each_of="butler",
    named_in="butler",
)
STUDY = Opens("study", "other", Named("书面分析", "Written analysis"))
MONTH = Window(WindowKind.CALENDAR_MONTH)
TWICE = RecurrenceRule("UP-6", NAME, ("complaint",), 2, ("category", "unit"), MONTH, STUDY, "§5")
INSPECT = StepRule(
    "inspect", NAME, "§6", outcomes=(StepOutcome("pass", NAME), StepOutcome("fail", NAME, opens=STUDY)), repeats=True
)
COMPLAINT = CaseType(
    "complaint",
    NAME,
    CaseKind.COMPLAINT,
    (*OTHER, Category("noise", NAME, "service_dept")),
    "§7",
    severities=(Severity("ordinary", NAME, 1),),
    invalid_reasons=(Criterion("not_ours", NAME),),
    steps=(INSPECT,),
    form=(FormField("fault", NAME, FieldKind.TEXT),),
)
STARS = CaseType(
    "appraisal",
    NAME,
    CaseKind.APPRAISAL,
    OTHER,
    "§9",
    form=(
        FormField("butler", NAME, FieldKind.TEXT, required=True, personal=True),
        FormField("district", NAME, FieldKind.TEXT, required=True),
    ),
)
KINDS = (
    ("round", CaseKind.ROUND),
    ("report", CaseKind.REPORT),
    ("survey", CaseKind.SURVEY),
    ("study", CaseKind.REPORT),
)
ALL_PLANS = (ROUNDS, REPORT, SUMMER, SURVEY)


def local(stated: str) -> datetime:
    """What the wall clock in Shanghai means by *stated*, UTC."""
    return datetime.fromisoformat(stated).replace(tzinfo=ZoneInfo(SHANGHAI)).astimezone(UTC)


def pack_with(*plans: PlanRule, version: int = 1, **more: Any) -> Pack:
    """Version *version* of a pack with these plans."""
    others = {id_: CaseType(id_, NAME, kind, OTHER, "§8") for id_, kind in KINDS}
    roles = {"service_dept": NAME}
    types = {"complaint": COMPLAINT, "appraisal": STARS, **others}
    return Pack("PX", version, NAME, "test", roles, ("service_dept",), {}, types, plans=plans, **more)


def site_named(site: str, *, since: datetime = EVER, version: int = 1, zone: str = SHANGHAI, **parameters: Any) -> Site:
    """A site that runs the pack from *since* on."""
    hours = CalendarRecord(f"{zone}-1", weekly=((Span(510, 1050),),) * 5 + ((), ()))
    active = (Activation("PX", version, since),)
    return Site(site, site.upper(), Named(site, site), zone, active, hours, parameters)


def book_with(sites: Sequence[Site], *packs: Pack) -> Book:
    """A directory of these."""
    filled = Book()
    safety = replace(pack_with(), id=SAFETY_PACK, case_types={})
    for pack in (safety, *packs):
        filled.put_pack(pack)
    for site in sites:
        filled.put_site(site)
    filled.seq = 1
    return filled


def changed(process: IntakeProcess, *, site: Site | None = None, pack: Pack | None = None) -> None:
    """Let the directory say something new."""
    if pack is not None:
        process.book.put_pack(pack)
    if site is not None:
        process.book.put_site(site)
    process.book.seq += 1


@asynccontextmanager
async def planning_intake(
    dsn: str, now: datetime, book: Book, *, replicas: int = 1
) -> AsyncIterator[list[IntakeProcess]]:
    """Replicas of intake whose loops the test takes turn by turn; they share one clock."""
    clock = HandClock(now)
    settings = RuntimeSettings(database_url=dsn, nats_url="nats://127.0.0.1:1", secret=SecretStr("x" * 32))
    db = create_async_engine(dsn, pool_size=10)
    await migrate(db, "intake", migrations_of("intake"))
    built = []
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.dispose)
        for number in range(replicas):
            process = build(Surroundings(settings, db, clock, RealIds(), f"r{number}"))
            stack.push_async_callback(process._patient.dispose)
            process.book.__dict__.update(book.__dict__)
            for name, right in (("admin", "admin"), ("desk", "desk"), ("view", "view")):
                process.accounts.put_account(Account(name, name, name, grants=(Grant("*", right),)))
            built.append(process)
        yield built


async def rows(process: IntakeProcess, sql: str, **asked: Any) -> list[Any]:
    """What the database says."""
    async with process.db.connect() as conn:
        return list(await conn.execute(text(sql), asked))


async def planned_until_now(process: IntakeProcess) -> None:
    """Take turns until nothing is to open now."""
    await process.planner.plan(process.clock.now())
    while await process.planner.open(process.clock.now()):
        pass
