"""More time: asked for, given by the right role, in time or too late."""

from typing import Literal

import pytest

from services.escalation.commands import DecideExtension, RequestExtension
from shared.contracts.dispatch import OrderAssigned, OrderCompleted, ReplyGiven
from shared.contracts.escalation import (
    CaseRaised,
    ClockBreached,
    ClockStopped,
    ExtensionDecided,
    ExtensionRequested,
    RaiseAcknowledged,
)
from shared.contracts.fold import Refusal
from tests.support.escalation_builders import Folded, actor, book, opened
from tests.support.packs import local

UNTIL = "2025-03-09 00:00"


def replied(pack: str, severity: str) -> Folded:
    folded = opened(pack, "2025-03-04 10:00", severity=severity)
    folded.hear(ReplyGiven(kind="first", method="phone", by="p-butler"), "2025-03-04 10:20")
    return folded


def decide(
    clock: str, until: str | None = UNTIL, decision: Literal["approve", "refuse"] = "approve"
) -> DecideExtension:
    instant = local(until) if until else None
    return DecideExtension(clock=clock, decision=decision, until=instant, reason="缺料")


def asked(clock: str, until: str = UNTIL) -> RequestExtension:
    return RequestExtension(clock=clock, until=local(until), reason="缺料")


@pytest.mark.parametrize(
    ("pack", "severity", "clock", "role", "at", "why"),
    [
        pytest.param(
            "P001/3", "minor", "CK-CMP-11", "head_butler", "2025-03-06 20:00", "approved", id="AS-014 head butler"
        ),
        pytest.param(
            "P001/3", "minor", "CK-CMP-11", "butler", "2025-03-06 10:00", "wrong_role", id="AS-015 wrong role"
        ),
        pytest.param(
            "P001/3", "minor", "CK-CMP-11", "head_butler", "2025-03-07 09:00", "approved_late", id="AS-015 too late"
        ),
        pytest.param(
            "P001/3", "minor", "CK-CMP-11", "head_butler", "2025-03-07 00:00", "approved", id="TS-8 at the instant"
        ),
        pytest.param(
            "P001/3", "important", "CK-CMP-14", "head_butler", "2025-03-06 20:00", "wrong_role", id="AS-017 below"
        ),
        pytest.param(
            "P001/3", "important", "CK-CMP-14", "chief_butler", "2025-03-06 20:00", "approved", id="AS-017 chief butler"
        ),
        pytest.param(
            "P004", "minor", "CK-CMP-62", "area_admin", "2025-03-06 18:00", "wrong_role", id="AS-034 area steward"
        ),
        pytest.param(
            "P004", "minor", "CK-CMP-62", "department_manager", "2025-03-06 18:00", "approved", id="AS-034 manager"
        ),
        pytest.param(
            "P004", "important", "CK-CMP-64", "company_gm", "2025-03-06 18:00", "approved", id="AS-036 company head"
        ),
        pytest.param(
            "P004", "important", "CK-CMP-64", "department_manager", "2025-03-06 18:00", "wrong_role", id="AS-036 below"
        ),
    ],
)
def test_who_may_give_more_time(pack: str, severity: str, clock: str, role: str, at: str, why: str) -> None:
    folded = replied(pack, severity)
    answer = folded.ask(decide(clock), actor(role, "view"), at)
    assert (answer.why if isinstance(answer, Refusal) else answer) == why


def test_as_014_the_new_due_instant_is_stored_with_approver_and_reason() -> None:
    folded = replied("P001/3", "minor")
    folded.ask(decide("CK-CMP-11"), actor("head_butler"), "2025-03-06 20:00")
    (fact,) = folded.told(ExtensionDecided)
    assert (fact.decision, fact.role, fact.by, fact.private.text) == (
        "approved",
        "head_butler",
        "p-head_butler",
        "缺料",
    )
    folded.past(UNTIL)
    assert folded.instants(ClockBreached) == [local(UNTIL)]


def test_as_015_a_late_approval_leaves_the_breach_counted() -> None:
    folded = replied("P001/3", "minor")
    folded.ask(decide("CK-CMP-11"), actor("head_butler"), "2025-03-07 09:00")
    folded.hear(OrderCompleted(by="p-engineer"), "2025-03-07 12:00")
    assert folded.instants(ClockBreached) == [local("2025-03-07 00:00")]
    assert folded.told(ClockStopped)[-1].clocks[0].outcome == "late"


def test_the_assignee_cannot_give_himself_more_time() -> None:
    folded = replied("P001/3", "minor")
    folded.hear(OrderAssigned(assignee="p-head_butler", by="x"), "2025-03-04 11:00")
    answer = folded.ask(decide("CK-CMP-11"), actor("head_butler"), "2025-03-05 10:00")
    assert isinstance(answer, Refusal)
    assert answer.why == "own_extension"


def test_a_request_calls_the_approver_and_its_decision_answers_him() -> None:
    folded = replied("P001/3", "minor")
    assert folded.ask(asked("CK-CMP-11"), actor("engineering_dept"), "2025-03-05 10:00") == "extension_requested"
    assert [fact.approver for fact in folded.told(ExtensionRequested)] == ["head_butler"]
    (fact,) = folded.told(CaseRaised)
    assert (fact.reason, [one.person for one in fact.people]) == ("extension", ["p-head_butler"])
    folded.ask(decide("CK-CMP-11", until=None), actor("head_butler"), "2025-03-05 10:10")
    assert folded.due("CK-CMP-11") == local(UNTIL)
    assert [one.raise_id for one in folded.told(RaiseAcknowledged)] == [fact.raise_id]
    folded.until("2025-03-05 20:00")
    assert len(folded.told(CaseRaised)) == 1


@pytest.mark.parametrize(
    ("asker", "assignee", "told"),
    [
        pytest.param("engineering_dept", None, [("p-engineering_dept", "asker")], id="N-13 whoever asked"),
        pytest.param(None, "p-engineer", [("p-engineer", "assignee")], id="nobody asked: the assignee"),
        pytest.param(None, None, [], id="nobody to tell"),
        pytest.param("head_butler", None, [], id="one's own wish"),
    ],
)
@pytest.mark.parametrize("given", ["approve", "refuse"])
def test_the_decision_names_whom_it_concerns(
    asker: str | None, assignee: str | None, told: list[tuple[str, str]], given: Literal["approve", "refuse"]
) -> None:
    folded = replied("P001/3", "minor")
    if assignee:
        folded.hear(OrderAssigned(assignee=assignee, by="x"), "2025-03-04 11:00")
    if asker:
        folded.ask(asked("CK-CMP-11"), actor(asker), "2025-03-05 10:00")
    answer = folded.ask(decide("CK-CMP-11", UNTIL, given), actor("head_butler"), "2025-03-05 22:10")
    if isinstance(answer, Refusal):
        assert (asker, given) == (None, "refuse")
        return
    (fact,) = folded.told(ExtensionDecided)
    assert [(one.person, one.role) for one in fact.people] == told
    assert {one.tell_at for one in fact.people} <= {local("2025-03-05 22:10")}


def test_a_refused_request_leaves_the_due_instant() -> None:
    folded = replied("P001/3", "minor")
    folded.ask(asked("CK-CMP-11"), actor("engineering_dept"), "2025-03-05 10:00")
    folded.ask(decide("CK-CMP-11", None, "refuse"), actor("head_butler"), "2025-03-05 10:10")
    assert folded.due("CK-CMP-11") == local("2025-03-07 00:00")
    assert folded.case.wishes == ()


@pytest.mark.parametrize(
    ("command", "why", "field"),
    [
        pytest.param(asked("CK-CMP-11", "2025-03-07 00:00"), "bad_field", "/until", id="not later than now due"),
        pytest.param(asked("CK-CMP-99"), "bad_field", "/clock", id="no such clock"),
        pytest.param(asked("CK-CMP-10"), "bad_field", "/clock", id="ended already"),
        pytest.param(asked("CK-CMP-11", "2025-03-20 00:00"), "bad_field", "/until", id="beyond the cap"),
        pytest.param(decide("CK-CMP-11", None), "bad_field", "/until", id="approval of nothing without a date"),
        pytest.param(decide("CK-CMP-11", None, "refuse"), "nothing_asked", None, id="refusal of nothing"),
    ],
)
def test_what_cannot_be_asked(command: RequestExtension | DecideExtension, why: str, field: str | None) -> None:
    directory = book("P001/3", parameters={"extension_cap_days": 7})
    folded = opened("P001/3", "2025-03-04 10:00", directory=directory)
    folded.hear(ReplyGiven(kind="first", method="phone", by="p-butler"), "2025-03-04 10:20")
    answer = folded.ask(command, actor("head_butler"), "2025-03-05 10:00")
    assert isinstance(answer, Refusal)
    assert (answer.why, answer.field) == (why, field)


def test_a_second_request_waits_for_the_first() -> None:
    folded = replied("P001/3", "minor")
    folded.ask(asked("CK-CMP-11"), actor("engineering_dept"), "2025-03-05 10:00")
    answer = folded.ask(asked("CK-CMP-11"), actor("engineering_dept"), "2025-03-05 10:01")
    assert isinstance(answer, Refusal)
    assert (answer.why, answer.possible) == ("asked_already", ("decide_extension",))
