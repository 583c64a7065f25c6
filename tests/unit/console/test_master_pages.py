"""Master data by file, as an administrator sees it: nothing is written that was not looked at first."""

import re
from typing import Any

import pytest

from services.console.policy.masters import altered, many, told
from shared.web.wording import Voice
from tests.support.console_builders import Services, browsing

FILES = "/api/intake/master-files"
ZH, EN = Voice("zh").translate, Voice("en").translate


def job(state: str = "checked", **fields: Any) -> dict[str, Any]:
    possible = {"checked": ["apply", "discard"], "refused": ["discard"], "applied": ["undo"]}
    plain: dict[str, Any] = {
        "job": "j1",
        "site": "s1",
        "name": "住户.xlsx",
        "state": state,
        "sentence": "",
        "progress": {"done": 3, "total": 10},
        "counts": {"residents": {"new": 120, "changed": 3, "same": 7, "ended": 2, "back": 0, "wrong": 0}},
        "changes": 125,
        "findings_total": 0,
        "living": 200,
        "leavers": "end",
        "by": "安",
        "at": "2025-03-04T10:00:00+08:00",
        "applied_at": None,
        "fingerprint": "",
        "possible": possible.get(state, []),
        "trouble": None,
    }
    return plain | fields


def loaded(one: dict[str, Any], **more: Any) -> Services:
    nothing: tuple[int, Any] = (200, {"items": [], "next": None, "total": 0})
    answers = {
        f"GET {FILES}": (200, {"site": "s1", "items": [one]}),
        f"GET {FILES}/j1": (200, one),
        f"GET {FILES}/j1/findings": nothing,
        f"GET {FILES}/j1/changes": nothing,
    }
    return Services(answers | more)


async def test_the_button_says_what_it_will_do() -> None:
    async with browsing(loaded(job())) as client:
        page = (await client.get("/master/j1")).text
    assert "写入：住户：新增 120 户，变更 3 户，终止 2 户</button>" in page
    async with browsing(loaded(job()), language="en") as client:
        page = (await client.get("/master/j1")).text
    assert "Apply: resident: add 120 residents, change 3 residents, end 2 residents</button>" in page


@pytest.mark.parametrize(("ended", "asked"), [(40, False), (41, True)])
async def test_more_than_a_fifth_of_the_residents_end_only_with_a_tick(ended: int, *, asked: bool) -> None:
    counts = {"residents": {"new": 0, "ended": ended}}
    async with browsing(loaded(job(counts=counts, changes=ended))) as client:
        page = (await client.get("/master/j1")).text
    assert ('name="end_many"' in page) is asked
    assert many(counts, 200) is asked


async def test_applying_passes_the_tick_on_and_leads_back() -> None:
    services = loaded(job(), **{f"POST {FILES}/j1/apply": (202, job("applying"))})
    async with browsing(services) as client:
        answer = await client.post("/master/j1/apply", data={"end_many": "yes"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/master/j1")
        assert services.body(f"{FILES}/j1/apply") == {"end_many": True}
        await client.post("/master/j1/apply")
    assert services.body(f"{FILES}/j1/apply") == {"end_many": False}


async def test_a_refusal_stands_on_the_page_of_the_load() -> None:
    refusal = {"detail": "核对之后资料有变化，正在重新核对", "hint": "请看过新的核对结果再确认"}
    async with browsing(loaded(job(), **{f"POST {FILES}/j1/apply": (409, refusal)})) as client:
        answer = await client.post("/master/j1/apply")
    assert answer.status_code == 409
    assert all(said in answer.text for said in refusal.values())


async def test_a_file_is_passed_on_under_its_name() -> None:
    services = loaded(job(), **{f"POST {FILES}": (202, {"job": "j1"})})
    async with browsing(services) as client:
        answer = await client.post(
            "/master/files?site=s1", files={"file": ("住户.xlsx", b"PK" * 500_000)}, data={"leavers": "keep"}
        )
    assert (answer.status_code, answer.headers["location"]) == (303, "/master/j1")
    sent = services.asked[-1]
    assert dict(sent.url.params) == {"site": "s1", "name": "住户.xlsx", "leavers": "keep"}
    assert sent.content == b"PK" * 500_000


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        pytest.param({}, 422, "请选择要上传的文件", id="no file"),
        pytest.param({"file": ("a.xlsx", b"x")}, 409, "王 在 10:00 上传的 a.xlsx 还在处理", id="another load"),
    ],
)
async def test_a_file_that_is_not_taken_says_why(sent: dict[str, Any], status: int, said: str) -> None:
    services = loaded(job(), **{f"POST {FILES}": (409, {"detail": "王 在 10:00 上传的 a.xlsx 还在处理"})})
    async with browsing(services) as client:
        answer = await client.post("/master/files?site=s1", files=sent, data={"leavers": "end"})
    assert (answer.status_code, said in answer.text) == (status, True)


async def test_mistakes_stand_in_a_table_and_are_no_markup() -> None:
    finding = {"sheet": "住户", "row": 4, "letter": "D", "value": "<b>110</b>", "code": "x", "number": 1, "count": 1}
    words = {"column": ("电话", "Phone"), "wrong": ("不是住户的号码", "no number"), "right": ("请改正", "mend it")}
    said = ["&lt;b&gt;110&lt;/b&gt;", "不是住户的号码", "请改正"]
    finding |= {name: {"zh": zh, "en": en} for name, (zh, en) in words.items()}
    refused = job("refused", findings_total=1, changes=0)
    listed = {f"GET {FILES}/j1/findings": (200, {"items": [finding], "next": "1", "total": 1})}
    async with browsing(loaded(refused, **listed)) as client:
        page = (await client.get("/master/j1")).text
    assert re.findall(r"<td[^>]*>([^<]*)</td>", page)[-6:] == ["住户", "4", "电话 (D)", *said]
    assert ('href="?findings=1"' in page, "findings.xlsx" in page, "写入：" in page) == (True, True, False)


async def test_the_page_looks_again_until_the_load_is_through() -> None:
    async with browsing(loaded(job("reading", counts={}, changes=0))) as client:
        page, state = await client.get("/master/j1"), await client.get("/master/j1/state")
    assert 'hx-get="/master/j1/state"' in page.text
    assert "hx-refresh" not in state.headers
    async with browsing(loaded(job())) as client:
        state = await client.get("/master/j1/state")
    assert state.headers["hx-refresh"] == "true"


async def test_only_the_newest_load_is_undone_from_the_list() -> None:
    listed = {f"GET {FILES}": (200, {"items": [job("applied", job="j2"), job("applied")]})}
    async with browsing(loaded(job(), **listed)) as client:
        page = (await client.get("/master")).text
    assert ('action="/master/j2/undo"' in page, 'action="/master/j1/undo"' in page) == (True, False)


async def test_a_load_is_thrown_away_and_the_list_shown() -> None:
    services = loaded(job(), **{f"DELETE {FILES}/j1": (204, {})})
    async with browsing(services) as client:
        answer = await client.post("/master/j1/discard")
    assert answer.headers["location"] == "/master?site=s1"
    assert services.asked[-1].method == "DELETE"


@pytest.mark.parametrize("right", ["view", "desk", "lead"])
async def test_who_is_no_administrator_finds_no_door(right: str) -> None:
    services = loaded(job())
    async with browsing(services, right=right) as client:
        asked = [await client.get(path) for path in ("/master", "/master/j1", "/master/templates/all.xlsx")]
        asked += [await client.post("/master/files?site=s1"), await client.post("/master/j1/apply")]
        registers = await client.get("/registers")
    assert {answer.status_code for answer in asked} == {403}
    assert 'href="/master"' not in registers.text
    assert all(FILES not in one.url.path for one in services.asked)


@pytest.mark.parametrize("path", ["/master?site=other", "/master/j1/findings.exe", "/master/templates/all.exe"])
async def test_what_there_is_not_is_not_found(path: str) -> None:
    async with browsing(loaded(job())) as client:
        assert (await client.get(path)).status_code == 404


def test_a_change_shows_what_was_and_what_will_be() -> None:
    change = {
        "kind": "units",
        "before": {"id": "u", "state": "own", "note": ""},
        "after": {"id": "u", "state": "let", "note": ""},
        "until_before": None,
        "until_after": "2025-03-04",
    }
    shown = [(one.label, one.before, one.after) for one in altered(change, ZH)]
    assert shown == [("状态", "自住", "出租"), ("终止日期", "", "2025-03-04")]


def test_what_a_load_leaves_alone_is_not_told() -> None:
    assert told({"units": {"same": 9, "new": 0}, "keys": {"back": 1}}, ZH) == ["钥匙：恢复 1 把"]
    assert told({"keys": {"back": 1}}, EN) == ["key: begin 1 sets of keys again"]
