"""Many seeds on every core, each process with worlds of its own."""

import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import structlog

from shouwen.torture.running import Verdict, run

AT_ONCE = 20
"""Seeds a process takes at a time: few enough for a moving bar, many enough to cost nothing."""


def quiet() -> None:
    """What services log in a world where everything fails is of no use to anybody."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


def run_all(seeds: Sequence[int], *, processes: int | None = None) -> Iterator[Verdict]:
    """The verdict on every seed, in the order they come.

    Args:
        seeds: Which worlds.
        processes: How many at a time; as many as there are cores when left out.
    """
    lots = [seeds[start : start + AT_ONCE] for start in range(0, len(seeds), AT_ONCE)]
    # Spawned, not forked: a fork would carry over whatever threads the caller has.
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=get_context("spawn"), initializer=quiet) as pool:
        for done in as_completed([pool.submit(_run_lot, lot) for lot in lots]):
            yield from done.result()


def _run_lot(seeds: Sequence[int]) -> list[Verdict]:
    return [run(seed) for seed in seeds]
