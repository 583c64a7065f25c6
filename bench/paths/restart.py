"""Escalation killed with a million clocks armed and started again: when does the first overdue step fire?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import nats
from nats.aio.client import Client

from bench.firing import FACTS_A_STEP, LATEST, PATIENCE, SOONEST, Armed, armed, left
from bench.floors import claims
from bench.listening import grown_to, last_seq, said_after
from bench.measuring import taking_turns
from bench.result import Result, aimed, compared
from bench.scale import Scale
from bench.seeding import connected
from bench.surroundings import Program, floor_program, provisioned_place, serving
from shared.timekeeping.clock import SystemClock

CAUGHT_UP_WITHIN = 2.0
OVERDUE = 20
DEAD_FOR = timedelta(seconds=1)


class Ground(NamedTuple):
    """Where both sides are killed."""

    armed: Armed
    conn: Any
    nc: Client


async def measure(scale: Scale) -> list[Result]:
    """Seconds from the start of the new process to the first and to the last step that fell due meanwhile."""
    count = scale.of(50_000, 1_000_000)
    async with _ground(count) as ground:
        mine, theirs = await taking_turns(lambda: _product(ground), lambda: _floor(ground), scale.of(2, 3))
    what = f"restart: kill -9 with {count:,} armed"
    first, floor = [each[0] for each in mine], [each[0] for each in theirs]
    return [
        compared(f"{what}, first step", first, floor, better="lower", target=None, unit="s", note="from exec on"),
        aimed(f"{what}, last step", [each[1] for each in mine], CAUGHT_UP_WITHIN, better="lower", unit="s"),
    ]


@asynccontextmanager
async def _ground(count: int) -> AsyncIterator[Ground]:
    with provisioned_place() as place:
        now = SystemClock().now()
        ground = await armed(place, count)
        async with connected(place.dsn) as conn:
            await claims.prepare(conn, count, now + SOONEST, now + LATEST)
            nc = await nats.connect(place.nats.url)
            yield Ground(ground, conn, nc)
            await nc.close()


async def _product(ground: Ground) -> tuple[float, float]:
    place = ground.armed.place

    async def arm(at: datetime) -> None:
        await ground.armed.due(OVERDUE, at, at, len(ground.armed.known))

    def start() -> AbstractContextManager[tuple[Program, ...]]:
        return serving(place, "escalation")

    return await _killed(ground, start, arm, "ev.escalation.>")


async def _floor(ground: Ground) -> tuple[float, float]:
    place = ground.armed.place

    async def arm(at: datetime) -> None:
        await claims.add(ground.conn, ground.armed.serials(OVERDUE), [at] * OVERDUE)

    def start() -> AbstractContextManager[Program]:
        return floor_program(place, "bench.floors.claims")

    return await _killed(ground, start, arm, "ev.floor.>")


async def _killed(
    ground: Ground,
    start: Callable[[], AbstractContextManager[Any]],
    arm: Callable[[datetime], Awaitable[None]],
    subject: str,
) -> tuple[float, float]:
    """Start, arm, kill, let everything fall due, start again."""
    before = await last_seq(ground.nc)
    with start() as running:
        at = SystemClock().now() + DEAD_FOR
        await arm(at)
        program = running[0] if isinstance(running, tuple) else running
        program.process.kill()
        program.process.wait()
        await asyncio.sleep(left(at))
    began = SystemClock().now()
    with start():
        await grown_to(ground.nc, before + FACTS_A_STEP * OVERDUE, patience=PATIENCE)
    said = await said_after(ground.nc, before, subject)
    return (said[0].stored - began).total_seconds(), (said[-1].stored - began).total_seconds()
