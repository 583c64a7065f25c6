"""A log to drain, kept on the side: each round gets the broker back as it was, and a database with nothing heard."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import asyncpg
import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js.errors import Error as JetStreamError

from bench.measuring import MICROSECONDS, cpu_seconds, until
from bench.surroundings import Place

EV = "EV"
WITHIN = 300.0
LOOK_EVERY = 0.005


def keep(place: Place, name: str) -> None:
    """Put a copy of the broker's store aside as *name*."""
    place.nats.stop()
    shutil.copytree(_store(place), _copy(place, name))
    place.nats.start()


def bring_back(place: Place, name: str) -> None:
    """The broker as it was when it was kept as *name*."""
    place.nats.stop()
    shutil.rmtree(_store(place))
    shutil.copytree(_copy(place, name), _store(place))
    place.nats.start()


def _store(place: Place) -> Path:
    return place.folder / "nats" / "jetstream"


def _copy(place: Place, name: str) -> Path:
    return place.folder / f"kept-{name}"


@asynccontextmanager
async def copied_database(place: Place, name: str) -> AsyncIterator[Place]:
    """The same servers with a copy of *place*'s database, which nobody may be using; dropped afterwards."""
    conn = await asyncpg.connect(replace(place, database="postgres").plain_dsn)
    try:
        await conn.execute(f"create database {name} template {place.database}")
        # Written down now, or the server does it while something is measured: the more, the larger the copy is.
        await conn.execute("checkpoint")
        yield replace(place, database=name)
    finally:
        await conn.execute(f"drop database if exists {name} with (force)")
        await conn.close()


@dataclass(frozen=True, slots=True)
class Drained:
    """How a backlog was worked off.

    Attributes:
        rate: Messages a second, from the first acknowledgement to the last.
        cpu_us: CPU of the hearer a message; ``database_us`` and ``broker_us`` likewise.
    """

    rate: float
    cpu_us: float
    database_us: float
    broker_us: float


@dataclass(frozen=True, slots=True)
class _Mark:
    at: float
    acked: int
    hearer: float
    database: float
    broker: float


async def drained(place: Place, nc: Client, durable: str, total: int, *hearers: int) -> Drained:
    """Watch *durable* from its first acknowledgement until nothing of *total* is left; *hearers* are process ids.

    Raises:
        TimeoutError: It took more than five minutes.
    """
    first = await until(lambda: _begun(place, nc, durable, total, hearers), patience=WITHIN, every=LOOK_EVERY)
    assert first is not None
    await until(lambda: _empty(nc, durable), patience=WITHIN, every=LOOK_EVERY)
    last = _mark(place, hearers, total)
    messages = last.acked - first.acked
    return Drained(
        messages / (last.at - first.at),
        (last.hearer - first.hearer) / messages * MICROSECONDS,
        (last.database - first.database) / messages * MICROSECONDS,
        (last.broker - first.broker) / messages * MICROSECONDS,
    )


async def _begun(place: Place, nc: Client, durable: str, total: int, hearers: tuple[int, ...]) -> _Mark | None:
    left = await _left(nc, durable)
    return _mark(place, hearers, total - left) if left is not None and left < total else None


async def _empty(nc: Client, durable: str) -> bool:
    return await _left(nc, durable) == 0


def _mark(place: Place, hearers: tuple[int, ...], acked: int) -> _Mark:
    broker, database = place.servers
    return _Mark(perf_counter(), acked, cpu_seconds(*hearers), cpu_seconds(database), cpu_seconds(broker))


async def left(nc: Client, durable: str) -> int:
    """Messages not acknowledged yet.

    Raises:
        NotFoundError: There is no such durable.
    """
    info = None
    while info is None:
        # The server gives up whoever is silent for some seconds, as this process is while it makes facts.
        with contextlib.suppress(NatsTimeout):
            info = await nc.jetstream().consumer_info(EV, durable)
    return (info.num_pending or 0) + (info.num_ack_pending or 0)


async def _left(nc: Client, durable: str) -> int | None:
    """Messages not acknowledged yet; None while the durable is being made anew."""
    try:
        return await left(nc, durable)
    except JetStreamError:
        return None


@asynccontextmanager
async def connection(place: Place) -> AsyncIterator[Client]:
    """A connection to the broker as it is now."""
    nc = await nats.connect(place.nats.url)
    try:
        yield nc
    finally:
        try:
            await nc.close()
        except NatsError:
            return
