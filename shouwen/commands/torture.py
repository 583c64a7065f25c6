"""``shouwen torture``: thousands of simulated worlds in which everything goes wrong, and no promise may be broken."""

import time
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from shouwen.torture.many import quiet, run_all
from shouwen.torture.running import Verdict, run
from shouwen.torture.shrinking import shrink

BROKEN = 1
SHRUNK_MOST = 3

Seeds = Annotated[int, typer.Option(min=1, help="多少个世界 / how many worlds")]
First = Annotated[int, typer.Option("--from", min=0, help="从哪个种子开始 / the first seed")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="重演一个种子 / tell the story of one seed again")]
Processes = Annotated[int | None, typer.Option(min=1, help="进程数 / processes")]


@dataclass(slots=True)
class Count:
    """What has been lived through so far."""

    worlds: int = 0
    requests: int = 0
    facts: int = 0
    steps: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count one world."""
        self.worlds += 1
        self.requests += verdict.accepted
        self.facts += verdict.facts
        self.steps += verdict.steps


def torture(seeds: Seeds = 2000, first: First = 1, seed: Seed = None, processes: Processes = None) -> None:
    """在内存中模拟数千种故障 / simulate thousands of worlds of failures; exits with 1 when a promise is broken."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    quiet()
    if seed is not None:
        _tell(console, run(seed))
        return
    began, count, broken = time.perf_counter(), Count(), []
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("模拟 worlds", total=seeds)
        for verdict in run_all(range(first, first + seeds), processes=processes):
            count.add(verdict)
            progress.advance(bar)
            if verdict.broken:
                broken.append(verdict)
                progress.print(f"种子 seed {verdict.seed}: {verdict.broken}", markup=False)
    _sum_up(console, count, broken, time.perf_counter() - began)


def _sum_up(console: Console, count: Count, broken: list[Verdict], seconds: float) -> None:
    for verdict in sorted(broken, key=lambda one: one.seed)[:SHRUNK_MOST]:
        console.print(f"\n种子 {verdict.seed} 缩短后 shrunk:")
        _story(console, shrink(verdict))
        console.print(f"重演 tell it again: shouwen torture --seed {verdict.seed}")
    console.print(
        f"{count.worlds} 个世界，{count.requests} 件受理，{count.facts} 条事实，{count.steps} 步，"
        f"{len(broken)} 个违背承诺，{seconds:.0f} 秒"
        f"\n{count.worlds} worlds, {count.requests} requests accepted, {count.facts} facts, {count.steps} steps, "
        f"{len(broken)} broke a promise, {seconds:.0f} s"
    )
    if broken:
        raise typer.Exit(BROKEN)


def _tell(console: Console, verdict: Verdict) -> None:
    _story(console, verdict)
    if verdict.broken:
        console.print("\n缩短后 shrunk:")
        _story(console, shrink(verdict))
        raise typer.Exit(BROKEN)


def _story(console: Console, verdict: Verdict) -> None:
    for event in verdict.story:
        console.print(f"  {event}")
    kept = "所有承诺都守住了 every promise was kept"
    console.print(f"{verdict.facts} 条事实 facts, {verdict.steps} 步 steps: {verdict.broken or kept}")
