"""Clocks of a case: armed, met, missed, annulled, reckoned anew."""

import pytest

from shared.contracts.dispatch import (
    CaseClosed,
    FollowUpRecorded,
    OrderAssigned,
    OrderCompleted,
    OrderIssued,
    ReplyGiven,
)
from shared.contracts.escalation import (
    BreachAnnulled,
    CaseRaised,
    ClockArmed,
    ClockBreached,
    ClockStopped,
    ClockWarned,
)
from shared.contracts.intake import (
    RequestWithdrawn,
)
from tests.support.escalation_builders import Folded, book, opened, received
from tests.support.packs import local

REPLY = ReplyGiven(kind="first", method="phone", by="p-butler")
DONE = OrderCompleted(by="p-engineer")


@pytest.mark.parametrize(
    ("replied", "outcome", "breaches"),
    [
        pytest.param("2025-03-04 11:00:00", "met", 0, id="AS-001 the due instant itself is on time"),
        pytest.param("2025-03-04 11:00:00.001", "late", 1, id="AS-001 a millisecond later is a breach"),
    ],
)
def test_a_reply_is_judged_by_its_instant(replied: str, outcome: str, breaches: int) -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(REPLY, replied)
    assert folded.outcomes["CK-CMP-10"] == outcome
    assert len(folded.told(ClockBreached)) == breaches


def test_as_001_the_breach_is_told_to_the_head_butler() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.past("2025-03-04 11:00")
    (raised,) = folded.told(CaseRaised)
    assert {one.person for one in raised.people} == {
        "p-engineer",
        "p-engineering_dept",
        "p-service_center",
        "p-head_butler",
    }


@pytest.mark.parametrize(
    ("pack", "at", "severity", "dues"),
    [
        pytest.param(
            "P001/3",
            "2025-03-04 22:40",
            "important",
            {"CK-CMP-13": "2025-03-05 01:40", "CK-CMP-14": "2025-03-08 00:00"},
            id="AS-016 nights count",
        ),
        pytest.param(
            "P004",
            "2025-03-04 15:00",
            "minor",
            {"CK-CMP-60": "2025-03-05 00:00", "CK-CMP-61": "2025-03-07 00:00", "CK-CMP-62": "2025-03-07 00:00"},
            id="AS-033 disposition and solution are two clocks",
        ),
        pytest.param(
            "P004",
            "2025-03-04 17:20",
            "important",
            {"CK-CMP-63": "2025-03-04 18:20", "CK-CMP-64": "2025-03-08 00:00"},
            id="AS-035 the shift's end changes nothing",
        ),
        pytest.param(
            "P004",
            "2025-03-04 23:30",
            "major",
            {"CK-CMP-65": "2025-03-05 00:00", "CK-CMP-67": "2025-03-07 00:00"},
            id="AS-037 half an hour is left",
        ),
    ],
)
def test_clocks_of_a_new_case(pack: str, at: str, severity: str, dues: dict[str, str]) -> None:
    folded = opened(pack, at, severity=severity)
    assert {clock: folded.due(clock) for clock in dues} == {clock: local(due) for clock, due in dues.items()}
    assert folded.told(ClockArmed)[0].because == "received"


def test_as_005_a_pack_without_a_reply_clock_shows_age_and_invents_nothing() -> None:
    folded = opened("P000", "2025-03-04 10:00", category="other")
    assert {clock.id: clock.due_at for clock in folded.case.clocks} == {"CK-CMP-01": None, "CK-CMP-02": None}


def test_as_013_the_owners_limit_holds() -> None:
    folded = opened("P001/3", "2025-03-04 10:00", customer_limit=local("2025-03-05 12:00"))
    clock = folded.case.clock("CK-CMP-11")
    assert clock is not None
    assert (clock.due_at, clock.why, clock.day_based) == (local("2025-03-05 12:00"), "owner_limit", False)


def test_what_was_promised_holds_over_what_is_reckoned_later() -> None:
    promise = {
        "clock": "CK-CMP-10",
        "kind": "reply",
        "name": {"zh": "答复", "en": "reply"},
        "due_at": local("2025-03-04 10:40"),
        "why": "counted",
        "basis": "hours",
        "amount": 1,
        "product_default": False,
        "source": "x",
    }
    folded = opened("P001/3", "2025-03-04 10:00", promises=(promise,))
    assert folded.due("CK-CMP-10") == local("2025-03-04 10:40")


def test_as_207_a_breach_noticed_two_hours_late_has_its_true_instant_and_is_told_once() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.wake("2025-03-04 13:00")
    assert folded.instants(ClockBreached) == [local("2025-03-04 11:00")]
    assert len(folded.told(CaseRaised)) == 1


@pytest.mark.parametrize(
    "stamped",
    [
        pytest.param("2025-03-04 10:59", id="AS-208 before the due instant"),
        pytest.param("2025-03-04 11:00", id="AS-208 at the due instant"),
    ],
)
def test_a_late_act_stamped_in_time_annuls_the_breach(stamped: str) -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.past("2025-03-04 11:00")
    folded.hear(REPLY, stamped, now="2025-03-04 11:05")
    (annulled,) = folded.told(BreachAnnulled)
    assert (annulled.clock, annulled.due_at) == ("CK-CMP-10", local("2025-03-04 11:00"))
    assert folded.outcomes["CK-CMP-10"] == "met"
    folded.until("2025-03-06 00:00")
    assert len(folded.told(CaseRaised)) == 1


def test_the_assignee_is_warned_at_eighty_per_cent() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(OrderAssigned(assignee="p-engineer", by="p-head_butler"), "2025-03-04 10:10")
    folded.past("2025-03-04 10:48")
    (warned,) = folded.told(ClockWarned)
    assert [(one.person, one.role) for one in warned.people] == [("p-engineer", "assignee")]
    assert folded.instants(ClockWarned) == [local("2025-03-04 10:48")]


def test_the_last_call_goes_out_two_hours_before_the_last_shift_ends() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(OrderAssigned(assignee="p-engineer", by="p-head_butler"), "2025-03-04 10:10")
    folded.hear(REPLY, "2025-03-04 10:20")
    folded.until("2025-03-06 23:00")
    calls = [fact for fact in folded.told(ClockWarned) if fact.warning == "last_call"]
    assert [fact.clock for fact in calls] == ["CK-CMP-11"]
    assert local("2025-03-06 15:30") in folded.instants(ClockWarned)


@pytest.mark.parametrize(
    ("answer", "met"),
    [
        pytest.param("satisfied", True, id="satisfied meets it"),
        pytest.param("refused", True, id="a refusal meets it"),
        pytest.param("unreached", False, id="reaching nobody meets nothing"),
    ],
)
def test_a_follow_up_clock(answer: str, met: bool) -> None:  # noqa: FBT001
    folded = opened("P004", "2025-03-04 09:00", category="service")
    folded.hear(OrderCompleted(by="p-engineer", same_day=True), "2025-03-04 12:00")
    assert folded.due("CK-FUP-01") == local("2025-03-05 12:00")
    fact = FollowUpRecorded.model_validate({"answer": answer, "method": "phone", "round": 1, "by": "x"})
    folded.hear(fact, "2025-03-04 15:00")
    assert (folded.outcomes.get("CK-FUP-01") == "met") is met


def test_a_closed_case_runs_nothing() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(CaseClosed(ending="satisfied", by="x"), "2025-03-04 10:30")
    assert folded.case.running == ()
    assert set(folded.outcomes.values()) == {"cancelled"}
    folded.until("2026-03-04 10:00")
    assert folded.told(ClockBreached) == []


def test_every_armed_clock_ends_once() -> None:
    folded = opened("P004", "2025-03-04 15:00", severity="important", category="service")
    for fact, at in (
        (OrderIssued(site="s1", order="o", number=1, department="engineering_dept"), "2025-03-04 15:01"),
        (REPLY, "2025-03-04 15:30"),
        (DONE, "2025-03-05 10:00"),
        (FollowUpRecorded(answer="satisfied", method="phone", round=1, by="x"), "2025-03-05 11:00"),
        (CaseClosed(ending="satisfied", by="x"), "2025-03-05 11:00"),
    ):
        folded.hear(fact, at)
    armed = [one.clock for fact in folded.told(ClockArmed) for one in fact.clocks]
    stopped = [one.clock for fact in folded.told(ClockStopped) for one in fact.clocks]
    assert sorted(armed) == sorted(stopped)


def test_a_withdrawn_case_runs_nothing() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(RequestWithdrawn(by="x"), "2025-03-04 10:30")
    folded.until("2026-03-04 10:00")
    assert folded.told(ClockBreached) == []


def test_facts_that_come_before_the_request_wait_for_it() -> None:
    folded = Folded(book("P001/3"))
    assert folded.hear(REPLY, "2025-03-04 10:20") == "waits_for_request_received"
    folded.hear(received("P001/3", "2025-03-04 10:00"), "2025-03-04 10:00", now="2025-03-04 10:21")
    assert folded.outcomes["CK-CMP-10"] == "met"
    assert folded.docket is not None
    assert folded.docket.early == ()


def test_a_late_entry_is_breached_at_its_true_instant() -> None:
    folded = Folded(book("P004"))
    fact = received("P004", "2025-03-04 15:00", category="service", logged_at=local("2025-03-05 09:00"))
    folded.hear(fact, "2025-03-05 09:00")
    assert folded.instants(ClockBreached)[0] == local("2025-03-05 00:00")
    assert folded.outcomes["CK-CMP-60"] == "late"
