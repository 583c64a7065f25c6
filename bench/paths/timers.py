"""Steps that fall due: ten thousand at one instant among a million, and five hundred a second."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import nats
from nats.aio.client import Client

from bench.firing import AHEAD, FACTS_A_STEP, LATEST, PATIENCE, SOONEST, Armed, Burst, armed, burst, fired, left
from bench.floors import claims
from bench.listening import grown_to, last_seq, said_after
from bench.measuring import MILLISECONDS, percentile, taking_turns
from bench.result import Result, aimed, compared
from bench.scale import Scale
from bench.seeding import connected
from bench.surroundings import floor_program, provisioned_place, serving
from shared.timekeeping.clock import SystemClock

TOGETHER_WITHIN, LATE_MOST = 3.0, 250.0
RATE = 500


class Sides(NamedTuple):
    """Product and floor on one place.

    Attributes:
        conn: Where the floor's deadlines are armed.
        pids: Of the product and of the floor.
    """

    ground: Armed
    conn: Any
    nc: Client
    pids: tuple[int, int]


async def measure(scale: Scale) -> list[Result]:
    """Seconds until everything is in the log, and how late single steps are."""
    async with _sides(scale.of(50_000, 1_000_000)) as sides:
        return [*await _together(sides, scale), *await _steadily(sides, scale)]


@asynccontextmanager
async def _sides(count: int) -> AsyncIterator[Sides]:
    with provisioned_place() as place:
        ground, now = await armed(place, count), SystemClock().now()
        async with connected(place.dsn) as conn:
            await claims.prepare(conn, count, now + SOONEST, now + LATEST)
            with serving(place, "escalation") as (product,), floor_program(place, "bench.floors.claims") as floor:
                nc = await nats.connect(place.nats.url)
                yield Sides(ground, conn, nc, (product.pid, floor.pid))
                await nc.close()


async def _together(sides: Sides, scale: Scale) -> list[Result]:
    count, rounds = scale.of(2_000, 10_000), scale.of(2, 3)
    mine, theirs = await taking_turns(
        lambda: burst(sides.ground, sides.nc, sides.pids[0], count), lambda: _floor_burst(sides, count), rounds
    )
    what, cpu = f"timers: {count:,} steps due at once", min(each.cpu_us for each in mine)
    seconds, floor = [each.seconds for each in mine], [each.seconds for each in theirs]
    note = (
        f"{sum(each.untrue for each in mine)} without their true due instant,"
        f" {max(each.disorder for each in mine)} behind a lesser one"
    )
    beside = f"floor {min(each.cpu_us for each in theirs):.0f} µs a step"
    return [
        aimed(f"{what}, aim", seconds, TOGETHER_WITHIN, better="lower", unit="s", cpu_us=cpu, note=note),
        compared(f"{what}, claim loop", seconds, floor, better="lower", target=None, unit="s", cpu_us=cpu, note=beside),
    ]


async def _floor_burst(sides: Sides, count: int) -> Burst:
    at, before = SystemClock().now() + AHEAD, await last_seq(sides.nc)
    await claims.add(sides.conn, sides.ground.serials(count), [at] * count)
    return Burst(*await fired(sides.ground.place, sides.nc, sides.pids[1], at, before, count))


async def _steadily(sides: Sides, scale: Scale) -> list[Result]:
    seconds = scale.of(4, 20)
    mine, theirs = await taking_turns(lambda: _product_stream(sides, seconds), lambda: _floor_stream(sides, seconds), 1)
    p99, floor = [percentile(each, 99) for each in mine], [percentile(each, 99) for each in theirs]
    halves = f"p50 {percentile(mine[-1], 50):.0f} ms, floor p50 {percentile(theirs[-1], 50):.0f} ms"
    what = f"timers: {RATE} steps due a second, p99 late"
    return [
        aimed(f"{what}, aim", p99, LATE_MOST, better="lower", unit="ms", note=halves),
        compared(f"{what}, claim loop", p99, floor, better="lower", target=None, unit="ms"),
    ]


async def _product_stream(sides: Sides, seconds: int) -> list[float]:
    count, before = RATE * seconds, await last_seq(sides.nc)
    begins = SystemClock().now() + AHEAD * 2
    await sides.ground.due(count, begins, begins + timedelta(seconds=seconds), count)
    return await _lateness(sides, begins, before, count, "ev.escalation.>")


async def _floor_stream(sides: Sides, seconds: int) -> list[float]:
    count, before = RATE * seconds, await last_seq(sides.nc)
    begins = SystemClock().now() + AHEAD * 2
    dues = [begins + timedelta(seconds=number / RATE) for number in range(count)]
    await claims.add(sides.conn, sides.ground.serials(count), dues)
    return await _lateness(sides, begins, before, count, "ev.floor.>")


async def _lateness(sides: Sides, begins: datetime, before: int, count: int, subject: str) -> list[float]:
    """Milliseconds from each due instant until the broker had the fact."""
    left(begins)
    await grown_to(sides.nc, before + FACTS_A_STEP * count, patience=count / RATE + PATIENCE)
    said = await said_after(sides.nc, before, subject)
    return [(each.stored - each.at).total_seconds() * MILLISECONDS for each in said]
