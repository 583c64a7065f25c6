"""What steps of real manuals refuse on a running system: the field, what is wrong, what would be right."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from shared.packs.loader import builtin_pack
from tests.e2e.story import Story, story

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime.fromisoformat("2025-03-05T10:00:00+08:00")
EVER = "2020-01-01T00:00:00+08:00"
POSTS = {
    "haijing": ("front_desk", "cashier", "renovation_supervisor"),
    "yunshan": ("receptionist", "patrol_post", "area_admin"),
}
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


@dataclass(frozen=True)
class Desk:
    """Somebody who holds every post the steps ask for, and what he works on."""

    house: Story
    cases: Mapping[str, str]

    async def take(
        self, case: str, step: str, form: Any = None, outcome: str | None = None, language: str = "zh"
    ) -> Any:
        body = {"form": form or {}} | ({"outcome": outcome} if outcome else {})
        path = f"/api/dispatch/cases/{self.cases[case]}/steps/{step}"
        return await self.house.ask("POST", path, "clerk", json=body, headers={"Accept-Language": language})

    async def done(self, case: str, step: str, form: Any = None, outcome: str | None = None) -> None:
        answer = await self.take(case, step, form, outcome)
        assert answer.status_code == 200, (step, answer.text)

    async def stands(self, case: str) -> Any:
        """Everything of a case that a step could have changed."""
        shown = await self.house.get(f"/api/dispatch/cases/{self.cases[case]}", "clerk")
        return {part: shown[part] for part in ("version", "status", "steps", "ledger", "rolls")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with story(MORNING) as house:
        await staffed(house)
        cases = {name: await house.log("clerk", severity="ordinary", **fields) for name, fields in WANTED.items()}
        there = Desk(house, cases)
        await under_way(there)
        yield there


async def staffed(house: Story) -> None:
    """The service-centre manual beside the estate's own, and one person in all the posts of its steps."""
    site = (await house.get("/api/directory/records/site/haijing"))["body"]
    site["profiles"] = [{"pack": "P003", "version": builtin_pack("P003").version, "since": EVER}]
    held = [{"site": where, "role": role, "since": EVER} for where, roles in POSTS.items() for role in roles]
    person = {"id": "p-clerk", "name": "周文员", "appointments": held}
    grants = [{"site": where, "right": right} for where in POSTS for right in ("desk", "work")]
    account = {"id": "clerk", "username": "clerk", "name": "周文员", "person": "p-clerk", "grants": grants}
    records = [("site", "haijing", site), ("person", "p-clerk", person), ("account", "clerk", account)]
    body = {"records": [{"record": kind, "key": key, "body": body} for kind, key, body in records]}
    await house.post("/api/directory/records", body)


async def under_way(there: Desk) -> None:
    """A renovation with its money paid, two passes out and one worker barred; a key lent; a round that is over."""
    for step, form, outcome in (
        ("papers", {"photos": "3", **PAPERS}, "complete"),
        ("reviewed", SOUND, "approved"),
        ("agreement_signed", None, None),
        ("contractor_paid", None, None),
        ("owner_paid", None, None),
        ("permit_issued", PERMIT, None),
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
