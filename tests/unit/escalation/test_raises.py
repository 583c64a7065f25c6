"""Raises: who is told, when, and how silence climbs."""

import pytest

from services.escalation.commands import Acknowledge
from shared.contracts.dispatch import ReplyGiven
from shared.contracts.escalation import CaseRaised, ClockBreached, ClockWarned, RaiseAcknowledged
from shared.contracts.fold import Refusal
from shared.contracts.intake import RequestsLinked
from shared.contracts.notify import NobodyReachable
from shared.organisation.records import Absence, Appointment, Person
from tests.support.escalation_builders import CASE_ID, SITE, Folded, actor, book, opened
from tests.support.packs import local

REPLY = ReplyGiven(kind="first", method="phone", by="p-butler")
FIRST = f"{CASE_ID}-1"
SECTION_1_4: dict[str, str | int] = {"variant.handler_per_section_1_4": "on"}


def raised(folded: Folded) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(fact.reason, fact.level, fact.roles) for fact in folded.told(CaseRaised)]


def test_silence_climbs_to_the_top_and_stays_there() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.until("2025-03-04 17:00")
    assert raised(folded) == [
        ("breach", 0, ("assignee", "first_receiver", "head_butler")),
        ("silence", 1, ("chief_butler",)),
        ("silence", 2, ("branch_gm",)),
    ]
    assert folded.instants(CaseRaised) == [
        local(at) for at in ("2025-03-04 11:00", "2025-03-04 11:30", "2025-03-04 12:00")
    ]
    (one,) = folded.case.raises
    assert (one.climb, one.acknowledge_by) == ((), None)


def test_as_035_and_as_037_what_the_pack_says_at_once_is_told_at_intake() -> None:
    folded = opened("P004", "2025-03-04 23:30", severity="major")
    (fact,) = folded.told(CaseRaised)
    assert (fact.reason, fact.roles) == ("intake", ("quality_department", "company_gm"))
    assert {one.tell_at for one in fact.people} == {local("2025-03-04 23:30")}
    assert fact.acknowledge_by == local("2025-03-05 08:45")


def test_as_016_a_copy_is_informed_and_the_head_butler_has_to_answer() -> None:
    folded = opened("P001/3", "2025-03-04 10:00", severity="important")
    (fact,) = folded.told(CaseRaised)
    assert [(one.person, one.role) for one in fact.people] == [
        ("p-head_butler", "head_butler"),
        ("p-chief_butler", "chief_butler"),
    ]


def test_silence_is_counted_in_the_recipients_duty_time() -> None:
    folded = opened("P001/3", "2025-03-04 16:10")
    folded.past("2025-03-04 17:10")
    assert folded.told(CaseRaised)[0].acknowledge_by == local("2025-03-05 08:40")


def test_an_outage_does_not_make_people_silent_about_what_they_were_not_told() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.wake("2025-03-04 14:00")
    assert folded.told(CaseRaised)[0].acknowledge_by == local("2025-03-04 14:30")


@pytest.mark.parametrize(
    ("severity", "breach", "tell_at"),
    [
        pytest.param("minor", "2025-03-07 00:00", "2025-03-07 08:30", id="ESC-6 a day-based message waits for duty"),
        pytest.param("major", "2025-03-12 00:00", "2025-03-12 00:00", id="ESC-6 a major case never waits"),
    ],
)
def test_messages_about_day_based_clocks(severity: str, breach: str, tell_at: str) -> None:
    folded = opened("P001/3", "2025-03-04 10:00", severity=severity)
    folded.hear(REPLY, "2025-03-04 10:20")
    folded.past(breach)
    fact = next(one for one in folded.told(CaseRaised) if one.reason == "breach")
    assert {one.tell_at for one in fact.people} == {local(tell_at)}
    assert folded.instants(ClockBreached) == [local(breach)]


def test_an_empty_chair_is_climbed_past_at_once_and_recorded() -> None:
    folded = opened("P001/3", "2025-03-04 10:00", directory=book("P001/3", without=("head_butler", "chief_butler")))
    folded.past("2025-03-04 11:00")
    (fact,) = folded.told(CaseRaised)
    assert fact.empty_chairs == ("head_butler", "chief_butler")
    assert "p-branch_gm" in {one.person for one in fact.people}
    assert fact.roles == ("assignee", "first_receiver", "head_butler", "branch_gm")


def test_a_chain_without_anybody_is_said_to_nobody_and_ends() -> None:
    everybody = ("head_butler", "chief_butler", "branch_gm")
    folded = opened("P001/3", "2025-03-04 10:00", severity="major", directory=book("P001/3", without=everybody))
    (fact,) = folded.told(CaseRaised)
    assert (fact.people, fact.acknowledge_by, fact.empty_chairs) == (
        (),
        None,
        ("chief_butler", "branch_gm", "branch_gm"),
    )
    assert folded.case.clock("CK-CMP-15") is not None
    assert "CK-CMP-15" in {clock.id for clock in folded.case.running}


def test_the_substitute_of_an_absent_first_receiver_is_told() -> None:
    directory = book("P001/3")
    post = Appointment(site=SITE, role="service_center", since=local("2020-01-01 00:00"))
    away = Absence(local("2025-03-01 00:00"), local("2025-04-01 00:00"), substitute="p-butler")
    directory.put_person(Person("p-service_center", "x", appointments=(post,), absences=(away,)))
    folded = opened("P001/3", "2025-03-04 10:00", directory=directory)
    folded.past("2025-03-04 11:00")
    people = {one.person: one.why for one in folded.told(CaseRaised)[0].people}
    assert people["p-butler"] == ("absent", "substitute")
    assert "p-service_center" not in people


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("head_butler", id="a person named"),
        pytest.param("branch_gm", id="a person above in the chain"),
    ],
)
def test_acknowledged_stops_ringing(role: str) -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    assert folded.ask(Acknowledge(raise_id=FIRST), actor(role), "2025-03-04 11:05") == "acknowledged"
    folded.until("2025-03-04 23:00")
    assert len(folded.told(CaseRaised)) == 1
    assert [fact.by for fact in folded.told(RaiseAcknowledged)] == [f"p-{role}"]


def test_acknowledging_twice_is_refused_with_the_name_of_who_did() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.ask(Acknowledge(raise_id=FIRST), actor("head_butler"), "2025-03-04 11:05")
    refusal = folded.ask(Acknowledge(raise_id=FIRST), actor("chief_butler"), "2025-03-04 11:06")
    assert isinstance(refusal, Refusal)
    assert (refusal.why, refusal.status, refusal.text.gaps) == ("acknowledged_already", 409, {"who": "p-head_butler"})


def test_somebody_not_called_is_refused_with_who_may() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    refusal = folded.ask(Acknowledge(raise_id=FIRST), actor("cleaning_dept"), "2025-03-04 11:05")
    assert isinstance(refusal, Refusal)
    assert (refusal.why, refusal.status) == ("not_called", 403)
    assert refusal.hint is not None
    assert "p-head_butler" in str(refusal.hint.gaps["people"])


def test_an_unknown_raise_is_refused_with_those_that_wait() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    refusal = folded.ask(Acknowledge(raise_id="nothing"), actor("head_butler"), "2025-03-04 11:05")
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.field) == (422, "/raise_id")
    assert refusal.hint is not None
    assert refusal.hint.gaps == {"raises": FIRST}


def test_a_late_answer_lets_the_raise_rest() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(REPLY, "2025-03-04 11:10")
    folded.until("2025-03-04 20:00")
    assert len(folded.told(CaseRaised)) == 1


def test_nobody_reachable_climbs_at_once() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.past("2025-03-04 11:00")
    assert folded.hear(NobodyReachable(raise_id=FIRST), "2025-03-04 11:01") == "climbed"
    assert raised(folded)[-1] == ("unreachable", 1, ("chief_butler",))


def test_a_drill_runs_its_clocks_and_tells_nobody() -> None:
    folded = opened("P001/3", "2025-03-04 10:00", drill=True, severity="major")
    folded.until("2025-04-20 00:00")
    assert folded.told(CaseRaised) == []
    assert {fact.silent for fact in folded.told(ClockBreached)} == {True}
    assert [fact.people for fact in folded.told(ClockWarned) if fact.people] == []


def test_under_an_incident_breaches_are_recorded_and_nothing_is_raised() -> None:
    folded = opened("P001/3", "2025-03-04 10:00", incident="case-incident")
    folded.past("2025-03-04 11:00")
    assert len(folded.told(ClockBreached)) == 1
    assert folded.told(CaseRaised) == []


def test_taken_off_its_incident_what_is_overdue_is_raised() -> None:
    folded = opened("P001/3", "2025-03-04 10:00", incident="case-incident")
    folded.past("2025-03-04 11:00")
    folded.hear(RequestsLinked(incident=None, was="case-incident", by="x"), "2025-03-04 12:00")
    (fact,) = folded.told(CaseRaised)
    assert (fact.reason, fact.clock) == ("breach", "CK-CMP-10")


def test_joining_an_incident_silences_what_was_raised() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.past("2025-03-04 11:00")
    folded.hear(RequestsLinked(incident="case-incident", by="x"), "2025-03-04 11:10")
    folded.until("2025-03-04 20:00")
    assert len(folded.told(CaseRaised)) == 1


def test_who_only_gets_a_copy_cannot_take_it_unless_he_stands_above() -> None:
    folded = opened(
        "P001/3", "2025-03-04 10:00", directory=book("P001/3", parameters=SECTION_1_4), severity="important"
    )
    (fact,) = folded.told(CaseRaised)
    assert (fact.roles, fact.copied) == (("chief_butler", "head_butler"), ("p-head_butler",))
    refused = folded.ask(Acknowledge(raise_id=FIRST), actor("head_butler"), "2025-03-04 10:05")
    assert isinstance(refused, Refusal)
    assert refused.why == "not_called"
    assert folded.ask(Acknowledge(raise_id=FIRST), actor("branch_gm"), "2025-03-04 10:06") == "acknowledged"
