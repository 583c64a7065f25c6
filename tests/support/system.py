"""A provisioned broker and a database with the runtime's tables, for services built by a test."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import nats
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.contracts.fold import Folds
from shared.contracts.ids import RealIds
from shared.process.provisioning import provision, read_plan
from shared.process.service import ServiceProcess, Surroundings
from shared.process.settings import RuntimeSettings
from shared.schema.tables import runtime_tables
from shared.timekeeping.clock import Clock, SystemClock

STREAMS = Path(__file__).parents[2] / "deploy" / "streams.toml"
SECRET = "a secret of the tests"


async def provisioned(nats_url: str) -> None:
    """Declare streams and durables on a broker."""
    nc = await nats.connect(nats_url)
    try:
        await provision(nc, read_plan(STREAMS))
    finally:
        await nc.close()


@asynccontextmanager
async def surrounded(
    nats_url: str, dsn: str, *, clock: Clock | None = None, pool: int = 6
) -> AsyncIterator[Surroundings]:
    """Surroundings on real servers; the pool is closed afterwards."""
    settings = RuntimeSettings(
        database_url=dsn, nats_url=nats_url, secret=SecretStr(SECRET), pool_size=pool, poll_seconds=0.05
    )
    db = create_async_engine(dsn, pool_size=pool, max_overflow=10)
    try:
        yield Surroundings(settings, db, clock or SystemClock(), RealIds(), "test")
    finally:
        await db.dispose()


async def create_tables(around: Surroundings, services: Sequence[str]) -> None:
    """The runtime's tables of each service, as its first migration makes them."""
    async with around.db.begin() as conn:
        for service in services:
            await conn.execute(text(f"create schema {service}"))
            await conn.run_sync(runtime_tables(service).create_all)


@asynccontextmanager
async def alive(*processes: ServiceProcess) -> AsyncIterator[None]:
    """Started services, stopped afterwards."""
    try:
        for process in processes:
            await process.start()
        yield
    finally:
        await asyncio.gather(*(process.stop() for process in processes))


def toy(folds: Folds, around: Surroundings) -> ServiceProcess:
    """A service of nothing but folds."""
    return ServiceProcess(folds, around)
