"""Those outside the house who are to be told: on the case, in the list, and the form that ticks it off."""

from typing import Any

import pytest

from tests.support.console_builders import CASE, Services, browsing, case_answers

HOSTILE = "<script>alert(1)</script>"
PATH = f"/api/notify/cases/{CASE}/outward/m1/seen-to"
AT = "2025-03-04T10:00:00+08:00"


def item(id_: str = "m1", **more: Any) -> dict[str, Any]:
    """A telling as notify shows it."""
    said: dict[str, Any] = {"id": id_, "case": CASE, "site": "s1", "site_name": {"zh": "一苑", "en": "Estate One"}}
    said |= {"number": "SZ1-7", "rule": "N-27", "to": ["borrower"], "means": ["phone"], "overdue": False}
    said |= {"text": {"zh": f"请还钥匙{HOSTILE}", "en": "Keys, please"}, "people": [], "wanted_at": AT, "due_at": AT}
    return said | {"not_before": None, "product_default": True, "possible": True, "seen_to": None} | more


def seen(**more: Any) -> dict[str, Any]:
    done = {"outcome": "told", "means": "visit", "by": "p-1", "late": False, "told_at": AT, "recorded_at": AT}
    return item("m0", possible=False, seen_to=done | more)


def services(*items: dict[str, Any], answer: tuple[int, Any] = (200, {"version": 1})) -> Services:
    told = {"items": list(items), "cursor": None}
    lists = {f"GET /api/notify/cases/{CASE}/outward": (200, told), "GET /api/notify/outward": (200, told)}
    return Services(case_answers() | lists | {f"POST {PATH}": answer})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["要告知外部的", "借用人（电话）", "请还钥匙&lt;script&gt;", "产品默认值", "上门", "已告知"]),
        ("en", ["To be told outside", "borrower (Phone)", "Keys, please", "visit", "Told"]),
    ],
)
async def test_a_case_shows_who_is_to_be_told_and_who_was(language: str, words: list[str]) -> None:
    async with browsing(services(seen(), item()), language=language) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert [word for word in words if word not in page] == []
    assert HOSTILE not in page
    assert page.index('id="telling-m1"') < page.index('id="telling-m0"')
    assert page.count(f'action="/cases/{CASE}/outward/') == 1


async def test_what_came_late_and_what_is_overdue_and_what_is_not_needed_is_said() -> None:
    tellings = (item(overdue=True, not_before=AT), seen(late=True), seen(outcome="not_needed", means=None))
    async with browsing(services(*tellings)) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert "逾期未告知" in page
    assert "请在 2025-03-04 10:00 之后联系" in page
    assert "迟于期限" in page
    assert page.count("不必再告知") == 2


async def test_a_case_that_tells_nobody_outside_says_nothing_of_it() -> None:
    async with browsing(services()) as client:
        assert 'id="outward"' not in (await client.get(f"/cases/{CASE}")).text


async def test_a_telling_is_recorded_in_the_zone_of_the_site() -> None:
    asked = services(item())
    said = {
        "outcome": "told",
        "means": "visit",
        "told_at": "2025-03-04T09:30",
        "to": "王小明",
        "text": "",
        "key": "k-1",
    }
    async with browsing(asked) as client:
        answer = await client.post(f"/cases/{CASE}/outward/m1", data=said)
    sent = {"outcome": "told", "means": "visit", "told_at": "2025-03-04T09:30:00+08:00", "to": "王小明"}
    assert asked.body(PATH) == sent
    assert asked.asked[-1].headers["Idempotency-Key"] == "k-1"
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{CASE}#outward")


async def test_a_refusal_stands_at_its_form_with_everything_typed() -> None:
    wrong = {"detail": "不行", "errors": [{"field": "/told_at", "detail": "所填时间还没有到", "hint": ""}]}
    async with browsing(services(item(), item("m2"), answer=(422, wrong))) as client:
        said = {"outcome": "told", "told_at": "2099-01-01T00:00", "to": HOSTILE}
        answer = await client.post(f"/cases/{CASE}/outward/m1", data=said)
    assert answer.status_code == 422
    assert 'id="telling-m1-told_at-fault">所填时间还没有到' in answer.text
    assert 'value="2099-01-01T00:00"' in answer.text
    assert 'value="&lt;script&gt;' in answer.text
    assert answer.text.count('role="alert"') == 1


async def test_a_refusal_of_what_somebody_else_has_recorded_meanwhile_is_said_at_the_top() -> None:
    gone = (409, {"detail": "这条告知已经办过了", "errors": []})
    async with browsing(services(seen(), answer=gone)) as client:
        answer = await client.post(f"/cases/{CASE}/outward/m1", data={"outcome": "told"})
    assert (answer.status_code, answer.text.count("这条告知已经办过了")) == (409, 1)


async def test_the_list_of_a_site_is_ticked_off_where_it_stands() -> None:
    asked = services(item(overdue=True))
    async with browsing(asked, language="en") as client:
        page = (await client.get("/outward", params={"site": "s1", "overdue": "yes"})).text
        done = await client.post(f"/cases/{CASE}/outward/m1", data={"outcome": "told", "listed": "s1"})
    assert "Estate One" in page
    assert f'href="/cases/{CASE}#outward"' in page
    assert "overdue</b>" in page
    wanted = next(one for one in asked.asked if one.url.path == "/api/notify/outward").url.params
    assert (wanted["site"], wanted["overdue"]) == ("s1", "true")
    assert done.headers["location"] == "/outward?site=s1"


async def test_an_empty_list_says_so_and_nothing_typed_leads_elsewhere() -> None:
    asked = services()
    async with browsing(asked) as client:
        page = (await client.get("/outward")).text
        done = await client.post(f"/cases/{CASE}/outward/m1", data={"outcome": "told", "listed": "//evil.example"})
    assert "没有待告知的事项" in page
    assert done.headers["location"] == "/outward?site=//evil.example"
