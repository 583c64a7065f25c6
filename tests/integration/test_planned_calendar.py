"""What is planned, as people and their calendars see it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from services.intake.app import IntakeProcess
from tests.support.clock import HandClock
from tests.support.master_system import asking
from tests.support.planned import (
    ALL_PLANS,
    REPORT,
    ROUNDS,
    SUMMER,
    book_with,
    local,
    pack_with,
    planned_until_now,
    planning_intake,
    rows,
    site_named,
)

NOW = local("2025-04-03 10:00")
MAY = {"site": "s1", "from": local("2025-04-20 00:00").isoformat(), "to": local("2025-05-06 00:00").isoformat()}


@pytest.fixture
async def intake(fresh_db: str) -> AsyncIterator[IntakeProcess]:
    sites = [site_named("s1"), site_named("s2")]
    async with planning_intake(fresh_db, NOW, book_with(sites, pack_with(*ALL_PLANS))) as (process,):
        await planned_until_now(process)
        yield process


async def planned(client: AsyncClient, **asked: Any) -> dict[str, Any]:
    response = await client.get("/plans", params={"site": "s1"} | asked)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_duties_are_shown_a_quarter_ahead_with_name_source_and_limit(intake: IntakeProcess) -> None:
    async with asking(intake, "view") as client:
        answer = await planned(client)
        (table,) = [one for one in (await planned(client, **MAY))["duties"] if one["rule"] == REPORT.id]
    assert answer["duties"][-1]["due_at"] > (NOW + timedelta(days=90)).isoformat()
    assert table["name"] == {"zh": "月报", "en": "Report"}
    assert (table["due_at"], table["remind_at"]) == ("2025-05-06T00:00:00+08:00", "2025-04-30T08:30:00+08:00")
    assert (table["state"], table["case"]) == ("waiting", None)


async def test_a_duty_that_has_begun_leads_to_its_case(intake: IntakeProcess) -> None:
    async with asking(intake, "view") as client:
        (now,) = [one for one in (await planned(client))["duties"] if one["period"] == "2025-04-03.am"]
        assert now["state"] == "opened"
        case = (await client.get(f"/requests/{now['case']}")).json()
    assert case["case_type"] == "round"


async def test_plans_that_wait_say_for_what(intake: IntakeProcess) -> None:
    async with asking(intake, "view") as client:
        (wait,) = (await planned(client, lang="en"))["waiting"]
    assert (wait["rule"], wait["lacks"]) == (SUMMER.id, ["summer_from", "winter_from"])
    assert "summer_from" in wait["sentence"]


async def test_a_span_that_cannot_be_is_refused(intake: IntakeProcess) -> None:
    async with asking(intake, "view") as client:
        for until in (local("2025-04-01 00:00"), local("2027-01-01 00:00")):
            response = await client.get("/plans", params={"site": "s1", "to": until.isoformat()})
            assert (response.status_code, response.json()["type"]) == (422, "urn:shouwen:problem:bad_span")


async def test_a_skipped_duty_opens_nothing_until_the_skip_is_taken_back(intake: IntakeProcess) -> None:
    path = f"/plans/s1/{ROUNDS.id}/2025-04-03.pm"
    async with asking(intake, "admin") as client:
        skipped = await client.post(f"{path}/skip", json={"reason": "台风停工"})
        assert skipped.status_code == 200, skipped.text
        assert (await client.post(f"{path}/skip", json={"reason": "x"})).status_code == 409
        (shown,) = [one for one in (await planned(client))["duties"] if one["period"] == "2025-04-03.pm"]
        assert shown["skipped"] == {"by": "admin", "at": "2025-04-03T10:00:00+08:00", "reason": "台风停工"}
        assert isinstance(intake.clock, HandClock)
        intake.clock.set(local("2025-04-03 14:00"))
        await planned_until_now(intake)
        assert await _state(intake, "2025-04-03.pm") == "skipped"
        assert (await client.post(f"{path}/restore")).status_code == 200
        await planned_until_now(intake)
        assert await _state(intake, "2025-04-03.pm") == "opened"
        late = await client.post(f"{path}/skip", json={"reason": "x"})
        assert (late.status_code, late.json()["type"]) == (409, "urn:shouwen:problem:not_possible_now")
        unknown = await client.post(f"/plans/s1/{ROUNDS.id}/2031-01-01.am/skip", json={"reason": "x"})
        assert unknown.status_code == 404


async def test_a_duty_of_next_month_can_be_skipped_before_it_is_written_down(intake: IntakeProcess) -> None:
    path = f"/plans/s1/{ROUNDS.id}/2025-05-20.am"
    async with asking(intake, "admin") as client:
        assert (await client.post(f"{path}/skip", json={"reason": "停电"})).status_code == 200
        (shown,) = [one for one in (await planned(client))["duties"] if one["period"] == "2025-05-20.am"]
        assert (shown["state"], shown["skipped"]["reason"]) == ("skipped", "停电")
        assert isinstance(intake.clock, HandClock)
        intake.clock.set(local("2025-05-20 14:00"))
        await planned_until_now(intake)
        assert await _state(intake, "2025-05-20.am") == "skipped"
        assert await _state(intake, "2025-05-20.pm") == "opened"


async def test_only_who_leads_may_skip(intake: IntakeProcess) -> None:
    async with asking(intake, "desk") as client:
        refused = await client.post(f"/plans/s1/{ROUNDS.id}/2025-04-04.am/skip", json={"reason": "x"})
    assert refused.status_code == 403
    assert await _state(intake, "2025-04-04.am") == "waiting"


async def test_a_calendar_program_reads_the_same_with_a_token_in_the_address(intake: IntakeProcess) -> None:
    token = intake.accounts.assert_for("view")
    async with asking(intake, "view") as client:
        del client.headers["authorization"]
        assert (await client.get("/plans.ics", params={"site": "s1"})).status_code == 401
        response = await client.get("/plans.ics", params={"site": "s1", "token": token, "lang": "zh"})
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = response.text.replace("\r\n ", "").split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert "\n" not in response.text.replace("\r\n", "")
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == 2 * 93 + 4  # rounds of a quarter, three tables, the survey
    table = lines.index("DTSTART;VALUE=DATE:20250505")
    assert lines[table : table + 3] == ["DTSTART;VALUE=DATE:20250505", "DTEND;VALUE=DATE:20250506", "SUMMARY:月报"]
    assert "TRIGGER;VALUE=DATE-TIME:20250430T003000Z" in lines
    assert "DTSTART:20250404T000000Z" in lines  # a round is an appointment
    assert all(len(line.encode()) <= 75 for line in re.split("\r\n", response.text))


async def _state(intake: IntakeProcess, period: str) -> str:
    sql = "select state from intake.planned where site = 's1' and period = :period"
    state: str = (await rows(intake, sql, period=period))[0].state
    return state
