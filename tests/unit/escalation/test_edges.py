"""Edges where one small slip in a decision would go unseen: one row a slip."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.escalation.commands import DecideExtension
from services.escalation.policy.audience import Audience, Reached, Scene, acknowledge_by, last_call_at
from services.escalation.policy.ladder import above
from shared.contracts.dispatch import (
    CaseReopened,
    OrderAssigned,
    OrderCompleted,
    OrderReturned,
    OrderTransferred,
    ReplyGiven,
)
from shared.contracts.envelope import Fact
from shared.contracts.escalation import (
    BreachAnnulled,
    CaseRaised,
    ClockBreached,
    ClockWarned,
    ExtensionDecided,
    SeverityUpgraded,
)
from shared.contracts.fold import Refusal
from shared.contracts.intake import ConsentRecorded, RequestClassified
from shared.contracts.notify import NobodyReachable
from tests.support.escalation_builders import CASE_ID, SITE, Folded, actor, book, opened
from tests.support.packs import local, pack_named

FIRST = f"{CASE_ID}-1"
REPLY = ReplyGiven(kind="first", method="phone", by="p-butler")
INCIDENT = "case-incident"


def longer(until: str) -> DecideExtension:
    return DecideExtension(clock="CK-CMP-11", decision="approve", until=local(until), reason="x")


def judged(validity: str, at: str) -> RequestClassified:
    plain = {"case_type": "complaint", "category": "facilities", "severity": "minor", "by": "x"}
    return RequestClassified.model_validate(plain | {"validity": validity, "effective_at": local(at)})


def at_noon(directory_pack: str = "P001/3") -> Scene:
    directory = book(directory_pack)
    return Scene(directory.site(SITE), directory.staff, local("2025-03-04 12:00"))


def test_an_extension_whose_warning_has_passed_does_not_warn_about_the_past() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(REPLY, "2025-03-04 10:20")
    folded.ask(longer("2025-03-07 01:00"), actor("head_butler"), "2025-03-06 20:00")
    folded.until("2025-03-06 23:00")
    assert len(folded.told(ClockWarned)) == 1


def test_an_extension_of_what_is_overdue_must_lie_in_the_future() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    answer = folded.ask(longer("2025-03-07 12:00"), actor("head_butler"), "2025-03-08 09:00")
    assert isinstance(answer, Refusal)
    assert answer.field == "/until"


def test_of_two_roles_that_may_decide_the_named_one_is_recorded() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    both = replace(actor("head_butler", "view"), roles={SITE: ("chief_butler", "head_butler")})
    folded.ask(longer("2025-03-08 00:00"), both, "2025-03-05 10:00")
    assert [fact.role for fact in folded.told(ExtensionDecided)] == ["head_butler"]


@pytest.mark.parametrize(
    ("consent", "until", "at", "due"),
    [
        pytest.param("CN-1", "2025-03-09 00:00", "2025-03-08 10:00", "2025-03-07 00:00", id="after the breach"),
        pytest.param("CN-1", "2025-03-05 12:00", "2025-03-04 11:00", "2025-03-07 00:00", id="never earlier"),
    ],
)
def test_a_consent_neither_heals_a_breach_nor_shortens_a_promise(consent: str, until: str, at: str, due: str) -> None:
    folded = opened("P001/3", "2025-03-04 10:00", customer_limit=None)
    folded.hear(ConsentRecorded(consent=consent, until=local(until), by="x"), at)
    assert folded.due("CK-CMP-11") == local(due)


def test_a_consent_to_a_time_is_the_agreement_the_day_asked_for() -> None:
    folded = opened("P004", "2025-03-04 10:00", case_type="repair_request", category="in_home", severity="ordinary")
    folded.hear(ConsentRecorded(consent="CN-1", until=local("2025-03-06 18:00"), by="x"), "2025-03-04 16:00")
    assert folded.outcomes["CK-REP-07"] == "met"


def test_a_time_agreed_after_the_breach_leaves_it_counted() -> None:
    limit = local("2025-03-04 12:00")
    repair: dict[str, Any] = {
        "case_type": "repair_request",
        "category": "in_home",
        "severity": "ordinary",
        "customer_limit": limit,
    }
    folded = opened("P004", "2025-03-04 10:00", **repair)
    folded.past("2025-03-04 12:00")
    later = ReplyGiven(kind="progress", method="phone", agreed_until=local("2025-03-06 18:00"), by="x")
    folded.hear(later, "2025-03-04 13:00")
    assert folded.told(BreachAnnulled) == []
    assert folded.due("CK-REP-08") == limit


def test_silence_counts_from_the_first_who_could_have_answered() -> None:
    scene = at_noon()
    people = tuple(
        Reached("p-head_butler", "head_butler", scene.at + timedelta(hours=hours), ("appointed",)) for hours in (1, 0)
    )
    by = acknowledge_by(Audience(people), ("head_butler",), scene=scene, minutes=30, now=scene.at)
    assert by == local("2025-03-04 12:30")


@pytest.mark.parametrize(("at", "comes"), [("15:29", True), ("15:30", False), ("15:31", False)])
def test_the_last_call_is_left_out_once_its_instant_has_come(at: str, comes: bool) -> None:  # noqa: FBT001
    scene = replace(at_noon(), at=local(f"2025-03-04 {at}"), department="engineering_dept")
    call = last_call_at("p-engineer", scene, due_at=local("2025-03-05 00:00"))
    assert (call == local("2025-03-04 15:30")) is comes


def test_the_chain_goes_on_above_the_highest_of_those_told() -> None:
    assert above(pack_named("P004"), ("area_admin", "project_manager")) == ("company_gm",)


@pytest.mark.parametrize(
    ("passed", "why"),
    [
        pytest.param("2025-03-04 11:10", "nothing_to_climb", id="answered late, at rest"),
        pytest.param(None, "nothing_to_climb", id="spent: nobody is left above"),
    ],
)
def test_what_rests_does_not_climb_when_a_channel_fails(passed: str | None, why: str) -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.until("2025-03-04 11:05" if passed else "2025-03-04 17:00")
    if passed:
        folded.hear(REPLY, passed)
    assert folded.hear(NobodyReachable(raise_id=FIRST), "2025-03-04 17:00") == why


def test_a_matter_found_valid_after_its_month_is_upgraded_at_that_finding() -> None:
    folded = opened("P004", "2025-01-31 09:00", category="facilities")
    folded.hear(judged("invalid", "2025-02-10 09:00"), "2025-02-10 09:00")
    folded.hear(judged("valid", "2025-03-20 09:00"), "2025-03-20 09:00")
    folded.past("2025-03-20 09:00")
    assert folded.instants(SeverityUpgraded) == [local("2025-03-20 09:00")]


def test_an_upgrade_leaves_running_what_is_overdue() -> None:
    folded = opened("P001/3", "2025-01-31 09:00")
    folded.past("2025-03-01 00:00")
    clock = folded.case.clock("CK-CMP-10")
    assert clock is not None
    assert (clock.running, clock.breached) == (True, True)


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(OrderTransferred(by="x", was="engineering_dept", department="cleaning_dept"), id="transferred"),
        pytest.param(OrderReturned(by="x", department="engineering_dept"), id="given back"),
    ],
)
def test_who_no_longer_has_the_order_is_not_warned(fact: Fact) -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(OrderAssigned(assignee="p-engineer", by="x"), "2025-03-04 10:10")
    folded.hear(fact, "2025-03-04 10:20")
    folded.past("2025-03-04 11:00")
    assert [one.role for warned in folded.told(ClockWarned) for one in warned.people if one.role == "assignee"] == []
    (raised,) = folded.told(CaseRaised)
    assert "assignee" not in [one.role for one in raised.people]


def member() -> Folded:
    """A matter under an incident, its work done with the incident's."""
    folded = opened("P004", "2025-03-04 10:00", category="facilities", incident=INCIDENT)
    folded.hear(OrderCompleted(by="x", same_day=True, bulk=True), "2025-03-04 16:00")
    return folded


def test_a_member_asked_by_sample_is_its_own_matter_again() -> None:
    folded = member()
    folded.until("2025-03-06 12:00")
    assert {fact.clock for fact in folded.told(CaseRaised)} == {"CK-FUP-01"}
    assert {fact.silent for fact in folded.told(ClockBreached) if fact.clock == "CK-FUP-01"} == {False}


def test_a_member_that_was_not_satisfied_is_raised_by_itself() -> None:
    folded = member()
    folded.hear(CaseReopened(because="unsatisfied", round=2, by="x"), "2025-03-04 17:00")
    folded.until("2025-04-10 00:00")
    assert "upgrade" in {fact.reason for fact in folded.told(CaseRaised)}
