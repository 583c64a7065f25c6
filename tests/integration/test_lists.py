"""Lists that walk an index estate by estate show the same cases in the same order as the plain question would."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.dispatch.policy.lifecycle import Status
from services.dispatch.ports import Wanted as Listing
from services.dispatch.store import PostgresIndex
from services.reporting.ports import BoardWanted, Found, Wanted
from services.reporting.store import reading
from services.reporting.store.reading import Cases
from shared.schema.migrating import migrate
from shouwen.places import migrations_of

ALL, ONE, TWICE = ("s0", "s1", "s2", "s3"), ("s1",), ("s1", "s2", "s1")
BEGAN = datetime(2025, 1, 20, tzinfo=UTC)
DAY = timedelta(days=1)

# Instants come in tens, so that the id decides; estates in two zones; some rows know no estate or no receipt yet.
REPORTED = """
    insert into reporting.cases (case_id, number, site, status, month, case_type, category, severity, validity, drill,
        incident, unit, department, responsible, open, received_at, next_due_at)
    select 'c-' || lpad((n * 7919 % 4000)::text, 5, '0'), 'S-' || n, case when n % 97 > 0 then 's' || n % 5 end,
        case when n % 6 = 0 then 'dispatched' else 'closed' end,
        to_char(at at time zone case when n % 5 = 1 then 'Pacific/Auckland' else 'America/New_York' end, 'YYYY-MM'),
        case when n % 3 = 0 then 'repair' else 'complaint' end, 'k' || n % 4, 'v' || n % 3,
        case when n % 10 = 0 then 'invalid' end, n % 40 = 0, case when n % 50 = 0 then 'c-00001' end,
        n % 30 || '-' || n % 7, case when n % 4 > 0 then 'd' || n % 2 end, 'd2', n % 6 = 0,
        case when n % 89 > 0 then at end, case when n % 4 > 0 then at + interval '3 days' end
    from generate_series(0, 3999) n,
        lateral (select cast(:began as timestamptz) + interval '3 hours' * (n / 10) as at) receipt"""
PERSONS = """
    insert into reporting.case_private (case_id, name, phone, content)
    select case_id, case when open then '王' || number end, '138' || right(case_id, 4), '50%的灯不亮' || category
    from reporting.cases where drill = false"""
SEARCHED = """
    select c.case_id from reporting.cases c left join reporting.case_private p using (case_id)
    where c.site = any(cast(:sites as text[]))
        and (cast(:status as text) is null or c.status = :status)
        and (cast(:month as text) is null or c.month = :month)
        and (cast(:since as timestamptz) is null or c.received_at >= :since)
        and (cast(:until as timestamptz) is null or c.received_at < :until)
        and (cast(:case_types as text[]) is null or c.case_type = any(cast(:case_types as text[])))
        and (cast(:category as text) is null or c.category = :category)
        and (cast(:severity as text) is null or c.severity = :severity)
        and (cast(:validity as text) is null or c.validity = :validity)
        and (cast(:drill as boolean) is null or c.drill = :drill)
        and (cast(:incident as text) is null or c.incident = :incident)
        and (cast(:words as text) is null or position(:words in
            concat_ws('|', '^' || c.number, c.unit, p.name, p.phone, p.content)) > 0)
        and c.received_at is not null
    order by c.received_at desc, c.case_id desc"""
ON_BOARD = """
    select case_id from reporting.cases
    where open and site = any(cast(:sites as text[]))
        and (cast(:department as text) is null or coalesce(department, responsible) = :department)
    order by next_due_at nulls last, case_id"""
WORKED = """
    insert into dispatch.cases (id, number, site, status, department, assignee, round, severity, received_at)
    select 'c-' || lpad((n * 7919 % 3000)::text, 5, '0'), 'S-' || n, 's' || n % 5,
        case when n % 6 = 0 then 'dispatched' when n % 11 = 0 then 'returned' else 'closed' end, 'd' || n % 3,
        case when n % 7 = 0 then 'p' || n % 2 end, 1, 'minor', cast(:began as timestamptz)
    from generate_series(0, 2999) n"""
LISTED = """
    select id from dispatch.cases
    where (cast(:sites as text[]) is null or site = any(cast(:sites as text[])))
        and (cast(:statuses as text[]) is null or status = any(cast(:statuses as text[])))
        and (cast(:department as text) is null or department = :department)
        and (cast(:assignee as text) is null or assignee = :assignee)
    order by id"""


@pytest.fixture
async def reporting(fresh_db: str) -> AsyncIterator[AsyncEngine]:
    db = create_async_engine(fresh_db)
    await migrate(db, "reporting", migrations_of("reporting"))
    async with db.begin() as conn:
        await conn.execute(text(REPORTED), {"began": BEGAN})
        await conn.execute(text(PERSONS))
    yield db
    await db.dispose()


@pytest.fixture
async def dispatch(fresh_db: str) -> AsyncIterator[AsyncEngine]:
    db = create_async_engine(fresh_db)
    await migrate(db, "dispatch", migrations_of("dispatch"))
    async with db.begin() as conn:
        await conn.execute(text(WORKED), {"began": BEGAN})
    yield db
    await db.dispose()


async def plainly(db: AsyncEngine, statement: str, **asked: Any) -> list[str]:
    async with db.connect() as conn:
        return list((await conn.execute(text(statement), asked)).scalars())


async def searched_plainly(db: AsyncEngine, wanted: Wanted) -> list[str]:
    names = ("status", "month", "since", "until", "category", "severity", "validity", "drill", "incident")
    asked = {name: getattr(wanted, name) for name in names}
    types = list(wanted.case_types) or None
    return await plainly(db, SEARCHED, **asked, sites=list(wanted.sites), case_types=types, words=wanted.text)


async def pages_of(db: AsyncEngine, wanted: Wanted) -> list[Found]:
    """Every page to the last."""
    pages = [await Cases(db).search(wanted)]
    while pages[-1].after is not None:
        pages.append(await Cases(db).search(replace(wanted, after=pages[-1].after)))
    return pages


def ids(pages: Sequence[Found]) -> list[str]:
    return [row["case_id"] for page in pages for row in page.rows]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(ALL, most=200),
        Wanted(ONE, most=7),
        Wanted(TWICE, most=50),
        Wanted(ALL, status="dispatched"),
        Wanted(ONE, status="closed"),
        Wanted(ONE, month="2025-02"),
        Wanted(ALL, month="2025-03", category="k1", severity="v2"),
        Wanted(ALL, since=BEGAN + 9 * DAY, until=BEGAN + 20 * DAY),
        Wanted(ONE, month="2025-02", since=BEGAN + 15 * DAY, until=BEGAN + 16 * DAY),
        Wanted(ALL, case_types=("repair", "notice"), validity="invalid"),
        Wanted(ALL, drill=True, most=9),
        Wanted(ALL, drill=False, incident="c-00001"),
    ],
    ids=str,
)
async def test_a_search_page_by_page_is_the_plain_question(reporting: AsyncEngine, wanted: Wanted) -> None:
    found = ids(await pages_of(reporting, wanted))
    assert found == await searched_plainly(reporting, wanted)
    assert found


@pytest.mark.parametrize("month", ["0000-01", "0001-01", "9999-12", "2031-01"])
async def test_a_month_without_cases_is_empty_wherever_the_calendar_ends(reporting: AsyncEngine, month: str) -> None:
    assert await Cases(reporting).search(Wanted(ALL, month=month)) == Found([], None)


@pytest.mark.parametrize("words", ["王", "50%的灯", "3-2", "0011", "没有这句话"])
async def test_words_are_looked_for_stretch_by_stretch_and_none_is_left_out(
    reporting: AsyncEngine, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(reading, "LOOKED_THROUGH", 300)
    wanted = Wanted(ALL, text=words, since=BEGAN + DAY, drill=False)
    assert ids(await pages_of(reporting, wanted)) == await searched_plainly(reporting, wanted)


async def test_an_empty_page_of_words_says_where_to_go_on(
    reporting: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOKED_THROUGH", 300)
    pages = await pages_of(reporting, Wanted(ALL, text="没有这句话"))
    known = await searched_plainly(reporting, Wanted(ALL))
    assert [page.rows for page in pages] == [[]] * (len(known) // 300 + 1)
    assert [page.after[1] for page in pages if page.after is not None] == known[299::300]


async def test_a_whole_number_finds_that_case_alone_however_old(
    reporting: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LOOKED_THROUGH", 300)
    found = await Cases(reporting).search(Wanted(ALL, text="s-12"))
    assert [row["number"] for row in found.rows] == ["S-12"]
    assert found.after is None
    assert (await Cases(reporting).search(Wanted(("s0",), text="S-12"))).rows == []


@pytest.mark.parametrize(("sites", "department"), [(ALL, None), (TWICE, None), (ONE, "d0"), (ALL, "d2"), (ALL, "none")])
async def test_the_board_page_by_page_is_the_plain_question(
    reporting: AsyncEngine, sites: tuple[str, ...], department: str | None
) -> None:
    wanted, seen = BoardWanted(sites, department, most=30), []
    while rows := await Cases(reporting).board(wanted):
        seen += [row["case_id"] for row in rows]
        wanted = replace(wanted, after=(rows[-1]["next_due_at"], rows[-1]["case_id"]))
    assert seen == await plainly(reporting, ON_BOARD, sites=list(sites), department=department)
    assert bool(seen) == (department != "none")


@pytest.mark.parametrize(
    "wanted",
    [
        Listing(sites=None),
        Listing(sites=TWICE),
        Listing(sites=()),
        Listing(sites=None, statuses=("dispatched",)),
        Listing(sites=ONE, statuses=("dispatched", "returned", "dispatched")),
        Listing(sites=ALL, department="d1"),
        Listing(sites=None, statuses=("returned",), department="d2"),
        Listing(sites=None, assignee="p1"),
        Listing(sites=ONE, statuses=("closed",), department="d0", assignee="p1"),
        Listing(sites=None, department="nobody"),
    ],
    ids=str,
)
async def test_the_list_of_dispatch_page_by_page_is_the_plain_question(dispatch: AsyncEngine, wanted: Listing) -> None:
    page, seen = replace(wanted, limit=40), []
    async with dispatch.connect() as conn:
        while rows := await PostgresIndex().listed(conn, page):
            seen += [row["id"] for row in rows]
            page = replace(page, after=seen[-1])
    asked = {"department": wanted.department, "assignee": wanted.assignee}
    sites = None if wanted.sites is None else list(wanted.sites)
    assert seen == await plainly(dispatch, LISTED, **asked, sites=sites, statuses=list(wanted.statuses) or None)
    assert bool(seen) == (wanted.sites != () and wanted.department != "nobody")


def test_the_seeded_states_are_states_of_dispatch() -> None:
    assert {"dispatched", "returned", "closed"} <= {each.value for each in Status}
