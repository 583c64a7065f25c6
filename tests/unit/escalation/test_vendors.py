"""Contracts of vendors run beside the promise, and nobody outside hears of them."""

import pytest

from shared.contracts.dispatch import (
    OrderAccepted,
    OrderCompleted,
    OrderIssued,
    OrderReturned,
    OrderStarted,
    OrderTransferred,
)
from shared.contracts.envelope import Fact
from shared.contracts.escalation import CaseRaised, ClockArmed, ClockBreached
from shared.organisation.outsiders import Contract
from shared.rules.words import Basis, PromiseKind, StartFact
from tests.support.escalation_builders import Folded
from tests.support.made_packs import begun, book_of, clock, pack_of
from tests.support.packs import local

TERMS = Contract(accept=10, arrive=30, restore=240)
PROMISE = clock("CK-R", StartFact.RECEIVED, Basis.DAYS, 3, promise=PromiseKind.RESOLVE)
ORDER = OrderIssued(site="s1", order="o", number=1, department="engineering_dept")


def case(contract: Contract | None = TERMS) -> Folded:
    folded = begun(book_of(pack_of(PROMISE), contract=contract), "2025-03-04 10:00")
    folded.hear(ORDER, "2025-03-04 10:00")
    return folded


def test_the_contract_runs_from_the_order_beside_the_promise() -> None:
    folded = case()
    assert {one.id: one.due_at for one in folded.case.running} == {
        "CK-R": local("2025-03-08 00:00"),
        "CK-VEN-ACCEPT": local("2025-03-04 10:10"),
        "CK-VEN-ARRIVE": local("2025-03-04 10:30"),
        "CK-VEN-RESTORE": local("2025-03-04 14:00"),
    }
    armed = [one for fact in folded.told(ClockArmed) for one in fact.clocks]
    assert {one.clock for one in armed if one.promise} == {"CK-R"}


def test_a_miss_is_told_to_the_lead() -> None:
    folded = case()
    folded.past("2025-03-04 10:10")
    assert [one.clock for one in folded.told(ClockBreached)] == ["CK-VEN-ACCEPT"]
    assert folded.told(CaseRaised)[0].roles == ("assignee", "first_receiver", "lead")


def test_each_act_meets_its_term() -> None:
    folded = case()
    folded.hear(OrderAccepted(by="x"), "2025-03-04 10:05")
    folded.hear(OrderStarted(by="x"), "2025-03-04 10:30")
    folded.hear(OrderCompleted(by="x"), "2025-03-04 14:01")
    assert folded.outcomes == {"CK-VEN-ACCEPT": "met", "CK-VEN-ARRIVE": "met", "CK-VEN-RESTORE": "late"}


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(OrderReturned(by="x", department="engineering_dept"), id="given back"),
        pytest.param(OrderTransferred(by="x", was="engineering_dept", department="security"), id="given to another"),
    ],
)
def test_the_contract_ends_when_the_order_leaves_the_vendor(fact: Fact) -> None:
    folded = case()
    folded.hear(fact, "2025-03-04 10:05")
    assert [one.id for one in folded.case.running] == ["CK-R"]


@pytest.mark.parametrize(
    ("contract", "clocks"),
    [
        pytest.param(None, {"CK-R"}, id="a department of the house"),
        pytest.param(Contract(restore=60), {"CK-R", "CK-VEN-RESTORE"}, id="one term only"),
    ],
)
def test_only_agreed_terms_run(contract: Contract | None, clocks: set[str]) -> None:
    assert {one.id for one in case(contract).case.running} == clocks


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"accept": 0}, id="no time at all"),
        pytest.param({"accept": 60, "arrive": 30}, id="on site before the order is taken"),
        pytest.param({"restore": 10**7}, id="longer than a year"),
    ],
)
def test_terms_nobody_can_mean_are_refused(terms: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"contract|taken"):
        Contract(**terms)
