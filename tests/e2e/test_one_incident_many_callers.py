"""A burst riser: many callers, one order, one raise, and every caller keeps his promise."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from tests.e2e.story import Story, story
from tests.support.waiting import eventually

MORNING = datetime.fromisoformat("2025-03-04T10:00:00+08:00")
CALLERS = 5


@pytest.fixture
async def desk() -> AsyncIterator[Story]:
    async with story(MORNING) as told:
        yield told


async def test_bulk_reply_and_close_serve_everyone(desk: Story) -> None:
    opened = await desk.post(
        "/api/intake/incidents",
        {"site": "haijing", "category": "water", "area": "1栋立管", "cause": "flood", "content": "立管爆裂"},
        "desk",
    )
    incident = opened["entity"]
    await desk.until_ready(incident)
    members = [await desk.log(incident=incident) for _ in range(CALLERS)]

    states = [await desk.get(f"/api/dispatch/cases/{member}") for member in members]
    assert {state["status"] for state in states} == {"joined"}
    assert {state["order"] for state in states} == {None}
    clocks = [await desk.get(f"/api/escalation/cases/{member}") for member in members]
    assert all([clock for clock in shown["clocks"] if clock["promise"] == "reply"] for shown in clocks)

    await desk.pass_time(timedelta(hours=2))
    await desk.eventually(members[0], lambda seen: any(clock["breached"] for clock in seen["clocks"]))
    raised = [await desk.get(f"/api/escalation/cases/{member}") for member in members]
    assert [shown["raises"] for shown in raised] == [[]] * CALLERS

    await desk.post(f"/api/dispatch/incidents/{incident}/reply", {"kind": "first", "method": "phone", "text": "抢修中"})
    for member in members:
        await desk.eventually(
            member, lambda seen: any(e["kind"] == "dispatch.reply_given" for e in seen["timeline"]), service="reporting"
        )
    await desk.act(incident, "accept")
    await desk.post(f"/api/dispatch/incidents/{incident}/complete", {"text": "已修复"})
    await desk.post(f"/api/dispatch/incidents/{incident}/close", {"reason": "全部恢复"})

    async def all_closed() -> bool:
        endings = [(await desk.get(f"/api/dispatch/cases/{member}"))["ending"] for member in members]
        return endings.count("with_incident") == CALLERS - 1  # the first of ten stays open to be asked (the sample)

    await eventually(all_closed)
