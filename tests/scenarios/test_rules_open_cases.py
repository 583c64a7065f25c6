"""Duties, recurrences and linked cases in scenarios: the words find what there is, and fail where there is nothing."""

import pytest

from shouwen.scenarios.running import Verdict, run
from tests.support.stories import told, wrong

TWICE = """
pack: P004
scenarios:
- id: X
  given:
    case: {at: 2025-03-04 10:00, unit: 1-1, category: other}
  when:
  - {at: 2025-03-10 10:00, receive: {unit: 1-1, category: other}, case: second}
  then:
  - CHECK
"""
DUTY = """
pack: P004
scenarios:
- id: X
  given: {plans: [R-82]}
  when:
  - {at: 2025-04-29 09:00, wait: }
  then:
  - CHECK
"""


def seen(text: str, check: str) -> Verdict:
    (one,) = told(text.replace("CHECK", check))
    return run(one)


@pytest.mark.parametrize(
    "check",
    [
        "{recurred: {rule: UP-6, count: 2, at: 2025-03-10 10:00, window: 2025-03}, case: second}",
        "{no_recurred: UP-6}",
        "{linked: {case_type: improvement_action, rule: UP-6, at: 2025-03-10 10:00}}",
        "{linked: {case_type: improvement_action}, case: second, count: 1}",
        "{state: {split_from: second, registered_by: system}, case: second/UP-6}",
        "{raise: {rule: UP-6, roles: [service_supervisor, project_manager]}, case: second/UP-6}",
        "{told: {rule: UP-6, who: project_manager}, case: second/UP-6}",
    ],
)
def test_the_second_of_a_month_opens_an_analysis(check: str) -> None:
    verdict = seen(TWICE, check)
    assert verdict.passed, verdict.failures


@pytest.mark.parametrize(
    "check",
    [
        "{recurred: {rule: UP-6}}",
        "{recurred: {rule: UP-6, count: 3}, case: second}",
        "{no_recurred: UP-6, case: second}",
        "{linked: {rule: UP-7}}",
        "{no_linked: improvement_action}",
    ],
)
def test_what_did_not_come_back_so_is_not_seen(check: str) -> None:
    assert not seen(TWICE, check).passed


@pytest.mark.parametrize(
    "check",
    [
        "{planned: {rule: R-82, period: 2025-05, due: 2025-05-05 24:00, remind: 2025-04-30 08:30, opened: no}}",
        "{at: 2025-04-30 09:00, planned: {rule: R-82, period: 2025-05, opened: yes}}",
        "{at: 2025-05-01 09:00, state: {registered_by: system, first_receiver: system}, case: R-82/2025-05}",
        "{planned: {rule: CK-VAC-01, waits: [vacant_inspection_day]}}",
        "{no_planned: {rule: R-71}}",
    ],
)
def test_a_duty_opens_its_case_in_the_scenario_that_names_its_plan(check: str) -> None:
    verdict = seen(DUTY, check)
    assert verdict.passed, verdict.failures


@pytest.mark.parametrize(
    "check",
    [
        "{planned: {rule: R-82, period: 2025-05, opened: yes}}",
        "{planned: {rule: R-82, period: 2025-05, due: 2025-05-04 24:00}}",
        "{at: 2025-06-30 09:00, state: {registered_by: system}, case: R-82/2025-09}",
    ],
)
def test_a_duty_that_is_otherwise_is_told(check: str) -> None:
    assert not seen(DUTY, check).passed


def test_while_intake_is_down_duties_wait_and_then_open_at_their_true_instants() -> None:
    (one,) = told("""
    pack: P004
    scenarios:
    - id: X
      given: {plans: [CK-PAT-01]}
      when:
      - {at: 2025-03-04 08:00, service_down: intake, until: 2025-03-04 15:00}
      then:
      - {at: 2025-03-04 14:59, planned: {rule: CK-PAT-01, period: 2025-03-04.am, opened: no}}
      - {at: 2025-03-04 15:01, state: {received: 2025-03-04 08:30}, case: CK-PAT-01/2025-03-04.am}
      - {at: 2025-03-04 15:01, breach: {due: 2025-03-04 12:00}, case: CK-PAT-01/2025-03-04.am, count: 1}
    """)
    verdict = run(one)
    assert verdict.passed, verdict.failures


def test_a_plan_no_pack_has_is_refused_with_what_there_is() -> None:
    (finding,) = wrong(DUTY.replace("[R-82]", "[R-8]").replace("CHECK", "{planned: {rule: R-82}}"))
    assert "R-82" in str(finding)


def test_a_case_of_a_plan_that_does_not_run_is_refused() -> None:
    assert wrong(DUTY.replace("CHECK", "{status: closed, case: R-71/2025-05}"))


@pytest.mark.parametrize(
    "check",
    ["{no_breach: CK-VAC-02, case: R-82/2025-5}", "{status: closed, case: R-82/2025-5}"],
)
def test_a_case_no_rule_opened_is_told_with_those_that_are_there(check: str) -> None:
    verdict = seen(DUTY.replace("04-29 09:00", "04-30 09:00"), check)
    assert [line.field for failure in verdict.failures for line in failure.lines] == ["case"]
    assert "R-82/2025-05" in verdict.failures[0].lines[0].actual


def test_an_act_on_a_case_no_rule_opened_is_told_and_the_next_row_still_runs() -> None:
    verdict = seen(DUTY.replace("wait: }", "case: R-82/2025-5, accept: }"), "{planned: R-82}")
    assert [failure.what for failure in verdict.failures] == ["accept"]
