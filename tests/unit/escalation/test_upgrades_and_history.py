"""Severity reached by time, and the past an import brings along."""

from typing import Any

import pytest

from services.escalation.commands import DecideExtension
from shared.contracts.dispatch import CaseClosed, CaseReopened, OrderCompleted, ReplyGiven
from shared.contracts.escalation import (
    CaseRaised,
    ClockArmed,
    ClockBreached,
    ClockStopped,
    ClockWarned,
    SeverityUpgraded,
)
from tests.support.escalation_builders import Folded, actor, book, opened, received
from tests.support.packs import local

REPLY = ReplyGiven(kind="first", method="phone", by="p-butler")


@pytest.mark.parametrize(
    ("pack", "at", "upgraded", "told", "dues"),
    [
        pytest.param(
            "P001/3",
            "2025-01-31 09:00",
            "2025-03-01 00:00",
            ("chief_butler", "branch_gm"),
            {"CK-CMP-16": "2025-03-02 00:00", "CK-CMP-17": "2025-03-09 00:00"},
            id="AS-019 the last day of a short month",
        ),
        pytest.param(
            "P004",
            "2024-01-30 09:00",
            "2024-03-01 00:00",
            ("quality_department", "company_gm"),
            {"CK-CMP-67": "2024-03-04 00:00"},
            id="AS-043 a leap year",
        ),
    ],
)
def test_a_month_makes_a_case_major(
    pack: str, at: str, upgraded: str, told: tuple[str, ...], dues: dict[str, str]
) -> None:
    folded = opened(pack, at, validity="valid", category="other")
    folded.past(upgraded)
    (fact,) = folded.told(SeverityUpgraded)
    assert (fact.was, fact.severity, fact.effective_at) == ("minor", "major", local(upgraded))
    assert [one.roles for one in folded.told(CaseRaised) if one.reason == "upgrade"] == [told]
    assert {clock: folded.due(clock) for clock in dues} == {clock: local(due) for clock, due in dues.items()}


def test_as_020_an_extension_does_not_stop_the_month() -> None:
    folded = opened("P001/3", "2025-01-31 09:00", validity="valid")
    more = DecideExtension(clock="CK-CMP-11", decision="approve", until=local("2025-03-20 00:00"), reason="x")
    assert folded.ask(more, actor("head_butler"), "2025-02-02 10:00") == "approved"
    folded.past("2025-03-01 00:00")
    assert len(folded.told(SeverityUpgraded)) == 1


def test_the_upgrade_takes_away_what_runs_and_keeps_what_is_breached() -> None:
    folded = opened("P001/3", "2025-01-31 09:00")
    folded.hear(REPLY, "2025-01-31 09:30")
    more = DecideExtension(clock="CK-CMP-11", decision="approve", until=local("2025-03-20 00:00"), reason="x")
    folded.ask(more, actor("head_butler"), "2025-02-02 10:00")
    folded.past("2025-03-01 00:00")
    assert folded.outcomes == {"CK-CMP-10": "met", "CK-CMP-11": "cancelled", "CK-CMP-15": "unset"}


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        pytest.param({"validity": "invalid"}, None, id="an invalid case"),
        pytest.param({"severity": "major"}, None, id="a case as grave already"),
        pytest.param({}, OrderCompleted(by="x"), id="a case done"),
        pytest.param({}, CaseClosed(ending="satisfied", by="x"), id="a closed case"),
    ],
)
def test_a_month_does_not_touch(fields: dict[str, Any], fact: OrderCompleted | CaseClosed | None) -> None:
    folded = opened("P001/3", "2025-01-31 09:00", **fields)
    if fact is not None:
        folded.hear(fact, "2025-02-10 09:00")
    folded.past("2025-06-01 00:00")
    assert folded.told(SeverityUpgraded) == []


def test_a_reopened_case_keeps_its_first_registration() -> None:
    folded = opened("P001/3", "2025-01-31 09:00")
    folded.hear(OrderCompleted(by="x"), "2025-02-10 09:00")
    folded.hear(CaseClosed(ending="satisfied", by="x"), "2025-02-11 09:00")
    folded.hear(CaseReopened(because="customer", round=2, by="x"), "2025-03-10 09:00")
    folded.past("2025-03-10 09:00")
    assert folded.instants(SeverityUpgraded) == [local("2025-03-10 09:00")]


def historical(*acts: tuple[str, str], at: str = "2022-03-04 00:00", quiet: str = "2025-01-01 00:00") -> Folded:
    folded = Folded(book("P001/3"))
    history = {
        "source": "old",
        "key": "1",
        "acts": [{"act": act, "at": local(when)} for act, when in acts],
        "quiet_until": local(quiet),
    }
    folded.hear(received("P001/3", at, history=history, channel="import"), at, now=quiet)
    return folded


def test_an_imported_case_is_lived_through_at_its_own_times_and_nobody_is_told() -> None:
    folded = historical(("replied", "2022-03-04 02:00"), ("closed", "2022-03-05 12:00"))
    # CK-FUP-14 has no number and ends the instant it begins: an import does not mention it.
    assert folded.outcomes == {"CK-CMP-10": "late", "CK-CMP-11": "met"}
    assert [(fact.clock, fact.silent) for fact in folded.told(ClockBreached)] == [("CK-CMP-10", True)]
    assert folded.instants(ClockStopped)[0] == local("2022-03-04 02:00")
    assert folded.told(CaseRaised) == []
    assert folded.told(ClockWarned) == []
    assert folded.case.closed


def test_an_imported_open_case_is_upgraded_in_silence_and_stays_silent_about_its_past() -> None:
    folded = historical()
    assert [(fact.silent, fact.effective_at) for fact in folded.told(SeverityUpgraded)] == [
        (True, local("2022-04-05 00:00"))
    ]
    folded.until("2025-02-01 00:00")
    assert folded.told(CaseRaised) == []
    assert folded.told(ClockWarned) == []


def test_dispatch_repeating_the_history_changes_nothing() -> None:
    folded = historical(("completed", "2022-03-05 12:00"))
    before = len(folded.told(ClockArmed))
    assert folded.hear(OrderCompleted(by="import"), "2022-03-05 12:00") == "history_already_folded"
    assert len(folded.told(ClockArmed)) == before


def test_live_work_on_an_imported_case_counts() -> None:
    folded = historical(quiet="2022-03-04 08:00")
    assert folded.hear(REPLY, "2022-03-04 09:00") == "replied"


def test_as_206_a_request_heard_twice_arms_once() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    assert folded.hear(received("P001/3", "2025-03-04 10:00"), "2025-03-04 10:00") == "already_known"
    assert len(folded.told(ClockArmed)) == 1
