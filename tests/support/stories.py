"""Scenarios written inside a test."""

from textwrap import dedent, indent

import pytest

from shouwen.scenarios.cast import builtin_packs
from shouwen.scenarios.findings import FileWrong, Finding
from shouwen.scenarios.model import Scenario
from shouwen.scenarios.parsing import parsed
from shouwen.scenarios.running import Verdict, run

MINOR = "{received: 2025-03-04 10:00, severity: minor}"


def told(text: str) -> tuple[Scenario, ...]:
    """The scenarios of a text."""
    return parsed(dedent(text), "rows.yaml", builtin_packs())


def story(then: str, *, when: str = "", given: str = MINOR, pack: str = "P001/3", estate: str = "") -> Verdict:
    """What becomes of a scenario with one case; *when* and *then* are lists in YAML."""
    parts = [f"pack: {pack}", dedent(estate), "scenarios:", "  - id: X", "    given:", f"      case: {given}"]
    parts += ["    when:", indent(dedent(when), "      ")] if when else []
    parts += ["    then:", indent(dedent(then), "      ")]
    (one,) = told("\n".join(parts))
    return run(one)


def passes(then: str, **how: str) -> bool:
    """Whether the scenario goes as written; where it does not, the test says how."""
    verdict = story(then, **how)
    assert verdict.passed, verdict.failures
    return True


def wrong(text: str) -> tuple[Finding, ...]:
    """What is wrong with a text."""
    with pytest.raises(FileWrong) as refused:
        told(text)
    return refused.value.findings


def actual(verdict: Verdict, field: str) -> str:
    """What was seen in the place of *field* of the first failure."""
    return next(line.actual for line in verdict.failures[0].lines if line.field == field)
