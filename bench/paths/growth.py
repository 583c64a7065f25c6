"""What a step and a fact cost escalation when ten times as many cases are open and no more of them fall due."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import nats
from nats.aio.client import Client

from bench.facts import message
from bench.firing import Armed, armed, burst
from bench.floors.atomic import fill
from bench.listening import EV
from bench.measuring import MICROSECONDS, cpu_seconds, taking_turns, until
from bench.result import Result, compared
from bench.scale import Scale
from bench.seeding import case_id
from bench.surroundings import provisioned_place, serving
from shared.contracts.dispatch import OrderAccepted
from shared.timekeeping.clock import SystemClock

FLAT = 1.1
TIMES = 10
ROUNDS_MOST = 5
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
    stride = side.open // (count * ROUNDS_MOST)
    now = SystemClock().now()
    accepted = OrderAccepted(by="admin")
    serials = range(1 + side.told, side.open, stride)[:count]
    side.told += stride * count
    said = [message(accepted, case_id(serial), now, SECOND) for serial in serials]
    assert side.ground.place.postgres.pid is not None
    pids = (side.pid, side.ground.place.postgres.pid)
    used = cpu_seconds(*pids)
    await fill(side.nc, said)
    await _all_heard(side.nc)
    return (cpu_seconds(*pids) - used) / count * MICROSECONDS


async def _all_heard(nc: Client) -> None:
    async def nothing_left() -> bool:
        info = await nc.jetstream().consumer_info(EV, "escalation")
        return not info.num_pending and not info.num_ack_pending

    await until(nothing_left, patience=HEARD_WITHIN, every=0.05)
