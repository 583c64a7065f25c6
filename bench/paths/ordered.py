"""Three replicas on one shared durable: with the order of every entity kept, and without."""

import signal
from contextlib import ExitStack
from typing import NamedTuple

import asyncpg
from nats.aio.client import Client
from nats.js.api import ConsumerConfig

from bench.backlog import connection, copied_database, drained, left
from bench.facts import message
from bench.floors.atomic import Message, fill
from bench.measuring import taking_turns
from bench.result import Result, compared
from bench.scale import Scale
from bench.surroundings import Place, floor_program, provisioned_place
from shared.contracts.intake import ConsentRecorded
from shared.process.provisioning import read_plan
from shared.timekeeping.clock import SystemClock
from shouwen.places import streams_file

REPLICAS = 3
ENTITIES = 797  # a prime, so that every version visits every entity; batches meet the same ones now and then
WANTED = 0.85
DURABLE = "dispatch"


class Round(NamedTuple):
    """One round of three replicas."""

    rate: float
    cpu_us: float
    early: int
    lost: int


async def measure(scale: Scale) -> list[Result]:
    """Messages a second of three replicas together, and what came out of order."""
    each = scale.of(6, 20)
    with provisioned_place() as place:
        async with connection(place) as nc:
            await fill(nc, _messages(each))
            mine, theirs = await taking_turns(
                lambda: _round(place, nc, each), lambda: _round(place, nc, each, "--unordered"), scale.of(2, 7)
            )
    early, lost = sum(one.early for one in mine), sum(one.lost for one in mine)
    if early or lost:
        raise AssertionError(f"{early} messages out of order, {lost} lost or twice, among replicas that keep order")
    return [
        compared(
            f"ordered: {REPLICAS} replicas, order kept by parking",
            [one.rate for one in mine],
            [one.rate for one in theirs],
            better="higher",
            target=WANTED,
            unit="/s",
            cpu_us=min(one.cpu_us for one in mine),
            note=f"out of order: 0; without keeping order {max(one.early for one in theirs)} of {each * ENTITIES}",
        )
    ]


def _messages(each: int) -> list[Message]:
    """Every entity's versions in order, the entities taking turns in a changing sequence."""
    now = SystemClock().now()
    return [
        message(
            ConsentRecorded(consent="CN-2", by="bench"), f"case-{(entity * (2 * version + 1)) % ENTITIES}", now, version
        )
        for version in range(1, each + 1)
        for entity in range(ENTITIES)
    ]


async def _round(place: Place, nc: Client, each: int, *options: str) -> Round:
    await _forget_durable(nc)
    async with copied_database(place, "ordered") as fresh:
        total = await left(nc, DURABLE)
        with ExitStack() as stack:
            replicas = [stack.enter_context(floor_program(fresh, "bench.replica", *options)) for _ in range(REPLICAS)]
            for replica in replicas:
                replica.process.send_signal(signal.SIGUSR1)
            result = await drained(fresh, nc, DURABLE, total, *(replica.pid for replica in replicas))
        early, lost = await _counts(fresh, each)
        return Round(result.rate, result.cpu_us, early, lost)


async def _forget_durable(nc: Client) -> None:
    """The durable as provisioned, with everything before it again."""
    js = nc.jetstream()
    await js.delete_consumer("EV", DURABLE)
    config: ConsumerConfig = read_plan(streams_file()).durables[DURABLE]
    await js.add_consumer("EV", config)


async def _counts(place: Place, each: int) -> tuple[int, int]:
    conn = await asyncpg.connect(place.plain_dsn)
    try:
        row = await conn.fetchrow(
            "select sum(status::int) as early, sum(abs(site::int - $1)) as lost from dispatch.entities", each
        )
        return row["early"], row["lost"]
    finally:
        await conn.close()
