"""Steps that wait for the work, come after the end, or count things; answers that leave a matter open."""

from dataclasses import replace

import pytest

from services.dispatch.commands import Accept, Close, Complete, FollowUp, Reopen
from services.dispatch.policy.lifecycle import Status
from services.dispatch.state import hindered, procedure
from shared.contracts.intake import RequestsLinked, RequestWithdrawn
from shared.rules.steps import Gate
from shared.rules.tallies import TallyMove, TallyRule
from tests.support.dispatch_builders import DESK, INCIDENT
from tests.support.step_builders import ASKED, NOT_ASKED, NUMBER, case_of, refused, step, take

ACCEPT, DONE = Accept(), Complete()
SATISFIED = FollowUp(answer="satisfied", method="visit", form={"polite": True})
CHECK = step("check", once_completed=True, before=(Gate.CLOSE,))
COPY = step("copy", even_closed=True)


def test_a_step_that_waits_for_completion_names_what_completion_waits_for() -> None:
    hand = case_of(step("look", before=(Gate.COMPLETE,)), CHECK, follow_up=NOT_ASKED).does(ACCEPT)
    before = refused(hand, take("check"))
    assert before.why == "not_completed"
    assert before.text.gaps["missing"] != ()

    hand.does(take("look"))
    then = refused(hand, take("check"))
    assert (then.why, "missing" in then.text.sentence) == ("not_completed", False)
    assert "complete" in then.possible

    hand.does(DONE)
    assert hand.known.status is Status.RESOLVED
    hand.does(take("check"))
    assert hand.known.ending == "completed"


def test_after_a_reopening_the_work_has_to_be_completed_again() -> None:
    hand = case_of(replace(CHECK, before=(), repeats=True), follow_up=ASKED).does(ACCEPT, DONE)
    hand.does(take("check"), Reopen(because="false_completion", reason="x"))
    assert refused(hand, take("check")).why == "not_completed"


def test_what_was_checked_of_one_round_is_checked_again_after_the_next() -> None:
    hand = case_of(CHECK, follow_up=ASKED).does(ACCEPT, DONE, take("check"))
    hand.ask(FollowUp(answer="unsatisfied", method="visit", form={"polite": True}), DESK)
    hand.does(ACCEPT, DONE).ask(SATISFIED, DESK)
    assert hand.known.status is Status.RESOLVED
    hand.does(take("check"))
    assert (hand.known.status, hand.known.ending) == (Status.CLOSED, "satisfied")
    assert hand.known.work.taken["check"].count == 2


def test_after_the_end_only_marked_steps_are_taken_and_the_case_stays_closed() -> None:
    hand = case_of(COPY, step("look"), follow_up=NOT_ASKED).does(ACCEPT, DONE)
    assert hand.known.status is Status.CLOSED
    assert refused(hand, take("look")).why == "not_now"

    said = len(hand.facts())
    hand.does(take("copy"))
    assert (hand.known.status, hand.known.ending, len(hand.facts()) - said) == (Status.CLOSED, "completed", 1)
    assert refused(hand, take("copy")).why == "already_taken"


def test_a_marked_step_is_taken_after_a_withdrawal_too_but_not_on_what_hangs_under_an_incident() -> None:
    withdrawn = case_of(COPY)
    withdrawn.hear(RequestWithdrawn(reason="twice", by="p-1"))
    assert (
        hindered(procedure(withdrawn.known, withdrawn.book).steps[0], withdrawn.known, withdrawn.book, at=withdrawn.at)
        is None
    )

    joined = case_of(COPY)
    joined.hear(RequestsLinked(incident=INCIDENT, by="p-1"))
    assert refused(joined, take("copy")).why == "not_now"
    joined.state = replace(joined.known, status=Status.CLOSED)
    assert refused(joined, take("copy")).why == "not_now"


@pytest.mark.parametrize("answer", ["satisfied", "refused"])
def test_no_answer_ends_what_another_answer_leaves_open(answer: str) -> None:
    rule = replace(ASKED, unsettled=("polite=no",))
    hand = case_of(follow_up=rule).does(ACCEPT, DONE)
    rude = {"polite": False, "why": "没修好"}
    found = refused(hand, FollowUp.model_validate({"answer": answer, "method": "visit", "form": rude}), DESK)
    assert (found.why, found.field, found.status) == ("unsettled", "/answer", 422)

    hand.ask(FollowUp(answer="unsatisfied", method="visit", form=rude), DESK)
    assert (hand.known.status, hand.known.round) == (Status.DISPATCHED, 2)
    hand.does(ACCEPT, DONE).ask(SATISFIED, DESK)
    assert hand.known.status is Status.CLOSED


def test_no_more_is_taken_than_steps_have_added() -> None:
    moves = {move: (TallyRule("keys", "number", move),) for move in TallyMove}
    come = step("come", form=(NUMBER,), tallies=moves[TallyMove.ADD])
    go = step("go", form=(replace(NUMBER, id="going"),), repeats=True)
    hand = case_of(come, replace(go, tallies=(TallyRule("keys", "going", TallyMove.TAKE),))).does(ACCEPT)
    assert refused(hand, take("go", form={"going": "1"})).why == "too_few"

    hand.does(take("come", form={"number": "3"}), take("go", form={"going": "2"}))
    found = refused(hand, take("go", form={"going": "2"}))
    assert (found.why, found.field) == ("too_few", "/form/going")
    assert hand.known.work.tallies == {"keys": 1}


def test_closing_by_hand_does_not_open_steps_that_are_not_marked() -> None:
    hand = case_of(step("look"), follow_up=NOT_ASKED, form={}).does(ACCEPT)
    hand.state = replace(hand.known, anonymous=True)
    hand.does(Close(ending="anonymous", reason="核实"))
    assert refused(hand, take("look")).why == "not_now"
