"""What a step and a fact cost escalation when ten times as many cases are open and no more of them fall due."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import gcd

import nats
from nats.aio.client import Client

from bench.facts import message
from bench.firing import Armed, armed, burst
from bench.floors.atomic import fill
from bench.listening import EV
from bench.measuring import MICROSECONDS, cpu_seconds, taking_turns, until
from bench.result import Result, compared
from bench.scale import Scale
from bench.seeding import case_id, connected
from bench.surroundings import provisioned_place, serving
from shared.contracts.dispatch import OrderAccepted
from shared.timekeeping.clock import SystemClock

FLAT = 1.1
TIMES = 10
GOLDEN = 0.618034
"""Multiples of it lie evenly however many there are."""
HEARD_WITHIN = 120
SECOND = 2
"""Version of the fact: the order itself was the first of dispatch."""


@dataclass(slots=True)
class Side:
    """A database, its escalation, and how many of its cases have been told of an acceptance."""

    ground: Armed
    open: int
    nc: Client
    pid: int
    told: int = 0


async def measure(scale: Scale) -> list[Result]:
    """CPU of escalation and its database, with ten times the open cases over with as many as now."""
    few, count, rounds = scale.of(20_000, 100_000), scale.of(1_000, 4_000), scale.of(2, 3)
    async with _side(few * TIMES) as large, _side(few) as small:
        due = await taking_turns(lambda: _due(large, count), lambda: _due(small, count), rounds)
        heard = await taking_turns(lambda: _heard(large, count), lambda: _heard(small, count), rounds)
    what = f"with {few * TIMES:,} open over {few:,}"
    return [_flat(f"growth: a due step {what}", *due), _flat(f"growth: a fact heard {what}", *heard)]


def _flat(path: str, large: Sequence[float], small: Sequence[float]) -> Result:
    return compared(path, large, small, better="lower", target=FLAT, unit="µs CPU", cpu_us=min(large))


@asynccontextmanager
async def _side(count: int) -> AsyncIterator[Side]:
    with provisioned_place() as place:
        ground = await armed(place, count)
        with serving(place, "escalation") as (program,):
            nc = await nats.connect(place.nats.url)
            yield Side(ground, count, nc, program.pid)
            await nc.close()


async def _due(side: Side, count: int) -> float:
    return (await burst(side.ground, side.nc, side.pid, count)).cpu_us


async def _heard(side: Side, count: int) -> float:
    """CPU microseconds a fact, for *count* acceptances of cases that lie evenly among all."""
    now = SystemClock().now()
    accepted = OrderAccepted(by="admin")
    serials = [1 + place * _step(side.open) % side.open for place in range(side.told, side.told + count)]
    side.told += count
    await _written_down(side)
    said = [message(accepted, case_id(serial), now, SECOND) for serial in serials]
    assert side.ground.place.postgres.pid is not None
    pids = (side.pid, side.ground.place.postgres.pid)
    used = cpu_seconds(*pids)
    await fill(side.nc, said)
    await _all_heard(side.nc)
    return (cpu_seconds(*pids) - used) / count * MICROSECONDS


def _step(open_: int) -> int:
    """From one case to the next, so that neighbours in the log lie far apart, and no case comes twice."""
    step = int(open_ * GOLDEN)
    while gcd(step, open_) > 1:
        step += 1
    return step


async def _written_down(side: Side) -> None:
    """Leave the server nothing to write that is not of the facts to come."""
    async with connected(side.ground.place.dsn) as conn:
        await conn.execute("checkpoint")


async def _all_heard(nc: Client) -> None:
    async def nothing_left() -> bool:
        info = await nc.jetstream().consumer_info(EV, "escalation")
        return not info.num_pending and not info.num_ack_pending

    await until(nothing_left, patience=HEARD_WITHIN, every=0.05)
