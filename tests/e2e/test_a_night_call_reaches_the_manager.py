"""A night call reaches the engineer, silence climbs to the manager, and the month opens in Excel."""

import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import openpyxl
import pytest

from shouwen.demo.records import person_id
from tests.e2e.story import Story, story
from tests.support.waiting import eventually

NIGHT = datetime.fromisoformat("2025-03-04T22:40:00+08:00")
HEAD_BUTLER, CHIEF_BUTLER = person_id("陈立秋"), person_id("高明远")


@pytest.fixture
async def night() -> AsyncIterator[Story]:
    async with story(NIGHT) as told:
        yield told


async def test_as_016_an_important_matter_at_night_is_pushed_at_once_and_promised_by_the_clock(night: Story) -> None:
    case = await night.log(severity="important")
    shown = await night.eventually(case, lambda seen: seen["raises"])

    told = {person["person"] for one in shown["raises"] for person in one["people"]}
    assert {HEAD_BUTLER, CHIEF_BUTLER} <= told
    due = {clock["promise"]: clock["due_at"] for clock in shown["clocks"] if clock["promise"]}
    assert datetime.fromisoformat(due["reply"]) == datetime.fromisoformat("2025-03-05T01:40:00+08:00")
    assert datetime.fromisoformat(due["resolve"]) == datetime.fromisoformat("2025-03-08T00:00:00+08:00")


async def test_silence_breaches_at_the_true_instant_and_climbs_to_the_chief_butler(night: Story) -> None:
    case = await night.log()
    await night.pass_time(timedelta(hours=1, minutes=20))

    shown = await night.eventually(case, lambda seen: any(one["reason"] == "breach" for one in seen["raises"]))
    reply = next(clock for clock in shown["clocks"] if clock["promise"] == "reply")
    assert reply["state"] == "breached"

    page = await night.eventually(
        case, lambda seen: any(e["kind"] == "escalation.clock_breached" for e in seen["timeline"]), service="reporting"
    )
    breach = next(entry for entry in page["timeline"] if entry["kind"] == "escalation.clock_breached")
    assert datetime.fromisoformat(breach["at"]) == NIGHT + timedelta(hours=1)

    await night.until(NIGHT + timedelta(hours=13))
    climbed = await night.eventually(case, lambda seen: any(one["level"] > 0 for one in seen["raises"]))
    told = {person["person"] for one in climbed["raises"] for person in one["people"]}
    assert {HEAD_BUTLER, CHIEF_BUTLER} <= told


async def test_acknowledging_stops_the_climb(night: Story) -> None:
    case = await night.log()
    await night.pass_time(timedelta(hours=1, minutes=20))
    shown = await night.eventually(case, lambda seen: any(one["reason"] == "breach" for one in seen["raises"]))
    for one in shown["raises"]:
        await night.post(f"/api/escalation/cases/{case}/acknowledge", {"raise_id": one["raise_id"]}, "manager")

    await night.pass_time(timedelta(hours=20))
    quiet = await night.get(f"/api/escalation/cases/{case}")
    taken = {one["raise_id"] for one in quiet["raises"] if one["acknowledged_by"] == CHIEF_BUTLER}
    assert {one["raise_id"] for one in shown["raises"]} <= taken


async def test_messages_reach_the_inbox_of_the_people_named(night: Story) -> None:
    await night.log(severity="important")

    async def arrived() -> bool:
        return bool((await night.get("/api/notify/inbox", "manager"))["unread"])

    await eventually(arrived)


async def test_the_whole_path_lands_in_the_register_and_opens_as_a_spreadsheet(night: Story) -> None:
    case = await night.log(content='=HYPERLINK("http://x")')
    await night.act(case, "accept")
    await night.act(case, "assign", {"assignee": person_id("罗工")})
    await night.act(case, "start")
    await night.act(case, "reply", {"kind": "first", "method": "phone", "text": "马上到"}, "desk")
    await night.act(case, "complete", {"text": "已修好"})
    await night.act(case, "follow-up", {"answer": "unsatisfied", "method": "visit", "text": "还在滴"}, "desk")
    second = await night.get(f"/api/dispatch/cases/{case}")
    assert (second["status"], second["round"]) == ("dispatched", 2)
    await night.act(case, "accept")
    await night.act(case, "complete", {"text": "换了水管"})
    closed = await night.act(case, "follow-up", {"answer": "satisfied", "method": "visit", "text": "好了"}, "desk")
    assert closed["status"] == "closed"

    version = closed["version"]
    await night.get(f"/api/reporting/cases/{case}", at_least=f"dispatch:{version}")
    query = {"site": "haijing", "month": "2025-03", "window": "calendar"}
    register = await night.get("/api/reporting/registers/R-27", **query)
    assert str(register).count(str(closed["number"])) >= 1

    sheet = await night.ask("GET", "/api/reporting/registers/R-27", params=query | {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    cells = [cell for row in book.active.iter_rows() for cell in row]  # type: ignore[union-attr]  # a fresh book has a sheet
    assert any(cell.value == closed["number"] for cell in cells)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


async def test_an_act_that_is_not_possible_names_the_state_and_what_is(night: Story) -> None:
    case = await night.log()
    refused = await night.ask("POST", f"/api/dispatch/cases/{case}/complete", json={"text": "好了"})
    assert refused.status_code == 409
    told = refused.json()
    assert told["state"] == "dispatched"
    assert "accept" in told["possible"]


async def test_as_019_a_month_without_solution_makes_it_major(night: Story) -> None:
    night.clock.set(datetime.fromisoformat("2025-03-31T09:00:00+08:00"))
    case = await night.log()
    await night.until(datetime.fromisoformat("2025-05-01T00:00:01+08:00"))
    shown = await night.eventually(case, lambda seen: seen["severity"] == "major")
    upgraded = next(one for one in shown["raises"] if one["reason"] == "upgrade")
    assert CHIEF_BUTLER in {person["person"] for person in upgraded["people"]}


async def test_an_extension_by_the_right_role_moves_the_promise(night: Story) -> None:
    case = await night.log()
    until = "2025-03-09T00:00:00+08:00"
    await night.post(
        f"/api/escalation/cases/{case}/extensions",
        {"clock": "CK-CMP-11", "until": until, "reason": "等配件"},
        "engineer",
    )
    wrong = await night.ask(
        "POST",
        f"/api/escalation/cases/{case}/extensions/decide",
        "desk",
        json={"clock": "CK-CMP-11", "decision": "approve", "until": until, "reason": "同意"},
    )
    assert wrong.status_code in (403, 409)
    await night.post(
        f"/api/escalation/cases/{case}/extensions/decide",
        {"clock": "CK-CMP-11", "decision": "approve", "until": until, "reason": "同意"},
        "manager",
    )
    shown = await night.get(f"/api/escalation/cases/{case}")
    resolve = next(clock for clock in shown["clocks"] if clock["clock"] == "CK-CMP-11")
    assert datetime.fromisoformat(resolve["due_at"]) == datetime.fromisoformat(until)
