"""What docs/packs.md and its examples show can be used as it stands."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.packs.loader import load_pack
from shouwen.cli import app

DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "packs.md"
EXAMPLES = sorted(file for file in (DOCS / "examples").glob("*.yaml") if not file.stem.endswith(".scenarios"))


def test_the_pack_on_the_page_passes_the_linter() -> None:
    (whole,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    pack = load_pack(whole)
    assert set(pack.case_types) == {"tool_loan", "tool_inventory"}


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_an_example_is_right_and_its_scenarios_run(file: Path) -> None:
    lint, test = (CliRunner().invoke(app, ["pack", word, str(file)]) for word in ("lint", "test"))
    assert (lint.exit_code, test.exit_code) == (0, 0), lint.output + test.output
    assert "全部符合" in test.output


def test_every_command_of_the_page_is_there() -> None:
    said = CliRunner().invoke(app, ["pack", "--help"], env={"COLUMNS": "200"}).output
    for word in set(re.findall(r"^shouwen pack (\w+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)):
        assert re.search(rf"\b{word}\b", said), word
