"""Taking a shift over: nothing that is open may be left behind."""

from datetime import timedelta
from typing import Any

import pytest

from services.dispatch.commands import Accept, Complete, FollowUp, OpenItem, Reopen, TakeOver
from services.dispatch.policy.lifecycle import Status
from shared.contracts.dispatch import StepTaken
from shared.web.wording import Voice
from tests.support.dispatch_builders import TUESDAY, received
from tests.support.step_builders import case_of, refused, step, take

OVER = step("over", takes_over=True)
ITEMS = (
    OpenItem("case-1", "SZ1-1", TUESDAY - timedelta(hours=2)),
    OpenItem("case-2", "SZ1-2", TUESDAY - timedelta(hours=1)),
)


def over(*items: OpenItem, **more: Any) -> TakeOver:
    return TakeOver(step="over", open_items=items, **more)


@pytest.mark.parametrize(
    "accepted",
    [
        pytest.param({"accepted": ("case-1", "case-2")}, id="by case"),
        pytest.param({"accepted": ("SZ1-2", "SZ1-1", "SZ1-closed-meanwhile")}, id="by number"),
        pytest.param({"accepted_at": TUESDAY - timedelta(hours=1)}, id="as listed then"),
        pytest.param({"accepted_at": TUESDAY - timedelta(hours=2), "accepted": ("SZ1-2",)}, id="what came since named"),
    ],
)
def test_a_shift_is_taken_over_with_every_open_item(accepted: dict[str, Any]) -> None:
    hand = case_of(OVER)
    hand.does(over(*ITEMS, **accepted))
    fact = hand.last()
    assert isinstance(fact, StepTaken)
    assert fact.accepted == ("case-1", "case-2")


def test_a_shift_with_nothing_open_is_taken_over_in_one_word() -> None:
    hand = case_of(OVER)
    hand.does(over())
    fact = hand.last()
    assert isinstance(fact, StepTaken)
    assert (fact.step, fact.accepted) == ("over", ())


@pytest.mark.parametrize(
    ("accepted", "left"),
    [
        pytest.param({}, ["SZ1-1", "SZ1-2"], id="nothing"),
        pytest.param({"accepted": ("case-2",)}, ["SZ1-1"], id="one left"),
        pytest.param({"accepted_at": TUESDAY - timedelta(minutes=61)}, ["SZ1-2"], id="an older list"),
    ],
)
def test_what_is_left_behind_is_named(accepted: dict[str, Any], left: list[str]) -> None:
    refusal = refused(case_of(OVER), over(*ITEMS, **accepted))
    assert (refusal.why, refusal.status, refusal.field) == ("items_left", 422, "/accepted")
    assert Voice("zh").say(refusal.text) == f"还有 {len(left)} 件未接收：{'、'.join(left)}"


def test_a_refusal_names_twenty_and_counts_the_rest() -> None:
    items = (OpenItem(f"case-{n}", f"N-{n}", TUESDAY) for n in range(23))
    said = Voice("en").say(refused(case_of(OVER), over(*items)).text)
    assert said.startswith("23 not accepted yet: N-0, ")
    assert said.endswith("N-19, 3 more")


def test_a_list_cannot_be_of_the_future() -> None:
    refusal = refused(case_of(OVER), over(*ITEMS, accepted_at=TUESDAY + timedelta(days=9)))
    assert (refusal.why, refusal.field) == ("in_the_future", "/accepted_at")


@pytest.mark.parametrize("accepted", [{"accepted": ("case-1",)}, {"accepted_at": TUESDAY}])
def test_other_steps_accept_nothing(accepted: dict[str, Any]) -> None:
    refusal = refused(case_of(step("look")), take("look", **accepted))
    assert (refusal.why, refusal.field) == ("nothing_to_accept", f"/{next(iter(accepted))}")


def test_an_entry_made_late_came_on_the_list_when_it_was_made() -> None:
    logged = TUESDAY + timedelta(hours=7)
    state = received(received_at=TUESDAY, logged_at=logged).known
    assert (state.received_at, state.open_since) == (TUESDAY, logged)


def test_what_is_reopened_comes_on_the_list_anew() -> None:
    hand = received(anonymous=True).does(Accept(), Complete())
    assert (hand.known.status, hand.known.open_since) == (Status.CLOSED, TUESDAY)
    hand.does(Reopen(because="customer", reason="又坏了"))
    assert hand.known.open_since == hand.at


def test_a_round_more_of_what_never_left_the_list_changes_nothing_there() -> None:
    hand = received().does(Accept(), Complete(), FollowUp(answer="unsatisfied", method="visit"))
    assert (hand.known.round, hand.known.open_since) == (2, TUESDAY)
