from datetime import datetime

import pytest

from services.intake.policy.recurring import (
    Counted,
    Traits,
    digest_of,
    filled,
    place_digest,
    same_of,
    told,
    window_named,
    window_of,
)
from shared.organisation.records import Named
from shared.rules.recurring import RecurrenceRule
from shared.rules.registers import Window, WindowKind
from shared.rules.steps import Opens
from tests.support.planned import SHANGHAI, local

NAME = Named("名称", "Name")
MONTH, WEEK = Window(WindowKind.CALENDAR_MONTH), Window(WindowKind.CALENDAR_WEEK)
QUARTER = Window(WindowKind.CALENDAR_QUARTER)
CUTOFF, RUNNING = Window(WindowKind.CUTOFF, due_day=30), Window(WindowKind.RUNNING)


def rule(at_least: int, window: Window, *same: str, windows: int = 1) -> RecurrenceRule:
    opens = Opens("study", "other", NAME)
    return RecurrenceRule("UP-X", NAME, ("complaint",), at_least, same, window, opens, "test", windows)


def counted(window: Window, *received: str) -> list[Counted]:
    instants = [(local(stated.rstrip("!")), stated.endswith("!")) for stated in received]
    return [Counted(f"c{n}", at, window_of(window, at, SHANGHAI), past) for n, (at, past) in enumerate(instants)]


@pytest.mark.parametrize(
    ("window", "received", "named"),
    [
        (MONTH, "2025-03-31 23:59", "2025-03"),
        (MONTH, "2025-04-01 00:00", "2025-04"),
        (WEEK, "2024-12-30 00:00", "2025-W01"),
        (WEEK, "2025-01-05 23:59", "2025-W01"),
        (QUARTER, "2024-12-31 23:59", "2024-Q4"),
        (QUARTER, "2025-01-01 00:00", "2025-Q1"),
        (QUARTER, "2025-06-30 23:59", "2025-Q2"),
        (CUTOFF, "2025-03-29 23:59", "2025-03"),
        (CUTOFF, "2025-03-30 00:00", "2025-04"),
        (CUTOFF, "2025-02-27 23:59", "2025-02"),
        (CUTOFF, "2025-02-28 00:00", "2025-03"),
        (CUTOFF, "2025-12-31 00:00", "2026-01"),
        (RUNNING, "2025-03-04 00:00", "running"),
    ],
)
def test_a_case_is_counted_in_the_window_of_its_receipt(window: Window, received: str, named: str) -> None:
    assert window_named(window, window_of(window, local(received), SHANGHAI)) == named


def test_the_number_itself_counts_and_the_case_that_reaches_it_completes_it() -> None:
    three = counted(MONTH, "2025-03-09 10:00", "2025-03-04 10:00", "2025-03-05 10:00")
    assert filled(rule(3, MONTH), three[:2], []) == ()
    (full,) = filled(rule(3, MONTH), three, [])
    assert (full.case, full.cases) == ("c0", ("c1", "c2", "c0"))
    assert filled(rule(3, MONTH), three, [full.window]) == ()


def test_a_fourth_changes_nothing_about_who_completed_it() -> None:
    four = counted(MONTH, *(f"2025-03-0{day} 10:00" for day in (1, 2, 3, 4)))
    (full,) = filled(rule(3, MONTH), four, [])
    assert full.cases == ("c0", "c1", "c2")


def test_each_window_is_filled_for_itself() -> None:
    both = counted(MONTH, "2025-03-01 10:00", "2025-03-02 10:00", "2025-04-01 10:00", "2025-04-02 10:00")
    assert [full.case for full in filled(rule(2, MONTH), both, [])] == ["c1", "c3"]


@pytest.mark.parametrize(
    ("received", "completes"),
    [
        (("2025-03-03 10:00", "2025-03-12 10:00"), ["c1"]),
        (("2025-03-03 10:00", "2025-03-19 10:00"), []),
        (("2025-03-03 10:00", "2025-03-09 23:59"), []),
        (("2024-12-29 10:00", "2024-12-30 10:00"), ["c1"]),
    ],
)
def test_two_weeks_running_are_needed_where_the_manual_says_so(received: tuple[str, ...], completes: list[str]) -> None:
    found = filled(rule(1, WEEK, windows=2), counted(WEEK, *received), [])
    assert [full.case for full in found] == completes
    assert all(full.cases == ("c0", "c1") for full in found)


def test_cases_of_the_past_count_but_complete_nothing() -> None:
    past = counted(MONTH, "2025-03-01 10:00!", "2025-03-02 10:00!")
    assert filled(rule(2, MONTH), past, []) == ()
    live = counted(MONTH, "2025-03-01 10:00!", "2025-03-02 10:00!", "2025-03-03 10:00")
    assert [full.case for full in filled(rule(2, MONTH), live, [])] == ["c2"]


def test_cases_received_at_one_instant_are_in_one_order_for_everybody() -> None:
    at: datetime = local("2025-03-01 10:00")
    same = [Counted(f"c{n}", at, 1) for n in (3, 1, 2)]
    assert filled(rule(2, MONTH), same, []) == filled(rule(2, MONTH), same[::-1], [])


FULL = Traits(
    case_type="complaint",
    category="noise",
    criteria=("b", "a"),
    unit="1-1",
    place=place_digest("大堂"),
    form={"fault": "lift"},
)


@pytest.mark.parametrize(
    ("same", "words"),
    [
        (("category", "unit"), ("category=noise", "unit=1-1")),
        (("criteria",), ("criteria=a,b",)),
        (("field:fault",), ("fault=lift",)),
        (("field:other",), ()),
        (("field:fault|unit",), ("fault=lift",)),
        (("field:other|unit", "category"), ("unit=1-1", "category=noise")),
        (("field:other|field:none",), ()),
        (("category", "field:other"), ()),
    ],
)
def test_a_case_that_lacks_a_word_is_not_counted(same: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert same_of(rule(2, MONTH, *same), FULL) == words


def test_a_place_stands_in_for_the_unit_and_stays_hidden() -> None:
    here = Traits(case_type="complaint", category="noise", place=place_digest("大堂 电梯"))
    there = Traits(case_type="complaint", category="noise", place=place_digest("大堂电梯"))
    nowhere = Traits(case_type="complaint", category="noise", place=place_digest("  "))
    by_unit = rule(2, MONTH, "unit")
    assert digest_of(same_of(by_unit, here)) == digest_of(same_of(by_unit, there))
    assert same_of(by_unit, nowhere) == ()
    assert told(same_of(by_unit, here)) == ("place",)
