"""Reading clocks, CPU meters and lists of numbers."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import TypeVar

import psutil

T = TypeVar("T")
MILLISECONDS = 1000.0
MICROSECONDS = 1e6


def percentile(values: Sequence[float], rank: float) -> float:
    """The value at *rank* per cent of the sorted *values*.

    Raises:
        ValueError: There are none.
    """
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(rank / 100 * (len(ordered) - 1)))]


def cpu_seconds(*pids: int) -> float:
    """CPU seconds used so far by each process and its children, ended ones included."""
    return sum(_of_tree(pid) for pid in pids)


def _of_tree(pid: int) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        own = process.cpu_times()
        ended = own.children_user + own.children_system
        return float(own.user + own.system + ended) + sum(_of_tree(child.pid) for child in process.children())
    return 0.0


async def taking_turns(
    product: Callable[[], Awaitable[T]], floor: Callable[[], Awaitable[T]], rounds: int
) -> tuple[list[T], list[T]]:
    """Product, floor, product, floor …: what disturbs the machine disturbs both."""
    mine: list[T] = []
    theirs: list[T] = []
    for _ in range(rounds):
        mine.append(await product())
        theirs.append(await floor())
    return mine, theirs


async def until(look: Callable[[], Awaitable[T]], *, patience: float, every: float = 0.01) -> T:
    """The first truthy answer of *look*.

    Raises:
        TimeoutError: None came within *patience* seconds; shows the last one.
    """
    deadline = perf_counter() + patience
    while not (answer := await look()):
        if perf_counter() > deadline:
            raise TimeoutError(f"still {answer!r} after {patience} s")
        await asyncio.sleep(every)
    return answer


async def paced(rate: float, count: int, act: Callable[[int], Awaitable[None]]) -> None:
    """Start *act* for 0, 1, 2 … at *rate* a second, however long each takes; returns when all have ended."""
    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - perf_counter()))
            group.create_task(_awaited(act, number))


async def _awaited(act: Callable[[int], Awaitable[None]], number: int) -> None:
    await act(number)
