from pathlib import Path

import pytest

from shouwen.scenarios.finding import BUILTIN, ENDINGS
from shouwen.scenarios.model import Scenario
from shouwen.scenarios.parsing import load
from shouwen.scenarios.running import run
from shouwen.scenarios.telling import failed

FILES = sorted(path for path in BUILTIN.rglob("*") if path.suffix in ENDINGS)


def scenarios() -> list[object]:
    return [pytest.param(one, id=one.id) for file in FILES for one in load(file)]


@pytest.mark.parametrize("scenario", scenarios())
def test_every_row_of_the_manuals_holds(scenario: Scenario) -> None:
    verdict = run(scenario)
    assert verdict.passed, "\n".join(failed(verdict))


def test_every_pack_with_scenarios_is_named_by_its_folder() -> None:
    assert {path.parent.name for path in FILES} <= {"P000", "P001_3", "P004", "G-SAFETY"}


def test_an_id_stands_for_one_row_of_one_pack() -> None:
    seen = [(path.parent.name, one.id) for path in FILES for one in load(path)]
    assert len(seen) == len(set(seen))


def test_every_row_says_what_it_covers() -> None:
    assert [one.id for file in FILES for one in load(Path(file)) if not one.covers] == []
