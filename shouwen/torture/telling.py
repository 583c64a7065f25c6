"""How the torture of thousands of worlds is told on a terminal."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import Progress

from shouwen.torture.many import quiet, run_all
from shouwen.torture.running import Verdict, run
from shouwen.torture.shrinking import shrink

SHRUNK_MOST = 3


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


def tell_all(console: Console, seeds: Sequence[int], processes: int | None) -> bool:
    """Live through *seeds* with a moving bar; answers whether every promise was kept."""
    began, count, broken = time.perf_counter(), Count(), []
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("模拟 worlds", total=len(seeds))
        for verdict in run_all(seeds, processes=processes):
            count.add(verdict)
            progress.advance(bar)
            if verdict.broken:
                broken.append(verdict)
                progress.print(f"种子 seed {verdict.seed}: {verdict.broken}", markup=False)
    _sum_up(console, count, broken, time.perf_counter() - began)
    return not broken


def tell_one(console: Console, seed: int) -> bool:
    """Tell the story of one seed, shrunk when it fails; answers whether every promise was kept."""
    quiet()
    verdict = run(seed)
    _story(console, verdict)
    if verdict.broken:
        console.print("\n缩短后 shrunk:")
        _story(console, shrink(verdict))
    return not verdict.broken


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


def _story(console: Console, verdict: Verdict) -> None:
    for event in verdict.story:
        console.print(f"  {event}")
    kept = "所有承诺都守住了 every promise was kept"
    console.print(f"{verdict.facts} 条事实 facts, {verdict.steps} 步 steps: {verdict.broken or kept}")
