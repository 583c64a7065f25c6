"""What comes with a step: consents, money, names on a roll; and handling that waits by consent."""

import pytest

from services.dispatch.commands import (
    Accept,
    Complete,
    Defer,
)
from services.dispatch.policy.lifecycle import Status
from shared.contracts.dispatch import Entry
from shared.contracts.envelope import Fact
from shared.contracts.fold import Step
from shared.contracts.intake import ConsentRecorded, RequestsLinked, RequestWithdrawn
from shared.rules.steps import RollMove, RollRule
from shared.rules.words import CaseKind
from tests.support.dispatch_builders import INCIDENT, WORKER, actor
from tests.support.packs import local
from tests.support.step_builders import (
    DEPOSIT,
    ISSUE,
    NUMBER,
    PASSES,
    PAY,
    REFUND,
    WORKERS,
    case_of,
    refused,
    step,
    take,
)

ACCEPT, DONE = Accept(), Complete()


def test_a_consent_on_record_lets_the_step_happen_and_is_named_in_it() -> None:
    hand = case_of(step("lock", needs=("CN-7",)))
    hand.hear(ConsentRecorded(consent="CN-7", by="p-1"))

    assert hand.does(take("lock")).last().consents == ("CN-7",)
    assert refused(hand, take("lock")).why == "already_taken"


def test_money_moves_with_the_step_to_the_cent() -> None:
    hand = case_of(PAY, REFUND, money=(DEPOSIT, PASSES)).does(take("pay", form={"number": 3}))
    paid = hand.last().money
    hand.does(take("refund", form={"sum": "400"}))

    assert [(one.item, one.amount) for one in paid] == [("deposit", "1000.00"), ("passes", "150.00")]
    assert hand.last().money == (
        Entry(item="deposit", move="refund", amount="400.00", payer="owner", debit="held:deposit", credit="cash"),
    )
    verdict = refused(hand, take("refund", form={"sum": "600.01"}))
    assert (verdict.status, verdict.why, verdict.field) == (422, "above_held", "/form/sum")


def test_a_count_of_the_form_at_intake_counts_for_money() -> None:
    plain = step("pay", money=PAY.money)
    hand = case_of(plain, form={"number": "2"}, money=(DEPOSIT, PASSES), asked=(NUMBER,)).does(take("pay"))

    assert [one.amount for one in hand.last().money] == ["1000.00", "100.00"]


def test_names_stay_on_the_roll_of_the_case() -> None:
    bar = step("bar", form=(WORKERS,), rolls=(RollRule("passes", "workers", RollMove.NEED),))
    hand = case_of(ISSUE, bar).does(take("issue", form={"workers": "张三"}))
    verdict = refused(hand, take("bar", form={"workers": "李四"}))

    assert (verdict.status, verdict.why, verdict.field) == (422, "not_on_roll", "/form/workers")
    assert hand.known.work.rolls == {"passes": ("张三",)}


UNTIL = local("2025-03-05 08:30")
WAIT = Defer(until=UNTIL, reason="白天再来")


def test_handling_waits_only_with_the_customers_consent() -> None:
    hand = case_of()
    assert (refused(hand, WAIT).status, refused(hand, WAIT).why) == (409, "consent_missing")
    hand.hear(ConsentRecorded(consent="CN-1", until=UNTIL, by="p-1"))
    hand.does(WAIT)

    assert (hand.last().until, hand.last().consent) == (UNTIL, "CN-1")
    assert hand.known.status is Status.DISPATCHED
    assert isinstance(hand.ask(ACCEPT, WORKER), Step)


@pytest.mark.parametrize(
    ("until", "why"),
    [("2025-03-04 09:59", "limit_passed"), ("2025-03-05 08:31", "after_consent")],
)
def test_a_case_waits_neither_for_the_past_nor_longer_than_agreed(until: str, why: str) -> None:
    hand = case_of()
    hand.hear(ConsentRecorded(consent="CN-1", until=UNTIL, by="p-1"))
    verdict = refused(hand, Defer(until=local(until), reason="x"))

    assert (verdict.status, verdict.why, verdict.field) == (422, why, "/until")


def test_an_emergency_and_finished_work_never_wait() -> None:
    urgent, done = case_of(kind=CaseKind.EMERGENCY), case_of()
    for hand in (urgent, done):
        hand.hear(ConsentRecorded(consent="CN-1", by="p-1"))

    assert refused(urgent, WAIT).why == "emergency"
    assert refused(done.does(ACCEPT, DONE), WAIT).why == "not_possible_now"
    assert refused(case_of(), WAIT, actor("view")).why == "no_right"


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(RequestWithdrawn(by="p-1"), id="withdrawn"),
        pytest.param(RequestsLinked(incident=INCIDENT, by="p-1"), id="joined an incident"),
    ],
)
def test_money_that_came_in_before_the_end_was_heard_of_still_goes_back(ends: Fact) -> None:
    hand = case_of(PAY, REFUND, step("look"), money=(DEPOSIT, PASSES)).does(take("pay", form={"number": 3}))
    hand.hear(ends)
    assert refused(hand, take("look"), actor("lead")).why == "not_now"
    assert refused(hand, take("pay", form={"number": 3}), actor("lead")).why in {"not_now", "already_taken"}
    hand.does(take("refund", form={"sum": "400"}), take("refund", form={"sum": "600"}))
    assert hand.known.work.sums["deposit"].left == 0
    assert refused(hand, take("refund", form={"sum": "1"}), actor("lead")).why == "not_now"
