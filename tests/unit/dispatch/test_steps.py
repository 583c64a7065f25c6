"""Steps of a manual: taken, refused, waited for."""

from dataclasses import replace
from typing import Any

import pytest

from services.dispatch.commands import (
    Accept,
    Close,
    Complete,
    CompleteAll,
    FollowUp,
    Reply,
    Start,
)
from services.dispatch.folds import CASE
from services.dispatch.policy.lifecycle import Status
from services.dispatch.state import possible_acts
from shared.contracts.dispatch import StepTaken
from shared.contracts.fold import Refusal, Step
from shared.contracts.intake import ConsentRecorded, RequestAmended, RequestClassified, RequestsLinked
from shared.organisation.records import Absence, Named
from shared.rules.conditions import Condition
from shared.rules.steps import Gate
from shared.storage.slots import StateCodec
from shared.web.wording import Voice
from tests.support.dispatch_builders import DESK, INCIDENT, SITE, TUESDAY, WORKER, actor, person
from tests.support.packs import local
from tests.support.step_builders import (
    ASKED,
    DEPOSIT,
    FAIL,
    ISSUE,
    KIND,
    NOT_ASKED,
    PASS,
    PASSES,
    PAY,
    WORKERS,
    case_of,
    holder,
    refused,
    step,
    take,
)

ACCEPT, DONE = Accept(), Complete()
SATISFIED = FollowUp(answer="satisfied", method="visit", form={"polite": True})


def test_a_step_is_one_fact_that_carries_everything_that_still_stands() -> None:
    hand = case_of(step("look", form=(KIND, WORKERS)), step("fetch"))
    hand.does(take("fetch"), take("look", form={"kind": "rude", "workers": ["张三"]}, text="看过了", photos=("p1",)))
    fact = hand.last()

    assert isinstance(fact, StepTaken)
    assert (fact.step, fact.count, fact.round, fact.by) == ("look", 1, 1, "p-1")
    assert (fact.form, fact.private.form) == ({"kind": "rude"}, {"workers": "张三"})
    assert fact.marks == ("fetch=done", "kind=rude", "look=done")
    assert (fact.private.text, fact.private.photos) == ("看过了", ("p1",))
    assert hand.known.status is Status.DISPATCHED


WAYS: dict[Gate, tuple[tuple[Any, ...], Any]] = {
    Gate.ACCEPT: ((), ACCEPT),
    Gate.START: ((ACCEPT,), Start()),
    Gate.REPLY: ((), Reply(kind="first", method="phone")),
    Gate.COMPLETE: ((ACCEPT,), DONE),
    Gate.FOLLOW_UP: ((ACCEPT, DONE), FollowUp(answer="satisfied", method="visit")),
}


@pytest.mark.parametrize("gate", WAYS, ids=lambda gate: gate.value)
def test_an_act_waits_for_its_step_and_says_which(gate: Gate) -> None:
    before, act = WAYS[gate]
    first = replace(step("first", before=(gate,)), text=Named("先看", "look first"))
    hand = case_of(first, step("other", before=(gate,), when=Condition(flags=("never",))))
    verdict = refused(hand.does(*before), act, actor("lead"))

    assert (verdict.status, verdict.why) == (409, "step_missing")
    assert Voice("zh").say(verdict.text).endswith("：先看")
    assert gate.value.replace("_", "-") not in verdict.possible
    assert isinstance(hand.does(take("first")).ask(act, actor("lead")), Step)


def test_a_step_that_completes_signs_for_the_order_and_ends_the_work() -> None:
    hand = case_of(step("round", completes=True), follow_up=NOT_ASKED).does(take("round"))

    assert hand.facts() == ["order_issued", "order_accepted", "step_taken", "order_completed", "case_closed"]
    assert (hand.known.status, hand.known.ending) == (Status.CLOSED, "completed")


def test_a_step_that_completes_waits_for_the_steps_the_completion_waits_for() -> None:
    hand = case_of(step("end", completes=True, before=(Gate.COMPLETE,)), step("first", before=(Gate.COMPLETE,)))
    assert refused(hand, take("end")).why == "step_missing"

    assert hand.does(take("first"), take("end")).known.status is Status.RESOLVED


def test_a_satisfied_customer_does_not_close_a_case_that_still_owes_a_step() -> None:
    hand = case_of(step("sign", before=(Gate.CLOSE,)), step("refund", before=(Gate.CLOSE,)), follow_up=ASKED)
    hand.does(ACCEPT, DONE, SATISFIED, take("sign"))
    assert (hand.known.status, hand.known.follow_up) == (Status.RESOLVED, None)
    assert refused(hand, Close(ending="completed", reason="x"), DESK).why == "step_missing"
    hand.does(take("refund"))

    assert hand.facts()[-2:] == ["step_taken", "case_closed"]
    assert (hand.known.status, hand.known.ending) == (Status.CLOSED, "satisfied")


def test_a_step_that_is_no_longer_owed_lets_the_case_close() -> None:
    owed = step("apologise", before=(Gate.CLOSE,), when=Condition(flags=("kind=rude",)))
    hand = case_of(owed, form={"kind": "rude"}, follow_up=NOT_ASKED)
    hand.hear(RequestAmended(changed=("form",), form={"kind": "rude"}, flags=("kind=rude",), by="p-1"))
    assert hand.does(ACCEPT, DONE).known.status is Status.RESOLVED
    hand.hear(RequestAmended(changed=("form",), form={"kind": "slow"}, flags=("kind=slow",), by="p-1"))

    assert (hand.known.status, hand.known.ending) == (Status.CLOSED, "completed")


def test_a_reclassification_keeps_the_marks_of_steps() -> None:
    hand = case_of(step("look", outcomes=(PASS, FAIL)), step("mend", when=Condition(flags=("look=fail",))))
    hand.does(take("look=fail"))
    hand.hear(
        RequestClassified(
            case_type="complaint",
            category="engineering",
            severity="minor",
            validity="valid",
            flags=("works",),
            effective_at=TUESDAY,
            by="p-1",
        )
    )

    assert hand.does(take("mend")).last().marks == ("look=fail", "mend=done")


CHAIN = ("butler", "chief_butler", "branch_gm")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        pytest.param(holder("chief_butler"), True, id="the role itself"),
        pytest.param(holder("branch_gm"), True, id="a role above"),
        pytest.param(holder("butler"), False, id="a role below"),
        pytest.param(actor("lead"), False, id="rights without the role"),
    ],
)
def test_only_the_roles_of_a_step_and_those_above_take_it(who: Any, may: bool) -> None:  # noqa: FBT001  a table's column
    hand = case_of(step("approve", by=("chief_butler",)))
    pack = hand.book.pack(hand.known.pack, hand.known.pack_version)
    hand.book.put_pack(replace(pack, chain=CHAIN))
    verdict = hand.ask(take("approve"), who)

    assert isinstance(verdict, Step) is may
    assert may or (isinstance(verdict, Refusal) and (verdict.status, verdict.why) == (403, "not_your_step"))


def test_a_substitute_takes_the_step_of_whom_he_stands_in_for() -> None:
    hand = case_of(step("approve", by=("chief_butler",)))
    away = Absence(local("2025-03-01 00:00"), local("2025-03-09 00:00"), substitute="p-1")
    hand.book.put_person(replace(person("chief", "chief_butler"), absences=(away,)))
    hand.book.put_person(person("p-1", "butler"))

    assert isinstance(hand.ask(take("approve"), holder("butler")), Step)


def test_a_step_for_nobody_in_particular_is_for_whoever_works_on_the_case() -> None:
    assert refused(case_of(step("look")), take("look"), actor("view")).why == "no_right"


@pytest.mark.parametrize(
    ("command", "status", "why", "field"),
    [
        (take("moon"), 404, "unknown_step", None),
        (take("look"), 422, "outcome_missing", "/outcome"),
        (take("look=maybe"), 422, "unknown_outcome", "/outcome"),
        (take("plain=pass"), 422, "unknown_outcome", "/outcome"),
        (take("plain", form={"x": 1}), 422, "form_unknown", "/form/x"),
        (take("plain", stated_at=local("2025-03-05 10:00")), 422, "in_the_future", "/stated_at"),
        (take("lock"), 409, "consent_missing", None),
        (take("after"), 409, "step_missing", None),
        (take("later"), 409, "not_now", None),
    ],
)
def test_a_step_that_cannot_be_taken_says_why(command: Any, status: int, why: str, field: str | None) -> None:
    hand = case_of(
        step("look", outcomes=(PASS, FAIL)),
        step("plain"),
        step("lock", needs=("CN-7",)),
        step("after", after=("look=pass",)),
        step("later", when=Condition(flags=("look=pass",))),
    )
    verdict = refused(hand, command)

    assert (verdict.status, verdict.why, verdict.field) == (status, why, field)


def test_what_stands_in_the_way_of_a_step_is_said_in_words() -> None:
    look = step("look", outcomes=(PASS, FAIL))
    hand = case_of(look, step("lock", needs=("CN-7",)), step("after", after=("look=pass",)))

    assert Voice("zh").say(refused(hand, take("lock")).text).endswith("：同意更换门锁")
    assert Voice("zh").say(refused(hand, take("after")).text).endswith(f"：{look.text.zh}：{PASS.name.zh}")


def test_steps_of_a_matter_that_joined_an_incident_are_taken_on_the_incident() -> None:
    hand = case_of(step("look", before=(Gate.COMPLETE,)))
    hand.hear(RequestsLinked(incident=INCIDENT, by="p-1"))

    assert refused(hand, take("look")).why == "not_now"
    verdict = hand.ask(CompleteAll(), actor("lead"), entities=(INCIDENT, hand.case))
    assert isinstance(verdict, Step)


def test_an_incident_is_not_done_in_bulk_before_its_own_steps() -> None:
    hand = case_of(step("look", before=(Gate.COMPLETE,)))
    hand.state = replace(hand.known, opens_incident=True)

    assert refused(hand.does(ACCEPT), CompleteAll(), actor("lead")).why == "step_missing"


def test_the_questions_of_the_pack_are_asked_of_everybody_who_answers() -> None:
    hand = case_of(follow_up=ASKED).does(ACCEPT, DONE)
    assert refused(hand, FollowUp(answer="satisfied", method="phone"), DESK).field == "/form/polite"
    assert isinstance(hand.ask(FollowUp(answer="unreached", method="phone"), DESK), Step)
    hand.does(FollowUp(answer="unsatisfied", method="phone", form={"polite": "no", "why": "他骂人"}))
    fact = next(say.fact for say in hand.said if say.fact.name == "follow_up_recorded" and say.fact.form)  # type: ignore[attr-defined]

    assert (fact.form, fact.private.form) == ({"polite": "no"}, {"why": "他骂人"})  # type: ignore[attr-defined]
    assert hand.known.work.answers == ("polite=no",)


UNTIL = local("2025-03-05 08:30")


def test_the_state_of_the_work_is_stored_and_read_back_as_it_was() -> None:
    hand = case_of(PAY, ISSUE, step("sign", before=(Gate.CLOSE,)), money=(DEPOSIT, PASSES), follow_up=NOT_ASKED)
    hand.hear(ConsentRecorded(consent="CN-1", until=UNTIL, by="p-1"))
    hand.does(take("pay", form={"number": 1}), take("issue", form={"workers": "张三"}), ACCEPT, DONE)
    codec = StateCodec(CASE)

    assert hand.known.work.ending == "completed"
    assert codec.decode(codec.encode(hand.known), CASE.schema) == hand.known


def test_what_a_step_holds_up_is_not_among_the_possible_acts() -> None:
    hand = case_of(step("look", before=(Gate.ACCEPT,)))

    assert [act.value for act in possible_acts(hand.known, hand.book)] == ["reply", "return", "transfer"]


def test_somebody_of_an_outside_party_neither_sees_nor_does_anything_with_orders_of_others() -> None:
    hand, outsider = case_of(step("look")), replace(WORKER, outside={SITE: frozenset({"lift_vendor"})})
    assert refused(hand, take("look"), outsider).status == 404
    assert refused(hand, ACCEPT, outsider).status == 404
    hand.state = replace(hand.known, department="lift_vendor")

    assert isinstance(hand.ask(take("look"), outsider), Step)
    assert isinstance(hand.ask(ACCEPT, outsider), Step)
