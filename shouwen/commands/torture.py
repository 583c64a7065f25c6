"""``shouwen torture``: thousands of simulated worlds in which everything goes wrong, and no promise may be broken."""

from typing import Annotated

import typer
from rich.console import Console

BROKEN = 1

Seeds = Annotated[int, typer.Option(min=1, help="多少个世界 / how many worlds")]
First = Annotated[int, typer.Option("--from", min=0, help="从哪个种子开始 / the first seed")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="重演一个种子 / tell the story of one seed again")]
Processes = Annotated[int | None, typer.Option(min=1, help="进程数 / processes")]


def torture(seeds: Seeds = 2000, first: First = 1, seed: Seed = None, processes: Processes = None) -> None:
    """在内存中模拟数千种故障 / simulate thousands of worlds of failures; exits with 1 when a promise is broken."""
    # Not above: every service would pay for all the others at its start.
    from shouwen.torture.telling import tell_all, tell_one  # noqa: PLC0415

    console = Console(highlight=False, markup=False, soft_wrap=True)
    worlds = range(first, first + seeds)
    if not (tell_all(console, worlds, processes) if seed is None else tell_one(console, seed)):
        raise typer.Exit(BROKEN)
