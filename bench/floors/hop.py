"""One service hop in plain nats-py, msgspec and asyncpg: pull, decode, lock, write, publish, acknowledge.

Two statements a transaction: one makes and locks the rows it needs, one writes states and what is said or kept. What is
not published is reported: then a third writes one flat row a case.
Run as ``python -m bench.floors.hop DSN NATS DURABLE --says K --bytes B --state S [--publish]``.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec
import nats
import uvloop
from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.floors.atomic import Message, publish_batch
from bench.floors.pulling import Pull
from shared.contracts.ids import RealIds

BATCH = 100
TABLES = """
    create schema floor;
    create table floor.entities (id text primary key, state bytea, version int not null default 0, site text,
        status text);
    create index on floor.entities (site, status) where site is not null;
    create table floor.said (id text primary key, entity text not null, subject text not null, headers text not null,
        body bytea not null, created_at timestamptz not null default now(), published_at timestamptz);
    create index on floor.said (created_at) where published_at is null;
    create table floor.cases (id text primary key, number text, site text, status text, severity text, category text,
        department text, case_type text, channel text, ending text, rounds int, raises int, late boolean, month text,
        received_at timestamptz, ordered_at timestamptz, accepted_at timestamptz, completed_at timestamptz);
    create index on floor.cases (site, month);"""
LOCK = """
    insert into floor.entities (id) select id from unnest($1::text[]) as t(id) order by id
    on conflict (id) do update set version = entities.version returning id, state, version"""
WRITE = """
    with said as (
        insert into floor.said (id, entity, subject, headers, body)
        select * from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[]))
    update floor.entities e set state = v.state, version = v.version, site = 'haijing', status = 'open'
    from unnest($1::text[], $2::bytea[], $3::int[]) as v(id, state, version) where e.id = v.id"""


ROW = {
    "number": "HJ-261122-1",
    "site": "haijing",
    "status": "open",
    "severity": "minor",
    "category": "engineering",
    "department": "engineering_dept",
    "case_type": "complaint",
    "channel": "phone",
    "rounds": 1,
    "raises": 0,
    "late": False,
    "month": "2026-11",
    "received_at": "2026-11-22T04:00:00Z",
    "ordered_at": "2026-11-22T04:00:01Z",
}
ROWS = """
    insert into floor.cases select * from json_populate_recordset(null::floor.cases, $1::text::json) order by id
    on conflict (id) do update set status = excluded.status, severity = excluded.severity, rounds = excluded.rounds,
        raises = excluded.raises, late = excluded.late, ordered_at = excluded.ordered_at, ending = excluded.ending,
        accepted_at = excluded.accepted_at, completed_at = excluded.completed_at"""


class Body(msgspec.Struct):
    """What every fact has."""

    site: str = ""
    severity: str = ""
    department: str | None = None
    clock: str = ""
    by: str = ""


read = msgspec.json.Decoder(Body).decode


def options() -> argparse.Namespace:
    """What to be like: the product's own amounts, measured in the round before."""
    parser = argparse.ArgumentParser()
    for name in ("dsn", "nats", "durable"):
        parser.add_argument(name)
    parser.add_argument("--says", type=float, default=1)
    parser.add_argument("--bytes", type=int, default=300)
    parser.add_argument("--state", type=int, default=600)
    parser.add_argument("--publish", action="store_true")
    return parser.parse_args()


class Hop:
    """The work of one batch."""

    def __init__(self, conn: Any, nc: Client, wanted: argparse.Namespace) -> None:
        """Write through *conn*, publish through *nc*."""
        self._conn, self._nc, self._wanted = conn, nc, wanted
        self._ids, self._owed = RealIds(), 0.0
        self._state, self._body = b"s" * wanted.state, b"b" * wanted.bytes

    async def take(self, batch: Sequence[Msg]) -> None:
        """Everything up to the acknowledgement."""
        entities = [self._entity(msg) for msg in batch]
        said = [message for entity in entities for message in self._says(entity)]
        async with self._conn.transaction():
            rows = await self._conn.fetch(LOCK, sorted(set(entities)))
            await self._conn.execute(WRITE, *self._states(rows), *_columns(said))
            if not self._wanted.publish:
                told = [{"id": row["id"]} | ROW for row in rows]
                await self._conn.execute(ROWS, msgspec.json.encode(told).decode())
        if self._wanted.publish and said:
            await publish_batch(self._nc, said)

    def _entity(self, msg: Msg) -> str:
        read(msg.data)
        headers = msg.headers or {}
        return headers["ce-subject"]

    def _says(self, entity: str) -> list[Message]:
        self._owed += self._wanted.says
        count, self._owed = int(self._owed), self._owed % 1
        ids = [self._ids.message() for _ in range(count)]
        return [Message(f"floor.said.{entity}", {"Nats-Msg-Id": each, "entity": entity}, self._body) for each in ids]

    def _states(self, rows: Sequence[Any]) -> tuple[list[str], list[bytes], list[int]]:
        return [r["id"] for r in rows], [self._state] * len(rows), [r["version"] + 1 for r in rows]


def _columns(said: Sequence[Message]) -> tuple[list[Any], ...]:
    return (
        [each.headers["Nats-Msg-Id"] for each in said],
        [each.headers["entity"] for each in said],
        [each.subject for each in said],
        [msgspec.json.encode(each.headers).decode() for each in said],
        [each.body for each in said],
    )


async def main(wanted: argparse.Namespace) -> None:
    """Drain until ended."""
    conn, nc = await asyncpg.connect(wanted.dsn), await nats.connect(wanted.nats, pending_size=32 << 20)
    await conn.execute(TABLES)
    hop, pull = Hop(conn, nc, wanted), await Pull.opened(nc, "EV", wanted.durable)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        batch = await pull.batch(BATCH)
        await hop.take(batch)
        await pull.ack(batch)


if __name__ == "__main__":
    asyncio.Runner(loop_factory=uvloop.new_event_loop).run(main(options()))
