from datetime import timedelta

import pytest

from shared.rules.clocks import (
    DueWhy,
    Limits,
    Outcome,
    call_window,
    clocks_for,
    completion_flags,
    due,
    is_day_based,
    opens_at,
    outcome,
    promises,
    warn_at,
)
from shared.rules.conditions import Matter
from shared.rules.words import Basis, Flag, PromiseKind, StartFact, Validity
from tests.support.packs import CALENDAR, SHANGHAI, case_type, clock, local, pack_named, reckoned


@pytest.mark.parametrize(
    ("pack", "rule", "start", "expected"),
    [
        pytest.param("P001/3", "CK-CMP-10", "2025-03-04 10:00", "2025-03-04 11:00", id="AS-001 first reply"),
        pytest.param("P001/3", "CK-CMP-11", "2025-03-04 10:00", "2025-03-07 00:00", id="AS-014 minor resolve"),
        pytest.param("P001/3", "CK-CMP-13", "2025-03-04 22:40", "2025-03-05 01:40", id="AS-016 nights count"),
        pytest.param("P001/3", "CK-CMP-14", "2025-03-04 22:40", "2025-03-08 00:00", id="AS-016 resolve"),
        pytest.param("P001/3", "CK-CMP-16", "2025-03-01 00:00", "2025-03-02 00:00", id="AS-019 reply"),
        pytest.param("P001/3", "CK-CMP-17", "2025-03-01 00:00", "2025-03-09 00:00", id="AS-019 resolve"),
        pytest.param("P001/3", "CK-CMP-18", "2025-03-04 14:00", "2025-03-05 14:00", id="AS-023 handed over"),
        pytest.param("P004", "CK-CMP-60", "2025-03-04 15:00", "2025-03-05 00:00", id="AS-033 manager told"),
        pytest.param("P004", "CK-CMP-61", "2025-03-04 15:00", "2025-03-07 00:00", id="AS-033 disposition"),
        pytest.param("P004", "CK-CMP-62", "2025-03-04 15:00", "2025-03-07 00:00", id="AS-033 resolve"),
        pytest.param("P004", "CK-CMP-63", "2025-03-04 17:20", "2025-03-04 18:20", id="AS-035 told"),
        pytest.param("P004", "CK-CMP-64", "2025-03-04 17:20", "2025-03-08 00:00", id="AS-035 resolve"),
        pytest.param("P004", "CK-CMP-65", "2025-03-04 23:30", "2025-03-05 00:00", id="AS-037 told"),
        pytest.param("P004", "CK-CMP-67", "2025-03-04 23:30", "2025-03-07 00:00", id="AS-037 clear reply"),
        pytest.param("P004", "CK-CMP-69", "2025-03-04 16:00", "2025-03-05 00:00", id="AS-039 note"),
        pytest.param("P004", "CK-CMP-70", "2025-03-04 09:00", "2025-03-08 00:00", id="AS-039 reply"),
        pytest.param("P004", "CK-CMP-67", "2024-03-01 00:00", "2024-03-04 00:00", id="AS-043 reply"),
        pytest.param("P004", "CK-FUP-04", "2025-03-04 14:00", "2025-03-08 00:00", id="AS-083 form"),
    ],
)
def test_a_clock_is_due_when_the_manual_says(pack: str, rule: str, start: str, expected: str) -> None:
    found = reckoned(clock(pack, rule), start)
    assert (found.at, found.why) == (local(expected), DueWhy.COUNTED)


@pytest.mark.parametrize(
    ("late_by", "expected"),
    [
        pytest.param(timedelta(0), Outcome.ON_TIME, id="AS-001 the due instant itself is on time"),
        pytest.param(timedelta(milliseconds=1), Outcome.LATE, id="AS-001 a millisecond later is late"),
    ],
)
def test_reaching_the_due_instant_is_on_time(late_by: timedelta, expected: Outcome) -> None:
    due_at = local("2025-03-04 11:00")
    assert outcome(due_at, due_at + late_by) is expected


@pytest.mark.parametrize(
    ("severity", "flags", "expected"),
    [
        pytest.param("minor", frozenset(), {"CK-CMP-10", "CK-CMP-11"}, id="minor"),
        pytest.param("important", frozenset(), {"CK-CMP-12", "CK-CMP-13", "CK-CMP-14"}, id="AS-016 important"),
        pytest.param("major", frozenset(), {"CK-CMP-15", "CK-CMP-16", "CK-CMP-17"}, id="major"),
        pytest.param(
            "minor",
            frozenset({Flag.BEYOND_AUTHORITY}),
            {"CK-CMP-10", "CK-CMP-11", "CK-CMP-19"},
            id="AS-025 beyond authority",
        ),
    ],
)
def test_severity_and_flags_choose_the_clocks(severity: str, flags: frozenset[str], expected: set[str]) -> None:
    running = clocks_for(case_type("P001/3"), Matter(severity, flags=flags))
    assert {rule.id for rule in running} - {"CK-CMP-18", "CK-FUP-14"} == expected


def test_an_invalid_complaint_keeps_only_the_note_and_the_reply() -> None:
    running = clocks_for(case_type("P004"), Matter("minor", Validity.INVALID))
    assert [rule.id for rule in running if rule.start is not StartFact.STEP] == ["CK-CMP-69", "CK-CMP-70"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param({Flag.SOLVED_SAME_DAY}, "CK-FUP-01", id="same day"),
        pytest.param({Flag.SOLVED_LATER}, "CK-FUP-03", id="agreed time"),
        pytest.param({Flag.SOLVED_LATER, "agreed_follow_up_24h"}, "CK-FUP-03-24", id="X-02 variant"),
    ],
)
def test_how_a_repair_was_solved_chooses_its_follow_up(flags: set[str], expected: str) -> None:
    running = clocks_for(case_type("P004", "repair_request"), Matter("ordinary", flags=frozenset(flags)))
    assert [rule.id for rule in running if rule.call] == [expected]


def test_nothing_is_borrowed_where_the_manual_sets_no_number() -> None:
    matter = Matter("minor", category="security")
    found = promises(
        pack_named("P000"),
        case_type("P000"),
        matter,
        received_at=local("2025-03-04 10:00"),
        calendar=CALENDAR,
    )
    assert [(each.kind, each.due_at, each.why) for each in found] == [
        (PromiseKind.RESOLVE, None, DueWhy.AWAITING_DATE),
        (PromiseKind.REPLY, None, DueWhy.UNSET),
    ]
    assert {rule.basis for rule in clocks_for(case_type("P000"), matter)} == {Basis.UNSET, Basis.AGREED}


def test_the_caller_is_told_reply_and_resolution() -> None:
    found = promises(
        pack_named("P001/3"),
        case_type("P001/3"),
        Matter("important"),
        received_at=local("2025-03-04 22:40"),
        calendar=CALENDAR,
    )
    assert [(each.clock, each.kind, each.due_at, each.calendar) for each in found] == [
        ("CK-CMP-13", PromiseKind.REPLY, local("2025-03-05 01:40"), "reference"),
        ("CK-CMP-14", PromiseKind.RESOLVE, local("2025-03-08 00:00"), "reference"),
    ]


@pytest.mark.parametrize(
    ("wanted", "expected", "why"),
    [
        pytest.param("2025-03-05 12:00", "2025-03-05 12:00", DueWhy.OWNER_LIMIT, id="AS-013 earlier replaces"),
        pytest.param("2025-03-07 00:00", "2025-03-07 00:00", DueWhy.OWNER_LIMIT, id="the same instant"),
        pytest.param("2025-03-10 12:00", "2025-03-07 00:00", DueWhy.COUNTED, id="X-41 later is an extension"),
    ],
)
def test_the_owners_limit_replaces_the_number_only_when_not_later(wanted: str, expected: str, why: DueWhy) -> None:
    found = reckoned(clock("P001/3", "CK-CMP-11"), "2025-03-04 10:00", Limits(customer=local(wanted)))
    assert (found.at, found.why, found.day_based) == (local(expected), why, why is DueWhy.COUNTED)


@pytest.mark.parametrize(("limit", "counts"), [("2025-03-04 10:00", False), ("2025-03-04 10:00:01", True)])
def test_a_limit_that_had_passed_when_the_clock_started_does_not_reach_into_it(limit: str, counts: bool) -> None:  # noqa: FBT001
    found = reckoned(clock("P001/3", "CK-CMP-17"), "2025-03-04 10:00", Limits(customer=local(limit)))
    assert (found.at == local(limit), found.why is DueWhy.OWNER_LIMIT) == (counts, counts)


def test_a_limit_the_rule_does_not_know_changes_nothing() -> None:
    limits = Limits(customer=local("2025-03-04 10:30"), department=local("2025-03-04 10:20"))
    assert reckoned(clock("P001/3", "CK-CMP-10"), "2025-03-04 10:00", limits).why is DueWhy.COUNTED


@pytest.mark.parametrize(
    ("limits", "expected", "why"),
    [
        pytest.param(Limits(), None, DueWhy.AWAITING_DATE, id="nobody set a date"),
        pytest.param(
            Limits(parameters={"work_order_limit_hours": 48}),
            "2025-03-06 10:00",
            DueWhy.SITE_PARAMETER,
            id="the site's hours",
        ),
        pytest.param(
            Limits(parameters={"work_order_limit_hours": 48, "work_order_limit_hours.security": "2"}),
            "2025-03-04 12:00",
            DueWhy.SITE_PARAMETER,
            id="AS-071 the category's hours before the general ones",
        ),
        pytest.param(
            Limits(parameters={"work_order_limit_hours": -24}),
            None,
            DueWhy.AWAITING_DATE,
            id="no limit lies before its beginning",
        ),
        pytest.param(
            Limits(department=local("2025-03-05 09:00")),
            "2025-03-05 09:00",
            DueWhy.DEPARTMENT_LIMIT,
            id="the department's date",
        ),
        pytest.param(
            Limits(customer=local("2025-03-05 08:00"), parameters={"work_order_limit_hours": 48}),
            "2025-03-05 08:00",
            DueWhy.OWNER_LIMIT,
            id="the owner's earlier date before the site's hours",
        ),
    ],
)
def test_an_agreed_clock_takes_its_date_from_people_or_site(limits: Limits, expected: str | None, why: DueWhy) -> None:
    rule = clock("P000", "CK-REP-02", "work_order")
    found = reckoned(rule, "2025-03-04 10:00", limits, category="security")
    assert (found.at, found.why) == (expected and local(expected), why)


@pytest.mark.parametrize(
    ("rule", "completed", "expected"),
    [
        pytest.param("CK-FUP-01", "2025-03-04 14:00", "2025-03-05 14:00", id="AS-079 24 hours"),
        pytest.param("CK-FUP-03", "2025-03-06 09:00", "2025-03-07 21:00", id="AS-081 the last minute is allowed"),
        pytest.param("CK-FUP-01", "2025-03-04 22:00", "2025-03-05 21:00", id="AS-082 pulled back to 21:00"),
        pytest.param("CK-FUP-03", "2025-03-06 20:00", "2025-03-07 21:00", id="AS-082 to 21:00 of the day before"),
    ],
)
def test_a_follow_up_call_never_rings_at_night(rule: str, completed: str, expected: str) -> None:
    found = due(
        clock("P004", rule),
        start=local(completed),
        calendar=CALENDAR,
        call_window=call_window(pack_named("P004"), {}),
    )
    assert found.at == local(expected)


def test_a_works_check_opens_after_one_month_and_closes_after_two() -> None:
    rule = clock("P004", "CK-FUP-05", "repair_request")
    finished = local("2024-12-31 15:00")
    assert opens_at(rule, start=finished, calendar=CALENDAR) == local("2025-02-01 00:00")
    assert reckoned(rule, "2024-12-31 15:00").at == local("2025-03-01 00:00")


@pytest.mark.parametrize(
    ("completed", "expected"),
    [
        pytest.param("2025-03-04 23:59", Flag.SOLVED_SAME_DAY, id="before midnight in the site's zone"),
        pytest.param("2025-03-05 00:00", Flag.SOLVED_LATER, id="at midnight"),
    ],
)
def test_the_same_day_is_a_day_of_the_site(completed: str, expected: Flag) -> None:
    flags = completion_flags(received_at=local("2025-03-04 07:00"), completed_at=local(completed), zone=SHANGHAI)
    assert flags == {expected}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("CK-CMP-10", False, id="hours"),
        pytest.param("CK-CMP-11", True, id="days"),
        pytest.param("CK-CMP-17", True, id="weeks"),
        pytest.param("CK-CMP-12", False, id="unset"),
    ],
)
def test_clocks_due_at_midnight_are_day_based(rule: str, expected: bool) -> None:  # noqa: FBT001 -- a table row
    assert is_day_based(clock("P001/3", rule)) is expected
    assert reckoned(clock("P001/3", rule), "2025-03-04 10:00").day_based is expected


def test_the_assignee_is_warned_at_four_fifths() -> None:
    rule, start = clock("P001/3", "CK-CMP-10"), local("2025-03-04 10:00")
    assert warn_at(rule, start=start, due_at=start + timedelta(hours=1), fraction=0.8) == local("2025-03-04 10:48")
    assert warn_at(rule, start=start, due_at=None, fraction=0.8) is None


def test_a_due_instant_explains_itself_in_local_time() -> None:
    found = reckoned(clock("P001/3", "CK-CMP-11"), "2025-03-04 10:00")
    assert [piece.zh for piece in found.because] == [
        "自2025-03-04 10:00:00起",
        "起算日不计，数2日，至末日24:00",
        "到2025-03-06 24:00:00为止（含）",
    ]
    unset = reckoned(clock("P001/3", "CK-CMP-12"), "2025-03-04 10:00")
    assert [piece.en for piece in unset.because][-1] == "at once"
