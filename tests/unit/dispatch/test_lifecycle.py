"""The path of a case through its states, and what each state refuses."""

from typing import Any

import pytest

from services.dispatch.commands import (
    Accept,
    Assign,
    Close,
    Complete,
    FollowUp,
    Reopen,
    Reply,
    Return,
    Start,
    Transfer,
)
from services.dispatch.policy.lifecycle import MAY_FOLLOW, Act, Status
from shared.contracts.fold import Refusal, Step
from tests.support.dispatch_builders import DESK, WORKER, Hand, actor, received
from tests.support.packs import local

ACCEPT, START, DONE = Accept(), Start(), Complete()
BACK = Return(reason="不归我们管")
ANSWERED = Reply(kind="first", method="phone", text="师傅下午到")
TO_SECURITY = Transfer(department="security_dept", reason="应由秩序部处理")
SATISFIED = FollowUp(answer="satisfied", method="visit", text="很好")
AGAIN = Reopen(because="customer", reason="又漏水了")


def test_as_206_a_request_becomes_one_order_whatever_is_heard_again() -> None:
    hand = received()
    order = hand.last()

    assert (order.order, order.department, order.round) == ("SZ1-20250304-001-1", "engineering_dept", 1)
    assert hand.facts() == ["order_issued"]
    assert hand.known.status is Status.DISPATCHED


def test_a_case_goes_its_way_to_a_satisfied_end() -> None:
    hand = received().does(ACCEPT, Assign(assignee="worker"), START, ANSWERED, DONE, SATISFIED)

    assert hand.facts() == [
        "order_issued",
        "order_accepted",
        "order_assigned",
        "order_started",
        "reply_given",
        "order_completed",
        "follow_up_opened",
        "follow_up_recorded",
        "case_closed",
    ]
    assert (hand.known.status, hand.known.ending) == (Status.CLOSED, "satisfied")


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        pytest.param((), Status.DISPATCHED, id="issued"),
        pytest.param((ACCEPT,), Status.ACCEPTED, id="accepted"),
        pytest.param((ACCEPT, START), Status.IN_PROGRESS, id="started"),
        pytest.param((ACCEPT, DONE), Status.RESOLVED, id="done on the spot, without a start"),
        pytest.param((BACK,), Status.RETURNED, id="back to the desk"),
        pytest.param((BACK, TO_SECURITY), Status.DISPATCHED, id="issued to another department"),
        pytest.param((ACCEPT, START, TO_SECURITY), Status.DISPATCHED, id="a new department accepts anew"),
        pytest.param((ACCEPT, DONE, SATISFIED), Status.CLOSED, id="closed"),
        pytest.param((ACCEPT, DONE, SATISFIED, AGAIN), Status.DISPATCHED, id="the customer came back"),
    ],
)
def test_acts_lead_to_states(commands: tuple[Any, ...], expected: Status) -> None:
    assert received().does(*commands).known.status is expected


COMMANDS: dict[Act, Any] = {
    Act.ACCEPT: ACCEPT,
    Act.ASSIGN: Assign(assignee="worker"),
    Act.START: START,
    Act.REPLY: ANSWERED,
    Act.COMPLETE: DONE,
    Act.RETURN: BACK,
    Act.TRANSFER: TO_SECURITY,
    Act.FOLLOW_UP: SATISFIED,
    Act.REOPEN: AGAIN,
}
WAYS: dict[Status, tuple[Any, ...]] = {
    Status.DISPATCHED: (),
    Status.ACCEPTED: (ACCEPT,),
    Status.IN_PROGRESS: (ACCEPT, START),
    Status.RETURNED: (BACK,),
    Status.RESOLVED: (ACCEPT, DONE),
    Status.CLOSED: (ACCEPT, DONE, SATISFIED),
}


@pytest.mark.parametrize("act", COMMANDS, ids=lambda act: act.value)
@pytest.mark.parametrize("status", WAYS, ids=lambda status: status.value)
def test_the_table_alone_decides_what_may_follow(status: Status, act: Act) -> None:
    hand = received().does(*WAYS[status])
    verdict = hand.ask(COMMANDS[act], actor("lead"))

    assert isinstance(verdict, Step) == (act in MAY_FOLLOW[status])


def test_a_refusal_names_the_state_and_what_is_possible_instead() -> None:
    hand = received()
    before, said = hand.known, hand.facts()
    verdict = hand.ask(DONE, WORKER)

    assert isinstance(verdict, Refusal)
    assert (verdict.status, verdict.why, verdict.state) == (409, "not_possible_now", "dispatched")
    assert verdict.possible == ("accept", "reply", "return", "transfer")
    assert (hand.known, hand.facts()) == (before, said)


@pytest.mark.parametrize(
    ("command", "field", "why"),
    [
        pytest.param(Accept(stated_at=local("2025-03-05 10:00")), "/stated_at", "in_the_future", id="future"),
        pytest.param(Accept(complete_by=local("2025-03-04 09:00")), "/complete_by", "limit_passed", id="past limit"),
        pytest.param(
            Reply(kind="first", method="phone", agreed_until=local("2025-03-04 09:00")),
            "/agreed_until",
            "limit_passed",
            id="agreed date that has passed",
        ),
        pytest.param(
            Transfer(department="moon_dept", reason="x"),
            "/department",
            "unknown_department",
            id="department",
        ),
    ],
)
def test_a_value_that_cannot_be_right_names_its_field_and_the_way_out(command: Any, field: str, why: str) -> None:
    verdict = received().ask(command, actor("lead"))

    assert isinstance(verdict, Refusal)
    assert (verdict.status, verdict.field, verdict.why) == (422, field, why)
    assert verdict.hint is not None


@pytest.mark.parametrize("assignee", ["nobody", "stranger"])
def test_only_somebody_appointed_at_the_site_is_assigned(assignee: str) -> None:
    hand = received().does(ACCEPT)
    verdict = hand.ask(Assign(assignee=assignee), WORKER)

    assert isinstance(verdict, Refusal)
    assert (verdict.field, verdict.why) == ("/assignee", "unknown_person")


@pytest.mark.parametrize(
    ("command", "who", "allowed"),
    [
        pytest.param(ACCEPT, WORKER, True, id="the department accepts"),
        pytest.param(ACCEPT, DESK, False, id="the desk does not accept"),
        pytest.param(ANSWERED, WORKER, True, id="the department replies"),
        pytest.param(ANSWERED, DESK, True, id="the desk replies"),
        pytest.param(TO_SECURITY, DESK, True, id="the desk transfers"),
        pytest.param(ANSWERED, actor("view"), False, id="a viewer only looks"),
        pytest.param(ACCEPT, actor("work", site="s2"), False, id="rights of another site do not count"),
    ],
)
def test_each_act_asks_for_its_right(command: Any, who: Any, allowed: bool) -> None:  # noqa: FBT001  a table's column
    verdict = received().ask(command, who)

    assert isinstance(verdict, Step) == allowed
    assert allowed or (isinstance(verdict, Refusal) and verdict.status == 403)


def test_a_stated_time_is_kept_beside_the_act_and_does_not_move_it() -> None:
    hand = received().does(Accept(stated_at=local("2025-03-04 09:55")))

    assert hand.last().stated_at == local("2025-03-04 09:55")
    assert hand.said[-1].at == hand.at


def test_what_is_unknown_here_answers_as_if_it_did_not_exist() -> None:
    verdict = Hand().ask(ACCEPT)

    assert isinstance(verdict, Refusal)
    assert verdict.status == 404


def test_a_false_completion_is_a_correction_with_a_new_order() -> None:
    hand = received().does(ACCEPT, DONE, Reopen(because="false_completion", reason="没有修"))
    reopening, order = (say.fact.model_dump() for say in hand.said[-2:])

    assert (reopening["correction"], reopening["round"]) == (True, 2)
    assert (order["order"], order["round"]) == ("SZ1-20250304-001-2", 2)


def test_closing_needs_an_ending_that_is_open() -> None:
    verdict = received().ask(Close(ending="completed", reason="x"))

    assert isinstance(verdict, Refusal)
    assert (verdict.why, verdict.status) == ("not_completed", 409)
