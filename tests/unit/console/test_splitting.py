"""Several matters of one caller: on one page, graded as they are typed, logged together, the emergency first."""

import json
from typing import Any

import pytest

from services.console.policy.splitting import Turn, count_in, errors_in, filled, given_in, turns
from tests.support.console_builders import CASE, Services, browsing
from tests.unit.console.test_logging import desk, graded

SPLIT, REQUESTS = "/api/intake/requests/split", "/api/intake/requests"
TWO = {
    "site": "s1",
    "count": "2",
    "unit": "1-101",
    "caller.phone": "139",
    "m0.case_type": "complaint",
    "m0.category": "cleaning",
    "m0.content": "楼道脏",
    "m1.case_type": "emergency_event",
    "m1.category": "water",
    "m1.content": "水管爆了",
}
FIRST, SECOND = "case-" + "1" * 32, "case-" + "2" * 32
LOGGED = {
    "cases": [
        {"entity": FIRST, "number": "SZ1-1", "version": 1, "matter": 1, "promises": [{"sentence": "我们马上到"}]},
        {"entity": SECOND, "number": "SZ1-2", "version": 1, "matter": 0, "promises": []},
    ]
}


def offering(**more: tuple[int, Any]) -> Services:
    return desk("complaint", "emergency_event", **more)


@pytest.mark.parametrize(
    ("known", "order"),
    [
        pytest.param({0: ("complaint", 3), 1: ("emergency", 1)}, {1: (1, "emergency"), 0: (2, "as_told")}, id="CL-7"),
        pytest.param({0: ("repair", 1), 1: ("complaint", 2)}, {1: (1, "graver"), 0: (2, "as_told")}, id="graver"),
        pytest.param({0: ("repair", 1), 2: ("repair", 1)}, {0: (1, "as_told"), 2: (2, "as_told")}, id="equals"),
        pytest.param({}, {}, id="nothing told"),
    ],
)
def test_emergencies_are_logged_first_then_the_gravest(
    known: dict[int, tuple[str, int]], order: dict[int, tuple[int, str]]
) -> None:
    assert turns(known) == {place: Turn(*turn) for place, turn in order.items()}


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"count": ["3"]}, 3),
        ({"count": ["3"], "more": ["1"]}, 4),
        ({"count": ["10"], "more": ["1"]}, 10),
        ({"count": ["0"]}, 1),
        ({"count": ["x"]}, 10),
        ({"count": ["99999999999999999999"]}, 10),
        ({}, 2),
    ],
)
def test_there_is_room_for_one_to_ten_matters(given: dict[str, list[str]], count: int) -> None:
    assert count_in(given) == count


def test_what_was_typed_into_the_form_of_one_matter_begins_as_the_first_of_several() -> None:
    given = given_in({"site": ["s1"], "unit": ["1"], "content": ["脏"], "form.a": ["x"]}, split_from=False)
    assert given == {"site": ["s1"], "unit": ["1"], "m0.content": ["脏"], "m0.form.a": ["x"], "count": ["2"]}
    assert given_in({"split_from": ["case-1"]}, split_from=True)["count"] == ["1"]
    assert given_in({"count": ["2"], "m1.content": ["x"]}, split_from=False) == {"count": ["2"], "m1.content": ["x"]}


def test_a_matter_nobody_filled_in_is_not_there() -> None:
    assert filled({"m0.content": [" "], "m1.category": ["water"], "m2.case_type": ["complaint"]}, 3) == (1,)


@pytest.mark.parametrize(
    ("field", "places", "blank"),
    [
        ("/matters/1/category", (0, 2), "m2/category"),
        ("/matters/1/form/works", (0, 1), "m1/form/works"),
        ("/caller/phone", (0, 1), "caller/phone"),
        ("/category", (1,), "m1/category"),
        ("/unit", (1,), "unit"),
        ("/matters/1/unit", (0, 1), "unit"),
        ("/matters", (), "matters"),
        ("/matters/7/category", (0, 1), "matters/7/category"),
    ],
)
def test_a_fault_stands_at_the_matter_it_is_about(field: str, places: tuple[int, ...], blank: str) -> None:
    assert errors_in([{"field": field, "detail": "x"}], places) == [{"field": blank, "detail": "x"}]


async def test_the_page_grades_every_matter_and_says_which_comes_first_and_why() -> None:
    box = {"text": {"zh": "漏水不止", "en": "Water everywhere"}, "source": "x", "product_default": False}
    services = offering(**{"POST /api/intake/grading": (200, graded(criterion=box, rules=["UP-3"]))})
    async with browsing(services, pack="P004") as client:
        page = (await client.post("/cases/split/form", data=TWO)).text
    async with browsing(services, pack="P004", language="en") as client:
        english = (await client.post("/cases/split/form", data=TWO)).text
    first, second = page.partition('id="matter-1"')[0], page.partition('id="matter-1"')[2]
    assert "第 1 个登记" in second
    assert "紧急事项，先登记、先派单（CL-7）" in second
    assert "漏水不止 · UP-3 · x" in second
    assert "第 2 个登记" in first
    assert 'value="楼道脏"' in first or ">楼道脏<" in first
    assert "logged and sent out first" in english


async def test_all_matters_are_sent_together_with_what_they_share() -> None:
    services = offering(**{f"POST {SPLIT}": (201, LOGGED)})
    async with browsing(services, pack="P004") as client:
        page = await client.post("/cases/split", data=TWO | {"key": "k-1"})
    assert services.body(SPLIT) == {
        "site": "s1",
        "unit": "1-101",
        "caller": {"phone": "139"},
        "matters": [
            {"case_type": "complaint", "category": "cleaning", "content": "楼道脏"},
            {"case_type": "emergency_event", "category": "water", "content": "水管爆了"},
        ],
    }
    assert services.asked[-1].headers["Idempotency-Key"] == "k-1"
    assert page.text.index("SZ1-1") < page.text.index("SZ1-2")
    assert f'href="/cases/{FIRST}?at_least=intake:1"' in page.text
    assert "我们马上到" in page.text


async def test_one_matter_split_off_a_case_is_logged_as_part_of_it() -> None:
    answer = {"entity": FIRST, "number": "SZ1-3", "version": 1, "promises": []}
    services = offering(**{f"POST {REQUESTS}": (201, answer)})
    async with browsing(services, pack="P004") as client:
        empty = (await client.get("/cases/split", params={"site": "s1", "split_from": CASE, "unit": "1-101"})).text
        given = {"site": "s1", "count": "1", "split_from": CASE, "m0.category": "cleaning", "m0.content": "脏"}
        page = (await client.post("/cases/split", data=given)).text
    assert 'id="matter-0"' in empty
    assert 'id="matter-1"' not in empty
    sent = {"site": "s1", "split_from": CASE, "case_type": "complaint", "category": "cleaning", "content": "脏"}
    assert services.body(REQUESTS) == sent
    assert f'href="/cases/{CASE}"' in page


async def test_a_refusal_stands_at_its_matter_and_everything_typed_stays() -> None:
    wrong = {"detail": "不行", "errors": [{"field": "/matters/1/category", "detail": "没有这个类别", "hint": ""}]}
    given = TWO | {"count": "3", "m1.content": "", "m1.category": "", "m2.category": "moon", "m2.content": "<b>x"}
    services = offering(**{f"POST {SPLIT}": (422, wrong)})
    async with browsing(services, pack="P004") as client:
        page = await client.post("/cases/split", data=given)
    assert page.status_code == 422
    assert 'id="s2-m2-category-fault">没有这个类别' in page.text
    assert "&lt;b&gt;x" in page.text
    assert 'id="matter-2"' in page.text


async def test_the_desk_is_told_why_a_matter_should_be_split() -> None:
    reason = {"text": {"zh": "开发商遗留", "en": "Left by the developer"}}
    services = desk("complaint", **{"POST /api/intake/grading": (200, graded(reasons=[reason], advice=["CL-3"]))})
    async with browsing(services, pack="P004") as client:
        partly = {"site": "s1", "case_type": "complaint", "partly": ["developer", "moon"]}
        page = (await client.post("/cases/new/help", data=partly)).text
        services.answers["POST /api/intake/grading"] = (200, graded())
        plain = (await client.post("/cases/new/help", data={"site": "s1", "case_type": "complaint"})).text
    assert "建议拆成两件、各自处理（CL-3）：开发商遗留" in page
    assert "建议拆成两件" not in plain
    assert 'formaction="/cases/split/form"' in plain
    first = next(one for one in services.asked if one.url.path == "/api/intake/grading")
    assert json.loads(first.content)["criteria"] == ["developer"]


async def test_whoever_may_not_log_gets_no_page() -> None:
    async with browsing(offering(), right="view", pack="P004") as client:
        page = await client.get("/cases/split")
        sent = await client.post("/cases/split", data=TWO)
    assert (page.status_code, sent.status_code) == (403, 403)
    assert "没有登记事项的权限" in page.text
