"""Facts leave after the commit, under their own ids; a relay takes what a crash left behind.

Thirty or more go as one atomic batch, fewer are pipelined: an atomic batch costs the server a fixed millisecond and
one fsync, which pays from about thirty messages on.

Source: design.md §5 (outbox).
"""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.contracts.ids import Ids
from shared.storage.statements import Statements
from shared.storage.unit import Dead, Spoken
from shared.timekeeping.clock import Clock

log = structlog.get_logger()

ATOMIC_FROM = 30
ATOMIC_MOST = 500
RELAY_AFTER = timedelta(seconds=2)
KEEP_PUBLISHED = timedelta(minutes=15)
ANSWER_WITHIN = 10.0
DUPLICATE_IN_BATCH = 10201


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox."""

    id: str
    subject: str
    headers: Mapping[str, str]
    body: bytes


class NotPublished(RuntimeError):
    """The stream did not take a message; it stays in the outbox and the relay tries again."""


def letters_of(spoken: Iterable[Spoken]) -> list[Outgoing]:
    """What the outbox rows of *spoken* say."""
    return [Outgoing(s.heading.id, s.fact.subject(s.heading), s.heading.headers(), s.body) for s in spoken]


class Publisher:
    """Publishes the outbox of one service.

    Marks are written lazily, with the next round of the relay: a mark lost in a crash only means one more publish,
    which the stream's duplicate window drops.
    """

    def __init__(self, db: AsyncEngine, sql: Statements, clock: Clock, ids: Ids) -> None:
        """Publish for the schema of *sql*; :meth:`connect` gives it a connection."""
        self._db, self._sql, self._clock, self._ids = db, sql, clock, ids
        self._nc: Client | None = None
        self._marks: list[tuple[str, int]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._flights = asyncio.Lock()

    @property
    def marks_due(self) -> int:
        """Messages the stream has taken whose rows do not say so yet."""
        return len(self._marks)

    def connect(self, nc: Client) -> None:
        """Use *nc* from now on."""
        self._nc = nc

    def publish_soon(self, messages: Sequence[Outgoing]) -> None:
        """Publish at once without making the caller wait; failures are left to the relay."""
        if messages and self._nc is not None:
            self._spawn(self._quietly(messages))

    def report_dead(self, service: str, dead: Sequence[Dead]) -> None:
        """Show dead letters on the DLQ stream too; the row in the database is what counts."""
        if dead and self._nc is not None:
            self._spawn(self._publish_dead(service, dead))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _quietly(self, messages: Sequence[Outgoing]) -> None:
        try:
            await self.publish(messages)
        except (NotPublished, NatsError, OSError, TimeoutError) as trouble:
            log.warning("publish_left_to_relay", count=len(messages), trouble=str(trouble))

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Publish in order and note the marks.

        Raises:
            NotPublished: The stream refused one.
        """
        for chunk in _chunks(messages):
            seqs = await self._atomic(chunk) if len(chunk) >= ATOMIC_FROM else await self._pipelined(chunk)
            self._marks.extend(zip((m.id for m in chunk), seqs, strict=True))

    async def _pipelined(self, messages: Sequence[Outgoing]) -> list[int]:
        nc = self._connection()
        replies = [nc.request(m.subject, m.body, timeout=ANSWER_WITHIN, headers=dict(m.headers)) for m in messages]
        return [_seq_of(reply.data) for reply in await asyncio.gather(*replies)]

    async def _atomic(self, messages: Sequence[Outgoing]) -> list[int]:
        nc, batch = self._connection(), self._ids.message()
        async with self._flights:
            for number, message in enumerate(messages[:-1], start=1):
                await nc.publish(message.subject, message.body, headers=_in_batch(message, batch, number))
            last = messages[-1]
            commit = _in_batch(last, batch, len(messages)) | {"Nats-Batch-Commit": "1"}
            reply = await nc.request(last.subject, last.body, timeout=ANSWER_WITHIN, headers=commit)
        answer = json.loads(reply.data)
        if answer.get("error", {}).get("err_code") == DUPLICATE_IN_BATCH:
            return await self._pipelined(messages)
        end = _seq_of(reply.data)
        return list(range(end - len(messages) + 1, end + 1))

    def _connection(self) -> Client:
        if self._nc is None:
            raise NotPublished("not connected to NATS yet")
        return self._nc

    async def _publish_dead(self, service: str, dead: Sequence[Dead]) -> None:
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            for item in dead:
                headers = dict(item.letter.headers) | {
                    "Nats-Msg-Id": f"dlq-{item.letter.heading.id}",
                    "reason": _one_line(item.reason),
                }
                await self._connection().publish(
                    f"dlq.{service}.{item.letter.subject}", item.letter.body, headers=headers
                )

    async def relay(self, most: int = 500) -> int:
        """Write the marks, publish what is older than two seconds, forget what is older than fifteen minutes.

        Returns:
            How many messages the relay had to publish.
        """
        now = self._clock.now()
        async with self._db.begin() as conn:
            await self._mark(conn, now)
            rows = list(await conn.execute(self._sql["unsaid"], {"before": now - RELAY_AFTER, "most": most}))
            if rows:
                await self.publish([_outgoing(row) for row in rows])
        return len(rows)

    async def _mark(self, conn: AsyncConnection, now: datetime) -> None:
        marks, self._marks = self._marks, []
        if marks:
            parameters = {"ids": [m for m, _ in marks], "seqs": [s for _, s in marks], "now": now}
            await conn.execute(self._sql["said"], parameters)

    async def forget(self) -> None:
        """Drop rows published long ago."""
        async with self._db.begin() as conn:
            await conn.execute(self._sql["forget_said"], {"before": self._clock.now() - KEEP_PUBLISHED})

    async def mend(self) -> None:
        """After a reconnect: what a stream lost that came back shorter is published again.

        A log loses its end, never its middle: while our last fact stands where it stood, nothing of ours is missing.
        Comparing lengths would not do where others may have spoken before us since; only one service speaks on
        DIRECTORY, and there a record that was replaced must not come back.
        """
        async with self._db.begin() as conn:
            await self._mark(conn, self._clock.now())
            last = (await conn.execute(self._sql["last_said"])).one_or_none()
            if last is not None and not await self._stands(last.seq, last.id):
                again = await conn.execute(self._sql["say_again"])
                log.warning("stream_came_back_shorter", stream="EV", published_again=again.rowcount)
            records = await self._connection().jetstream().stream_info("DIRECTORY")
            await conn.execute(self._sql["say_records_again"], {"seq": records.state.last_seq})

    async def _stands(self, seq: int, message: str) -> bool:
        try:
            found = await self._connection().jetstream().get_msg("EV", seq=seq, direct=True)
        except NotFoundError:
            return False
        return (found.headers or {}).get("Nats-Msg-Id") == message

    async def flush(self) -> None:
        """Wait for what is under way and write the marks."""
        while self._running:
            await asyncio.gather(*tuple(self._running), return_exceptions=True)
        if self._marks:
            await self.relay(most=0)


def _chunks(messages: Sequence[Outgoing]) -> Iterable[Sequence[Outgoing]]:
    """Runs of one stream, at most one atomic batch long."""
    start = 0
    for end in range(1, len(messages) + 1):
        full = end - start == ATOMIC_MOST
        if end == len(messages) or full or _stream(messages[end]) != _stream(messages[start]):
            yield messages[start:end]
            start = end


def _stream(message: Outgoing) -> str:
    return message.subject.partition(".")[0]


def _in_batch(message: Outgoing, batch: str, number: int) -> dict[str, str]:
    return dict(message.headers) | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}


def _seq_of(reply: bytes) -> int:
    answer = json.loads(reply)
    if "error" in answer:
        raise NotPublished(f"{answer['error'].get('err_code')}: {answer['error'].get('description')}")
    return int(answer["seq"])


def _outgoing(row: Any) -> Outgoing:
    return Outgoing(row.id, row.subject, json.loads(row.headers), bytes(row.body))


def _one_line(reason: str) -> str:
    return " ".join(reason.split())[:400]
