import pytest

from shared.packs.loader import builtin_pack
from shared.rules.chain import ladder
from shared.rules.conditions import Matter
from shared.rules.grading import (
    UnknownWord,
    acknowledge_minutes,
    category_named,
    follow_up_by,
    handler_of,
    notices_for,
    parameter,
    severity_of,
    switches_on,
    upgrade_at,
    upgrades_for,
)
from shared.rules.words import Flag, StartFact, Validity
from tests.support.packs import SHANGHAI, case_type, clock, local


@pytest.mark.parametrize(
    ("pack", "ticked", "expected"),
    [
        pytest.param("P001/3", (), "minor", id="nothing ticked"),
        pytest.param("P001/3", ("important_fault", "minor_limits"), "important", id="AS-028 the graver wins"),
        pytest.param("P001/3", ("minor_limits", "major_reputation"), "major", id="X-13 reputation"),
        pytest.param("P004", ("minor_limits", "important_equipment"), "important", id="AS-042 neglect found"),
    ],
)
def test_the_gravest_criterion_decides(pack: str, ticked: tuple[str, ...], expected: str) -> None:
    assert severity_of(case_type(pack), ticked) == expected


def test_reputation_is_no_criterion_of_the_operations_manual() -> None:
    with pytest.raises(UnknownWord, match="major_reputation") as refused:
        severity_of(case_type("P004"), ("major_reputation",))
    assert "major_loss" in refused.value.known


def test_an_unknown_category_names_those_there_are() -> None:
    with pytest.raises(UnknownWord, match="greening"):
        category_named(case_type("P000"), "parking")


@pytest.mark.parametrize(
    ("pack", "registered", "expected"),
    [
        pytest.param("P001/3", "2025-01-31 09:00", "2025-03-01 00:00", id="AS-019 short month"),
        pytest.param("P004", "2024-01-30 09:00", "2024-03-01 00:00", id="AS-043 leap year"),
        pytest.param("P001/3", "2025-01-15 09:00", "2025-02-16 00:00", id="same day number"),
    ],
)
def test_a_month_without_solution_makes_it_major(pack: str, registered: str, expected: str) -> None:
    (rule,) = upgrades_for(case_type(pack), Matter("minor", Validity.VALID))
    assert rule.to == "major"
    # AS-020: there is no argument by which an extension could move it.
    assert upgrade_at(rule, registered_at=local(registered), zone=SHANGHAI) == local(expected)


@pytest.mark.parametrize(
    "matter",
    [
        pytest.param(Matter("minor", Validity.INVALID), id="found invalid"),
        pytest.param(Matter("major", Validity.VALID), id="major already"),
    ],
)
def test_no_upgrade_threatens(matter: Matter) -> None:
    assert upgrades_for(case_type("P004"), matter) == ()


@pytest.mark.parametrize(
    ("pack", "severity", "tell", "copy"),
    [
        pytest.param("P001/3", "minor", [], [], id="minor: nobody at once"),
        pytest.param("P001/3", "important", ["head_butler"], ["chief_butler"], id="AS-016 important"),
        pytest.param("P001/3", "major", ["chief_butler"], ["branch_gm"], id="N-06 major"),
        pytest.param("P004", "minor", ["project_manager"], [], id="AS-033 minor"),
        pytest.param("P004", "important", ["department_supervisor"], ["project_manager"], id="AS-035 important"),
        pytest.param("P004", "major", ["quality_department", "company_gm"], [], id="AS-037 major"),
        pytest.param("P000", "major", ["property_manager"], [], id="AS-073 major"),
    ],
)
def test_who_is_told_at_intake(pack: str, severity: str, tell: list[str], copy: list[str]) -> None:
    notices = notices_for(case_type(pack), Matter(severity))
    assert [role for notice in notices for role in notice.tell] == tell
    assert [role for notice in notices for role in notice.copy] == copy


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param(set(), ("project_manager",), id="AS-039 the text"),
        pytest.param({"invalid_note_to_company_gm"}, ("company_gm",), id="AS-040 the flowchart"),
    ],
)
def test_who_hears_of_an_invalid_complaint(flags: set[str], expected: tuple[str, ...]) -> None:
    matter = Matter("minor", Validity.INVALID, flags=frozenset(flags))
    (notice,) = notices_for(case_type("P004"), matter, on=StartFact.INVALIDATED)
    assert (notice.tell, notice.clocks) == (expected, ("CK-CMP-69",))


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"variant.handler_per_section_1_4": "on"}, "chief_butler", id="AS-029 on"),
        pytest.param({}, "head_butler", id="AS-029 off"),
        pytest.param({"variant.no_such": "on"}, "head_butler", id="a switch of another pack"),
    ],
)
def test_a_switch_moves_important_complaints(parameters: dict[str, str | int], expected: str) -> None:
    flags = switches_on(builtin_pack("P001/3"), parameters)
    assert handler_of(case_type("P001/3"), Matter("important", flags=flags)) == expected


@pytest.mark.parametrize(
    ("name", "matter", "expected"),
    [
        pytest.param("complaint", Matter("major"), ("project_manager",), id="AS-092 major"),
        pytest.param("complaint", Matter("minor"), ("department_supervisor", "area_admin"), id="AS-092 ordinary"),
        pytest.param("repair_request", Matter("ordinary"), ("area_admin",), id="AS-092 repair"),
        pytest.param(
            "repair_request",
            Matter("ordinary", flags=frozenset({Flag.SOLVED_SAME_DAY})),
            ("receptionist",),
            id="same-day repair",
        ),
        pytest.param(
            "repair_request",
            Matter("ordinary", flags=frozenset({Flag.SOLVED_SAME_DAY, Flag.UNSATISFIED})),
            ("area_admin", "department_supervisor"),
            id="AS-090 after an unsatisfied answer",
        ),
    ],
)
def test_who_asks_the_customer(name: str, matter: Matter, expected: tuple[str, ...]) -> None:
    assert follow_up_by(case_type("P004", name), matter).roles == expected


def test_an_emergency_shows_only_the_cards_of_its_kind() -> None:
    matter, cards = Matter("emergency", category="elevator"), case_type("G-SAFETY", "emergency").steps
    assert [(card.id, card.minutes) for card in cards if card.when.categories and card.when.holds(matter)] == [
        ("elevator_talk", None),
        ("elevator_call", None),
        ("elevator_arrive", 30),
        ("elevator_rescue_line", None),
    ]


@pytest.mark.parametrize(
    ("severity", "parameters", "expected"),
    [
        pytest.param("major", {}, 15, id="major"),
        pytest.param("minor", {}, 30, id="the rest"),
        pytest.param("minor", {"acknowledge_minutes.minor": 20}, 20, id="the site's own"),
        pytest.param("minor", {"immediate_ack_minutes": 10}, 10, id="AS-166 the site's own for everything at once"),
        pytest.param("major", {"immediate_ack_minutes": 10, "acknowledge_minutes.major": 7}, 7, id="its own first"),
        pytest.param("major", {"acknowledge_minutes.major": -5}, 15, id="no minutes wake nobody else"),
        pytest.param("major", {"acknowledge_minutes.major": "soon"}, 15, id="words are no minutes"),
    ],
)
def test_silence_climbs_after(severity: str, parameters: dict[str, str | int], expected: int) -> None:
    assert acknowledge_minutes(builtin_pack("P004"), severity, parameters) == expected


def test_a_site_parameter_replaces_the_packs() -> None:
    pack = builtin_pack("P004")
    assert parameter(pack, "several_times", {}) == 3
    assert parameter(pack, "several_times", {"several_times": 5}) == 5
    assert parameter(pack, "immediate_ack_minutes", {}) is None


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({}, "head_butler", id="X-10 the butler has it, the head butler is next"),
        pytest.param({"variant.handler_per_section_1_4": "on"}, "chief_butler", id="X-10 the head butler has it"),
    ],
)
def test_a_missed_minor_complaint_skips_nobody(parameters: dict[str, str | int], expected: str) -> None:
    pack = builtin_pack("P001/3")
    handler = handler_of(case_type("P001/3"), Matter("minor", flags=switches_on(pack, parameters)))
    assert ladder(pack, clock("P001/3", "CK-CMP-11"), handler=handler).told[2:] == (expected,)
