"""A calendar is put in force with its evidence: open deadlines follow it once, whatever dies meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

import services
from services.directory.app import bootstrap
from services.directory.app import build as build_directory
from services.escalation.app import build as build_escalation
from shared.contracts.dispatch import CaseClosed, OrderCompleted
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.ids import RealIds
from shared.contracts.intake import ConsentRecorded
from shared.process.books import Books
from shared.process.repairs import Repairs
from shared.process.service import ServiceProcess, Surroundings
from shared.schema.migrating import migrate
from shared.storage.letters import Letter
from tests.support.calendar_builders import (
    EVIDENCE,
    NEW_YEAR,
    calendar_body,
    case_id,
    letter_of_heard,
    request,
    site_records,
)
from tests.support.clock import HandClock
from tests.support.directory_builders import account_body
from tests.support.system import alive, provisioned, surrounded
from tests.support.waiting import eventually

TUESDAY = datetime(2026, 12, 29, 2, tzinfo=UTC)  # 10:00 at the site
PASSWORD = "a long enough password"
Json = dict[str, Any]


@dataclass(frozen=True)
class Office:
    """The two services and an administrator at each."""

    around: Surroundings
    directory: ServiceProcess
    escalation: ServiceProcess
    token: str

    def at(self, process: ServiceProcess, bearer: str = "") -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {bearer or self.token}", "Accept-Language": "en"}
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=process.api), base_url="http://here", headers=headers
        )

    async def put(self, calendar: Json, *, replaces: str = "1", site: str = "s1", **changes: Any) -> httpx2.Response:
        body = {"calendar": calendar, "evidence": EVIDENCE, "replaces": replaces} | changes
        async with self.at(self.directory) as http:
            return await http.put(f"/sites/{site}/calendar", json=body)

    async def site(self, site: str = "s1") -> Json:
        async with self.at(self.directory) as http:
            body: Json = (await http.get(f"/records/site/{site}")).json()["body"]
            return body

    async def preview(self, calendar: Json, **more: Any) -> Json:
        async with self.at(self.escalation) as http:
            answer = await http.post("/calendars/preview", json={"site": "s1", "calendar": calendar} | more)
            assert answer.status_code == 200, answer.text
            body: Json = answer.json()
            return body

    async def standing(self, site: str = "s1") -> Json:
        async with self.at(self.escalation) as http:
            body: Json = (await http.get(f"/calendars/{site}")).json()
            return body


@pytest.fixture
async def around(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[Surroundings]:
    await provisioned(fresh_nats_each)
    async with surrounded(fresh_nats_each, fresh_db, clock=HandClock(TUESDAY), pool=12) as around:
        for name in ("directory", "escalation"):
            await migrate(around.db, name, Path(services.__path__[0]) / name / "migrations")
        yield around


@pytest.fixture
async def office(around: Surroundings) -> AsyncIterator[Office]:
    directory, escalation = build_directory(around), build_escalation(around)
    async with alive(directory, escalation):
        first = await bootstrap(directory, username="admin", password=PASSWORD)
        assert first is not None
        office = Office(around, directory, escalation, first.token)
        await eventually(lambda: accepted(office, directory))
        async with office.at(directory) as http:
            written = await http.post("/records", json=site_records("s1", "s2"))
            assert written.status_code == 200, written.text
        await eventually(lambda: accepted(office, escalation))
        await eventually(lambda: knows(escalation, "s2", "1"))
        yield office


async def accepted(office: Office, process: ServiceProcess) -> bool:
    return process.accounts.bearer(office.token, process.clock.now()) is not None


async def knows(process: ServiceProcess, site: str, version: str) -> bool:
    return any(one.id == site and one.calendar.version == version for one in process.book.sites())


async def test_a_calendar_is_put_in_force_with_its_evidence_and_the_old_one_is_kept(office: Office) -> None:
    put = await office.put(calendar_body("2027", notices=[NEW_YEAR]))
    assert (put.status_code, put.json()["calendar"], put.json()["approved_by"]) == (200, "2027", "admin")
    site = await office.site()
    assert site["calendar"]["evidence"] == EVIDENCE | {
        "approved_by": "admin",
        "approved_at": TUESDAY.isoformat().replace("+00:00", "Z"),
    }
    assert [past["version"] for past in site["past_calendars"]] == ["1"]


async def test_who_approves_against_a_calendar_no_longer_in_force_is_told_who_was_first(office: Office) -> None:
    assert (await office.put(calendar_body("2027", notices=[NEW_YEAR]))).status_code == 200
    late = await office.put(calendar_body("mine"))
    assert late.status_code == 412
    assert "admin approved version 2027" in late.json()["detail"]
    assert EVIDENCE["source"] in late.json()["detail"]


@pytest.mark.parametrize(
    ("calendar", "status", "field", "words"),
    [
        pytest.param(calendar_body("1", start_day="roll_then_add"), 409, "/calendar/version", "1 exists", id="taken"),
        pytest.param(calendar_body("2"), 409, None, "says the same", id="no change"),
        pytest.param(
            calendar_body("2", weekly=[[]] * 7), 422, "/calendar/weekly", "No hour of the week", id="never open"
        ),
        pytest.param(
            calendar_body("2", weekly=[[{"start": 0, "end": 0}]] + [[]] * 6),
            422,
            "/calendar/weekly/0/0",
            "00:00–00:00 on Monday",
            id="no length",
        ),
        pytest.param(calendar_body("2", hours=1), 422, "/calendar/hours", "no such field", id="unknown field"),
        pytest.param(
            calendar_body("2", notices=[NEW_YEAR | {"off": ["2027-02-30"]}]),
            422,
            "/calendar/notices/0/off/0",
            "must be a date",
            id="no such day",
        ),
        pytest.param(
            calendar_body("2", notices=[NEW_YEAR | {"make_up": ["2027-01-08"]}]),
            422,
            "/calendar/notices/0/make_up/0",
            "is a Friday",
            id="a make-up day that is worked anyway",
        ),
        pytest.param(
            calendar_body("2", evidence=EVIDENCE), 422, "/calendar/evidence", "no such field", id="evidence inside"
        ),
    ],
)
async def test_a_calendar_that_cannot_be_is_refused_by_its_field(
    office: Office, calendar: Json, status: int, field: str | None, words: str
) -> None:
    refused = await office.put(calendar)
    told = refused.json()
    assert (refused.status_code, told.get("errors", [{}])[0].get("field")) == (status, field)
    assert words.lower() in told["detail"].lower()
    assert (await office.site())["calendar"]["version"] == "1"


async def test_a_record_written_whole_loses_no_calendar(office: Office) -> None:
    site = await office.site()
    async with office.at(office.directory) as http:
        other = site | {"calendar": calendar_body("1", start_day="roll_then_add")}
        assert (await http.put("/records/site/s1", json=other)).status_code == 409
        other["calendar"]["version"] = "2"
        assert (await http.put("/records/site/s1", json=other)).status_code == 200
        again = await http.put("/records/site/s1", json=other)
        assert (again.status_code, again.json()["why"]) == (200, "unchanged")
        back = await http.put("/records/site/s1", json=site)
        assert (back.status_code, back.json()["errors"][0]["field"]) == (409, "/calendar/version")
    written = await office.site()
    assert (written["calendar"]["version"], [past["version"] for past in written["past_calendars"]]) == ("2", ["1"])


async def test_a_preview_names_what_would_move_page_by_page(office: Office) -> None:
    await office.escalation.engine.hear([request(number, TUESDAY) for number in (1, 2, 3)])
    await office.escalation.engine.hear([request(4, TUESDAY, "s2")])
    first = await office.preview(calendar_body("2027", notices=[NEW_YEAR]), limit=2)
    assert (first["open_cases"], first["looked_at"], first["cursor"]) == (3, 2, case_id(2))
    assert [(one["case"], one["clock"]) for one in first["moved"]] == [(case_id(number), "CK-WD") for number in (1, 2)]
    assert first["moved"][0]["due_at"] == "2027-01-01T16:00:00+00:00"
    assert first["moved"][0]["would_be"] == "2027-01-06T16:00:00+00:00"
    second = await office.preview(calendar_body("2027", notices=[NEW_YEAR]), limit=2, cursor=first["cursor"])
    assert (second["moved_total"], second["cursor"], second["provisional"]) == (1, None, [])
    same = await office.preview(calendar_body("x"))
    assert (same["moved"], same["provisional"]) == ([], [2027])


async def due_of(office: Office, number: int) -> dict[str, Json]:
    async with office.at(office.escalation) as http:
        clocks: list[Json] = (await http.get(f"/cases/{case_id(number)}")).json()["clocks"]
        return {clock["clock"]: clock for clock in clocks}


async def followed(office: Office, version: str, site: str = "s1") -> Json:
    standing = await office.standing(site)
    return standing if standing["version"] == version and standing["swept"] else {}


async def moves(office: Office) -> list[tuple[str, str]]:
    """Every case a calendar moved, as often as it did."""
    async with office.around.db.connect() as conn:
        rows = await conn.execute(
            text("select headers, body from escalation.outbox where subject like '%clock_armed%'")
        )
        said = [(json.loads(row.headers)["ce-subject"], json.loads(bytes(row.body))) for row in rows]
    return sorted((entity, body["because"]) for entity, body in said if body["because"].startswith("calendar"))


def fact(number: int, version: int, speaker_fact: Fact, at: datetime = TUESDAY) -> Letter:
    entity = case_id(number)
    heading = Heading(RealIds().message(), speaker_fact.wire_kind(), entity, at, version, entity)
    return letter_of_heard(Heard(heading, speaker_fact))


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


def consent(until: datetime) -> Fact:
    return ConsentRecorded(consent="CN-2", by="ann", until=until)


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


async def test_a_sweep_that_dies_in_the_middle_goes_on_from_there(office: Office) -> None:
    cases = range(1, 301)
    await office.escalation.engine.hear([request(number, TUESDAY) for number in cases])
    await office.escalation.stop()
    assert (await office.put(calendar_body("2027", notices=[NEW_YEAR]))).status_code == 200
    dying = build_escalation(office.around)
    await dying.start()
    await eventually(lambda: moves(office), every=0.001)
    await kill(dying)
    begun = len(await moves(office))
    assert 0 < begun < len(cases)
    clock = office.around.clock
    assert isinstance(clock, HandClock)
    clock.advance(timedelta(seconds=11))  # whoever held the site is not waited for any longer
    again = build_escalation(office.around)
    async with alive(again):
        office = replace(office, escalation=again)
        standing = await eventually(lambda: followed(office, "2027"), patience=30)
    assert standing["moved"] == len(cases)
    assert await moves(office) == [(case_id(number), "calendar 2027") for number in cases]


async def kill(process: ServiceProcess) -> None:
    """End its tasks where they stand; nothing is finished, nothing flushed."""
    for task in process._tasks:
        task.cancel()
    await asyncio.gather(*process._tasks, return_exceptions=True)
    await process.stop()


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


async def test_calendars_are_for_those_who_may_see_the_site_and_changes_for_its_administrators(office: Office) -> None:
    async with office.at(office.directory) as http:
        records = [
            {"record": "account", "key": key, "body": account_body(key, (site, right))}
            for key, site, right in (("viewer", "s1", "lead"), ("stranger", "s2", "admin"))
        ]
        assert (await http.post("/records", json={"records": records})).status_code == 200
    await eventually(lambda: signed_up(office, "stranger"))
    asked = {"calendar": calendar_body("2", start_day="roll_then_add"), "evidence": EVIDENCE, "replaces": "1"}
    answers: dict[str, list[int]] = {}
    for who in ("viewer", "stranger"):
        bearer = office.escalation.accounts.assert_for(who)
        async with office.at(office.directory, bearer) as directory, office.at(office.escalation, bearer) as escalation:
            answers[who] = [
                (await directory.put("/sites/s1/calendar", json=asked)).status_code,
                (await directory.put("/sites/none/calendar", json=asked)).status_code,
                (
                    await escalation.post("/calendars/preview", json={"site": "s1", "calendar": calendar_body()})
                ).status_code,
                (await escalation.get("/calendars/s1")).status_code,
                len((await escalation.get("/calendars")).json()["items"]),
            ]
    assert answers == {"viewer": [403, 404, 403, 200, 1], "stranger": [404, 404, 404, 404, 1]}
    async with office.at(office.escalation) as http:
        assert (await http.get("/calendars/none")).status_code == 404


async def signed_up(office: Office, account: str) -> bool:
    return all(process.accounts.account(account) for process in (office.directory, office.escalation))


async def test_the_books_show_a_provisional_row_nobody_can_explain(office: Office) -> None:
    await office.escalation.engine.hear([request(1, TUESDAY)])
    books = Books(office.escalation.engine)
    assert (await books.scan("", 100))["findings"] == []
    async with office.around.db.begin() as conn:
        await conn.execute(text("update escalation.provisional set year = 2028"))
    assert [(one["entity"], one["code"]) for one in (await books.scan("", 100))["findings"]] == [(case_id(1), "index")]
    await Repairs(office.escalation.engine).rewrite([case_id(1)])
    assert (await office.standing())["provisional"] == [{"year": 2027, "deadlines": 1}]
