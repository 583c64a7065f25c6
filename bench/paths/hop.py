"""One service hop: a real service drains a backlog of really said facts, beside the same work in plain asyncpg."""

from dataclasses import dataclass
from statistics import median

import asyncpg
from nats.aio.client import Client
from nats.js.api import StreamConfig

from bench.backlog import Drained, bring_back, connection, copied_database, drained, keep, left
from bench.client import hand_in
from bench.estate import administrator, found
from bench.measuring import taking_turns, until
from bench.result import Result, compared
from bench.scale import Scale
from bench.surroundings import Place, awaited, floor_program, provisioned_place, serving

WANTED = {"dispatch": 0.50, "escalation": 0.50, "reporting": 0.70}
WITHIN = 300.0


@dataclass(slots=True)
class Shape:
    """How much the product said and kept in its last round; the floor does as much.

    Attributes:
        says: Facts said, or archived, for each one heard.
        size: Bytes of such a fact.
        state: Bytes of an entity's state.
    """

    says: float = 1.0
    size: int = 300
    state: int = 600


async def measure(scale: Scale) -> list[Result]:
    """Messages a second while draining, and where the CPU went."""
    with provisioned_place() as place:
        await log_cases(place, scale.of(3_000, 8_000))
        return [await _compared(place, service, scale) for service in WANTED]


async def log_cases(place: Place, count: int, token: str | None = None) -> None:
    """A backlog for each service, one behind the other, each kept before its hearer has seen it.

    Args:
        place: Its database is left alone.
        count: New cases.
        token: Of its administrator; without one the place is founded first.
    """
    async with copied_database(place, "logging") as logging:
        with serving(logging, "directory", "intake") as (directory, intake):
            await hand_in(intake.url, token or await _founded(logging, directory.url), count)
        for service in WANTED:
            keep(place, service)
            with serving(logging, service):
                async with connection(logging) as nc:
                    await until(lambda: _nothing_left(nc, service), patience=WITHIN, every=0.1)  # noqa: B023  awaited


async def _founded(place: Place, directory_url: str) -> str:
    token = administrator(place)
    await found(directory_url, token)
    return token


async def _nothing_left(nc: Client, durable: str) -> bool:
    return not await left(nc, durable)


async def _compared(place: Place, service: str, scale: Scale) -> Result:
    shape = Shape()
    mine, theirs = await taking_turns(
        lambda: drain(place, service, shape), lambda: _floor(place, service, shape), scale.of(2, 3)
    )
    return compared(
        f"hop: {service} drains a backlog",
        [each.rate for each in mine],
        [each.rate for each in theirs],
        better="higher",
        target=WANTED[service],
        unit="/s",
        cpu_us=median(each.cpu_us for each in mine),
        note=f"says {shape.says:.1f} a fact; product {_costs(mine)}; floor {_costs(theirs)}",
    )


def _costs(rounds: list[Drained]) -> str:
    service, database, broker = (
        median(getattr(each, name) for each in rounds) for name in ("cpu_us", "database_us", "broker_us")
    )
    return f"{service:.0f} + PG {database:.0f} + NATS {broker:.0f} µs"


async def drain(place: Place, service: str, shape: Shape) -> Drained:
    """One round of the product, on a copy of *place*'s database; notes in *shape* how much it said."""
    bring_back(place, service)
    async with copied_database(place, "hop") as fresh, connection(fresh) as nc:
        total, before = await left(nc, service), (await nc.jetstream().stream_info("EV")).state
        async with awaited(serving(fresh, service)) as (program,):
            result = await drained(fresh, nc, service, total, program.pid)
        after = (await nc.jetstream().stream_info("EV")).state
        said = after.messages - before.messages
        shape.says = (said or total) / total
        shape.size = (after.bytes - before.bytes if said else before.bytes) // (said or before.messages)
        shape.state = await _state_size(fresh, service)
        return result


async def _state_size(place: Place, service: str) -> int:
    conn = await asyncpg.connect(place.plain_dsn)
    try:
        return int(await conn.fetchval(f"select avg(length(state)) from {service}.entities"))  # noqa: S608  our own name
    finally:
        await conn.close()


async def _floor(place: Place, service: str, shape: Shape) -> Drained:
    bring_back(place, service)
    async with copied_database(place, "hop") as fresh, connection(fresh) as nc:
        await nc.jetstream().add_stream(StreamConfig("FLOOR", subjects=["floor.>"], allow_atomic=True))
        amounts = ["--says", str(shape.says), "--bytes", str(shape.size), "--state", str(shape.state)]
        publishing = [] if service == "reporting" else ["--publish"]
        where = [fresh.plain_dsn, fresh.nats.url, service]
        total = await left(nc, service)
        async with awaited(floor_program(fresh, "bench.floors.hop", *where, *amounts, *publishing)) as program:
            return await drained(fresh, nc, service, total, program.pid)
