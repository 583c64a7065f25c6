"""Whatever is heard, in whatever order: the fold answers, and every clock ends once."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.escalation.folds import CASE
from shared.contracts.dispatch import (
    CaseClosed,
    CaseReopened,
    FollowUpRecorded,
    OrderAccepted,
    OrderAssigned,
    OrderCompleted,
    OrderIssued,
    OrderReturned,
    OrderStarted,
    OrderTransferred,
    ReplyGiven,
)
from shared.contracts.envelope import Fact
from shared.contracts.escalation import ClockArmed, ClockBreached, ClockStopped
from shared.contracts.intake import ConsentRecorded, RequestClassified, RequestsLinked
from shared.contracts.notify import NobodyReachable
from tests.support.escalation_builders import CASE_ID, Folded, book, opened
from tests.support.packs import local

START = local("2025-03-04 10:00")
BOOKS = {pack: book(pack) for pack in ("P000", "P001/3", "P004")}


def classified(severity: str, validity: str) -> RequestClassified:
    given = {"case_type": "complaint", "category": "other", "severity": severity, "validity": validity}
    return RequestClassified.model_validate(given | {"effective_at": local("2025-03-05 10:00"), "by": "x"})


FACTS: tuple[Fact, ...] = (
    OrderIssued(site="s1", order="o", number=1, department="engineering_dept"),
    OrderAccepted(by="x", complete_by=local("2025-03-20 10:00")),
    OrderAssigned(assignee="p-engineer", by="x"),
    OrderStarted(by="x"),
    ReplyGiven(kind="first", method="phone", by="x", agreed_until=local("2025-03-10 10:00")),
    OrderCompleted(by="x"),
    OrderReturned(by="x", department="engineering_dept"),
    OrderTransferred(by="x", was="engineering_dept", department="security_dept"),
    FollowUpRecorded(answer="unsatisfied", method="phone", round=1, by="x"),
    CaseReopened(because="false_completion", round=2, by="x"),
    CaseReopened(because="unsatisfied", round=2, by="x"),
    CaseClosed(ending="satisfied", by="x"),
    ConsentRecorded(consent="CN-2", until=local("2025-03-30 10:00"), by="x"),
    RequestsLinked(incident="case-i", by="x"),
    RequestsLinked(incident=None, by="x"),
    NobodyReachable(raise_id=f"{CASE_ID}-1"),
    classified("major", "unjudged"),
    classified("minor", "valid"),
    classified("minor", "invalid"),
)
STORIES = st.lists(
    st.tuples(st.sampled_from(FACTS), st.integers(min_value=-3 * 60, max_value=20 * 24 * 60)), max_size=8
)


def lived(pack: str, story: list[tuple[Fact, int]]) -> Folded:
    folded = opened(pack, "2025-03-04 10:00", directory=BOOKS[pack], category="other")
    at = START
    for fact, minutes in story:
        at = max(at + timedelta(minutes=minutes), START)
        folded.hear(fact, f"{at + timedelta(hours=8):%Y-%m-%d %H:%M}")
    folded.hear(CaseClosed(ending="satisfied", by="x"), "2026-12-01 10:00")
    return folded


@settings(max_examples=40)
@pytest.mark.parametrize("pack", BOOKS)
@given(story=STORIES)
def test_when_a_case_is_closed_every_armed_clock_has_ended(pack: str, story: list[tuple[Fact, int]]) -> None:
    folded = lived(pack, story)
    armed = {(one.clock, one.start_at) for fact in folded.told(ClockArmed) for one in fact.clocks}
    stopped = {(one.clock, one.start_at) for fact in folded.told(ClockStopped) for one in fact.clocks}
    assert armed == stopped
    assert folded.case.running == ()
    assert folded.docket is not None
    assert CASE.due(folded.docket) is None


@settings(max_examples=40)
@pytest.mark.parametrize("pack", BOOKS)
@given(story=STORIES)
def test_a_breach_is_recorded_at_its_due_instant(pack: str, story: list[tuple[Fact, int]]) -> None:
    folded = lived(pack, story)
    breaches = [(at, fact.due_at) for at, fact in folded.said if isinstance(fact, ClockBreached)]
    assert all(at == due_at for at, due_at in breaches)
