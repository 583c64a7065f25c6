import pytest

from shouwen.scenarios.running import run
from tests.support.stories import actual, passes, story, told

SUBSTITUTE = """
    then:
      - told: {who: butler, role: head_butler, why: intake}
"""


def test_a_case_keeps_the_pack_it_opened_under() -> None:
    when = """
    - {at: 03-05 00:00, activate_pack: P004}
    - {at: 03-05 09:00, receive: {severity: minor}, case: B}
    """
    assert passes(
        """
        - {at: 2025-03-06 09:00, pack: P001/3}
        - {at: 2025-03-06 09:00, case: B, pack: P004}
        - {case: B, clock: CK-CMP-60}
        - {case: B, no_clock: CK-CMP-10}
        """,
        when=when,
    )


def test_variants_parameters_and_people_can_be_set() -> None:
    assert passes(
        "- {at: 2025-03-04 10:31, raise: silence, roles: [branch_gm]}",
        given="{received: 2025-03-04 10:00, severity: important}",
        estate="site: {variants: {handler_per_section_1_4: on}}",
    )
    assert passes(
        "- raise: {reason: intake, acknowledge_by: 2025-03-04 10:10}",
        given="{received: 2025-03-04 10:00, severity: important}",
        estate="site: {parameters: {acknowledge_minutes.important: 10}}",
    )
    assert passes("- {state: dispatched, first_receiver: 林小满}", estate="people: {butler: 林小满}")


@pytest.mark.parametrize(("written", "check"), [("yes", "raise"), ("on", "raise"), ("off", "no_raise")])
def test_a_variant_may_be_switched_on_the_way(written: str, check: str) -> None:
    when = f"""
    - {{at: 2025-03-04 09:00, switch: {{handler_per_section_1_4: {written}}}}}
    - {{at: 2025-03-04 10:00, receive: {{severity: important}}}}
    """
    then = f"\n    then:\n      - {{at: 2025-03-04 10:31, {check}: silence, roles: [branch_gm]}}"
    (one,) = told("pack: P001/3\nscenarios:\n  - id: X\n    when:" + when.replace("\n    ", "\n      ") + then)
    assert run(one).passed


def test_an_empty_chair_is_climbed_past() -> None:
    assert passes(
        "- raise: {reason: intake, empty_chairs: head_butler}\n- told: chief_butler\n- not_told: head_butler",
        given="{received: 2025-03-04 10:00, severity: important}",
        estate="people: {head_butler: nobody}",
    )


def test_somebody_away_is_stood_in_for() -> None:
    when = """
    - {at: 2025-03-04 09:00, absent: head_butler, until: 2025-03-09 00:00, substitute: butler}
    - {at: 2025-03-04 10:00, receive: {severity: important}}
    """
    (one,) = told("pack: P001/3\nscenarios:\n  - id: X\n    when:" + when.replace("\n    ", "\n      ") + SUBSTITUTE)
    assert run(one).passed


def test_appointments_begin_and_end() -> None:
    when = """
    - {at: 03-04 10:10, appoint: 王新, role: head_butler}
    - {at: 03-04 10:20, dismiss: head_butler, role: head_butler}
    """
    assert passes("- {at: 2025-03-04 11:01, told: 王新, why: breach, clock: CK-CMP-10}", when=when)


def test_day_based_messages_wait_for_duty_every_day_of_the_week() -> None:
    assert passes(
        """
        - {at: 2025-03-08 00:30, breach: CK-CMP-11}
        - {at: 2025-03-08 08:29, told: butler, clock: CK-CMP-11, why: breach, count: 0}
        - {at: 2025-03-08 08:30, told: butler, clock: CK-CMP-11, why: breach, count: 1}
        """,
        given="{received: 2025-03-05 10:00, severity: minor}",
    )


def test_a_role_nobody_holds_cannot_act() -> None:
    verdict = story(
        "- severity: minor",
        when="- {at: 03-04 10:10, by: head_butler, reply: first}",
        estate="people: {head_butler: nobody}",
    )
    assert "NobodyToAct" in actual(verdict, "!")


def test_a_calendar_may_be_changed_on_the_way() -> None:
    when = "- {at: 03-04 12:00, change_calendar: {weekly: {mon: 09:00-12:00}}}"
    assert passes("- clock: {id: CK-CMP-11, due: 2025-03-06 24:00}", when=when)
