"""An upgrade is taken back when something older is heard that leaves it without a cause."""

import pytest

from services.escalation.commands import DecideExtension
from shared.contracts.dispatch import CaseClosed, CaseReopened, OrderCompleted, ReplyGiven
from shared.contracts.envelope import Fact
from shared.contracts.escalation import (
    BreachAnnulled,
    CaseRaised,
    ClockArmed,
    SeverityUpgraded,
    UpgradeAnnulled,
)
from shared.contracts.intake import RequestClassified, RequestRaisedAgain, RequestWithdrawn
from tests.support.escalation_builders import Folded, actor, opened
from tests.support.packs import local

DONE = OrderCompleted(by="p-engineer")
MONTH = "2025-03-01 00:00"


def judged(at: str, *, severity: str = "minor", validity: str = "valid") -> RequestClassified:
    plain = {"case_type": "complaint", "category": "engineering", "by": "x", "effective_at": local(at)}
    return RequestClassified.model_validate(plain | {"severity": severity, "validity": validity})


def upgraded_by_time() -> Folded:
    folded = opened("P001/3", "2025-01-31 09:00")
    folded.past(MONTH)
    assert folded.case.severity == "major"
    return folded


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(DONE, id="done"),
        pytest.param(CaseClosed(ending="satisfied", by="x"), id="closed"),
        pytest.param(RequestWithdrawn(by="x"), id="withdrawn"),
        pytest.param(judged("2025-02-28 10:00", validity="invalid"), id="judged invalid"),
    ],
)
def test_what_settled_the_matter_before_its_month_takes_the_upgrade_back(fact: Fact) -> None:
    folded = upgraded_by_time()
    told = {one.person for raised in folded.told(CaseRaised) if raised.reason == "upgrade" for one in raised.people}
    folded.hear(fact, "2025-02-28 10:00", now="2025-03-01 09:00")
    (back,) = folded.told(UpgradeAnnulled)
    assert (back.rule, back.was, back.severity, back.effective_at) == ("CK-CMP-21", "major", "minor", local(MONTH))
    assert (folded.case.severity, folded.case.upgraded) == ("minor", ())
    assert {one.person for one in back.people} == told != set()
    assert [one for one in folded.case.raises if one.reason == "upgrade"] == []


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(DONE, id="done"),
        pytest.param(judged("2025-03-01 00:01", severity="major", validity="invalid"), id="judged invalid"),
    ],
)
def test_what_came_after_the_month_leaves_the_upgrade(fact: Fact) -> None:
    folded = upgraded_by_time()
    folded.hear(fact, "2025-03-01 00:01", now="2025-03-01 09:00")
    assert (folded.told(UpgradeAnnulled), folded.case.severity) == ([], "major")


def test_a_judgement_by_which_the_rule_still_applies_leaves_the_upgrade() -> None:
    folded = upgraded_by_time()
    folded.hear(judged("2025-02-28 10:00"), "2025-02-28 10:00", now="2025-03-01 09:00")
    assert (folded.told(UpgradeAnnulled), folded.case.severity) == ([], "major")


def test_the_clocks_are_those_of_before_and_what_the_upgrade_missed_was_never_missed() -> None:
    folded = opened("P001/3", "2025-02-27 09:00")
    folded.hear(ReplyGiven(kind="first", method="phone", by="p-butler"), "2025-02-27 09:20")
    folded.past("2025-03-28 00:00")
    folded.until("2025-03-29 12:00")
    running = folded.case.clock("CK-CMP-16")
    assert running is not None
    assert running.breached
    folded.hear(DONE, "2025-03-27 10:00", now="2025-03-29 12:00")
    assert [one.clock for one in folded.told(BreachAnnulled)] == ["CK-CMP-16"]
    ended = {clock: folded.outcomes[clock] for clock in ("CK-CMP-15", "CK-CMP-16", "CK-CMP-17")}
    assert ended == dict.fromkeys(ended, "cancelled")
    assert folded.outcomes["CK-CMP-11"] == "late"
    assert not any(clock.running and clock.id.startswith("CK-CMP") for clock in folded.case.clocks)


def test_what_the_upgrade_took_away_is_met_by_the_late_word() -> None:
    folded = opened("P001/3", "2025-01-31 09:00")
    more = DecideExtension(clock="CK-CMP-11", decision="approve", until=local("2025-03-20 00:00"), reason="x")
    folded.ask(more, actor("head_butler"), "2025-02-02 10:00")
    folded.past(MONTH)
    assert folded.outcomes["CK-CMP-11"] == "cancelled"
    folded.hear(DONE, "2025-02-28 10:00", now="2025-03-01 09:00")
    assert folded.outcomes["CK-CMP-11"] == "met"
    assert "annulled" in [one.because for one in folded.told(ClockArmed)]


def test_what_a_person_has_judged_since_stands() -> None:
    folded = upgraded_by_time()
    folded.hear(judged("2025-03-01 08:00", severity="important"), "2025-03-01 08:00")
    folded.hear(DONE, "2025-02-28 10:00", now="2025-03-01 09:00")
    (back,) = folded.told(UpgradeAnnulled)
    assert (back.severity, folded.case.severity) == ("important", "important")


def test_a_judgement_of_before_that_was_heard_after_is_what_it_goes_back_to() -> None:
    folded = upgraded_by_time()
    folded.hear(judged("2025-02-20 10:00", severity="important"), "2025-02-20 10:00", now="2025-03-01 08:00")
    assert folded.case.severity == "major"
    folded.hear(DONE, "2025-02-28 10:00", now="2025-03-01 09:00")
    assert folded.case.severity == "important"


def test_raises_after_the_completion_do_not_count_and_bring_no_upgrade() -> None:
    folded, again = opened("P001/3", "2025-03-04 10:00", flags=("contracted_service",)), None
    for day in (10, 11, 12):
        again = folded.hear(RequestRaisedAgain(channel="phone", by="x"), f"2025-03-{day} 10:00")
    assert again == "upgraded"
    folded.hear(DONE, "2025-03-11 18:00", now="2025-03-12 11:00")
    assert [one.rule for one in folded.told(UpgradeAnnulled)] == ["UP-2"]
    assert [one.day for one in folded.case.raised_on] == [10, 11]


def test_a_completion_that_was_false_brings_it_back_with_the_first_registration() -> None:
    folded = upgraded_by_time()
    folded.hear(DONE, "2025-02-28 10:00", now="2025-03-01 09:00")
    folded.hear(CaseReopened(because="false_completion", round=2, by="x"), "2025-02-28 12:00", now="2025-03-01 09:05")
    folded.past(MONTH)
    assert folded.case.severity == "major"
    assert folded.instants(SeverityUpgraded) == [local(MONTH), local(MONTH)]
