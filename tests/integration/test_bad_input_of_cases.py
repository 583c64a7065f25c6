"""What steps of real manuals refuse on a running system: the field, what is wrong, what would be right."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from tests.e2e.story import story
from tests.support.posts import Desk, staffed

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime.fromisoformat("2025-03-05T10:00:00+08:00")
RENOVATION: dict[str, Any] = {
    "site": "haijing",
    "case_type": "renovation_application",
    "category": "fit_out",
    "form": {
        "applicant": "owner",
        "contractor": "宏图装饰",
        "workers": "2",
        **dict.fromkeys(("layout_changed", "gas_changed", "gas_approval_needed", "three_wastes", "hot_work"), "no"),
    },
}
WANTED = {
    "renovation": RENOVATION,
    "next": RENOVATION,
    "notice": {"site": "yunshan", "case_type": "notice", "category": "information", "form": {"kind": "public"}},
    "patrol": {"site": "yunshan", "case_type": "renovation_patrol", "category": "patrol_round"},
    "keys": {"site": "yunshan", "case_type": "key_custody", "category": "unsold"},
}
PAPERS = dict.fromkeys(
    (
        *("id_copy", "resident_profile", "application_form", "drain_plan", "business_licence"),
        *("qualification", "fire_opinion", "fire_plan"),
    ),
    "yes",
)
SOUND = dict.fromkeys(("structure_ok", "water_gas_ok", "power_ok", "facade_ok"), "yes")
PERMIT = {"permit_no": "SG-1", "permitted_content": ["木作"], "permit_until": "2025-06-05"}
LOAN = {"borrower_kind": "contractor_lead", "lent_quantity": "1", "lent_for": "施工"}
LOAN |= {"borrower_phone": "13800000000", "borrower_signed": "yes"}
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with story(MORNING) as house:
        await staffed(house)
        cases = {name: await house.log("clerk", severity="ordinary", **fields) for name, fields in WANTED.items()}
        there = Desk(house, cases)
        await under_way(there)
        yield there


async def under_way(there: Desk) -> None:
    """A renovation with its money paid, two passes out and one worker barred; a key lent; a round that is over.

    Beside it the next renovation, permitted, with no pass yet.
    """
    before_passes: tuple[tuple[str, Any, str | None], ...] = (
        ("papers", {"photos": "3", **PAPERS}, "complete"),
        ("reviewed", SOUND, "approved"),
        ("agreement_signed", None, None),
        ("contractor_paid", None, None),
        ("owner_paid", None, None),
        ("permit_issued", PERMIT, None),
    )
    for step, form, outcome in before_passes:
        await there.done("next", step, form, outcome)
    for step, form, outcome in (
        *before_passes,
        ("passes_issued", {"pass_holders": ["李工", "陈工"], "pass_until": "2025-06-05"}, None),
        ("worker_barred", {"barred_worker": "陈工", "barred_because": ["吸烟"]}, None),
        ("passes_returned", {"returned_passes": ["李工"]}, None),
    ):
        await there.done("renovation", step, form, outcome)
    await there.done("keys", "take_in", {"key_code": "3-12-01", "key_count": "1"})
    await there.done("keys", "lend", LOAN)
    await there.done("keys", "inspect", outcome="pass")
    await there.done("keys", "return_inspected", {"returned_quantity": "1"})
    await there.done("patrol", "unit_checked", {"checked_unit": "A-0101"}, "in_order")
    await there.done("patrol", "round_done")


BAD = [
    pytest.param(
        ("renovation", "contractor_lost_card", {"contractor_deduction": "100.005"}, None),
        (422, "/form/contractor_deduction", "两位小数", "two decimals"),
        id="money with three decimals",
    ),
    pytest.param(
        ("renovation", "pass_deposit_refunded", {"pass_refund": "-20"}, None),
        (422, "/form/pass_refund", "小于 0", "1000.00"),
        id="a negative sum",
    ),
    pytest.param(
        ("renovation", "pass_deposit_refunded", {"pass_refund": "40.01"}, None),
        (422, "/form/pass_refund", "40.00", "40.00"),
        id="a refund above what was paid",
    ),
    pytest.param(
        ("renovation", "passes_issued", {"pass_holders": ["陈工"], "pass_until": "2025-06-05"}, None),
        (422, "/form/pass_holders", "不得发证", "陈工"),
        id="a pass for a barred worker",
    ),
    pytest.param(
        ("next", "passes_issued", {"pass_holders": ["陈 工"], "pass_until": "2025-06-05"}, None),
        (422, "/form/pass_holders", "不得发证", "barred from renovations at this site"),
        id="a pass for a worker barred in another renovation",
    ),
    pytest.param(
        ("next", "passes_issued", {"pass_holders": ["李工"], "pass_until": "2025-03-04"}, None),
        (422, "/form/pass_until", "不得早于“现在”（2025-03-05）", 'must not lie before "now" (2025-03-05)'),
        id="a pass that has run out",
    ),
    pytest.param(
        ("notice", "sign", {"serial_number": "2025-017"}, "approved"),
        (422, "/form/serial_number", "由系统给出", "the system gives this number"),
        id="a serial number typed in",
    ),
    pytest.param(
        ("renovation", "passes_returned", {"returned_passes": ["李工"]}, None),
        (422, "/form/returned_passes", "李工", "李工"),
        id="a pass returned twice",
    ),
    pytest.param(
        ("renovation", "contractor_paid", None, None),
        (409, None, "已经办理过了", "has been taken"),
        id="money paid twice",
    ),
    pytest.param(
        ("keys", "return_inspected", {"returned_quantity": "1"}, None),
        (409, None, "已经办理过了", "has been taken"),
        id="a key returned twice",
    ),
    pytest.param(
        ("keys", "lend", LOAN | {"borrower_kind": "contractor_worker"}, None),
        (422, "/form/borrower_kind", "施工负责人", "lead"),
        id="a key for a worker",
    ),
    pytest.param(
        ("patrol", "unit_checked", {"checked_unit": "A-0102"}, "in_order"),
        (409, None, "现在不能", "now"),
        id="a patrol check when the round is over",
    ),
]


@pytest.mark.parametrize(("act", "said"), BAD)
async def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    desk: Desk, act: tuple[str, str, Any, str | None], said: tuple[int, str | None, str, str]
) -> None:
    status, field, zh, en = said
    before = await desk.stands(act[0])
    told = {language: await desk.take(*act, language) for language in ("zh", "en")}

    for language, words in (("zh", zh), ("en", en)):
        answer = told[language].json()
        assert told[language].status_code == status, answer
        assert words in " ".join([answer["detail"], answer.get("hint", ""), str(answer.get("errors", ""))]), answer
        assert [one["field"] for one in answer.get("errors", ())] == ([field] if field else []), answer
        assert field is None or any(one.get("hint") or answer.get("hint") for one in answer["errors"]), answer
    assert CHINESE.search(told["zh"].json()["detail"])
    assert not CHINESE.search(told["en"].json()["title"])
    assert await desk.stands(act[0]) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"unit": "9-999"}, "/unit", id="a patrol of a unit that is not there"),
        pytest.param(
            {"form": {"checked_unit": "A-0101"}}, "/form/checked_unit", id="a field the desk is not asked for"
        ),
    ],
)
async def test_a_round_of_nowhere_is_not_logged(desk: Desk, change: dict[str, Any], field: str) -> None:
    body = {"site": "yunshan", "case_type": "renovation_patrol", "category": "patrol_round", "severity": "ordinary"}
    body |= {"channel": "phone", "content": "巡查", **change}
    answer = await desk.house.ask("POST", "/api/intake/requests", "clerk", json=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_a_patrol_of_a_closed_unit_is_not_logged(desk: Desk) -> None:
    body = {"site": "yunshan", "case_type": "renovation_patrol", "category": "patrol_round", "severity": "ordinary"}
    body |= {"channel": "phone", "content": "巡查", "unit": "A-0102"}
    async with desk.house.system.host.around.db.begin() as conn:
        await conn.execute(RETIRED)
    for language, words in (("zh", "已注销：A-0102"), ("en", "This unit is closed: A-0102")):
        headers = {"Accept-Language": language}
        answer = await desk.house.ask("POST", "/api/intake/requests", "clerk", json=body, headers=headers)

        assert answer.status_code == 422, answer.text
        assert [one["field"] for one in answer.json()["errors"]] == ["/unit"]
        assert words in answer.text


RETIRED = text("""
    insert into intake.estate (site, kind, id, body) values ('yunshan', 'units', 'A-0102', '{"state": "retired"}')
    on conflict (site, kind, id) do update set body = intake.estate.body || excluded.body""")
OVERLAID = {"site": "yunshan", "case_type": "notice", "category": "information", "severity": "ordinary"}


@pytest.mark.parametrize(
    ("form", "field", "zh", "en"),
    [
        pytest.param(
            {"kind": "written", "effective_on": "2025-03-10", "valid_until": "2025-03-09 18:00"},
            "/form/valid_until",
            "“有效期至”不得早于“生效日期”（2025-03-10）",
            '"Valid until" must not lie before "Takes effect on" (2025-03-10)',
            id="over before it takes effect",
        ),
        pytest.param(
            {"kind": "public", "valid_until": "2025-03-05 09:59"},
            "/form/valid_until",
            "不得早于“受理时间”（2025-03-05 10:",
            'must not lie before "the time the matter was received" (2025-03-05 10:',
            id="over before it was received",
        ),
    ],
)
async def test_dates_in_the_wrong_order_are_refused_when_the_matter_is_logged(
    desk: Desk, form: dict[str, str], field: str, zh: str, en: str
) -> None:
    for language, words in (("zh", zh), ("en", en)):
        body = OVERLAID | {"channel": "phone", "content": "停水通知", "form": form}
        headers = {"Accept-Language": language}
        answer = await desk.house.ask("POST", "/api/intake/requests", "clerk", json=body, headers=headers)
        told = answer.json()

        assert answer.status_code == 422, answer.text
        assert [one["field"] for one in told["errors"]] == [field]
        assert words in str(told), told


async def test_a_notice_is_numbered_by_the_system_and_its_number_stands_everywhere(desk: Desk) -> None:
    house, case = desk.house, desk.cases["notice"]
    signed = await desk.take("notice", "sign", outcome="approved")

    number = signed.json()["given"]["serial_number"]
    assert re.fullmatch(r"GS-\w+-2025-001", number)
    assert (await house.get("/api/dispatch/sites/yunshan/standing", "clerk"))["serials"] == {
        number.removesuffix("001") + "{number}": 1
    }
    row = await house.eventually(case, lambda seen: number in str(seen.get("form")), service="reporting")
    assert number in str(row["form"])
    register = await house.get("/api/reporting/registers/R-77", site="yunshan", month="2025-03")
    assert number in str(register)


async def test_who_is_barred_at_a_site_is_listed_with_case_step_person_and_time(desk: Desk) -> None:
    listed = (await desk.house.get("/api/dispatch/sites/haijing/standing", "clerk"))["rolls"]["barred"]
    (one,) = listed

    assert (one["name"], one["case"], one["step"]) == ("陈工", desk.cases["renovation"], "worker_barred")
    assert one["by"] == "p-clerk"
    assert one["at"].startswith("2025-03-05T10:")
    stands = await desk.stands("next")
    assert stands["rolls"]["barred"] == {"count": 1, "names": ["陈工"], "scope": "site"}
    hidden = await desk.house.ask("GET", "/api/dispatch/sites/nowhere/standing", "clerk")
    assert hidden.status_code == 404
