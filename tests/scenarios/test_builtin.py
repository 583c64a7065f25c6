from pathlib import Path

import pytest

from shared.packs.loader import builtin
from shouwen.scenarios.finding import BUILTIN, ENDINGS
from shouwen.scenarios.findings import FileWrong
from shouwen.scenarios.model import Scenario
from shouwen.scenarios.parsing import load
from shouwen.scenarios.running import run
from shouwen.scenarios.telling import failed

FILES = sorted(path for path in BUILTIN.rglob("*") if path.suffix in ENDINGS)


def of(file: Path) -> tuple[Scenario, ...]:
    """The rows of a file; none of one that cannot be read, which a test of its own says."""
    try:
        return load(file)
    except FileWrong:
        return ()


ROWS = [(file.parent.name, one) for file in FILES for one in of(file)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_file_can_be_read(file: Path) -> None:
    assert load(file)


@pytest.mark.parametrize("scenario", [pytest.param(one, id=f"{one.id} {pack}") for pack, one in ROWS])
def test_every_row_of_the_manuals_holds(scenario: Scenario) -> None:
    verdict = run(scenario)
    assert verdict.passed, "\n".join(failed(verdict))


def test_every_pack_with_scenarios_is_named_by_its_folder() -> None:
    assert {path.parent.name for path in FILES} <= {pack.id.replace("/", "_") for pack in builtin()}


def test_an_id_stands_for_one_row_of_one_pack() -> None:
    seen = [(pack, one.id) for pack, one in ROWS]
    assert len(seen) == len(set(seen))


def test_every_row_says_what_it_covers() -> None:
    assert [one.id for _, one in ROWS if not one.covers] == []
