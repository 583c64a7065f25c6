"""One side of the outbox path as a process of its own: it commits and publishes, and notes when each commit was done.

Run as ``python -m bench.speaker product|floor COUNT FILE``; servers come from ``SHOUWEN_…`` variables. It writes
``{message: clock}`` to FILE when all are committed; the clock is the machine's own, the same in every process.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg
import nats
import uvloop
from nats.aio.client import Client

from bench.estate import MATTER
from bench.measuring import paced
from services.intake.app import build
from services.intake.commands import LogRequest, Numbered
from shared.contracts.fold import SYSTEM, Ask
from shared.contracts.ids import RealIds
from shared.process.service import ServiceProcess, surroundings
from shared.process.settings import RuntimeSettings
from shared.runtime.outgoing import Outgoing
from shouwen.memory import settle_memory

RATE = 150
BODY = b"b" * 1200
TABLES = """
    create schema if not exists floor;
    create table if not exists floor.outbox (id text primary key, subject text not null, headers text not null,
        body bytea not null, created_at timestamptz not null default now(), published_at timestamptz)"""
SAY = "insert into floor.outbox (id, subject, headers, body) values ($1, $2, '{}', $3)"
Act = Callable[[int], Awaitable[None]]
Committed = dict[str, float]


async def product(committed: Committed, count: int) -> None:
    """Log *count* matters through the real intake."""
    intake = build(surroundings(RuntimeSettings(), replica="bench"))
    await intake.start()
    settle_memory()
    await _run(_logging(intake, committed), count)
    await intake.stop()


def _logging(intake: ServiceProcess, committed: Committed) -> Act:
    publisher = intake.engine.publisher
    publish_soon = publisher.publish_soon

    def noting(messages: Sequence[Outgoing]) -> None:
        committed.update((message.id, perf_counter()) for message in messages)
        publish_soon(messages)

    # The engine calls this as the first thing after the commit.
    publisher.publish_soon = noting  # type: ignore[method-assign]  # the clock is hung on the real thing

    async def act(number: int) -> None:
        command = Numbered(LogRequest.model_validate(MATTER | {"content": f"{number}"}), number)
        ask = Ask(
            entities=(intake.ids.entity("case"),), command=command, actor=SYSTEM, at=intake.clock.now(), right="desk"
        )
        submission = await intake.desk.ask(ask, lambda _done: b"{}")
        assert isinstance(submission.answer, bytes), submission.answer

    return act


async def floor(committed: Committed, count: int) -> None:
    """Commit and publish *count* messages."""
    settings = RuntimeSettings()
    dsn = settings.database_url.replace("postgresql+asyncpg", "postgresql")
    nc = await nats.connect(settings.nats_url)
    async with asyncpg.create_pool(dsn, min_size=4, max_size=4) as pool:
        await pool.execute(TABLES)
        settle_memory()
        await _run(_publishing(pool, nc, committed), count)
    await nc.close()


def _publishing(pool: Any, nc: Client, committed: Committed) -> Act:
    ids, js = RealIds(), nc.jetstream()

    async def act(_number: int) -> None:
        message = ids.message()
        subject = f"ev.intake.floor.{message}"
        async with pool.acquire() as conn, conn.transaction():
            await conn.execute(SAY, message, subject, BODY)
        committed[message] = perf_counter()
        await js.publish(subject, BODY, headers={"Nats-Msg-Id": message})

    return act


async def _run(act: Act, count: int) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await paced(RATE, count, act)


def main(side: str, count: int, file: Path) -> None:
    """Run one side and leave its clocks in *file*."""
    committed: Committed = {}
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run((product if side == "product" else floor)(committed, count))
    file.write_text(json.dumps(committed), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
