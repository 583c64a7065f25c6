"""``make bench``: every path in order, product and floor taking turns; a path that fails costs no other its row."""

import asyncio
import re
import signal
import sys
import traceback
from importlib import import_module
from time import perf_counter
from types import FrameType
from typing import Annotated, NoReturn

import typer
import uvloop
from rich.console import Console

from bench.report import Row, kept_rows, merged, show, write
from bench.result import Result
from bench.scale import Scale
from shared.timekeeping.clock import SystemClock

PATHS = (
    "consume",
    "hop",
    "stored",
    "intake",
    "outbox",
    "visible",
    "ordered",
    "saturation",
    "timers",
    "growth",
    "history",
    "crowd",
    "restart",
    "million",
    "idle",
    "residents",
    "sheets",
    "working_time",
    "planned",
    "fold_rules",
    "packs",
)

PLACES = re.compile(r"/[\w.-]+/\S+")
"""Paths of this machine, which do not belong into a document."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else 200)

Only = Annotated[str, typer.Option("--only", help="用逗号分开的路径 / paths, parted by commas")]
Quick = Annotated[bool, typer.Option("--quick", help="小规模，几分钟内 / small, within minutes")]


def bench(only: Only = "", quick: Quick = False) -> None:  # noqa: FBT002  a typer option
    """测量各路径与下限之比 / measure every path beside its floor."""
    chosen = only.split(",") if only else list(PATHS)
    if unknown := [name for name in chosen if name not in PATHS]:
        out.print(f"没有这条路径：{unknown}。 No such path; there are {', '.join(PATHS)}.")
        raise typer.Exit(2)
    scale = Scale.QUICK if quick else Scale.FULL
    rows = kept_rows()
    failed = False
    for name in chosen:
        fresh, broke = _measured(name, scale)
        failed = failed or broke
        rows = merged(rows, [(name, fresh)], PATHS)
        show(fresh, out)
        write(rows, f"{SystemClock().now().date()}, {scale} run")
    raise typer.Exit(1 if failed else 0)


def _measured(name: str, scale: Scale) -> tuple[list[Row], bool]:
    out.print(f"[bold]{name}[/] …")
    began = perf_counter()
    try:
        results = _run(name, scale)
    except Exception as trouble:  # noqa: BLE001  the other paths' figures are worth keeping
        traceback.print_exc()
        return [Result(f"{name}: failed", 0, None, None, "higher", None, 0, "", note=_plain(trouble)).as_json()], True
    out.print(f"{name}: {perf_counter() - began:.0f} s")
    return [result.as_json() for result in results], False


def _run(name: str, scale: Scale) -> list[Result]:
    path = import_module(f"bench.paths.{name}")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        results: list[Result] = runner.run(path.measure(scale))
    for result in results:
        assert result.path.startswith(f"{name}:"), f"{result.path!r} does not begin with {name!r} and a colon"
    return results


def _plain(trouble: Exception) -> str:
    words = f"{type(trouble).__name__}: {trouble}".splitlines()[0]
    return PLACES.sub("…", words).replace("|", "/")[:200]


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Whoever is told to end takes the servers and services along."""
    raise SystemExit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    typer.run(bench)
