"""Open deadlines follow a calendar that was approved: once, whatever dies meanwhile, and only those it concerns."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from services.escalation.app import build as build_escalation
from services.escalation.store.calendars import OpenCaseIndex
from services.escalation.store.sweeping import Sweeper
from shared.contracts.dispatch import CaseClosed, OrderCompleted
from shared.contracts.envelope import Fact
from shared.contracts.intake import ConsentRecorded
from shared.process.books import Books
from shared.process.looping import run_forever
from shared.process.repairs import Repairs
from shouwen.embedded.ports import any_free
from tests.support.calendar_builders import NEW_YEAR, calendar_body, case_id, request, working_pack
from tests.support.calendar_office import TUESDAY, Office, due_of, fact, followed, knows, moves, opened_office
from tests.support.clock import HandClock
from tests.support.machine import started
from tests.support.system import SECRET, alive
from tests.support.waiting import eventually

FAR = datetime(2090, 12, 18, 2, tzinfo=UTC)


@pytest.fixture
async def office(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[Office]:
    async with opened_office(fresh_nats_each, fresh_db) as office:
        yield office


def consent(until: datetime) -> Fact:
    return ConsentRecorded(consent="CN-1", by="ann", until=until)


async def test_open_deadlines_follow_an_approved_calendar_and_nothing_else_moves(office: Office) -> None:
    later = TUESDAY + timedelta(days=20)
    await office.escalation.engine.hear([request(number, TUESDAY) for number in (1, 2, 3)])
    await office.escalation.engine.hear([request(4, TUESDAY, customer_limit=TUESDAY + timedelta(hours=5))])
    await office.escalation.engine.hear([request(5, TUESDAY, "s2")])
    await office.escalation.engine.hear(
        [fact(2, 1, CaseClosed(ending="satisfied", by="ann")), fact(3, 2, consent(later))]
    )
    before = {number: await due_of(office, number) for number in range(1, 6)}
    assert (await office.standing())["provisional"] == [{"year": 2027, "deadlines": 1}]

    assert (await office.put(calendar_body("2027", notices=[NEW_YEAR]))).status_code == 200
    standing = await eventually(lambda: followed(office, "2027"))
    assert (standing["moved"], standing["left"], standing["provisional"], standing["alarm"]) == (1, 0, [], False)
    after = {number: await due_of(office, number) for number in range(1, 6)}
    moved = {
        (number, clock)
        for number, clocks in before.items()
        for clock in clocks
        if clocks[clock]["due_at"] != after[number][clock]["due_at"]
    }
    assert moved == {(1, "CK-WD")}
    assert after[1]["CK-WD"]["due_at"] == "2027-01-06T16:00:00+00:00"
    assert await moves(office) == [(case_id(1), "calendar 2027")]


async def test_two_replicas_move_each_deadline_once(office: Office) -> None:
    cases = range(1, 301)
    await office.escalation.engine.hear([request(number, TUESDAY) for number in cases])
    other = build_escalation(office.around)
    async with alive(other):
        assert (await office.put(calendar_body("2027", notices=[NEW_YEAR]))).status_code == 200
        standing = await eventually(lambda: followed(office, "2027"), patience=30)
        await eventually(lambda: knows(other, "s1", "2027"))
    assert standing["moved"] == len(cases)
    assert await moves(office) == [(case_id(number), "calendar 2027") for number in cases]


async def test_a_process_killed_while_it_moves_deadlines_leaves_the_rest_to_the_next(
    office: Office, tmp_path: Path
) -> None:
    cases, clock = range(1, 601), office.around.clock
    assert isinstance(clock, HandClock)
    clock.set(FAR)  # the process below has a clock of its own; nothing of this falls due by it
    for start in cases[::200]:
        await office.escalation.engine.hear([request(number, FAR) for number in range(start, start + 200)])
    await office.escalation.stop()
    closed = [{"day": str(FAR.date() + timedelta(days=number))} for number in range(1, 4)]
    assert (await office.put(calendar_body("closed", special_days=closed))).status_code == 200
    environment = {
        "SHOUWEN_DATABASE_URL": office.around.settings.database_url,
        "SHOUWEN_NATS_URL": office.around.settings.nats_url,
        "SHOUWEN_SECRET": SECRET,
    }
    process = started(["serve", "escalation", "--port", str(any_free())], environment, tmp_path / "serve.log")
    try:
        await eventually(lambda: moves(office), patience=60, every=0.001)
    finally:
        process.kill()
        process.join()
    assert 0 < len(await moves(office)) < len(cases)
    again = build_escalation(office.around)
    async with alive(again):
        standing = await eventually(lambda: followed(replace(office, escalation=again), "closed"), patience=30)
    assert standing["moved"] == 2 * len(cases)  # the eight working hours of each as well
    assert await moves(office) == [(case_id(number), "calendar closed") for number in cases]


async def test_a_replica_that_heard_late_of_a_calendar_has_its_cases_looked_at_again(office: Office) -> None:
    [old] = [site for site in office.escalation.book.sites() if site.id == "s1"]
    late = build_escalation(office.around)
    late.book.put_pack(working_pack())
    late.book.put_site(old)
    late.book.seq = 1
    sweeper = Sweeper(late, OpenCaseIndex(late.db))
    while await sweeper.turn() == 0:
        """Nothing to do but to look once."""
    assert (await office.put(calendar_body("2027", notices=[NEW_YEAR]))).status_code == 200
    await eventually(lambda: followed(office, "2027"))
    await late.engine.hear([request(1, TUESDAY)])
    assert (await due_of(office, 1))["CK-WD"]["due_at"] == "2027-01-01T16:00:00+00:00"

    late.book.put_site(office.escalation.book.site("s1"))
    late.book.seq = 2
    desk = asyncio.create_task(run_forever("desk", late.desk.turn))
    while await sweeper.turn() == 0:
        """Page by page."""
    desk.cancel()
    assert (await due_of(office, 1))["CK-WD"]["due_at"] == "2027-01-06T16:00:00+00:00"
    assert (await office.standing())["swept"]


async def test_a_deadline_in_an_unknown_year_is_an_alarm_until_the_notice_comes(office: Office) -> None:
    async with office.at(office.escalation) as http:
        assert (await http.get("/calendars", params={"alarms": "true"})).json() == {"items": []}
        await office.escalation.engine.hear([request(1, TUESDAY), request(2, TUESDAY, "s2")])
        await office.escalation.engine.hear([fact(2, 1, OrderCompleted(by="ann", same_day=True))])
        alarms = (await http.get("/calendars", params={"alarms": "true"})).json()["items"]
        assert [(one["site"], one["provisional"]) for one in alarms] == [("s1", [{"year": 2027, "deadlines": 1}])]
        assert [(one["year"], one["known_by"]) for one in alarms[0]["years"]] == [(2026, "table"), (2027, None)]
        name = 'shouwen_calendar_provisional_deadlines{service="escalation",site="s1",year="2027"} 1.0'
        assert name in (await http.get("/metrics")).text

        assert (await office.put(calendar_body("2027", notices=[NEW_YEAR]))).status_code == 200
        await eventually(lambda: followed(office, "2027"))
        assert (await http.get("/calendars", params={"alarms": "true"})).json() == {"items": []}
        assert name not in (await http.get("/metrics")).text
        assert [one["known_by"] for one in (await office.standing())["years"]] == ["table", "notice"]


async def test_the_books_show_a_provisional_row_nobody_can_explain(office: Office) -> None:
    await office.escalation.engine.hear([request(1, TUESDAY)])
    books = Books(office.escalation.engine)
    assert (await books.scan("", 100))["findings"] == []
    async with office.around.db.begin() as conn:
        await conn.execute(text("update escalation.provisional set year = 2028"))
    assert [(one["entity"], one["code"]) for one in (await books.scan("", 100))["findings"]] == [(case_id(1), "index")]
    await Repairs(office.escalation.engine).rewrite([case_id(1)])
    assert (await office.standing())["provisional"] == [{"year": 2027, "deadlines": 1}]


async def test_replicas_together_tell_once_that_a_year_is_needed_and_once_that_it_has_come(office: Office) -> None:
    cases = OpenCaseIndex(office.around.db)
    replicas = [Sweeper(office.escalation, cases, alarms_every=timedelta(0)) for _ in range(2)]
    await office.escalation.engine.hear([request(number, TUESDAY) for number in (1, 2)])
    assert await told(replicas) == [("calendar_year_unknown", "s1", 2027)]
    assert await told(replicas) == []
    assert (await office.put(calendar_body("2027", notices=[NEW_YEAR]))).status_code == 200
    await eventually(lambda: followed(office, "2027"))
    assert await told(replicas) == [("calendar_year_known", "s1", 2027)]


async def told(replicas: list[Sweeper]) -> list[tuple[str, str, int]]:
    with capture_logs() as logged:
        for replica in replicas:
            await replica._tell_alarms()
    return [(line["event"], line["site"], line["year"]) for line in logged if "year" in line]
