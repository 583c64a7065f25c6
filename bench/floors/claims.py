"""Deadlines by a plain asyncpg loop: claim what is due, write two facts each into an outbox, commit, publish at once.

Runs as a process of its own on the schema :func:`prepare` makes.
"""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import nats
import uvloop
from nats.aio.client import Client
from uuid_utils.compat import uuid7

from bench.floors.atomic import MOST, Message, fill

IDLE = 0.02
ATOMIC_FROM = 30
TABLES = """
    drop schema if exists floor cascade;
    create schema floor;
    create table floor.deadlines (id text primary key, due_at timestamptz not null, rank smallint not null);
    create table floor.outbox (id text primary key, subject text not null, headers text not null, body bytea not null);
    create index on floor.deadlines (due_at, rank)"""
# The array keeps the planner from reading the whole table, whatever it thinks of its statistics.
CLAIM = """
    delete from floor.deadlines where id = any(array(select id from floor.deadlines where due_at < now()
        order by rank, due_at limit 500 for update skip locked)) returning id, due_at"""
SAY = """
    insert into floor.outbox (id, subject, headers, body)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[])"""
BODIES = (b'{"breached":"' + b"x" * 130 + b'"}', b'{"raised":"' + b"x" * 560 + b'"}')
"""As long as the product's two facts of a breach."""


async def prepare(conn: Any, armed: int, first: datetime, last: datetime) -> None:
    """Make the schema with *armed* deadlines evenly between two instants."""
    await conn.execute(TABLES)
    await conn.execute(
        "insert into floor.deadlines select 'case-00' || lpad(to_hex(n), 30, '0'),"
        " $2::timestamptz + ($3::timestamptz - $2) * n / $1, n % 3"
        " from generate_series(1, $1::int) n",
        armed,
        first,
        last,
    )
    await conn.execute("vacuum analyze floor.deadlines")


async def add(conn: Any, serial: int, dues: Sequence[datetime]) -> None:
    """Arm one deadline for each of *dues*."""
    await conn.execute(
        "insert into floor.deadlines select 'case-01' || lpad(to_hex($1::int + n), 30, '0'), due, n % 3"
        " from unnest($2::timestamptz[]) with ordinality v(due, n)",
        serial,
        list(dues),
    )


async def claim_for_ever(database: str, broker: str) -> None:
    """Claim and publish until the process is ended."""
    conn, nc = await asyncpg.connect(database), await nats.connect(broker)
    print("claiming", flush=True)  # noqa: T201  whoever started it waits for this line
    waiting: asyncio.Queue[Message] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        group.create_task(_publish_for_ever(nc, waiting))
        while True:
            said = await _claim(conn)
            for each in said:
                waiting.put_nowait(each)
            if not said:
                await asyncio.sleep(IDLE)


async def _publish_for_ever(nc: Client, waiting: asyncio.Queue[Message]) -> None:
    """Whatever waits goes out together: as an atomic batch where that pays, else pipelined."""
    while True:
        said = [await waiting.get()]
        while len(said) < MOST and not waiting.empty():
            said.append(waiting.get_nowait())
        if len(said) >= ATOMIC_FROM:
            await fill(nc, said)
        else:
            await asyncio.gather(*(nc.request(each.subject, each.body, headers=each.headers) for each in said))


async def _claim(conn: Any) -> list[Message]:
    async with conn.transaction():
        rows = await conn.fetch(CLAIM)
        said = [_fact(str(uuid7()), row["id"], row["due_at"], body) for row in rows for body in BODIES]
        if said:
            keys = [each.headers["Nats-Msg-Id"] for each in said]
            heads = [str(each.headers) for each in said]
            await conn.execute(SAY, keys, [each.subject for each in said], heads, [each.body for each in said])
    return said


def _fact(key: str, entity: str, due: datetime, body: bytes) -> Message:
    headers = {"Nats-Msg-Id": key, "ce-id": key, "ce-type": "floor.fired", "ce-subject": entity, "version": "1"}
    return Message(f"ev.floor.fired.{entity}", headers | {"ce-time": due.isoformat()}, body)


if __name__ == "__main__":
    plain = os.environ["SHOUWEN_DATABASE_URL"].replace("postgresql+asyncpg", "postgresql", 1)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(claim_for_ever(plain, os.environ["SHOUWEN_NATS_URL"]))
