"""Follow-ups, rounds, and the ends that must exist (requirements §9.2)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.dispatch.commands import Accept, Assign, Close, Complete, FollowUp, Reply
from services.dispatch.policy.lifecycle import Status
from shared.contracts.fold import Actor, Refusal, Step
from shared.contracts.intake import RequestClassified, RequestWithdrawn
from tests.support.dispatch_builders import DESK, Hand, actor, received
from tests.support.packs import local

DONE = (Accept(), Complete())
UNREACHED = FollowUp(answer="unreached", method="phone")
UNSATISFIED = FollowUp(answer="unsatisfied", method="visit", text="还是漏")
CHIEF = actor("lead", roles=("chief_butler",))
BY_AUTHORITY = Close(ending="by_authority", reason="已多次整改")


def resolved(**changes: Any) -> Hand:
    return received(**changes).does(*DONE)


def test_as_032_a_handled_complaint_closes_only_after_a_visit() -> None:
    hand = resolved()
    by_phone = hand.ask(FollowUp(answer="satisfied", method="phone"))
    unasked = hand.ask(Close(ending="completed", reason="已修好"))

    assert isinstance(by_phone, Refusal)
    assert (by_phone.field, by_phone.status) == ("/method", 422)
    assert isinstance(unasked, Refusal)
    assert hand.does(FollowUp(answer="satisfied", method="visit")).known.ending == "satisfied"


@pytest.mark.parametrize(
    ("pack", "changes", "who"),
    [
        pytest.param("P001/3", {}, ("butler",), id="P001/3: the butler visits"),
        pytest.param("P004", {"severity": "major"}, ("project_manager",), id="AS-092: major"),
        pytest.param("P004", {}, ("department_supervisor", "area_admin"), id="AS-092: ordinary"),
        pytest.param("P004", {"case_type": "repair_request"}, ("receptionist",), id="solved the same day"),
        pytest.param(
            "P004",
            {"case_type": "repair_request", "received_at": local("2025-03-03 10:00")},
            ("area_admin",),
            id="AS-092: solved later",
        ),
    ],
)
def test_the_pack_names_who_asks(pack: str, changes: dict[str, Any], who: tuple[str, ...]) -> None:
    hand = resolved(pack=pack, **changes)

    assert hand.known.follow_up is not None
    assert hand.known.follow_up.who == who
    assert hand.last().who == who


@pytest.mark.parametrize(
    ("pack", "who", "assigned", "why"),
    [
        pytest.param("P003", actor("work", roles=("engineering_dept",)), None, None, id="the department that has it"),
        pytest.param("P003", actor("work", roles=("security_dept",)), None, "no_right", id="another department"),
        pytest.param("P003", replace(actor("work"), person="worker"), "worker", None, id="the handler himself"),
        pytest.param(
            "P003", actor("work", roles=("engineering_dept",)), "worker", "no_right", id="a colleague of the handler"
        ),
        pytest.param("P001/3", actor("work", roles=("butler",)), None, None, id="the role the pack names"),
        pytest.param("P001/3", actor("work", roles=("engineering_dept",)), None, "no_right", id="the department"),
        pytest.param("P001/3", DESK, None, None, id="the desk, for anybody"),
    ],
)
def test_x_20_whom_the_follow_up_names_records_it(pack: str, who: Actor, assigned: str | None, why: str | None) -> None:
    begun = (Accept(),) if assigned is None else (Accept(), Assign(assignee=assigned))
    hand = received(pack=pack).does(*begun, Complete())
    verdict = hand.ask(FollowUp(answer="satisfied", method="visit"), who)

    assert (verdict.why if isinstance(verdict, Refusal) else None) == why


def test_as_090_unsatisfied_is_handled_again_until_satisfied_for_any_number_of_rounds() -> None:
    hand = resolved()
    for _ in range(4):
        hand.does(UNSATISFIED, *DONE)
    hand.does(FollowUp(answer="satisfied", method="visit"))

    assert hand.known.round == 5
    assert hand.known.order == "SZ1-20250304-001-5"
    assert hand.facts().count("case_reopened") == 4
    assert hand.known.ending == "satisfied"


def test_as_090_after_an_unsatisfied_answer_only_a_visit_by_both_will_do() -> None:
    hand = resolved(pack="P004", case_type="repair_request").does(UNSATISFIED, *DONE)
    by_phone = hand.ask(FollowUp(answer="satisfied", method="phone"))

    assert hand.known.follow_up is not None
    assert (hand.known.follow_up.who, hand.known.follow_up.method) == (("area_admin", "department_supervisor"), "visit")
    assert isinstance(by_phone, Refusal)
    assert by_phone.why == "visit_required"
    assert hand.does(FollowUp(answer="satisfied", method="visit")).known.ending == "satisfied"


@pytest.mark.parametrize(
    ("asked_at", "refused"),
    [
        pytest.param("2025-04-04 23:58", True, id="the last minute of the month"),
        pytest.param("2025-04-04 23:59", False, id="a minute later the month is over"),
    ],
)
def test_as_084_works_are_not_asked_about_before_the_month_is_over(asked_at: str, refused: bool) -> None:  # noqa: FBT001
    hand = resolved(pack="P004", case_type="repair_request", flags=("works",))
    hand.at = local(asked_at)
    verdict = hand.ask(FollowUp(answer="satisfied", method="visit"))

    assert (isinstance(verdict, Refusal) and verdict.why == "too_early") == refused
    assert (hand.known.ending is None) == refused


@pytest.mark.parametrize(
    ("attempts", "ending"),
    [
        pytest.param(("03-05 10:00", "03-05 15:00", "03-06 10:00"), "unreached", id="FU-1"),
        pytest.param(("03-05 10:00", "03-06 15:00"), None, id="two attempts"),
        pytest.param(("03-05 10:00", "03-05 15:00", "03-05 20:00"), None, id="one local date"),
        pytest.param(("03-05 10:00", "03-06 10:00", "03-07 10:00"), None, id="always the same hour"),
        pytest.param(("03-05 23:30", "03-05 23:50", "03-06 00:10"), "unreached", id="the date is the site's"),
    ],
)
def test_silence_closes_after_enough_attempts(attempts: tuple[str, ...], ending: str | None) -> None:
    hand = resolved()
    for number, attempt in enumerate(attempts, start=1):
        hand.at = at(attempt)
        hand.does(UNREACHED)
        recorded = next(say.fact for say in reversed(hand.said) if say.fact.name == "follow_up_recorded")
        assert recorded.model_dump()["attempt"] == number

    assert hand.known.ending == ending


def at(month_day_time: str) -> datetime:
    return local(f"2025-{month_day_time}")


def test_fu_2_who_does_not_want_to_be_asked_ends_the_case() -> None:
    hand = resolved().does(FollowUp(answer="refused", method="phone"))

    assert hand.known.ending == "refused"


def test_fu_3_an_anonymous_matter_closes_with_its_completion() -> None:
    assert resolved(anonymous=True).known.ending == "anonymous"


@pytest.mark.parametrize(
    ("rounds", "who", "expected"),
    [
        pytest.param(2, CHIEF, 409, id="FU-4: not before the third unsatisfied round"),
        pytest.param(3, CHIEF, None, id="FU-4: the pack's closer, with reasons"),
        pytest.param(3, DESK, 403, id="FU-4: nobody else"),
    ],
)
def test_closing_by_authority(rounds: int, who: Any, expected: int | None) -> None:
    hand = resolved()
    for _ in range(rounds):
        hand.does(UNSATISFIED, *DONE)
    verdict = hand.ask(BY_AUTHORITY, who)

    assert (verdict.status if isinstance(verdict, Refusal) else None) == expected
    assert (hand.known.ending == "by_authority") == (expected is None)


@pytest.mark.parametrize("answer", ["refused", "unreached"])
def test_fu_4_after_the_third_unsatisfied_round_silence_no_longer_closes(answer: Any) -> None:
    hand = resolved()
    for _ in range(3):
        hand.does(UNSATISFIED, *DONE)
    for attempt in ("03-05 10:00", "03-06 12:00", "03-07 15:00"):
        hand.at = at(attempt)
        hand.does(FollowUp(answer=answer, method="phone"))

    assert hand.known.status is Status.RESOLVED
    assert isinstance(hand.ask(BY_AUTHORITY, CHIEF), Step)


def invalidated(hand: Hand) -> Hand:
    hand.hear(
        RequestClassified(
            case_type="complaint",
            category="engineering",
            severity="minor",
            validity="invalid",
            effective_at=hand.at,
            by="p-1",
        )
    )
    return hand


INVALID = Close(ending="invalid", reason="房屋质量，已转地产")
REPLIED = Reply(kind="result", method="phone")


@pytest.mark.parametrize(
    ("reply_before", "reply_after", "allowed"),
    [
        pytest.param(False, False, False, id="AS-039: the reply is owed"),
        pytest.param(True, False, False, id="an earlier reply does not count"),
        pytest.param(False, True, True, id="AS-039: replied"),
    ],
)
def test_an_invalid_matter_keeps_the_reply_duty(
    reply_before: bool,  # noqa: FBT001  a table's column
    reply_after: bool,  # noqa: FBT001  as above
    allowed: bool,  # noqa: FBT001  as above
) -> None:
    hand = received("P004").does(*[REPLIED] * reply_before)
    invalidated(hand).does(*[REPLIED] * reply_after)

    assert isinstance(hand.ask(INVALID), Step) == allowed


def test_work_on_an_invalid_matter_ends_it_without_a_follow_up() -> None:
    hand = invalidated(received("P004")).does(REPLIED, *DONE)

    assert hand.known.ending == "invalid"
    assert "follow_up_opened" not in hand.facts()


def test_where_the_pack_asks_for_no_follow_up_completion_is_the_end() -> None:
    hand = resolved(pack="G-SAFETY", case_type="emergency", category="gas", severity="emergency")

    assert hand.known.ending == "completed"


@pytest.mark.parametrize("before", [(), DONE], ids=["open", "resolved"])
def test_a_withdrawn_request_closes_once(before: tuple[Any, ...]) -> None:
    hand = received().does(*before)
    hand.hear(RequestWithdrawn(by="p-1"))
    again = hand.hear(RequestWithdrawn(by="p-1"))

    assert hand.known.ending == "withdrawn"
    assert (again.why, hand.facts().count("case_closed")) == ("already_closed", 1)
