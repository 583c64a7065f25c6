"""The page by which the desk logs a matter: form, questions, what follows, what was told before."""

from typing import Any

import pytest

from shared.packs.loader import builtin_pack
from shared.web.forms import named
from tests.support.console_builders import CASE, Services, browsing

HOSTILE = "<script>alert(1)</script>"
VERSION = builtin_pack("P004").version


def offer(*types: str, pack: str = "P004") -> dict[str, Any]:
    """What intake offers: case types of a pack, as far as the page looks at them."""
    kinds = [builtin_pack(pack).case_types[one] for one in types]
    return {
        "case_types": [
            {
                "id": kind.id,
                "kind": kind.kind.value,
                "name": named(kind.name),
                "categories": [{"id": one.id, "name": named(one.name)} for one in kind.categories],
                "severities": [
                    {
                        "id": one.id,
                        "name": named(one.name),
                        "rank": one.rank,
                        "criteria": [
                            {"id": box.id, "text": named(box.text), "product_default": box.product_default}
                            for box in one.criteria
                        ],
                    }
                    for one in kind.severities
                ],
            }
            for kind in kinds
        ],
        "channels": [{"id": "phone", "name": "电话"}],
        "flags": [],
        "incidents": [],
    }


def graded(**more: Any) -> dict[str, Any]:
    """How intake grades."""
    usual = {"severity": {"id": "minor", "name": {"zh": "轻微", "en": "Minor"}, "rank": 1}, "criterion": None}
    return usual | {"rules": [], "reasons": [], "told": [], "promises": [], "department": None, "flags": []} | more


def desk(*types: str, **more: tuple[int, Any]) -> Services:
    """Intake as the page asks it."""
    answers: dict[str, tuple[int, Any]] = {
        "GET /api/intake/sites/s1/form": (200, offer(*types)),
        "POST /api/intake/grading": (200, graded()),
        "POST /api/intake/alike": (200, {"alike": []}),
    }
    return Services(answers | more)


async def test_a_case_type_asks_for_its_own_fields() -> None:
    async with browsing(desk("special_service", "visitor"), pack="P004") as client:
        first = (await client.get("/cases/new")).text
        other = (await client.post("/cases/new/form", data={"case_type": "visitor"})).text
    assert 'name="form.contract"' in first
    assert 'name="form.visitor_name"' not in first
    assert 'name="form.visitor_name"' in other


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        pytest.param("yes", {"form.contract", "form.contract_from", "form.contract_to"}, id="more is asked"),
        pytest.param("no", {"form.contract"}, id="less is asked"),
    ],
)
async def test_fields_follow_what_they_depend_on(answer: str, asked: set[str]) -> None:
    async with browsing(desk("special_service"), pack="P004") as client:
        given = {"site": "s1", "case_type": "special_service", "form.contract": answer}
        page = (await client.post("/cases/new/help", data=given)).text
    assert set(page.partition('data-asked="')[2].partition('"')[0].split()) == asked


async def test_the_form_is_sent_with_its_kinds_and_the_outside_line() -> None:
    services = desk("special_service")
    services.answers["POST /api/intake/requests"] = (201, {"entity": CASE, "version": 1})
    given = {"site": "s1", "case_type": "special_service", "category": "x", "content": "保洁", "form.contract": "yes"}
    given |= {"form.contract_from": "2025-03-04", "outer.line": "12345", "outer.deadline": "2025-03-05T09:00"}
    async with browsing(services, pack="P004") as client:
        answer = await client.post("/cases/new", data=given | {"form.visitor_name": "别的表"})
    sent = services.body("/api/intake/requests")
    assert sent["form"] == {"contract": "yes", "contract_from": "2025-03-04"}
    assert sent["outer"] == {"line": "12345", "deadline": "2025-03-05T09:00:00+08:00"}
    assert answer.headers["location"] == f"/cases/{CASE}?at_least=intake:1"


async def test_an_error_stands_at_its_field_and_nothing_typed_is_lost() -> None:
    services = desk("special_service")
    errors = [{"field": "/form/contract_from", "detail": "没有填", "hint": "请填写"}]
    services.answers["POST /api/intake/requests"] = (422, {"detail": "填写有误", "errors": errors})
    given = {"site": "s1", "case_type": "special_service", "content": HOSTILE, "form.contract": "yes"}
    async with browsing(services, pack="P004") as client:
        answer = await client.post("/cases/new", data=given | {"outer.number": "A-1"})
    assert answer.status_code == 422
    assert 'id="f-form-contract_from-fault">没有填；请填写' in answer.text
    assert '<option value="yes" selected>' in answer.text
    assert 'value="A-1"' in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_questions_are_asked_gravest_first() -> None:
    async with browsing(desk("complaint"), pack="P004") as client:
        page = (await client.get("/cases/new")).text
    ranked = sorted(builtin_pack("P004").case_types["complaint"].severities, key=lambda one: -one.rank)
    places = [page.index(box.id) for one in ranked for box in one.criteria]
    assert places == sorted(places)
    assert len(places) > 1


async def test_the_page_says_what_decides_the_severity() -> None:
    criterion = {"text": {"zh": "影响安全", "en": "safety"}, "source": "004 ch3", "product_default": True}
    found = graded(criterion=criterion, rules=["UP-3", "CL-1"])
    async with browsing(desk("complaint", **{"POST /api/intake/grading": (200, found)}), pack="P004") as client:
        page = (await client.get("/cases/new")).text
    assert "影响安全" in page
    assert "UP-3 · CL-1 · 004 ch3" in page
    assert "产品默认值" in page


async def test_a_form_that_cannot_go_on_says_why_in_the_manuals_words() -> None:
    wrong = {"detail": "x", "errors": [{"field": "/form/contract", "detail": "须先签合同", "hint": "填 yes"}]}
    async with browsing(desk("special_service", **{"POST /api/intake/grading": (422, wrong)}), pack="P004") as client:
        page = (await client.post("/cases/new/help", data={"site": "s1", "case_type": "special_service"})).text
    assert "须先签合同；填 yes" in page
    assert "data-asked" in page


@pytest.mark.parametrize(
    ("instead", "button"),
    [
        pytest.param("join", f'name="incident" value="{CASE}"', id="an incident is joined by saving"),
        pytest.param("raise_again", f'formaction="/cases/new/instead/{CASE}/raise-again"', id="the same once more"),
        pytest.param("reopen", f'formaction="/cases/new/instead/{CASE}/reopen"', id="one that had ended"),
    ],
)
async def test_what_may_be_the_same_is_shown_with_its_reason_and_a_way_on(instead: str, button: str) -> None:
    one = {"case": CASE, "number": "SZ1-1", "received_at": "2025-03-04T10:00:00+08:00", "instead": instead}
    found = {"alike": [one | {"reasons": [HOSTILE]}]}
    services = desk("complaint", **{"POST /api/intake/alike": (200, found)})
    async with browsing(services, pack="P004") as client:
        page = (await client.post("/cases/new/help", data={"site": "s1", "unit": "1-101"})).text
    assert button in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


async def test_nothing_is_looked_for_before_something_is_known() -> None:
    services = desk("complaint")
    async with browsing(services, pack="P004") as client:
        await client.get("/cases/new")
    assert not [one for one in services.asked if one.url.path.endswith("/alike")]


@pytest.mark.parametrize(
    ("act", "path", "body"),
    [
        pytest.param(
            "raise-again",
            f"/api/intake/requests/{CASE}/raise-again",
            {"channel": "visit", "content": "还没修"},
            id="again",
        ),
        pytest.param(
            "reopen", f"/api/dispatch/cases/{CASE}/reopen", {"because": "customer", "reason": "还没修"}, id="reopened"
        ),
    ],
)
async def test_the_desk_goes_on_with_the_matter_told_before(act: str, path: str, body: dict[str, str]) -> None:
    services = desk("complaint", **{f"POST {path}": (200, {"version": 3})})
    given = {"site": "s1", "content": " 还没修 ", "channel": "visit", "key": "k"}
    async with browsing(services, pack="P004") as client:
        answer = await client.post(f"/cases/new/instead/{CASE}/{act}", data=given)
    assert services.body(path) == body
    assert answer.headers["location"] == f"/cases/{CASE}?at_least={path.split('/')[2]}:3"


async def test_prompt_cards_follow_channel_and_case_type_and_an_emergency_brings_the_numbers() -> None:
    services = desk("visitor")
    services.answers["GET /api/intake/sites/s1/form"] = (200, offer("visitor"))
    async with browsing(services, pack="P004") as client:
        phone = (await client.post("/cases/new/help", data={"site": "s1", "channel": "phone"})).text
        visit = (await client.post("/cases/new/help", data={"site": "s1", "channel": "visit"})).text
        urgent = (await client.post("/cases/new/help", data={"site": "s1", "case_type": "emergency"})).text
    assert "三声之内接听" in phone
    assert "三声之内接听" not in visit
    assert "起身问好" in visit
    assert 'href="tel:119"' in urgent
    assert "tel:" not in phone
