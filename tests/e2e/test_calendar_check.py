"""``shouwen calendar check`` as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROWS = Path(__file__).parents[1] / "unit" / "timekeeping" / "business_time_cases.json"
COMMAND = [sys.executable, "-c", "from shouwen.cli import app; app()", "calendar", "check"]


def check(*arguments: object) -> tuple[int, str]:
    command = [*COMMAND, *map(str, arguments)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout


@pytest.fixture
def rows() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(ROWS.read_text("utf-8"))
    return document


def test_every_collected_row_holds() -> None:
    code, said = check(ROWS)

    assert code == 0
    assert said.count("对 ok  ") == 252
    assert "252 行 rows：252 对 ok，0 错 wrong" in said
    assert "left out  roster_cases  16" in said


def test_one_wrong_row_is_told_interval_by_interval_and_fails_the_check(tmp_path: Path, rows: dict[str, Any]) -> None:
    rows["cases"] = [row for row in rows["cases"] if row["id"] in {"cn-001", "cn-002"}]
    rows["cases"][0]["expected"] = "2025-09-29T10:00:00+08:00"
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows), "utf-8")
    code, said = check("--quiet", path)

    assert code == 1
    assert "错 wrong  cn-001" in said
    assert "cn-002" not in said
    assert "2025-09-28 08:30:00 – 2025-09-28 10:00:00  1:30:00  计入 counted" in said
    assert "8 行 rows：7 对 ok，1 错 wrong" in said


def test_a_bad_calendar_fails_the_check_and_names_the_way_out(tmp_path: Path, rows: dict[str, Any]) -> None:
    rows["calendars"]["night"] = {"weekly": {"mon": [["22:00", "06:00"]]}}
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows), "utf-8")
    code, said = check("-q", path)

    assert code == 1
    assert "calendars.night.weekly.mon[0]: 22:00–06:00" in said
    assert "00:00–06:00 on the next" in said
    assert "Traceback" not in said


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_checked(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"cases": \x1b[31m', "utf-8")
    code, said = check("-q", broken, tmp_path / "none.json", ROWS)

    assert code == 2
    assert f"{broken}:1:11 is no JSON" in said
    assert "none.json cannot be read" in said
    assert "252 对 ok" in said
    assert "\x1b[31m" not in said
