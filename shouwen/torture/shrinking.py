"""A failing story made short: events are left out as long as the same promise stays broken."""

from collections.abc import Callable

from shouwen.torture.running import Verdict, run
from shouwen.torture.story import Story

RUNS_MOST = 200


def shrink(verdict: Verdict, *, again: Callable[[int, Story], Verdict] = run) -> Verdict:
    """The verdict on the shortest story found that breaks the same promise under the same seed.

    Leaves out halves first, then ever smaller parts, at most two hundred runs altogether.
    """
    best, size, runs = verdict, max(len(verdict.story) // 2, 1), 0
    while size and runs < RUNS_MOST:
        shorter, runs = _without_parts(best, size, runs, again)
        size = size if len(shorter.story) < len(best.story) else size // 2
        best = shorter
    return best


def _without_parts(best: Verdict, size: int, runs: int, again: Callable[[int, Story], Verdict]) -> tuple[Verdict, int]:
    start = 0
    while start < len(best.story) and runs < RUNS_MOST:
        tried = again(best.seed, best.story[:start] + best.story[start + size :])
        runs += 1
        if law_of(tried) == law_of(best):
            best = tried
        else:
            start += size
    return best, runs


def law_of(verdict: Verdict) -> str:
    """The promise a verdict found broken, without what was seen; two stories rarely break it with the same words."""
    return ":".join(verdict.broken.split(":")[:2]) if verdict.broken.startswith("everything") else _first(verdict)


def _first(verdict: Verdict) -> str:
    return verdict.broken.partition(":")[0]
