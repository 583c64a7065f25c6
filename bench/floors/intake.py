"""Intake in plain Starlette, msgspec and asyncpg: decode, check, one transaction for all who wait, publish, answer.

Run as ``python -m bench.floors.intake DSN NATS``.
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import nats
import uvicorn
from nats.aio.client import Client
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.client import CREATED, REQUESTS
from bench.floors.shapes import Caller, Named, Promise
from bench.floors.shapes import Request as Received
from shared.contracts.ids import RealIds
from shared.timekeeping.clock import SystemClock

BATCH = 200
WRITERS = 2
SWEEP_EVERY = 0.5
TABLES = """
    create schema if not exists floor;
    drop table if exists floor.requests, floor.outbox;
    create table floor.requests (id text primary key, state bytea, version int not null, site text, status text);
    create index on floor.requests (site, status);
    create table floor.outbox (id text primary key, subject text not null, headers text not null, body bytea not null,
        created_at timestamptz not null default now(), published_at timestamptz);
    create index on floor.outbox (created_at) where published_at is null"""
WRITE = """
    with e as (select * from unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::bytea[])
            as t(entity, state, id, subject, headers, body)),
        r as (insert into floor.requests (id, state, version, site, status)
            select entity, state, 1, 'haijing', 'open' from e)
    insert into floor.outbox (id, subject, headers, body) select id, subject, headers, body from e"""
SWEEP = "update floor.outbox set published_at = now() where id = any($1::text[])"


class Matter(msgspec.Struct):
    """The body of the POST."""

    site: str
    case_type: str
    category: str
    severity: str
    channel: str
    caller: Caller
    content: str


read = msgspec.json.Decoder(Matter).decode
state_of = msgspec.msgpack.Encoder().encode
Row = tuple[str, bytes, str, str, str, bytes]
Waiting = tuple[Row, dict[str, str], asyncio.Future[None]]


class Intake:
    """Group commit by hand."""

    def __init__(self, pool: Any, nc: Client) -> None:
        """Write through *pool*, publish through *nc*."""
        self._pool, self._nc = pool, nc
        self._ids, self._number = RealIds(), 0
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue()
        self._published: list[str] = []
        self._work: set[asyncio.Future[Any]] = set()

    def start(self) -> None:
        """Begin to write."""
        self._work |= {asyncio.create_task(self._write_for_ever()) for _ in range(WRITERS)}
        self._work.add(asyncio.create_task(self._sweep_for_ever()))

    async def accept(self, request: Request) -> Response:
        """One POST."""
        try:
            matter = read(await request.body())
        except msgspec.ValidationError as wrong:
            return Response(str(wrong), 422)
        self._number += 1
        entity, message = self._ids.entity("case"), self._ids.message()
        fact = _fact(matter, self._number, SystemClock().now())
        headers = {"Nats-Msg-Id": message, "ce-subject": entity, "version": "1"}
        subject, body = f"floor.request_received.{entity}", msgspec.json.encode(fact)
        told = msgspec.json.encode(headers).decode()
        done = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(((entity, state_of(fact), message, subject, told, body), headers, done))
        await done
        answer = {"entity": entity, "version": 1, "promises": fact.promises}
        return Response(msgspec.json.encode(answer), CREATED, media_type="application/json")

    async def _write_for_ever(self) -> None:
        while True:
            waiting = [await self._queue.get()]
            while len(waiting) < BATCH and not self._queue.empty():
                waiting.append(self._queue.get_nowait())
            await self._pool.execute(WRITE, *map(list, zip(*(row for row, _, _ in waiting), strict=True)))
            for _, _, done in waiting:
                done.set_result(None)
            self._keep(asyncio.create_task(self._publish(waiting)))

    def _keep(self, work: asyncio.Future[Any]) -> None:
        self._work.add(work)
        work.add_done_callback(self._work.discard)

    async def _publish(self, waiting: list[Waiting]) -> None:
        replies = [self._nc.request(row[3], row[5], timeout=10, headers=headers) for row, headers, _ in waiting]
        await asyncio.gather(*replies)
        self._published += [row[2] for row, _, _ in waiting]

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            ids, self._published = self._published, []
            if ids:
                await self._pool.execute(SWEEP, ids)


def _fact(matter: Matter, number: int, now: datetime) -> Received:
    return Received(
        number=f"F-{number}",
        site=matter.site,
        pack="P001/3",
        pack_version=2,
        case_type=matter.case_type,
        category=matter.category,
        severity=matter.severity,
        channel=matter.channel,
        received_at=now,
        logged_at=now,
        first_receiver="admin",
        registered_by="admin",
        promises=tuple(_promise(clock, now) for clock in ("reply", "arrival", "completion")),
        private=matter.caller,
    )


def _promise(clock: str, now: datetime) -> Promise:
    due = (now + timedelta(hours=1)).astimezone(UTC)
    return Promise(clock, clock, Named(clock, clock), due, "counted", "calendar", 60, product_default=False, source="")


def application(dsn: str, nats_url: str) -> Starlette:
    """The whole server."""
    intake: list[Intake] = []

    @contextlib.asynccontextmanager
    async def living(_app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=4, max_size=4) as pool:
            await pool.execute(TABLES)
            nc = await nats.connect(nats_url, pending_size=32 << 20)
            intake.append(Intake(pool, nc))
            intake[0].start()
            yield

    async def accept(request: Request) -> Response:
        return await intake[0].accept(request)

    return Starlette(routes=[Route(REQUESTS, accept, methods=["POST"])], lifespan=living)


def serve(app: Starlette, told: Callable[[str], object]) -> None:
    """Serve on a free port; *told* gets the address. The backlog of the socket takes early requests."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, loop="uvloop", log_level="error", access_log=False)).run([listener])


if __name__ == "__main__":
    serve(application(*sys.argv[1:3]), sys.stdout.write)
