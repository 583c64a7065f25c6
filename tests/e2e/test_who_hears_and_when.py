"""Who is told, when, on which channel, and who is told that it was wrong: one system whose clock moves on."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from shared.packs.loader import builtin_pack
from shouwen.demo.records import person_id
from tests.e2e.story import Json, Story, story
from tests.support.waiting import eventually
from tests.support.wecom import StandIn, code, stand_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime.fromisoformat("2025-03-04T10:00:00+08:00")
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEAD_BUTLER, CHIEF_BUTLER, ENGINEER = person_id("陈立秋"), person_id("高明远"), person_id("罗工")
NIGHT_ENGINEER, SUPERVISOR, SERVICE = person_id("谢师傅"), person_id("唐主管"), person_id("宋客服")
YUNSHAN: Json = {"site": "yunshan", "category": "facilities"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def group() -> AsyncIterator[StandIn]:
    async with stand_in() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(group: StandIn) -> AsyncIterator[Story]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOUWEN_NOTIFY_PLAIN_ROBOT_HOSTS", '["127.0.0.1"]')
        async with story(MORNING) as told:
            for person in (HEAD_BUTLER, CHIEF_BUTLER):
                await change(told, "person", person, wecom=group.url)
            yield told


@pytest_asyncio.fixture(loop_scope="module")
async def day(house: Story) -> Story:
    """The same system at ten in the morning of the next day."""
    await house.until(clock_time(house, 10, days=1))
    return house


def clock_time(house: Story, hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """That time on the clock of the sites, *days* after today."""
    local = house.clock.now().astimezone(SHANGHAI)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=days)


async def change(house: Story, record: str, key: str, **fields: object) -> Json:
    """Change a record of the directory and wait until every service knows; answers the body before."""
    books = [process.book for process in house.system.host.processes.values()]

    def as_known() -> list[object]:
        return [book.site(key) if record == "site" else book.staff.person(key) for book in books]

    before = as_known()
    path = f"/api/directory/records/{record}/{key}"
    body: Json = (await house.get(path))["body"]
    answer = await house.ask("PUT", path, json=body | fields)
    assert answer.status_code == 200, answer.text

    async def known() -> bool:
        return all(now != then for now, then in zip(as_known(), before, strict=True))

    await eventually(known)
    return body


async def notices(day: Story, case: str, person: str) -> list[Json]:
    """What *person* was told about *case*."""
    items = (await day.get(f"/api/notify/cases/{case}/notices"))["items"]
    return [one for one in items if one["person"] == person]


async def told(day: Story, case: str, person: str, **shade: object) -> Json:
    """The notice of *person* of that shade, once every channel it has came to its end."""

    async def arrived() -> Json | None:
        found = [one for one in await notices(day, case, person) if shade.items() <= one.items()]
        return found[0] if found and found[0]["channels"] else None

    notice = await eventually(arrived)
    assert notice is not None
    return notice


async def held(day: Story, case: str) -> bool:
    """Whether notify has what the head butler is to hear of the breach; it may hear later than others."""
    return any(one["reason"] == "breach" for one in await notices(day, case, HEAD_BUTLER))


def outcomes(notice: Json) -> dict[str, str]:
    return {channel["channel"]: channel["outcome"] for channel in notice["channels"]}


async def test_the_order_goes_to_who_has_the_shift(day: Story) -> None:
    by_day = await day.log()
    await told(day, by_day, ENGINEER, topic="ordered")
    assert await notices(day, by_day, NIGHT_ENGINEER) == []
    await day.until(clock_time(day, 20))
    at_night = await day.log()
    await told(day, at_night, NIGHT_ENGINEER, topic="ordered")
    assert await notices(day, at_night, ENGINEER) == []


async def test_esc_6_messages_of_the_night_reach_the_group_in_the_morning_as_one(day: Story, group: StandIn) -> None:
    cases = [await day.log(category=category) for category in ("engineering", "cleaning")]
    for case in cases:
        await day.act(case, "reply", {"kind": "first", "method": "phone", "text": "收到"}, "desk")
    await day.until(clock_time(day, 0, days=3) + timedelta(seconds=1))
    for case in cases:
        shown = await day.eventually(case, lambda seen: any(one["reason"] == "breach" for one in seen["raises"]))
        assert {one["level"] for one in shown["raises"]} == {0}
        await eventually(lambda: held(day, case))  # noqa: B023  awaited at once
    before = len(group.requests)
    await day.until(clock_time(day, 8, 30))
    for case in cases:
        notice = await told(day, case, HEAD_BUTLER, reason="breach")
        assert datetime.fromisoformat(notice["sent_at"]) == clock_time(day, 8, 30)

    async def posted() -> bool:
        return len(group.requests) > before

    await eventually(posted)
    numbers = [(await day.get(f"/api/dispatch/cases/{case}"))["number"] for case in cases]
    ((_, body),) = group.requests[before:]
    assert body["msgtype"] == "markdown"
    assert all(str(number) in body["markdown"]["content"] for number in numbers)
    sent = [outcomes(await told(day, case, HEAD_BUTLER, reason="breach")) for case in cases]
    assert sent == [{"inbox": "notice_delivered", "wecom": "notice_sent"}] * len(cases)


async def test_esc_6_what_was_settled_overnight_wakes_nobody_in_the_morning(day: Story, group: StandIn) -> None:
    case = await day.log()
    await day.act(case, "reply", {"kind": "first", "method": "phone", "text": "收到"}, "desk")
    await day.until(clock_time(day, 0, days=3) + timedelta(seconds=1))
    await day.eventually(case, lambda seen: any(one["reason"] == "breach" for one in seen["raises"]))
    await eventually(lambda: held(day, case))
    before = len(group.requests)
    await day.post(f"/api/intake/requests/{case}/withdraw", {"reason": "自己修好了"}, "desk")
    notice = await told(day, case, HEAD_BUTLER, reason="breach")
    assert outcomes(notice) == {"inbox": "notice_dropped", "wecom": "notice_dropped"}
    assert {channel["code"] for channel in notice["channels"]} == {"closed"}

    await day.until(clock_time(day, 9))
    other = await day.log(severity="important")
    await told(day, other, CHIEF_BUTLER, reason="intake")
    number = (await day.get(f"/api/dispatch/cases/{case}"))["number"]
    assert not [body for _, body in group.requests[before:] if str(number) in str(body)]


async def test_a_group_that_refuses_leaves_the_message_in_the_inbox(day: Story, group: StandIn) -> None:
    group.answers.extend([code(93000, "invalid webhook url")] * 20)
    case = await day.log(severity="important")

    async def ended() -> bool:
        found = await notices(day, case, CHIEF_BUTLER)
        return bool(found) and len(found[0]["channels"]) == 2

    await eventually(ended)
    notice = await told(day, case, CHIEF_BUTLER, reason="intake")
    assert outcomes(notice) == {"inbox": "notice_delivered", "wecom": "notice_failed"}
    group.answers.clear()
    refused = next(channel for channel in notice["channels"] if channel["channel"] == "wecom")
    assert (refused["code"], refused["evidence"]) == ("93000", "invalid webhook url")


async def test_n_13_who_asks_for_more_time_hears_the_answer(day: Story) -> None:
    case = await day.log()
    until = clock_time(day, 0, days=5).isoformat()
    wish = {"clock": "CK-CMP-11", "until": until, "reason": "等配件"}
    await day.post(f"/api/escalation/cases/{case}/extensions", wish, "engineer")
    await told(day, case, HEAD_BUTLER, reason="extension")
    decision = {"clock": "CK-CMP-11", "decision": "refuse", "reason": "有库存"}
    await day.post(f"/api/escalation/cases/{case}/extensions/decide", decision, "manager")
    notice = await told(day, case, ENGINEER, topic="decided")
    assert notice["reason"] == "refused"
    mine = (await day.get("/api/notify/inbox", "engineer", unread=True))["items"]
    assert "未获批准" in next(one["text"] for one in mine if one["topic"] == "decided")


@pytest.mark.parametrize(
    ("act", "body", "who", "reason"),
    [
        pytest.param("amend", {"unit": "1-102"}, "desk", "amended", id="the wrong unit"),
        pytest.param("amend", {"received_at": "{earlier}"}, "manager", "amended", id="the wrong time"),
        pytest.param("classify", {"severity": "minor"}, "manager", "classified", id="wrongly major"),
    ],
)
async def test_a_correction_reaches_everyone_who_was_told(
    day: Story, act: str, body: Json, who: str, reason: str
) -> None:
    case = await day.log(severity="major")
    await told(day, case, CHIEF_BUTLER, reason="intake")
    await told(day, case, ENGINEER, topic="ordered")
    earlier = (day.clock.now() - timedelta(hours=1)).isoformat()
    mended = {key: value.format(earlier=earlier) for key, value in body.items()}
    mended |= {"reason": "登记有误", "correction": True}
    await day.post(f"/api/intake/requests/{case}/{act}", mended, who)
    for person in (CHIEF_BUTLER, ENGINEER):
        assert "更正" in (await told(day, case, person, topic="corrected", reason=reason))["text"]
    expected = "minor" if reason == "classified" else "major"
    await day.eventually(case, lambda seen: seen["severity"] == expected)


async def test_a_false_completion_is_taken_back_with_a_retraction_and_its_clock(day: Story) -> None:
    case = await day.log()
    await told(day, case, ENGINEER, topic="ordered")
    await day.act(case, "accept")
    await day.act(case, "complete", {"text": "好了"})
    await day.eventually(
        case, lambda seen: any(c["clock"] == "CK-CMP-11" and c["state"] == "met" for c in seen["clocks"])
    )
    await day.act(case, "reopen", {"because": "false_completion", "reason": "没有去过"}, "desk")
    await told(day, case, ENGINEER, topic="corrected", reason="reopened")
    await day.eventually(
        case, lambda seen: any(c["clock"] == "CK-CMP-11" and c["state"] == "running" for c in seen["clocks"])
    )


async def test_an_empty_chair_is_climbed_past_and_recorded(day: Story) -> None:
    before = await change(day, "person", SUPERVISOR, appointments=[])
    try:
        case = await day.log("admin", **YUNSHAN, severity="important")
        shown = await day.eventually(case, lambda seen: seen["raises"])
        named = {person["person"] for one in shown["raises"] for person in one["people"]}
        assert SERVICE in named
        assert {clock["state"] for clock in shown["clocks"] if clock["clock"] == "CK-CMP-63"} == {"met"}
    finally:
        await change(day, "person", SUPERVISOR, appointments=before["appointments"])


@pytest.mark.parametrize(
    ("hour", "severity", "clock", "due", "people"),
    [
        pytest.param((15, 0), "minor", "CK-CMP-60", (0, 0, 1), ("韩项目",), id="AS-033"),
        pytest.param((17, 20), "important", "CK-CMP-63", (18, 20, 0), ("唐主管", "韩项目"), id="AS-035"),
        pytest.param((23, 30), "major", "CK-CMP-65", (0, 0, 1), ("严品质", "冯国栋"), id="AS-037"),
    ],
)
async def test_p004_tells_its_superiors_in_the_same_breath(
    day: Story, hour: tuple[int, int], severity: str, clock: str, due: tuple[int, int, int], people: tuple[str, ...]
) -> None:
    await day.until(clock_time(day, *hour))
    case = await day.log("admin", **YUNSHAN, severity=severity)
    shown = await day.eventually(case, lambda seen: seen["raises"])
    named = {person["person"] for one in shown["raises"] for person in one["people"]}
    assert {person_id(name) for name in people} <= named
    telling = next(one for one in shown["clocks"] if one["clock"] == clock)
    assert telling["state"] == "met"
    assert datetime.fromisoformat(telling["due_at"]) == clock_time(day, due[0], due[1], days=due[2])


async def test_as_071_the_limit_of_the_site_passes_and_as_073_a_major_one_is_told_at_once(day: Story) -> None:
    order = await day.log("admin", site="wanqu", case_type="work_order", category="engineering_repair", severity=None)
    major = await day.log("admin", site="wanqu", category="engineering_repair", severity="major")
    shown = await day.eventually(major, lambda seen: seen["raises"])
    assert person_id("曹物业") in {person["person"] for one in shown["raises"] for person in one["people"]}
    limit = next(one for one in (await day.get(f"/api/escalation/cases/{order}"))["clocks"] if one["due_at"])
    assert datetime.fromisoformat(limit["due_at"]) == day.clock.now() + timedelta(hours=8)
    await day.pass_time(timedelta(hours=8, minutes=1))
    await day.eventually(order, lambda seen: any(one["reason"] == "breach" for one in seen["raises"]))


async def test_as_006_a_case_keeps_the_manual_it_was_opened_under(day: Story) -> None:
    old = await day.log(category="cleaning")
    site = (await day.get("/api/directory/records/site/haijing"))["body"]
    begins, version = clock_time(day, 0, days=1).isoformat(), builtin_pack("P004").version
    switched = {"pack": "P004", "version": version, "since": begins}
    await change(day, "site", "haijing", packs=[*site["packs"], switched])
    await day.until(clock_time(day, 10, days=1))
    new = await day.log(category="cleaning")
    clocks = {
        case: {one["clock"] for one in (await day.get(f"/api/escalation/cases/{case}"))["clocks"]}
        for case in (old, new)
    }
    assert {"CK-CMP-10", "CK-CMP-11"} <= clocks[old]
    assert {"CK-CMP-60", "CK-CMP-62"} <= clocks[new]


async def test_as_020_and_as_043_a_month_passes_and_an_extension_does_not_stop_it(day: Story) -> None:
    case = await day.log("admin", **YUNSHAN, severity="minor")
    registered = day.clock.now().astimezone(SHANGHAI)
    until = clock_time(day, 0, days=40).isoformat()
    longer = {"clock": "CK-CMP-62", "decision": "approve", "until": until, "reason": "x"}
    await day.post(f"/api/escalation/cases/{case}/extensions/decide", longer, "group")
    month = registered.replace(month=registered.month + 1, hour=0, minute=0) + timedelta(days=1)
    await day.until(month + timedelta(seconds=1))
    shown = await day.eventually(case, lambda seen: seen["severity"] == "major")
    reply = next(one for one in shown["clocks"] if one["clock"] == "CK-CMP-67")
    assert datetime.fromisoformat(reply["start_at"]) == month
    assert datetime.fromisoformat(reply["due_at"]) == month + timedelta(days=3)
    upgraded = next(one for one in shown["raises"] if one["reason"] == "upgrade")
    assert {person["person"] for person in upgraded["people"]} >= {person_id("严品质"), person_id("冯国栋")}
