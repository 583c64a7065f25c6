"""The pages over services that answer from a table."""

from typing import Any
from urllib.parse import quote

import pytest

from services.console.api.sign_in import inside
from tests.support.console_builders import CASE, HOST, SIGNED_IN, Services, browsing, case_answers

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\" onload='x'"
BOARD = {"now": "2025-03-04T02:00:00Z", "sites": [{"site": "s1", "open": 1, "overdue": 0}], "next": None}


def row(content: str = "灯坏了", site: str = "s1") -> dict[str, object]:
    names = dict.fromkeys(("category", "severity", "status", "department", "assignee", "next_due_clock"), "x")
    plain = {"case_id": CASE, "number": "SZ1-250304-7", "site": site, "severity": "minor", "status": "dispatched"}
    more = {"unit": None, "drill": False, "open": True, "department": None, "responsible": "engineering_dept"}
    return plain | more | {"content": content, "next_due_at": None, "next_start_at": None, "names": names}


async def test_what_people_wrote_is_shown_as_text() -> None:
    async with browsing(Services(case_answers(content=HOSTILE, name=HOSTILE))) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page


async def test_every_page_forbids_foreign_scripts_and_is_not_kept() -> None:
    async with browsing(Services({}), signed_in=False) as client:
        answer = await client.get("/sign-in")
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_no_page_holds_inline_script_or_style() -> None:
    async with browsing(Services(case_answers())) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count("<script src=")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 303, id="our own page"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour under the same domain"),
        pytest.param({"Origin": HOST}, 303, id="an older browser, our page"),
        pytest.param({"Origin": "http://evil.test"}, 403, id="an older browser, another site"),
        pytest.param({"Origin": "null"}, 403, id="a sandboxed page"),
    ],
)
async def test_acts_come_from_our_own_pages(headers: dict[str, str], status: int) -> None:
    async with browsing(Services({})) as client:
        assert (await client.post("/sign-out", headers=headers)).status_code == status


async def test_without_a_session_a_page_leads_to_the_sign_in_page_and_back() -> None:
    async with browsing(Services({}), signed_in=False) as client:
        page = await client.get("/registers?site=s1")
        fragment = await client.get("/board/rows", headers={"HX-Request": "true"})
    assert page.headers["location"] == "/sign-in?next=%2Fregisters%3Fsite%3Ds1"
    assert fragment.headers["hx-redirect"] == "/sign-in"


async def test_signing_in_opens_a_session_no_script_can_read() -> None:
    services = Services({"POST /api/directory/sign-in": (200, {"account": "ann"})})
    async with browsing(services, signed_in=False) as client:
        answer = await client.post("/sign-in", data={"username": "ann", "password": "x", "next": "/board"})
    assert answer.headers["location"] == "/board"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]
    assert SIGNED_IN["shouwen_session"] in answer.headers["set-cookie"]


async def test_a_wrong_password_keeps_the_name_and_opens_nothing() -> None:
    services = Services({"POST /api/directory/sign-in": (401, {"detail": "用户名或密码不对"})})
    async with browsing(services, signed_in=False) as client:
        answer = await client.post("/sign-in", data={"username": "ann", "password": "x"})
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert 'value="ann"' in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("address", "led_to"),
    [
        pytest.param("/cases?q=1", "/cases?q=1", id="a page of ours"),
        pytest.param("https://evil.test/", "/", id="another site"),
        pytest.param("//evil.test/", "/", id="another site without a scheme"),
        pytest.param("/\\evil.test", "/", id="another site as some browsers read it"),
        pytest.param("/a\r\nSet-Cookie: x", "/", id="a second header"),
        pytest.param("", "/", id="nowhere"),
    ],
)
def test_signing_in_leads_nowhere_else(address: str, led_to: str) -> None:
    assert inside(address) == led_to


@pytest.mark.parametrize(
    ("cookie", "account", "accepted", "lang"),
    [
        pytest.param(None, "zh", "en", "zh-CN", id="the account's language before the browser's"),
        pytest.param("en", "zh", "zh", "en", id="the chosen language before the account's"),
        pytest.param(None, "en", "zh", "en", id="an English account"),
    ],
)
async def test_the_page_speaks_the_readers_language(cookie: str | None, account: str, accepted: str, lang: str) -> None:
    services = Services({"GET /api/reporting/board": (200, BOARD | {"items": [row()]})})
    async with browsing(services, language=account) as client:
        if cookie is not None:
            client.cookies.set("shouwen_lang", cookie)
        page = (await client.get("/board", headers={"Accept-Language": accepted})).text
    assert f'<html lang="{lang}">' in page
    assert services.asked[0].headers["accept-language"] == lang[:2]


@pytest.mark.parametrize(
    ("right", "offered"),
    [
        pytest.param("work", {"accept"}, id="who works accepts"),
        pytest.param("desk", {"amend", "link"}, id="the desk amends"),
        pytest.param("view", set[str](), id="who looks does nothing"),
    ],
)
async def test_acts_are_offered_by_right(right: str, offered: set[str]) -> None:
    async with browsing(Services(case_answers()), right=right) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert {act for act in ("accept", "amend", "link", "close") if f"/acts/{act}" in page} == offered


async def test_a_refused_act_stands_at_its_form_with_what_was_typed_and_what_is_possible() -> None:
    refusal = {"detail": "现在不能接单：已派单", "state": "dispatched", "possible": ["reply"]}
    services = Services(case_answers() | {f"POST /api/dispatch/cases/{CASE}/accept": (409, refusal)})
    async with browsing(services) as client:
        answer = await client.post(f"/cases/{CASE}/acts/accept", data={"complete_by": "2025-03-05T09:00"})
    assert answer.status_code == 409
    assert "现在不能接单：已派单" in answer.text
    assert "现在可以：答复" in answer.text
    assert 'value="2025-03-05T09:00"' in answer.text


async def test_an_act_is_sent_once_in_the_zone_of_the_site_and_leads_to_what_it_changed() -> None:
    services = Services(case_answers() | {f"POST /api/dispatch/cases/{CASE}/accept": (200, {"version": 2})})
    async with browsing(services) as client:
        given = {"complete_by": "2025-03-05T09:00", "key": "k-1"}
        answer = await client.post(f"/cases/{CASE}/acts/accept", data=given)
    assert services.body(f"/api/dispatch/cases/{CASE}/accept") == {"complete_by": "2025-03-05T09:00:00+08:00"}
    assert services.asked[-1].headers["idempotency-key"] == "k-1"
    assert answer.headers["location"] == f"/cases/{CASE}?at_least=dispatch:2"


async def test_a_service_that_does_not_answer_leaves_the_rest_of_the_page() -> None:
    answers = case_answers() | {f"GET /api/escalation/cases/{CASE}": (503, {})}
    async with browsing(Services(answers)) as client:
        answer = await client.get(f"/cases/{CASE}")
    assert answer.status_code == 200
    assert "部分内容还在更新" in answer.text
    assert "灯坏了" in answer.text


async def test_a_case_out_of_sight_is_a_page_that_says_so() -> None:
    async with browsing(Services({})) as client:
        answer = await client.get(f"/cases/{CASE}")
    assert answer.status_code == 404
    assert "没有找到这个编号" in answer.text


async def test_a_closed_or_filtered_row_leaves_the_board() -> None:
    path = f"GET /api/reporting/board/row/{CASE}"
    services = Services({path: (200, {"item": row() | {"open": False}})})
    async with browsing(services) as client:
        assert (await client.get(f"/board/row/{CASE}")).status_code == 204
        services.answers[path] = (200, {"item": row()})
        assert (await client.get(f"/board/row/{CASE}?department=cleaning_dept")).status_code == 204
        assert CASE in (await client.get(f"/board/row/{CASE}?department=engineering_dept")).text


async def test_a_row_of_the_board_says_what_kind_of_matter_it_is() -> None:
    words = ("severity", "status", "department", "assignee", "next_due_clock")
    told = row() | {"names": dict.fromkeys(words, "x") | {"case_type": "维修", "category": "水电"}}
    async with browsing(Services({f"GET /api/reporting/board/row/{CASE}": (200, {"item": told})})) as client:
        assert "维修 · 水电" in (await client.get(f"/board/row/{CASE}")).text


def notice(number: int) -> dict[str, object]:
    return {"service": "notify", "at": "", "shown_at": "", "sentence": f"消息 {number}", "note": None}


async def test_messages_one_after_the_other_are_told_as_one() -> None:
    answers = case_answers()
    done = {"service": "dispatch", "at": "", "shown_at": "", "sentence": "罗工签了字", "note": None}
    answers[f"GET /api/reporting/cases/{CASE}"][1]["timeline"] = [notice(1), notice(2), done, notice(3)]
    async with browsing(Services(answers)) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert page.count("条消息") == 1
    assert page.index("消息 3") < page.index("罗工签了字") < page.index("2 条消息") < page.index("消息 1")


async def test_an_incident_shows_what_joined_it() -> None:
    answers = case_answers()
    answers[f"GET /api/intake/requests/{CASE}"][1].update(
        opens_incident=True, entity=CASE, area="1 栋", cause="停电", opened_at=None
    )
    joined = {"case_id": "case-1", "number": "SZ1-250304-8", "unit": "1-102", "name": "钱多多", "status": "joined"}
    answers["GET /api/reporting/cases"] = (200, {"items": [joined | {"names": {"status": "并入事件"}}], "next": None})
    services = Services(answers)
    async with browsing(services) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert "SZ1-250304-8" in page
    assert any(one.url.params.get("incident") == CASE for one in services.asked)


async def test_the_board_is_narrowed_by_the_service_that_counts_it() -> None:
    services = Services({"GET /api/reporting/board": (200, BOARD | {"items": [row()]})})
    async with browsing(services) as client:
        await client.get("/board?department=engineering_dept")
    assert services.asked[0].url.params["department"] == "engineering_dept"


@pytest.mark.parametrize(
    ("method", "address", "back"),
    [
        pytest.param("GET", "/cases/nothing?q=1", "/cases/nothing?q=1", id="a page with its question"),
        pytest.param("POST", f"/cases/{CASE}/acts/accept", f"/cases/{CASE}", id="an act leads to its page"),
    ],
)
async def test_the_language_is_switched_where_the_reader_is(method: str, address: str, back: str) -> None:
    answers = case_answers() | {f"POST /api/dispatch/cases/{CASE}/accept": (409, {"detail": "不行"})}
    async with browsing(Services(answers)) as client:
        page = (await client.request(method, address)).text
    assert f"/language/en?next={quote(back)}" in page


async def test_who_may_not_log_is_not_led_to_the_form() -> None:
    services = Services({"GET /api/reporting/board": (200, BOARD | {"items": []})})
    async with browsing(services, right="work") as client:
        assert "/cases/new" not in (await client.get("/board")).text
    async with browsing(services, right="desk") as client:
        assert "/cases/new" in (await client.get("/board")).text


async def test_a_limit_at_midnight_is_shown_as_it_was_promised() -> None:
    answers = case_answers()
    clock: dict[str, Any] = {
        "clock": "CK-CMP-11",
        "name": "解决",
        "state": "running",
        "start_at": "2025-03-04T02:00:00+00:00",
    }
    clock |= {"due_at": "2025-03-06T16:00:00+00:00", "ended_at": None, "product_default": False, "because": []}
    answers[f"GET /api/escalation/cases/{CASE}"][1]["clocks"] = [clock | {"source": "", "extend": None}]
    async with browsing(Services(answers)) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert "2025-03-06 24:00" in page
    assert "2025-03-07 00:00" not in page
