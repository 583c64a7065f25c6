"""What `shouwen pack lint` says of a wrong file: where, which rule, what is wrong, what would be right."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shouwen.cli import app

PAGE = Path(__file__).parents[3] / "docs" / "packs.md"
CIRCLE = """    severities:
      - {id: low, name: {zh: 轻, en: Low}, rank: 1}
      - {id: high, name: {zh: 重, en: High}, rank: 2}
    default_severity: low
    upgrades:
      - {id: U-1, name: {zh: 升, en: Up}, months: 1, to: high, when: {severities: [low]}, tell: [], source: s}
      - {id: U-2, name: {zh: 降, en: Down}, months: 1, to: low, when: {severities: [high]}, tell: [], source: s}
    form: """
VARIANT = """      - {id: LOAN-1-x, name: {zh: 七日, en: Seven days}, start: step, after: lend, steps: [return_],
         basis: days, amount: 7, tell: [manager], source: s, when: {flags: [slow]}}
    raises_at_intake:"""
SWITCH = "variants:\n  slow: {name: {zh: 慢, en: Slow}, source: s}\n\ncase_types:"
GROUP = "locked: [case_types.tool_loan.clocks.LOAN-1.amount]\n\nroles:"
FASTER = """id: SITE-1
version: 1
name: {zh: 本项目, en: This site}
source: s
extends: MY-1
case_types:
  tool_loan:
    clocks:
      - {id: LOAN-1, amount: 9}
"""


@pytest.fixture
def whole() -> str:
    """The pack on the page of packs."""
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(text)


def lint(folder: Path, text: str, *beside: str) -> Result:
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    options = [word for name in beside for word in ("--beside", name)]
    return CliRunner().invoke(app, ["pack", "lint", str(folder / "mine.yaml"), *options], env={"COLUMNS": "1000"})


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "at", "rule"),
    [
        pytest.param("amount: 3\n", "amount: three\n", "amount: three", "int_type", id="a word for a number"),
        pytest.param("amount: 3\n", "amount: -3\n", "amount: -3", "amount_missing", id="a wrong number"),
        pytest.param('"50.00"', '"50.005"', "50.005", "money_amount", id="money with three decimals"),
        pytest.param('"50.00"', '"-50.00"', "-50.00", "money_amount", id="a negative deposit"),
        pytest.param('"50.00"', '"1,000"', "1,000", "decimal_parsing", id="money with a comma"),
        pytest.param(
            "department: desk}", "department: shed}", "department: shed", "role_missing", id="an unknown role"
        ),
        pytest.param("basis: days\n", "basis: moons\n", "basis: moons", "enum", id="a unit without meaning"),
        pytest.param("    form: ", CIRCLE, "id: U-1", "upgrade_cycle", id="a cyclic upgrade"),
        pytest.param("    raises_at_intake:", VARIANT, "flags: [slow]", "variants_overlap", id="overlapping variants"),
        pytest.param(
            "start: received,", "start: completed,", "start: completed", "stop_never", id="a stop that never happens"
        ),
        pytest.param("        steps: [return_]\n", "", "id: LOAN-1", "clock_without_end", id="a clock without a stop"),
        pytest.param("version: 1", "version: 1\nextends: MY-1", "extends: MY-1", "extends_cycle", id="extends itself"),
        pytest.param(
            "version: 1", "version: 1\nextends: MY-7", "extends: MY-7", "extends_unknown", id="extends nothing"
        ),
        pytest.param("chain: [desk, manager]", "chain: [desk, manager", "acknowledge: {", "unreadable", id="no YAML"),
    ],
)
def test_a_wrong_file_is_told_its_line_its_rule_and_its_remedy(
    tmp_path: Path, whole: str, old: str, new: str, at: str, rule: str
) -> None:
    text = changed(changed(whole, old, new), "case_types:", SWITCH)
    told = lint(tmp_path, text)
    said = next(line for line in told.output.splitlines() if f"[{rule}]" in line)
    zh, en = said.split(f"[{rule}]: ")[1].split(" / ", 1)

    assert told.exit_code == 1
    assert said.startswith(f"{tmp_path / 'mine.yaml'}:{line_with(text, at)}: ")
    assert re.search("[\u4e00-\u9fff].*；.*[\u4e00-\u9fff]", zh), "what is wrong, and what would be right"
    assert re.search("[a-z].*; .*[a-z]", en)


def test_packs_that_lie_side_by_side_may_extend_each_other_and_keep_what_is_locked(tmp_path: Path, whole: str) -> None:
    (tmp_path / "group.yaml").write_text(changed(whole, "roles:", GROUP), encoding="utf-8")
    refused = lint(tmp_path, FASTER)
    allowed = lint(tmp_path, changed(FASTER, "amount: 9", "tell: [desk]"))

    assert (refused.exit_code, allowed.exit_code) == (1, 0), (refused.output, allowed.output)
    line = line_with(FASTER, "amount: 9")
    assert f"mine.yaml:{line}: case_types.tool_loan.clocks.LOAN-1.amount [locked]: 上级标准已锁定此值" in refused.output
    assert "drop the change" in refused.output


def test_two_packs_of_one_site_may_not_bring_the_same_case_type(tmp_path: Path, whole: str) -> None:
    clash = lint(tmp_path, whole.replace("tool_loan", "complaint"), "P004")

    assert clash.exit_code == 1
    assert "MY-1 与 P004 都定义了事项类型 complaint" in clash.output
    assert "Both define the case type complaint" in clash.output
    assert lint(tmp_path, whole, "P004").exit_code == 0
