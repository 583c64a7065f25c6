"""One order and one reply for an incident, and every caller keeps his own case (requirements §9.3)."""

from typing import Any

import pytest

from services.dispatch.commands import Accept, CloseAll, CompleteAll, Reply, ReplyToAll
from services.dispatch.policy.lifecycle import Status
from shared.contracts.fold import Refusal, Step
from tests.support.dispatch_builders import INCIDENT, WORKER, Hand, actor, received

LEAD = actor("lead")
TOLD = ReplyToAll(kind="progress", method="online", text="正在抢修")
DONE, CLOSED = CompleteAll(text="已恢复供水"), CloseAll(reason="已恢复")


def members(number: int, **changes: Any) -> list[Hand]:
    ids = [f"case-{place:032x}" for place in range(100, 100 + number)]
    return [received(case=id_, incident=INCIDENT, department=None, **changes) for id_ in ids]


def incident(*, accepted: bool = True) -> Hand:
    hand = received(case=INCIDENT, opens_incident=True)
    return hand.does(*[Accept()] * accepted)


def for_all(head: Hand, hands: list[Hand], command: Any, who: Any = LEAD) -> Step | Refusal:
    entities = (head.case, *(hand.case for hand in hands))
    verdict = head.ask(command, who, entities)
    if isinstance(verdict, Step):
        for hand in hands:
            hand.ask(command, who, entities)
    return verdict


def test_a_bulk_reply_reaches_every_caller_and_is_marked() -> None:
    head, hands = incident(), members(3)
    for_all(head, hands, TOLD)

    assert all(hand.last().name == "reply_given" and hand.last().bulk for hand in (head, *hands))


def test_a_bulk_completion_closes_the_members_and_asks_every_tenth() -> None:
    head, hands = incident(), members(21)
    for_all(head, hands, DONE)
    asked = [place for place, hand in enumerate(hands) if hand.known.follow_up]

    assert asked == [0, 10, 20]
    assert {hand.known.ending for place, hand in enumerate(hands) if place not in asked} == {"with_incident"}
    assert head.known.status is Status.RESOLVED
    assert "follow_up_opened" not in head.facts()


def test_a_bulk_close_ends_the_incident_and_its_latecomers() -> None:
    head, hands = incident(), members(2)
    for_all(head, hands, DONE)
    late = members(1)
    for_all(head, late, CLOSED)

    assert (head.known.ending, late[0].known.ending) == ("completed", "with_incident")
    later = members(1)
    assert isinstance(for_all(head, later, CLOSED), Step)
    assert later[0].known.ending == "with_incident"


@pytest.mark.parametrize(
    ("head", "command", "who", "why"),
    [
        pytest.param(received(), TOLD, LEAD, "not_an_incident", id="a single case"),
        pytest.param(incident(accepted=False), DONE, LEAD, "not_possible_now", id="not accepted yet"),
        pytest.param(incident(), CLOSED, LEAD, "not_possible_now", id="not done yet"),
        pytest.param(incident(), CLOSED, WORKER, "no_right", id="closing is the desk's"),
    ],
)
def test_a_bulk_act_is_refused_as_a_whole(head: Hand, command: Any, who: Any, why: str) -> None:
    verdict = for_all(head, [], command, who)

    assert isinstance(verdict, Refusal)
    assert verdict.why == why


def test_a_member_that_has_left_is_passed_over() -> None:
    head, left = incident(), received()
    verdict = left.ask(DONE, LEAD, (head.case, left.case))

    assert isinstance(verdict, Refusal)
    assert left.known.status is Status.DISPATCHED


def test_a_caller_of_an_incident_can_still_be_told_alone() -> None:
    assert isinstance(members(1)[0].ask(Reply(kind="first", method="phone")), Step)
