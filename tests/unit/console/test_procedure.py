"""The procedure of a case on its page: steps, money, rolls, consents, notices, handover."""

from typing import Any

import pytest

from shared.packs.loader import builtin_pack
from shared.web.forms import named
from tests.support.console_builders import CASE, Answers, Services, browsing, case_answers

HOSTILE = "<script>alert(1)</script>"
OTHER = "case-" + "b" * 32


def step(case_type: str, id_: str, *, pack: str = "P004", **more: Any) -> dict[str, Any]:
    """A step as dispatch tells it."""
    rule = next(one for one in builtin_pack(pack).case_types[case_type].steps if one.id == id_)
    usual: dict[str, Any] = {"id": id_, "text": named(rule.text), "possible": True, "why": None, "copies": rule.copies}
    usual |= {"minutes": rule.minutes, "label": named(rule.label) if rule.label else None, "source": rule.source}
    outcomes = [{"id": one.id, "name": named(one.name)} for one in rule.outcomes]
    return usual | {"product_default": False, "taken": None, "outcomes": outcomes} | more


def told(case_type: str, *steps: dict[str, Any], pack: str = "P004", **dispatch: Any) -> dict[str, tuple[int, Any]]:
    """A case under a manual, with its steps."""
    answers = case_answers()
    rules = {"pack": pack, "pack_version": builtin_pack(pack).version, "case_type": case_type}
    answers[f"GET /api/intake/requests/{CASE}"][1].update(rules, severity="ordinary", category="entrusted")
    answers[f"GET /api/dispatch/cases/{CASE}"][1].update(steps=list(steps), **dispatch)
    return answers


async def page_of(answers: Answers) -> str:
    async with browsing(Services(answers), pack="P004") as client:
        return (await client.get(f"/cases/{CASE}")).text


async def test_a_step_that_was_taken_says_who_when_and_what_was_filled_in() -> None:
    taken = {"at": "2025-03-04T10:00:00+08:00", "by": "p-1", "outcome": "reached", "count": 2, "again": False}
    answers = told("key_custody", step("key_custody", "chase", possible=False, taken=taken))
    answers[f"GET /api/reporting/cases/{CASE}"][1]["form"] = [{"id": "nothing", "name": "别的", "shown": "x"}]
    page = await page_of(answers)
    assert "p-1" in page
    assert "2025-03-04 10:00" in page
    assert "已联系上" in page
    assert "第 2 次" in page
    assert "/steps/chase" not in page


async def test_what_was_filled_in_stands_at_its_step_as_text() -> None:
    taken = {"at": "2025-03-04T10:00:00+08:00", "by": "p-1", "outcome": None, "count": 1, "again": False}
    answers = told("key_custody", step("key_custody", "take_in", possible=False, taken=taken))
    answers[f"GET /api/reporting/cases/{CASE}"][1]["form"] = [{"id": "key_code", "name": "编号", "shown": HOSTILE}]
    page = await page_of(answers)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_a_step_that_is_not_possible_says_why() -> None:
    why = {"word": "step_missing", "missing": ["take_in"], "text": "须先收存钥匙"}
    page = await page_of(told("key_custody", step("key_custody", "lend", possible=False, why=why)))
    assert "须先收存钥匙" in page
    assert f"/cases/{CASE}/steps/lend" not in page


async def test_a_step_is_taken_with_its_form_in_the_zone_of_the_site() -> None:
    answers = told("key_custody", step("key_custody", "take_in"))
    services = Services(answers | {f"POST /api/dispatch/cases/{CASE}/steps/take_in": (200, {"version": 4})})
    given = {"form.key_code": "A-1", "form.key_count": "2", "form.unknown": "x", "key": "k-1", "text": "入柜"}
    async with browsing(services, pack="P004") as client:
        answer = await client.post(f"/cases/{CASE}/steps/take_in", data=given)
    sent = {"form": {"key_code": "A-1", "key_count": "2"}, "text": "入柜"}
    assert services.body(f"/api/dispatch/cases/{CASE}/steps/take_in") == sent
    assert answer.headers["location"] == f"/cases/{CASE}?at_least=dispatch:4"


async def test_the_button_pressed_is_the_outcome() -> None:
    answers = told("key_custody", step("key_custody", "chase"))
    services = Services(answers | {f"POST /api/dispatch/cases/{CASE}/steps/chase": (200, {"version": 4})})
    async with browsing(services, pack="P004") as client:
        page = (await client.get(f"/cases/{CASE}")).text
        await client.post(f"/cases/{CASE}/steps/chase", data={"outcome": "not_reached"})
    assert '<button class="main" name="outcome" value="reached">' in page
    assert services.body(f"/api/dispatch/cases/{CASE}/steps/chase") == {"outcome": "not_reached"}


async def test_a_refused_step_keeps_what_was_typed_with_the_error_at_its_field() -> None:
    errors = [{"field": "/form/key_count", "detail": "1.5 不是整数", "hint": "写整数"}]
    answers = told("key_custody", step("key_custody", "take_in"))
    refusal = {f"POST /api/dispatch/cases/{CASE}/steps/take_in": (422, {"detail": "填写有误", "errors": errors})}
    async with browsing(Services(answers | refusal), pack="P004") as client:
        given = {"form.key_code": HOSTILE, "form.key_count": "1.5"}
        answer = await client.post(f"/cases/{CASE}/steps/take_in", data=given)
    assert answer.status_code == 422
    assert "1.5 不是整数；写整数" in answer.text
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;"' in answer.text


async def test_a_step_the_manual_does_not_have_is_not_there() -> None:
    async with browsing(Services(told("key_custody")), pack="P004") as client:
        assert (await client.post(f"/cases/{CASE}/steps/fly")).status_code == 404


@pytest.mark.parametrize(
    ("category", "asked"),
    [
        pytest.param("entrusted", True, id="asked of an owner"),
        pytest.param("unsold", False, id="not of an empty home"),
    ],
)
async def test_fields_of_a_step_follow_the_circumstances_of_the_case(category: str, *, asked: bool) -> None:
    answers = told("key_custody", step("key_custody", "take_in"))
    answers[f"GET /api/intake/requests/{CASE}"][1]["category"] = category
    async with browsing(Services(answers), pack="P004") as client:
        page = (await client.get(f"/cases/{CASE}")).text
        span = (await client.post(f"/cases/{CASE}/steps/take_in/asked", data={"form.key_code": "A"})).text
    assert ("form.no_liability" in page.partition('data-asked="')[2].partition('"')[0]) is asked
    assert ("form.no_liability" in span) is asked


async def test_an_emergency_has_one_tap_for_a_step_with_its_minutes_their_origin_and_the_numbers() -> None:
    answers = told("emergency", step("emergency", "elevator_arrive", pack="G-SAFETY"), pack="G-SAFETY")
    page = await page_of(answers)
    assert '<button class="main tap">维保人员到场</button>' in page
    assert "30 分钟" in page
    assert "法规或惯例，非制度条文" in page
    assert 'href="tel:119"' in page
    assert page.index('id="steps"') < page.index("现在可以做")


async def test_what_is_owed_stands_before_the_acts() -> None:
    page = await page_of(told("key_custody", step("key_custody", "take_in"), owed={"close": ["take_in"]}))
    assert "结案前还需：" in page
    assert 'href="#step-take_in"' in page


async def test_money_stands_to_the_cent_and_a_sum_of_ours_is_marked() -> None:
    sums = {"due": "1000.00", "owing": "0.00", "paid": "1000.00", "deducted": "0", "refunded": "0", "settled": "0"}
    item = {"item": "deposit", "name": {"zh": "押金", "en": "Deposit"}, "kind": "deposit", "payer": "owner"}
    page = await page_of(told("key_custody", ledger=[item | sums | {"held": "999.99", "product_default": True}]))
    ledger = page.partition('id="ledger"')[2].partition("</section>")[0]
    assert "999.99" in ledger
    assert "产品默认值" in ledger


async def test_names_on_a_roll_are_shown_to_those_who_may_see_them_only() -> None:
    rolls = {"passes": {"count": 1, "names": ["张三"]}, "barred": {"count": 2, "names": None}}
    page = await page_of(told("key_custody", rolls=rolls))
    assert "张三" in page
    assert "姓名只给经办人看" in page


async def test_the_head_of_a_case_says_what_kind_of_matter_it_is() -> None:
    page = await page_of(told("key_custody"))
    head = page[page.index("case-head") :].partition("</p>")[0]
    assert builtin_pack("P004").case_types["key_custody"].name.zh in head


async def test_a_roll_is_called_by_the_step_that_fills_it() -> None:
    rolls = {"passes": {"count": 1, "names": ["张三"], "scope": "case"}}
    rolls |= {"barred": {"count": 0, "names": [], "scope": "site"}}
    answers = told("renovation_application", pack="P003", rolls=rolls)
    async with browsing(Services(answers), pack="P003") as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert "<dt>发出入证 · 1</dt>" in page
    assert "收回出入证 · 全项目 · 0</dt>" in page


async def test_consents_and_linked_cases_stand_apart() -> None:
    answers = told("key_custody", step("key_custody", "take_in", possible=False))
    line = {"service": "x", "at": "", "shown_at": "", "note": None}
    consent = line | {"kind": "intake.consent_recorded", "sentence": "客户同意等到白班"}
    row = answers[f"GET /api/reporting/cases/{CASE}"][1]
    row.update(timeline=[consent], linked=[{"case_id": OTHER, "step": "take_in", "what": "配新钥匙"}])
    page = await page_of(answers)
    assert page.count("客户同意等到白班") == 2
    assert f'href="/cases/{OTHER}"' in page
    linked = page[page.index(f'href="/cases/{OTHER}"') :].partition("</a>")[0]
    assert "take_in" not in linked
    assert "收存钥匙" in linked


@pytest.mark.parametrize(
    ("possible", "offered"),
    [pytest.param(["defer"], True, id="consented"), pytest.param([], False, id="without consent")],
)
async def test_handling_is_put_off_where_dispatch_allows_it(possible: list[str], *, offered: bool) -> None:
    page = await page_of(told("key_custody", possible=possible))
    assert (f"/cases/{CASE}/acts/defer" in page) is offered


async def test_a_consent_is_recorded_with_who_when_and_how() -> None:
    answers = told("key_custody")
    answers[f"GET /api/intake/requests/{CASE}"][1]["possible"] = ["consent"]
    services = Services(answers | {f"POST /api/intake/requests/{CASE}/consent": (200, {"version": 2})})
    given = {"consent": "CN-8", "method": "signature", "given_at": "2025-03-04T09:00", "name": "赵文"}
    async with browsing(services, pack="P004") as client:
        await client.post(f"/cases/{CASE}/acts/consent", data=given)
    sent = services.body(f"/api/intake/requests/{CASE}/consent")
    assert sent == given | {"given_at": "2025-03-04T09:00:00+08:00"}


async def test_the_form_of_intake_is_corrected_from_what_stands_there() -> None:
    answers = told("visitor")
    answers[f"GET /api/intake/requests/{CASE}"][1]["possible"] = ["amend"]
    value = {"id": "sought", "name": "来访目的", "value": "王先生", "shown": "王先生"}
    answers[f"GET /api/reporting/cases/{CASE}"][1]["form"] = [value]
    services = Services(answers | {f"POST /api/intake/requests/{CASE}/amend": (200, {"version": 2})})
    async with browsing(services, pack="P004") as client:
        page = (await client.get(f"/cases/{CASE}")).text
        await client.post(f"/cases/{CASE}/acts/amend-form", data={"form.sought": "李先生", "reason": "听错"})
    assert 'name="form.sought" value="王先生"' in page
    sent = services.body(f"/api/intake/requests/{CASE}/amend")
    assert sent == {"form": {"sought": "李先生"}, "reason": "听错"}


def handover(*, many: int = 1, missed: bool = False) -> Services:
    """A handover with other cases open at the site."""
    listing, accepting = step("shift_handover", "items_listed"), step("shift_handover", "items_accepted")
    answers = told("shift_handover", listing, accepting)
    words = {"status": "办理中", "assignee": ""}
    row = {"case_id": OTHER, "number": "SZ1-9", "unit": "1-101", "content": HOSTILE, "names": words}
    answers["GET /api/reporting/board"] = (200, {"items": [row | {"next_due_at": None}]})
    at = "2025-03-04T10:00:00+08:00"
    others = [{"entity": f"case-{n}", "number": f"SZ1-X{n}"} for n in range(1, many)]
    items = [one | {"received_at": at, "handover": missed} for one in ({"entity": OTHER, "number": "SZ1-9"}, *others)]
    answers[f"GET /api/dispatch/cases/{CASE}/open-items"] = (200, {"as_of": at, "items": items})
    answers[f"POST /api/dispatch/cases/{CASE}/steps/items_accepted"] = (200, {"version": 5})
    return Services(answers)


async def test_a_handover_lists_what_is_open_at_the_site_and_fills_it_into_the_list() -> None:
    async with browsing(handover(many=3), pack="P004") as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert page.count(f'name="accepted" value="{OTHER}"') == 1
    assert 'name="accepted" value="case-2"' in page
    assert 'name="form.open_items" value="3"' in page
    assert "SZ1-9 1-101 &lt;script&gt;" in page
    assert "这一班没有交接" not in page
    assert "清单全部接收" not in page


async def test_a_shift_that_was_never_handed_over_stands_out() -> None:
    async with browsing(handover(missed=True), pack="P004", language="en") as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert "This shift was never handed over:" in page


async def test_a_long_list_may_be_accepted_as_it_stands() -> None:
    services = handover(many=21)
    async with browsing(services, pack="P004") as client:
        page = (await client.get(f"/cases/{CASE}")).text
        given = {"accepted_at": "2025-03-04T10:00:00+08:00"}
        await client.post(f"/cases/{CASE}/steps/items_accepted", data=given)
    assert "按 2025-03-04 10:00 的清单全部接收" in page
    assert services.body(f"/api/dispatch/cases/{CASE}/steps/items_accepted") == given


async def test_a_handover_says_at_its_items_which_the_service_found_missing() -> None:
    services = handover()
    wrong = [{"field": "/accepted", "detail": "还有 1 件未接收：SZ1-9", "hint": ""}]
    refusal = {"detail": "还有 1 件未接收：SZ1-9", "errors": wrong}
    path = f"POST /api/dispatch/cases/{CASE}/steps/items_accepted"
    services.answers[path] = (422, refusal)
    async with browsing(services, pack="P004") as client:
        refused = await client.post(f"/cases/{CASE}/steps/items_accepted", data={"text": "早班"})
        services.answers[path] = (200, {"version": 5})
        done = await client.post(f"/cases/{CASE}/steps/items_accepted", data={"text": "早班", "accepted": OTHER})
    assert refused.status_code == 422
    assert 'id="accepted-fault">还有 1 件未接收：SZ1-9' in refused.text
    assert services.body(f"/api/dispatch/cases/{CASE}/steps/items_accepted") == {"accepted": [OTHER], "text": "早班"}
    assert done.status_code == 303


@pytest.mark.parametrize(
    ("copies", "status", "waits"),
    [
        pytest.param([False, True], "dispatched", True, id="somebody is called"),
        pytest.param([], "dispatched", True, id="nobody is there to be called"),
        pytest.param([True], "dispatched", False, id="people are only let know"),
        pytest.param([False], "closed", False, id="the case has ended"),
    ],
)
async def test_a_raise_waits_for_whoever_it_calls_while_the_case_is_open(
    copies: list[bool], status: str, *, waits: bool
) -> None:
    answers = told("key_custody")
    people = [{"person": f"p-{copy}", "name": f"名字{copy}", "copy": copy} for copy in copies]
    told_about = {"raise_id": "r-1", "people": people, "clock": None, "acknowledge_by": None, "acknowledged_by": None}
    answers[f"GET /api/escalation/cases/{CASE}"][1]["raises"] = [told_about]
    answers[f"GET /api/reporting/cases/{CASE}"][1]["status"] = status
    page = await page_of(answers)
    assert ("等待确认" in page) is waits
    assert ("无人在岗" in page) is (waits and not copies)
