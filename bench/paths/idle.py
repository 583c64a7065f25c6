"""What ``make run`` takes while nobody wants anything of it, both servers included."""

import asyncio
from time import perf_counter

import psutil

from bench.measuring import cpu_seconds
from bench.result import Result, aimed
from bench.scale import Scale
from bench.whole import whole_system

MEMORY_MOST, CPU_MOST = 350.0, 2.0
MEGABYTE = 2**20
PER_CENT = 100


async def measure(scale: Scale) -> list[Result]:
    """Memory as the sum of proportional shares, and CPU as a share of one core."""
    rested, watched, rounds = scale.of(5, 20), scale.of(4, 10), scale.of(2, 3)
    memory, cpu = [], []
    with whole_system() as system:
        await asyncio.sleep(rested)
        for _ in range(rounds):
            began, used = perf_counter(), cpu_seconds(system.pid)
            await asyncio.sleep(watched)
            cpu.append((cpu_seconds(system.pid) - used) / (perf_counter() - began) * PER_CENT)
            memory.append(sum(_shares(system.pid).values()) / MEGABYTE)
        parts = ", ".join(f"{name} {size / MEGABYTE:.0f}" for name, size in _shares(system.pid).items())
    return [
        aimed("idle: resident memory of everything", memory, MEMORY_MOST, better="lower", unit="MB", note=parts),
        aimed("idle: CPU of everything", cpu, CPU_MOST, better="lower", unit="% of a core"),
    ]


def _shares(pid: int) -> dict[str, int]:
    """Proportional set size by program, in bytes: what is shared is counted once."""
    root, shares = psutil.Process(pid), dict[str, int]()
    for process in (root, *root.children(recursive=True)):
        shares[process.name()] = shares.get(process.name(), 0) + process.memory_full_info().pss
    return shares
