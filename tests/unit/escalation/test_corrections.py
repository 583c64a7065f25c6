"""Cases put right or agreed anew: reclassified, amended, consented to, reopened."""

import pytest

from shared.contracts.dispatch import CaseReopened, OrderAccepted, OrderCompleted, ReplyGiven
from shared.contracts.envelope import Fact
from shared.contracts.escalation import BreachAnnulled, CaseRaised, ClockBreached
from shared.contracts.intake import ConsentRecorded, RequestAmended, RequestClassified
from tests.support.escalation_builders import opened
from tests.support.packs import local

REPLY = ReplyGiven(kind="first", method="phone", by="p-butler")


def classified(severity: str, at: str, **fields: object) -> RequestClassified:
    given = {
        "case_type": "complaint",
        "category": "engineering",
        "severity": severity,
        "validity": "valid",
        "effective_at": local(at),
        "by": "p-service_center",
    }
    return RequestClassified.model_validate(given | fields)


def test_a_reclassified_case_runs_the_clocks_of_its_new_severity_from_the_first_ear() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(classified("important", "2025-03-04 10:30"), "2025-03-04 10:30")
    assert {clock.id for clock in folded.case.running} == {"CK-CMP-13", "CK-CMP-14"}
    assert folded.due("CK-CMP-13") == local("2025-03-04 13:00")
    (raised,) = folded.told(CaseRaised)
    assert (raised.reason, raised.roles) == ("intake", ("head_butler", "chief_butler"))


def test_a_reply_given_before_the_reclassification_meets_the_new_reply_clock() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(REPLY, "2025-03-04 10:20")
    folded.hear(classified("important", "2025-03-04 10:30"), "2025-03-04 10:30")
    assert folded.outcomes["CK-CMP-13"] == "met"


def test_as_039_an_invalid_complaint_is_noted_the_same_day_and_keeps_its_reply_duty() -> None:
    folded = opened("P004", "2025-03-04 09:00", category="after_sales")
    folded.hear(classified("minor", "2025-03-04 16:00", validity="invalid", category="after_sales"), "2025-03-04 16:00")
    assert folded.due("CK-CMP-70") == local("2025-03-08 00:00")
    assert folded.outcomes["CK-CMP-69"] == "met"
    assert folded.told(CaseRaised)[-1].roles == ("project_manager",)
    assert {clock.id for clock in folded.case.running} == {"CK-CMP-70"}


def test_of_two_words_on_severity_the_later_effective_one_holds() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(classified("important", "2025-03-04 12:00"), "2025-03-04 12:00")
    folded.hear(classified("minor", "2025-03-04 11:00"), "2025-03-04 12:30")
    assert folded.case.severity == "important"


def test_a_corrected_first_ear_moves_the_clocks_and_takes_a_false_breach_back() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.past("2025-03-04 11:00")
    fact = RequestAmended(changed=("received_at",), correction=True, received_at=local("2025-03-04 10:30"), by="x")
    folded.hear(fact, "2025-03-04 11:10")
    assert len(folded.told(BreachAnnulled)) == 1
    assert folded.due("CK-CMP-10") == local("2025-03-04 11:30")
    folded.past("2025-03-04 11:30")
    assert folded.instants(ClockBreached) == [local("2025-03-04 11:00"), local("2025-03-04 11:30")]


@pytest.mark.parametrize(
    ("consent", "reply", "resolve"),
    [
        pytest.param("CN-1", "2025-03-04 11:00", "2025-03-10 00:00", id="CN-1 moves the handling only"),
        pytest.param(
            "CN-2", "2025-03-09 12:00", "2025-03-07 00:00", id="X-41 CN-2 moves the reply; handling needs its approver"
        ),
        pytest.param("CN-4", "2025-03-04 11:00", "2025-03-07 00:00", id="another consent moves nothing"),
    ],
)
def test_a_consent_to_a_later_time(consent: str, reply: str, resolve: str) -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(ConsentRecorded(consent=consent, until=local("2025-03-09 12:00"), by="x"), "2025-03-04 10:15")
    assert (folded.due("CK-CMP-10"), folded.due("CK-CMP-11")) == (local(reply), local(resolve))


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(
            ReplyGiven(kind="first", method="phone", by="x", agreed_until=local("2025-03-06 15:00")),
            id="with the owner",
        ),
        pytest.param(OrderAccepted(by="x", complete_by=local("2025-03-06 15:00")), id="by the department"),
    ],
)
def test_an_agreed_clock_gets_its_date(fact: Fact) -> None:
    folded = opened("P000", "2025-03-04 10:00", category="other")
    folded.hear(fact, "2025-03-04 10:15")
    folded.past("2025-03-06 15:00")
    assert folded.instants(ClockBreached) == [local("2025-03-06 15:00")]


def test_a_false_completion_gives_the_clocks_back() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    folded.hear(OrderCompleted(by="p-engineer"), "2025-03-05 10:00")
    folded.hear(CaseReopened(because="false_completion", round=2, correction=True, by="x"), "2025-03-05 12:00")
    folded.past("2025-03-07 00:00")
    assert local("2025-03-07 00:00") in folded.instants(ClockBreached)
    assert not any(clock.id == "CK-FUP-14" for clock in folded.case.running)
