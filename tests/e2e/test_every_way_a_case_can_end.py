"""Every end of requirements §9.2, and what people do on the way there: by HTTP, in one system whose clock moves on."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from shouwen.demo.records import person_id
from tests.e2e.story import Json, Story, story
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime.fromisoformat("2025-03-04T10:00:00+08:00")
SHANGHAI = ZoneInfo("Asia/Shanghai")
YUNSHAN: Json = {"site": "yunshan", "category": "facilities"}
WANQU: Json = {"site": "wanqu", "category": "engineering_repair"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Story]:
    async with story(MORNING) as told:
        yield told


@pytest_asyncio.fixture(loop_scope="module")
async def day(house: Story) -> Story:
    """The same system at ten in the morning of the next day."""
    local = house.clock.now().astimezone(SHANGHAI)
    await house.until(local.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1))
    return house


async def done(day: Story, **fields: object) -> str:
    """A case whose work is reported done."""
    case = await day.log("admin", **fields)
    await day.act(case, "accept")
    await day.act(case, "complete", {"text": "已修好"})
    return case


async def asked(day: Story, case: str, answer: str, method: str = "visit", who: str = "admin") -> Json:
    return await day.act(case, "follow-up", {"answer": answer, "method": method, "text": "回访"}, who)


async def rests(day: Story, case: str) -> None:
    """Nothing of an ended case runs on, at any service."""
    shown = await day.eventually(case, lambda seen: seen["status"] == "closed")
    assert {clock["state"] for clock in shown["clocks"]} <= {"met", "late", "cancelled", "unset"}
    assert {one["acknowledge_by"] for one in shown["raises"]} <= {None}
    await day.eventually(case, lambda seen: seen["ending"] is not None, service="reporting")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="P001/3"),
        pytest.param(YUNSHAN, id="P004"),
        pytest.param(
            YUNSHAN | {"case_type": "repair_request", "category": "in_home", "severity": None}, id="P004 repair"
        ),
        pytest.param(WANQU, id="P000"),
        pytest.param(WANQU | {"case_type": "work_order", "severity": None}, id="P000 work order"),
    ],
)
async def test_satisfied_after_a_second_handling(day: Story, fields: Json) -> None:
    case = await done(day, **fields)
    again = await asked(day, case, "unsatisfied")
    assert (again["status"], again["round"], again["order"]) == ("dispatched", 2, f"{again['number']}-2")
    await day.act(case, "accept")
    await day.act(case, "complete", {"text": "换了新的"})
    assert (await asked(day, case, "satisfied"))["ending"] == "satisfied"
    await rests(day, case)


async def test_fu_1_three_attempts_on_two_days_at_different_hours_close_it_unreached(day: Story) -> None:
    case = await done(day)
    assert (await asked(day, case, "unreached", "phone"))["status"] == "resolved"
    assert (await asked(day, case, "unreached", "phone"))["status"] == "resolved"
    assert (await asked(day, case, "unreached", "phone"))["status"] == "resolved", "one day is not enough"
    await day.pass_time(timedelta(days=1, hours=3))
    assert (await asked(day, case, "unreached", "phone"))["ending"] == "unreached"
    await rests(day, case)


async def test_fu_2_who_does_not_want_to_be_asked_is_not_asked(day: Story) -> None:
    case = await done(day)
    assert (await asked(day, case, "refused", "phone"))["ending"] == "refused"
    await rests(day, case)


async def test_fu_3_an_anonymous_matter_closes_when_its_work_is_done(day: Story) -> None:
    case = await done(day, caller={"anonymous": True})
    shown = await day.get(f"/api/dispatch/cases/{case}")
    assert (shown["ending"], shown["follow_up"]) == ("anonymous", None)
    await rests(day, case)


async def test_fu_4_after_three_unsatisfied_rounds_only_the_authority_closes(day: Story) -> None:
    case = await done(day)
    word = {"ending": "by_authority", "reason": "已三次整改"}
    for _ in range(2):
        await asked(day, case, "unsatisfied")
        await day.act(case, "accept")
        await day.act(case, "complete", {"text": "再修"})
    early = await day.ask("POST", f"/api/dispatch/cases/{case}/close", "manager", json=word)
    assert early.status_code == 409
    await asked(day, case, "unsatisfied")
    below = await day.ask("POST", f"/api/dispatch/cases/{case}/close", "desk", json=word)
    assert below.status_code == 403
    assert (await day.act(case, "close", word, "manager"))["ending"] == "by_authority"
    await rests(day, case)


async def test_an_invalid_matter_closes_only_after_a_reply(day: Story) -> None:
    """AS-039: same-day note to the project manager, reply due 24:00 of the third day, no follow-up."""
    case = await day.log("admin", **YUNSHAN | {"category": "after_sales"})
    judged = {"validity": "invalid", "criteria": ["developer"], "reason": "开发遗留"}
    await day.post(f"/api/intake/requests/{case}/classify", judged)
    shown = await day.eventually(case, lambda seen: any(clock["clock"] == "CK-CMP-70" for clock in seen["clocks"]))
    due = next(clock["due_at"] for clock in shown["clocks"] if clock["clock"] == "CK-CMP-70")
    today = day.clock.now().astimezone(SHANGHAI)
    assert datetime.fromisoformat(due) == today.replace(hour=0, minute=0, second=0) + timedelta(days=4)
    assert person_id("韩项目") in {person["person"] for one in shown["raises"] for person in one["people"]}

    await day.eventually(case, lambda seen: "close" not in seen["possible"], service="dispatch")
    refused = await day.ask("POST", f"/api/dispatch/cases/{case}/close", json={"ending": "invalid", "reason": "x"})
    assert refused.status_code == 409
    await day.act(case, "reply", {"kind": "result", "method": "phone", "text": "已转开发商"})
    assert (await day.act(case, "close", {"ending": "invalid", "reason": "已答复"}))["ending"] == "invalid"
    await rests(day, case)


async def test_an_emergency_of_the_safety_pack_ends_without_a_follow_up(day: Story) -> None:
    for site in ("haijing", "yunshan", "wanqu"):
        case = await day.log("admin", site=site, case_type="emergency", category="elevator", severity=None)
        shown = await day.eventually(case, lambda seen: seen["raises"])
        assert {one["reason"] for one in shown["raises"]} == {"intake"}
        arrive = next(clock for clock in shown["clocks"] if clock["clock"] == "GS-ELEVATOR-ARRIVE")
        assert datetime.fromisoformat(arrive["due_at"]) == day.clock.now() + timedelta(minutes=30)
        await day.act(case, "accept")
        await day.act(case, "start")
        closed = await day.act(case, "complete", {"text": "已救出"})
        assert closed["ending"] == "completed"
        await rests(day, case)


async def test_withdrawn_by_the_customer_it_ends_everywhere_and_only_once(day: Story) -> None:
    case = await day.log()
    await day.post(f"/api/intake/requests/{case}/withdraw", {"reason": "自己修好了"}, "desk")
    await day.eventually(case, lambda seen: seen["ending"] == "withdrawn", service="dispatch")
    await rests(day, case)
    again = await day.ask("POST", f"/api/intake/requests/{case}/withdraw", "desk", json={"reason": "再撤"})
    assert (again.status_code, again.json()["state"]) == (409, "withdrawn")
    act = await day.ask("POST", f"/api/dispatch/cases/{case}/accept")
    assert (act.status_code, act.json()["state"]) == (409, "closed")


async def test_an_order_given_back_and_sent_elsewhere_is_taken_up_there(day: Story) -> None:
    case = await day.log()
    await day.act(case, "return", {"reason": "不是工程问题"}, "engineer")
    moved = await day.act(case, "transfer", {"department": "cleaning_dept", "reason": "保洁处理"}, "desk")
    assert (moved["status"], moved["department"]) == ("dispatched", "cleaning_dept")

    async def told() -> bool:
        notices = (await day.get(f"/api/notify/cases/{case}/notices"))["items"]
        return person_id("白洁") in {one["person"] for one in notices if one["reason"] == "transferred"}

    await eventually(told)


async def test_an_incident_loses_a_member_that_did_not_belong_and_asks_a_sample(day: Story) -> None:
    alone = await day.log()
    opened = await day.post(
        "/api/intake/incidents",
        {
            "site": "haijing",
            "category": "water",
            "area": "2栋",
            "cause": "flood",
            "content": "爆管",
            "from_case": alone,
        },
        "desk",
    )
    incident = opened["entity"]
    await day.until_ready(incident)
    await day.eventually(alone, lambda seen: seen["status"] == "joined", service="dispatch")
    wrong = await day.log(incident=incident)
    unlink = {"incident": None, "reason": "与此无关", "correction": True}
    await day.post(f"/api/intake/requests/{wrong}/link", unlink, "desk")
    own = await day.eventually(wrong, lambda seen: seen["status"] == "dispatched", service="dispatch")
    assert own["order"] == f"{own['number']}-1"

    await day.act(incident, "accept")
    await day.post(f"/api/dispatch/incidents/{incident}/complete", {"text": "已修复"})
    sampled = await day.eventually(alone, lambda seen: seen["status"] == "resolved", service="dispatch")
    assert sampled["follow_up"] is not None
    again = await asked(day, alone, "unsatisfied")
    assert (again["status"], again["round"]) == ("dispatched", 2)
    await day.post(f"/api/dispatch/incidents/{incident}/close", {"reason": "恢复"})
    await rests(day, incident)
    assert (await day.get(f"/api/dispatch/cases/{alone}"))["status"] == "dispatched"
    assert (await day.get(f"/api/dispatch/cases/{wrong}"))["status"] == "dispatched"
