"""Days that have to come, or be over, before a step, and names that have to be paid for."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shared.organisation.records import Named
from shared.packs.loader import builtin_pack
from shared.rules.dating import Floor
from shared.rules.ledger import Sums
from shared.rules.model import CaseType
from shared.rules.permits import too_soon, unpaid
from shared.rules.stepping import step_named
from shared.rules.steps import StepRule
from tests.support.packs import local

ZONE = "Asia/Shanghai"
RENOVATION = builtin_pack("P003").case_types["renovation_application"]


def rule_of(case_type: CaseType, step: str) -> StepRule:
    rule = step_named(case_type, step)
    assert rule is not None
    return rule


ISSUE = rule_of(RENOVATION, "passes_issued")
HELD = rule_of(builtin_pack("P002/3").case_types["community_activity"], "held")
END = rule_of(builtin_pack("P004").case_types["special_service"], "end_follow_up")


@pytest.mark.parametrize(
    ("ends", "at", "waits"),
    [
        pytest.param("2025-05-31", "2025-05-31 23:59:59", True, id="the last second of the day"),
        pytest.param("2025-05-31", "2025-06-01 00:00", False, id="the day is over at midnight"),
        pytest.param("2025-05-31T10:00:00+00:00", "2025-05-31 17:59", True, id="a minute before an instant"),
        pytest.param("2025-05-31T10:00:00+00:00", "2025-05-31 18:00", False, id="the instant itself"),
    ],
)
def test_a_step_waits_until_a_day_is_over(ends: str, at: str, waits: bool) -> None:  # noqa: FBT001
    floors = {"contract_to": Floor(Named("合同结束", "Contract to"), ends)}
    found = too_soon(END, floors, at=local(at), zone=ZONE)
    assert (found is not None) is waits
    if found is not None:
        assert (found.why, found.missing) == ("too_soon", ("contract_to",))
        assert found.refusal is not None
        assert "合同结束" in found.refusal.zh


def test_a_date_that_is_not_known_holds_nothing_up() -> None:
    assert too_soon(END, {}, at=local("2025-03-04 10:00"), zone=ZONE) is None


@pytest.mark.parametrize(
    ("day", "at", "waits"),
    [
        pytest.param("2025-05-10", "2025-05-09 23:59:59", True, id="the last second of the day before"),
        pytest.param("2025-05-10", "2025-05-10 00:00", False, id="the day itself"),
        pytest.param("2025-05-10T10:00:00+00:00", "2025-05-10 17:59", True, id="a minute before an instant"),
        pytest.param("2025-05-10T10:00:00+00:00", "2025-05-10 18:00", False, id="the instant itself"),
    ],
)
def test_a_step_waits_until_a_day_has_come(day: str, at: str, waits: bool) -> None:  # noqa: FBT001
    floors = {"event_date": Floor(Named("活动日期", "Date of the event"), day)}
    found = too_soon(HELD, floors, at=local(at), zone=ZONE)
    assert (found is not None) is waits
    if found is not None:
        assert found.refusal is not None
        assert "到来，2025-05-10" in found.refusal.zh


def test_of_several_days_the_last_one_is_named() -> None:
    both = replace(HELD, once_over=("contract_to",))
    floors = {
        "event_date": Floor(Named("活动日期", "Event"), "2025-05-10"),
        "contract_to": Floor(Named("止", "End"), "2025-05-09"),
    }
    found = too_soon(both, floors, at=local("2025-05-09 12:00"), zone=ZONE)
    assert found is not None
    assert found.missing == ("contract_to", "event_date")
    assert found.refusal is not None
    assert "活动日期" in found.refusal.zh


@pytest.mark.parametrize(
    ("names", "refunded", "deducted", "refused"),
    [
        pytest.param(1, 40, 0, False, id="what came back goes back"),
        pytest.param(1, 41, 0, True, id="a yuan more"),
        pytest.param(0, 60, 0, False, id="all are back"),
        pytest.param(2, 20, 20, False, id="one is out, one is kept"),
        pytest.param(2, 20, 19, True, id="less than one is kept"),
    ],
)
def test_the_deposit_of_what_is_still_out_stays(names: int, refunded: int, deducted: int, refused: bool) -> None:  # noqa: FBT001
    sums = Sums("pass_deposit", paid=Decimal(60), refunded=Decimal(refunded), deducted=Decimal(deducted))
    rolls = {"passes": tuple(f"worker {number}" for number in range(names))}
    found = unpaid(RENOVATION, rule_of(RENOVATION, "pass_deposit_refunded"), rolls, {"pass_deposit": sums})
    assert (found.rule if found else None) == ("still_out" if refused else None)
    if found is not None:
        assert (found.field, "押金不退" in found.right.zh) == ("pass_refund", True)


@pytest.mark.parametrize(
    ("names", "sums", "refused"),
    [
        pytest.param(2, Sums("pass_deposit", paid=Decimal(40)), False, id="as many as paid"),
        pytest.param(3, Sums("pass_deposit", paid=Decimal(40)), True, id="one more"),
        pytest.param(1, None, True, id="nothing paid"),
        pytest.param(2, Sums("pass_deposit", paid=Decimal(40), refunded=Decimal(20)), True, id="one went back"),
        pytest.param(2, Sums("pass_deposit", paid=Decimal(59)), False, id="and a part of a third"),
        pytest.param(3, Sums("pass_deposit", paid=Decimal(59)), True, id="a part of a third is none"),
    ],
)
def test_no_more_names_than_are_paid_for(names: int, sums: Sums | None, refused: bool) -> None:  # noqa: FBT001
    rolls = {"passes": tuple(f"worker {number}" for number in range(names))}
    found = unpaid(RENOVATION, ISSUE, rolls, {} if sums is None else {"pass_deposit": sums})
    assert (found is not None) is refused
    if found is not None:
        assert (found.rule, found.field) == ("not_paid_for", "pass_holders")
        assert "补收工本费和押金" in found.right.zh
