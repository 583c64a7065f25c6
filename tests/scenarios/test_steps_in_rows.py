"""Steps, money, rolls and deferrals as rows of a scenario."""

from dataclasses import replace
from textwrap import dedent, indent

import pytest

from shared.packs.loader import builtin_pack
from shouwen.scenarios.cast import packs_with
from shouwen.scenarios.parsing import parsed
from shouwen.scenarios.running import Verdict, run
from tests.support.step_builders import DEPOSIT, FAIL, ISSUE, NOT_ASKED, PASS, PASSES, PAY, REFUND, step
from tests.support.stories import actual, passes, story

INSPECT, SIGN = step("inspect", outcomes=(PASS, FAIL)), step("sign", by=("head_butler",))
STORY = """
- {at: 10:10, take: pay, form: {number: 3}}
- {at: 10:20, take: issue, form: {workers: [张三, 李四]}}
- {at: 10:30, take: {step: inspect, outcome: fail}}
- {at: 10:35, take: refund, form: {sum: 1000.01}, refused: {why: above_held, field: /form/sum, contains: "1000.00"}}
- {at: 10:40, take: refund, form: {sum: 400}}
- {at: 10:50, by: butler, take: sign, refused: not_your_step}
- {at: 10:55, take: sign}
"""


def seen(then: str) -> Verdict:
    pack = builtin_pack("P001/3")
    steps = (PAY, REFUND, ISSUE, INSPECT, SIGN)
    kind = replace(pack.case_types["complaint"], steps=steps, money=(DEPOSIT, PASSES), follow_up=NOT_ASKED)
    tested = replace(pack, case_types={**pack.case_types, kind.id: kind})
    parts = ["scenarios:", "  - id: X", "    given:", "      case: {received: 2025-03-04 10:00, severity: minor}"]
    parts += ["    when:", indent(dedent(STORY), "      "), "    then:", indent(dedent(then), "      ")]
    (one,) = parsed("\n".join(parts), "rows.yaml", packs_with(tested))
    return run(one)


@pytest.mark.parametrize(
    "check",
    [
        "step: {id: pay, taken: yes, possible: no, why: already_taken, count: 1, at: 2025-03-04 10:10}",
        "step: {id: inspect, taken: no, outcome: fail, possible: yes, why: null}",
        "step: {id: refund, taken: yes, count: 1, possible: yes, by: service_center}",
        "step: {id: sign, by: head_butler}",
        "ledger: {item: deposit, due: 1000.00, paid: 1000, refunded: 400, held: 600, owing: 0}",
        "ledger: {item: passes, due: 150, deducted: 0, settled: 0}",
        "roll: {roll: passes, name: 张三}",
        "no_roll: {roll: passes, name: 王五}",
        "{roll: passes, count: 2}",
        "fact: {kind: step_taken, step: refund, money.0.amount: 400.00, money.0.credit: cash}",
    ],
)
def test_what_steps_brought_about_can_be_looked_at(check: str) -> None:
    verdict = seen(f"- {check}" if check.startswith("{") else f"- {{{check}}}")
    assert verdict.passed, verdict.failures


@pytest.mark.parametrize(
    ("check", "field", "there"),
    [
        ("step: {id: pay, count: 2}", "count", "1"),
        ("step: {id: inspect, taken: yes}", "taken", "false"),
        ("step: {id: sign, by: butler}", "by", "head_butler"),
        ("ledger: {item: deposit, held: 600.01}", "held", "600.00"),
        ("ledger: {item: deposit, paid: 999}", "paid", "1000.00"),
        ("roll: {roll: passes, name: 王五}", "name", "张三"),
    ],
)
def test_a_check_that_does_not_hold_shows_what_is_there(check: str, field: str, there: str) -> None:
    assert there in actual(seen(f"- {{{check}}}"), field)


def test_a_row_defers_with_consent_and_is_refused_without() -> None:
    when = """
        - {at: 10:10, defer: 2025-03-05 08:30, refused: consent_missing}
        - {at: 10:20, consent: {consent: CN-1, until: 2025-03-05 08:30}}
        - {at: 10:30, defer: 2025-03-05 08:31, refused: {why: after_consent, field: until}}
        - {at: 10:40, by: service_center, defer: 2025-03-05 08:30}
    """
    assert passes("- {fact: case_deferred, consent: CN-1, by: service_center, count: 1}", when=when)


def test_the_steps_of_an_emergency_are_taken_by_one_tap() -> None:
    given = "{received: 2025-03-04 10:00, case_type: emergency, category: elevator}"
    when = "- {at: 10:01, take: elevator_talk}"
    then = """
        - {step: elevator_talk, taken: yes, at: 2025-03-04 10:01}
        - {step: elevator_call, taken: no, possible: yes}
        - no_step: fire_119
    """
    assert passes(then, when=when, given=given)
    assert not story("- {step: elevator_call, taken: yes}", when=when, given=given).passed
