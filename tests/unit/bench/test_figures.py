from pathlib import Path
from typing import Any

import pytest

from bench import report
from bench.measuring import percentile
from bench.report import merged, write
from bench.result import Result, aimed, compared, seen


def row(path: str, product: float = 1.0) -> dict[str, Any]:
    return seen(path, [product], better="higher", unit="/s").as_json()


def test_a_ratio_is_product_over_floor_whichever_is_better() -> None:
    assert compared("a: b", [10, 30, 20], [40, 40, 40], better="higher", target=0.5, unit="/s").ratio == 0.5
    assert compared("a: b", [10, 30, 20], [40, 40, 40], better="lower", target=0.5, unit="ms").ratio == 0.5


def test_an_absolute_aim_is_a_floor_with_a_target_of_one() -> None:
    result = aimed("a: b", [15.0], 10.0, better="lower", unit="ms")
    assert (result.floor, result.ratio, result.target, result.reached) == (10.0, 1.5, 1.0, False)


@pytest.mark.parametrize(
    ("better", "ratio", "reached"), [("higher", 0.9, True), ("higher", 0.7, False), ("lower", 0.7, True)]
)
def test_a_target_is_reached_in_the_direction_that_is_better(better: Any, ratio: float, reached: bool) -> None:  # noqa: FBT001  a column
    assert Result("a: b", ratio, 1.0, ratio, better, 0.8, 0.0, "/s").reached is reached


def test_a_path_without_a_promise_is_neither_reached_nor_missed() -> None:
    assert seen("a: b", [1.0], better="higher", unit="/s").reached is None


def test_the_spread_is_measured_over_the_rounds_of_the_product() -> None:
    assert compared("a: b", [8, 10, 12], [1, 1, 9], better="higher", target=None, unit="/s").spread == 0.4


def test_a_row_has_exactly_the_keys_others_read() -> None:
    assert list(row("a: b")) == [
        *("path", "product", "floor", "ratio", "better", "target", "spread", "unit"),
        *("cpu_us", "note"),
    ]


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(each) for each in range(1, 101)]
    assert [percentile(values, rank) for rank in (0, 50, 99, 100)] == [1.0, 51.0, 99.0, 100.0]


def test_measuring_some_paths_keeps_the_rows_of_the_others_in_their_place() -> None:
    kept = [row("a: one"), row("b: one"), row("b: two"), row("c: one")]
    fresh = [row("b: one", 5.0)]
    rows = merged(kept, [("b", fresh)], ("a", "b", "c"))
    assert [(each["path"], each["product"]) for each in rows] == [("a: one", 1.0), ("b: one", 5.0), ("c: one", 1.0)]


def test_the_table_is_written_between_its_marks_and_nothing_else_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")
    monkeypatch.setattr(report, "DOCUMENT", document)
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")
    write([row("a: one")], "2026-11-22, full run")
    text = document.read_text("utf-8")
    assert text.startswith(f"before\n{report.BEGIN}\nLast run 2026-11-22, full run: ")
    assert text.endswith(f"\n{report.END}\nafter\n")
    assert "| a: one | 1 /s |" in text
    assert "old" not in text
