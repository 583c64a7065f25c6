"""Escalation with many clocks armed, and steps that fall due in it: shared by the paths about time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from nats.aio.client import Client

from bench.listening import Said, grown_to, last_seq, said_after
from bench.measuring import MICROSECONDS, cpu_seconds
from bench.originals import log_originals
from bench.seeding import Copies, Original, breaches_only, multiply, originals, spread, tidy
from bench.surroundings import Place
from shared.timekeeping.clock import SystemClock

SCHEMAS = ("escalation",)
SITES = ("haijing",)
BREACHED = "escalation.clock_breached"
FACTS_A_STEP = 2
"""A breach, and the case raised for it."""
AHEAD = timedelta(seconds=3)
SOONEST, LATEST = timedelta(hours=1), timedelta(days=30)
PATIENCE = 120.0


@dataclass(slots=True)
class Armed:
    """A database with clocks armed for later.

    Attributes:
        count: Cases so far; the next copy gets the number behind it.
    """

    place: Place
    known: list[Original]
    count: int

    def serials(self, count: int) -> int:
        """The first of *count* serial numbers never given before."""
        self.count += count
        return self.count - count + 1

    async def due(self, count: int, begins: datetime, ends: datetime, instants: int) -> list[Copies]:
        """*count* more cases that breach from *begins* to *ends*."""
        first = self.serials(count)
        copies = spread(self.known, count=count, first=first, begins=begins, ends=ends, instants=instants)
        await multiply(self.place.dsn, copies, schemas=SCHEMAS)
        return copies


async def armed(place: Place, count: int) -> Armed:
    """Fill escalation with *count* cases, each with a breach ahead within thirty days."""
    await log_originals(place, SITES)
    await breaches_only(place.dsn)
    ground, now = Armed(place, await originals(place.dsn), 0), SystemClock().now()
    await ground.due(count, now + SOONEST, now + LATEST, 500)
    await tidy(place.dsn, schemas=SCHEMAS)
    return ground


class Burst(NamedTuple):
    """One instant at which many steps fell due.

    Attributes:
        seconds: Until all their facts were in the log.
        cpu_us: CPU a step, of the process that fired them and the database; the broker's apart.
        untrue: Facts that do not bear their due instant, or are too many or too few.
        disorder: Breaches that stand in the log behind one of lesser gravity.
    """

    seconds: float
    cpu_us: float
    untrue: int = 0
    disorder: int = 0


async def burst(ground: Armed, nc: Client, pid: int, count: int) -> Burst:
    """*count* steps due together, fired by the process *pid*."""
    at, before = SystemClock().now() + AHEAD, await last_seq(nc)
    copies = await ground.due(count, at, at, len(ground.known))
    seconds, cpu_us = await fired(ground.place, nc, pid, at, before, count)
    said = await said_after(nc, before, "ev.escalation.>")
    untrue = sum(each.at != at for each in said) + abs(len(said) - FACTS_A_STEP * count)
    return Burst(seconds, cpu_us, untrue, _behind_lesser(said, copies))


async def fired(place: Place, nc: Client, pid: int, at: datetime, before: int, count: int) -> tuple[float, float]:
    """Seconds from *at* until every fact is in the log behind *before*, and the CPU microseconds a step.

    Raises:
        RuntimeError: Everything was armed too late for *at*.
    """
    await asyncio.sleep(left(at))
    assert place.postgres.pid is not None
    pids = (pid, place.postgres.pid)
    used = cpu_seconds(*pids)
    await grown_to(nc, before + FACTS_A_STEP * count, patience=PATIENCE)
    seconds = (SystemClock().now() - at).total_seconds()
    return seconds, (cpu_seconds(*pids) - used) / count * MICROSECONDS


def left(at: datetime) -> float:
    """Seconds until *at*.

    Raises:
        RuntimeError: It has passed already, so nothing can be measured from it.
    """
    seconds = (at - SystemClock().now()).total_seconds()
    if seconds < 0:
        raise RuntimeError(f"armed {-seconds:.1f} s too late to be measured")
    return seconds


def _behind_lesser(said: Sequence[Said], copies: Sequence[Copies]) -> int:
    ranks = {case: each.original.rank for each in copies for case in each.cases()}
    least, behind = 0, 0
    for each in said:
        if each.kind == BREACHED:
            behind += ranks[each.entity] < least
            least = max(least, ranks[each.entity])
    return behind
