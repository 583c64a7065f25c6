"""The customer comes back, a missed limit owes an apology, and people push a matter up by hand."""

import pytest

from services.escalation.commands import Acknowledge, PushUp
from shared.contracts.dispatch import CaseClosed, OrderCompleted, ReplyGiven
from shared.contracts.escalation import (
    BreachAnnulled,
    CaseRaised,
    ClockArmed,
    PushedUp,
    RaiseAcknowledged,
    SeverityUpgraded,
)
from shared.contracts.fold import Refusal
from shared.contracts.intake import RequestRaisedAgain, RequestsLinked
from tests.support.escalation_builders import Folded, actor, book, opened
from tests.support.packs import local

AGAIN = RequestRaisedAgain(channel="phone", by="p-service_center")
CONTRACTED = ("contracted_service",)


def day(number: int, clock: str = "10:00") -> str:
    return f"2025-03-{number:02} {clock}"


@pytest.mark.parametrize("pack", ["P001/3", "P004"])
def test_as_021_the_third_day_makes_it_major_and_the_second_does_not(pack: str) -> None:
    folded = opened(pack, day(4), flags=CONTRACTED)
    answers = [folded.hear(AGAIN, day(number)) for number in (10, 11)]
    assert folded.told(SeverityUpgraded) == []
    answers.append(folded.hear(AGAIN, day(12)))
    assert answers == ["counted", "counted", "upgraded"]
    (fact,) = folded.told(SeverityUpgraded)
    assert (fact.rule, fact.was, fact.severity, fact.effective_at) == ("UP-2", "minor", "major", local(day(12)))
    assert [one.reason for one in folded.told(CaseRaised)][-1] == "upgrade"


def test_a_day_counts_once_and_only_after_a_promise_was_broken() -> None:
    folded = opened("P001/3", day(4), flags=CONTRACTED)
    assert folded.hear(AGAIN, day(4, "10:30")) == "not_counted"
    assert folded.hear(AGAIN, day(4, "12:00")) == "counted"
    assert folded.hear(AGAIN, day(4, "23:59")) == "counted_today"
    assert [one.isoformat() for one in folded.case.raised_on] == ["2025-03-04"]


def test_it_does_not_count_under_an_incident_nor_once_the_work_is_done() -> None:
    folded = opened("P001/3", day(4), flags=CONTRACTED)
    folded.hear(RequestsLinked(incident="case-" + "9" * 32, by="x"), day(5))
    assert folded.hear(AGAIN, day(6)) == "not_counted"
    done = opened("P001/3", day(4), flags=CONTRACTED)
    done.hear(OrderCompleted(order="A", by="p-engineer"), day(8))
    assert done.hear(AGAIN, day(9)) == "not_counted"


@pytest.mark.parametrize(
    ("flags", "validity"), [((), "valid"), (CONTRACTED, "invalid")], ids=["no promised service", "found invalid"]
)
def test_only_what_was_promised_or_contracted_becomes_major(flags: tuple[str, ...], validity: str) -> None:
    folded = opened("P001/3", day(4), flags=flags, validity=validity)
    for number in range(8, 14):
        folded.hear(AGAIN, day(number))
    assert folded.told(SeverityUpgraded) == []


def test_the_site_says_how_many_times_are_several() -> None:
    folded = opened("P001/3", day(4), directory=book("P001/3", parameters={"several_times": 2}), flags=CONTRACTED)
    assert [folded.hear(AGAIN, day(number)) for number in (10, 11)] == ["counted", "upgraded"]


def work_order() -> Folded:
    limited = book("P000", parameters={"complaint_limit_hours": 2})
    return opened("P000", day(4), directory=limited, category="cleaning")


def test_as_071_a_missed_limit_owes_an_apology_until_somebody_answers() -> None:
    folded = work_order()
    folded.past(day(4, "12:00"))
    owed = folded.case.clock("UP-14")
    assert owed is not None
    assert (owed.start_at, owed.running) == (local(day(4, "12:00")), True)
    assert [one.because for one in folded.told(ClockArmed)][-1] == "missed"
    folded.hear(ReplyGiven(kind="progress", method="phone", by="p-desk_officer"), day(4, "12:05"))
    assert folded.outcomes["UP-14"] == "unset"


def test_no_apology_is_owed_where_the_limit_was_kept_or_the_breach_is_disproved() -> None:
    kept = work_order()
    kept.hear(OrderCompleted(order="A", by="p-cleaner"), day(4, "12:00"))
    kept.past(day(5))
    assert kept.case.clock("UP-14") is None
    late = work_order()
    late.past(day(4, "12:00"))
    late.hear(OrderCompleted(order="A", by="p-cleaner"), day(4, "11:00"), now=day(4, "12:30"))
    assert len(late.told(BreachAnnulled)) == 1
    assert late.outcomes["UP-14"] == "cancelled"


def test_anybody_may_push_it_up_one_level_and_the_decision_stands_in_the_answer() -> None:
    folded = opened("P001/3", day(4))
    assert folded.ask(PushUp(reason="两个部门谈不拢"), actor("head_butler"), day(4, "10:20")) == "pushed_up"
    (asked,) = folded.told(PushedUp)
    assert (asked.by, asked.to, asked.private.text) == ("p-head_butler", "chief_butler", "两个部门谈不拢")
    raised = folded.told(CaseRaised)[-1]
    assert (raised.reason, raised.roles, raised.people[0].person) == ("asked", ("chief_butler",), "p-chief_butler")
    answer = Acknowledge(raise_id=raised.raise_id, text="由工程部承担")
    assert folded.ask(answer, actor("chief_butler"), day(4, "10:25")) == "acknowledged"
    assert folded.told(RaiseAcknowledged)[-1].private.text == "由工程部承担"


def test_what_is_pushed_up_climbs_when_nobody_takes_it() -> None:
    folded = opened("P001/3", day(4), severity="major")
    before = len(folded.told(CaseRaised))
    folded.ask(PushUp(to="chief_butler", reason="x"), actor("service_center"), day(4, "10:05"))
    folded.until(day(4, "10:21"))
    assert [(one.reason, one.roles) for one in folded.told(CaseRaised)[before:]][-1] == ("silence", ("branch_gm",))


@pytest.mark.parametrize(
    ("command", "role", "why"),
    [
        pytest.param(PushUp(to="gardener", reason="x"), "butler", "not_in_chain", id="a role outside the chain"),
        pytest.param(PushUp(reason="x"), "branch_gm", "nobody_above", id="the top of the chain"),
    ],
)
def test_pushing_up_nowhere_is_refused(command: PushUp, role: str, why: str) -> None:
    folded = opened("P001/3", day(4))
    refused = folded.ask(command, actor(role), day(4, "10:05"))
    assert isinstance(refused, Refusal)
    assert refused.why == why


def test_a_closed_case_is_not_pushed_up() -> None:
    folded = opened("P001/3", day(4))
    folded.hear(CaseClosed(ending="satisfied", by="p-butler"), day(5))
    refused = folded.ask(PushUp(reason="x"), actor("butler"), day(6))
    assert isinstance(refused, Refusal)
    assert refused.why == "closed"
