"""The toy services behind lines a test can trouble, with the connections production makes."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import Response
from pydantic import SecretStr
from sqlalchemy import text

from shared.process.service import ServiceProcess, surroundings
from shared.process.settings import RuntimeSettings
from shouwen.embedded import NatsServer, PostgresServer
from shouwen.embedded.ports import any_free
from tests.support.line import Line
from tests.support.servers import run_sql, temporary_directory
from tests.support.system import SECRET, create_tables, provisioned, toy
from tests.support.toy import HEARER, SPEAKER
from tests.support.toying import ask, rendered


@dataclass(frozen=True)
class Database:
    """A database server one reaches over the network, as in production."""

    server: PostgresServer
    port: int


@contextmanager
def database_in_the_network() -> Iterator[Database]:
    """A server of its own that listens on a port."""
    port = any_free()
    with temporary_directory() as directory:
        settings = {"listen_addresses": "127.0.0.1", "port": str(port)}
        server = PostgresServer(directory / "postgres", settings=settings)
        server.start()
        try:
            yield Database(server, port)
        finally:
            server.stop()


@dataclass(frozen=True)
class Wired:
    """One who says and one who hears, each line of theirs in the hands of the test."""

    speaker: ServiceProcess
    hearer: ServiceProcess
    to_broker: Line
    to_database: Line
    broker: NatsServer

    async def say(self, entity: str) -> None:
        await self.speaker.desk.ask(ask(entity), rendered)

    async def rows(self, sql: str) -> list[Any]:
        async with self.speaker.db.connect() as conn:
            return list(await conn.execute(text(sql)))


@asynccontextmanager
async def wired(broker: NatsServer, database: Database, *, pool: int = 6) -> AsyncIterator[Wired]:
    """Two services in surroundings of their own, not started yet."""
    await provisioned(broker.url)
    name = f"w_{any_free()}"
    run_sql_at(database, f"create database {name}")
    async with Line(_port(broker.url)).opened() as to_broker, Line(database.port).opened() as to_database:
        dsn = f"postgresql+asyncpg://shouwen@127.0.0.1:{to_database.port}/{name}"
        url = re.sub(r":\d+$", f":{to_broker.port}", broker.url)
        settings = RuntimeSettings(
            database_url=dsn, nats_url=url, secret=SecretStr(SECRET), pool_size=pool, poll_seconds=0.05
        )
        around = [surroundings(settings, replica=name) for name in ("speaker", "hearer")]
        await create_tables(around[0], ["intake", "dispatch"])
        try:
            yield Wired(_talking(toy(SPEAKER, around[0])), toy(HEARER, around[1]), to_broker, to_database, broker)
        finally:
            for surrounding in around:
                await surrounding.db.dispose()


def run_sql_at(database: Database, statement: str) -> str:
    """Run one statement at a server that has a port of its own."""
    return run_sql(database.server, statement, port=database.port)


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _talking(process: ServiceProcess) -> ServiceProcess:
    """*process* with one route that writes and one that reads, through the surface every service has."""

    @process.api.post("/said/{entity}")
    async def say(entity: str) -> Response:
        submission = await process.desk.ask(ask(entity), rendered)
        return Response(submission.answer if isinstance(submission.answer, bytes) else b"", 201)

    @process.api.get("/said/{entity}")
    async def version(entity: str) -> int:
        return await process.version_of(entity, "intake")

    return process


@asynccontextmanager
async def caller_of(process: ServiceProcess, language: str = "en") -> AsyncIterator[httpx2.AsyncClient]:
    """A caller of *process*, without a network between."""
    transport = httpx2.ASGITransport(app=process.api)
    headers = {"Accept-Language": language}
    async with httpx2.AsyncClient(transport=transport, base_url="http://here", headers=headers) as client:
        yield client
