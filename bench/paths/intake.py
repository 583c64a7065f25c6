"""POST to commit at 1, 16, 32 and 64 connections, beside Starlette and msgspec with a grouped commit."""

import asyncio
from dataclasses import dataclass

import nats
from nats.aio.client import Client
from nats.js.api import StreamConfig

from bench.client import Load, accepting, keep_asking
from bench.estate import administrator, found
from bench.measuring import MICROSECONDS, MILLISECONDS, cpu_seconds, percentile, taking_turns, until
from bench.result import Result, compared
from bench.scale import Scale
from bench.surroundings import Place, Program, floor_program, provisioned_place, serving

CONNECTIONS = (1, 16, 32, 64)
PROMISED = 32
WANTED = 0.50
LATENCY_WANTED = 1.5
WARM_SECONDS = 1.0
SETTLED = 0.3
"""Seconds without a new message in any stream."""


@dataclass(frozen=True, slots=True)
class Side:
    """A server under load."""

    program: Program
    token: str
    place: Place

    async def load(self, connections: int, seconds: float) -> "Round":
        """One round."""
        watched = (self.program.pid, self.place.servers[1])
        before = [cpu_seconds(pid) for pid in watched]
        load = await keep_asking(self.program.url, self.token, connections=connections, seconds=seconds)
        after = [cpu_seconds(pid) for pid in watched]
        await _all_published(self.place)
        service, database = (
            (end - begin) / load.accepted * MICROSECONDS for begin, end in zip(before, after, strict=True)
        )
        return Round(load, service, database)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round showed."""

    load: Load
    cpu_us: float
    database_us: float

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return percentile(self.load.latencies, 99) * MILLISECONDS


async def measure(scale: Scale) -> list[Result]:
    """Requests a second and their slowest hundredth."""
    with provisioned_place() as place:
        await _stream_for_the_floor(place)
        with serving(place, "directory") as (directory,):
            token = administrator(place)
            await found(directory.url, token)
        where = (place.plain_dsn, place.nats.url)
        with serving(place, "intake") as (intake,), floor_program(place, "bench.floors.intake", *where) as floor:
            sides = Side(intake, token, place), Side(floor, token, place)
            for side in sides:
                await accepting(side.program.url, token)
                await side.load(PROMISED, WARM_SECONDS)
            return [row for count in CONNECTIONS for row in await _rows(*sides, count, scale)]


async def _all_published(place: Place) -> None:
    """Wait until the broker has nothing left to do: what one side left would be a burden to the other's round."""
    async with await nats.connect(place.nats.url) as nc:

        async def stands_still() -> bool:
            before = await _lengths(nc)
            await asyncio.sleep(SETTLED)
            return await _lengths(nc) == before

        await until(stands_still, patience=60)


async def _lengths(nc: Client) -> list[int]:
    return [info.state.last_seq for info in await nc.jetstream().streams_info()]


async def _stream_for_the_floor(place: Place) -> None:
    nc = await nats.connect(place.nats.url)
    await nc.jetstream().add_stream(StreamConfig("FLOOR", subjects=["floor.>"], allow_atomic=True))
    await nc.close()


async def _rows(product: Side, floor: Side, connections: int, scale: Scale) -> list[Result]:
    promised = connections == PROMISED
    rounds = scale.rounds if promised else scale.of(1, 3)
    seconds = scale.of(1.5, 2.5)
    mine, theirs = await taking_turns(
        lambda: product.load(connections, seconds), lambda: floor.load(connections, seconds), rounds
    )
    best, plain = (min(rounds, key=lambda each: each.cpu_us) for rounds in (mine, theirs))
    rate = compared(
        f"intake: POST to commit, {connections} connections",
        [each.load.rate for each in mine],
        [each.load.rate for each in theirs],
        better="higher",
        target=WANTED if promised else None,
        unit="/s",
        cpu_us=best.cpu_us,
        note=f"PG {best.database_us:.0f} µs; floor {plain.cpu_us:.0f} + PG {plain.database_us:.0f} µs",
    )
    slowest = compared(
        f"intake: p99 of POST, {connections} connections",
        [each.p99 for each in mine],
        [each.p99 for each in theirs],
        better="lower",
        target=LATENCY_WANTED if promised else None,
        unit="ms",
    )
    return [rate, slowest]
