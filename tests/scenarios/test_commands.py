import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.packs.loader import FILES
from shouwen.cli import app
from shouwen.scenarios.documenting import vocabulary

CARRIED = FILES.with_name("scenarios")
ROWS = """\
pack: P001/3
scenarios:
  - {id: GOOD, given: {case: {received: 2025-03-04 10:00}}, then: [severity: minor]}
  - {id: BAD, given: {case: {received: 2025-03-04 10:00}}, then: [severity: major]}
"""


def ran(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    return result.exit_code, result.output


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    file = tmp_path / "rows.yaml"
    file.write_text(ROWS, encoding="utf-8")
    return file


def test_a_failed_scenario_is_shown_beside_what_happened_and_ends_with_one(rows: Path) -> None:
    code, said = ran("scenario", "run", rows)
    assert code == 1
    assert "ok      GOOD" in said
    assert "FAILED  BAD" in said
    assert re.search(r"≠ severity +major +minor", said)
    assert "escalation.clock_armed" in said
    assert "✉ service_center" in said
    assert "1 failed. 2 个场景 scenarios, 2 项检查 checks" in said


def test_one_scenario_can_be_picked(rows: Path) -> None:
    code, said = ran("scenario", "run", rows, "--only", "GOOD")
    assert (code, "BAD" in said) == (0, False)
    code, said = ran("scenario", "run", rows, "--only", "GOD")
    assert code != 0
    assert "GOOD" in said


def test_what_happened_is_shown_when_asked_for(rows: Path) -> None:
    assert "intake.request_received" not in ran("scenario", "run", rows, "--only", "GOOD")[1]
    assert "intake.request_received" in ran("scenario", "run", rows, "--only", "GOOD", "-v")[1]


def test_a_folder_is_searched_and_an_empty_one_refused(rows: Path, tmp_path: Path) -> None:
    assert ran("scenario", "run", rows.parent)[0] == 1
    (tmp_path / "empty").mkdir()
    code, said = ran("scenario", "run", tmp_path / "empty")
    assert (code != 0, "no scenario file" in said) == (True, True)


def test_a_file_with_a_mistake_runs_nothing_and_ends_with_two(rows: Path) -> None:
    rows.write_text(ROWS.replace("severity: major", "severety: major"), encoding="utf-8")
    code, said = ran("scenario", "run", rows)
    assert code == 2
    assert "rows.yaml:4: BAD then[1]" in said
    assert "GOOD" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    code, said = ran("scenario", "run", tmp_path / "none.yaml")
    assert code == 2
    assert "none.yaml" in said


def test_every_builtin_pack_is_tested_by_the_scenarios_it_carries() -> None:
    said = ran("pack", "test")[1]
    tested = re.findall(r"^— (.*) —$", said, re.MULTILINE)
    assert {"G-SAFETY", "P000", "P001/3", "P004"} <= set(tested)
    assert sorted(tested) == sorted({folder.name.replace("_", "/") for folder in CARRIED.iterdir()})
    assert len(re.findall(r"scenarios, \d+ ", said)) == len(tested)


def test_one_row_is_found_in_whatever_pack_carries_it() -> None:
    code, said = ran("pack", "test", "--only", "AS-016")
    assert (code, re.findall(r"^— (.*) —$", said, re.MULTILINE)) == (0, ["P001/3"])
    assert ran("pack", "test", "--only", "AS-nothing")[0] != 0


def test_a_pack_without_scenarios_or_of_no_such_name_is_refused() -> None:
    code, said = ran("pack", "test", "P009")
    assert code != 0
    assert "P001/3" in said


def test_a_pack_file_is_tested_against_what_lies_beside_it(tmp_path: Path) -> None:
    pack, beside = tmp_path / "mine.yaml", tmp_path / "mine.scenarios.yaml"
    ours = (FILES / "P001_3.yaml").read_text(encoding="utf-8")
    pack.write_text(ours.replace("id: P001/3", "id: OURS/1").replace("amount: 1\n", "amount: 2\n", 1), encoding="utf-8")
    assert "mine.scenarios" in ran("pack", "test", pack)[1]
    row = "{id: A, given: {case: {received: 2025-03-04 10:00}}, then: [clock: {id: CK-CMP-10, due: 2025-03-04 12:00}]}"
    beside.write_text(f"pack: OURS/1\nscenarios:\n  - {row}\n", encoding="utf-8")
    code, said = ran("pack", "test", pack)
    assert code == 0, said
    beside.write_text(beside.read_text().replace("12:00", "11:00"), encoding="utf-8")
    assert ran("pack", "test", pack)[0] == 1
    beside.write_text(f"scenarios:\n  - {row}\n", encoding="utf-8")
    assert ran("pack", "test", pack)[0] == 0
    pack.write_text("id: OURS/1\n", encoding="utf-8")
    assert ran("pack", "test", pack)[0] == 2


def test_an_older_version_of_a_builtin_pack_is_tested_as_it_is(tmp_path: Path) -> None:
    pack, beside = tmp_path / "old.yml", tmp_path / "old.scenarios.yml"
    ours = (FILES / "P001_3.yaml").read_text(encoding="utf-8")
    pack.write_text(re.sub(r"(?m)^version: .*", "version: 1", ours), encoding="utf-8")
    row = "{id: A, given: {case: {received: 2025-03-04 10:00}}, then: [state: {version: 1}]}"
    beside.write_text(f"pack: P001/3\nscenarios:\n  - {row}\n", encoding="utf-8")
    code, said = ran("pack", "test", pack)
    assert code == 0, said


def test_the_words_of_the_format_can_be_listed() -> None:
    assert ran("scenario", "words")[1].strip() == "\n".join(vocabulary()).strip()


def test_every_scenario_of_the_manual_runs_as_it_is_printed(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in manual.split("```yaml\n")[1:]]
    whole = [block for block in blocks if block.startswith("pack:")]
    assert whole
    for number, block in enumerate(whole):
        (tmp_path / f"{number}.yaml").write_text(block, encoding="utf-8")
    code, said = ran("scenario", "run", tmp_path)
    assert code == 0, said
