"""Facts leave after the commit, under their own ids; a relay takes what a crash left behind.

A dozen or more go as one atomic batch, fewer are pipelined: an atomic batch costs the server a fixed time and one
fsync, which pays from about a dozen messages on. What is said while some are on their way goes together, next.

While the broker is away or its stream is full, facts stay in the outbox and leave in order afterwards, at once.

Source: design.md §4 (EV), §5 (outbox).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.contracts.ids import Ids
from shared.runtime.outgoing import NoRoom, NotPublished, Outgoing, chunks, in_batch, outgoing, seq_of
from shared.storage.statements import statements_for
from shared.timekeeping.clock import Clock

log = structlog.get_logger()

ATOMIC_FROM = 12
RELAY_AFTER = timedelta(seconds=2)
KEEP_PUBLISHED = timedelta(minutes=15)
ALARM_AFTER = timedelta(seconds=5)
ANSWER_WITHIN = 5.0
GATHERED_MOST = 5000
"""Facts that wait for those on their way to the stream; the relay takes what comes on top."""
DUPLICATE_IN_BATCH = 10201


class Publisher:
    """Publishes the outbox of one service.

    Marks are written lazily, with the next round of the relay: a mark lost in a crash only means one more publish,
    which the stream's duplicate window drops.

    Attributes:
        no_room: Why the stream takes nothing at present, in its own words; empty while it takes what comes.
        unsaid: Rows that wait for a stream or a broker in trouble, as last counted; 0 when there is none.
    """

    def __init__(self, db: AsyncEngine, service: str, clock: Clock, ids: Ids) -> None:
        """Publish for *service*; :meth:`connect` gives it a connection."""
        self._db, self._clock, self._ids = db, clock, ids
        self._service, self._sql = service, statements_for(service)
        self._nc: Client | None = None
        self._marks: list[tuple[str, int]] = []
        self._running, self._gathered = set[asyncio.Task[None]](), list[Outgoing]()
        self._flights, self._turn = asyncio.Lock(), asyncio.Lock()
        self._patience: set[asyncio.Timeout] = set()
        self._left_behind, self._alarmed = True, False  # a process before this one may have left something
        self._mended_at = -1  # also at the start: broker and process may have died together
        self.no_room, self.unsaid = "", 0

    @property
    def marks_due(self) -> int:
        """Messages the stream has taken whose rows do not say so yet."""
        return len(self._marks)

    @property
    def connected(self) -> bool:
        """Whether the broker is there, as far as is known."""
        return self._nc is not None and self._nc.is_connected

    @property
    def unmended(self) -> bool:
        """Whether the stream may have lost facts since :meth:`mend` last looked; until then nothing new is said.

        What is said and marked before would hide that what was said earlier is gone.
        """
        return self._nc is None or self._nc.stats["reconnects"] != self._mended_at

    def connect(self, nc: Client) -> None:
        """Use *nc* from now on."""
        self._nc = nc

    def lost(self) -> None:
        """The connection is gone: nobody waits any longer for answers over it, and the relay says it all again."""
        self._left_behind = True
        for patience in self._patience:
            if not patience.expired():
                patience.reschedule(0.0)

    def publish_soon(self, messages: Sequence[Outgoing]) -> None:
        """Publish at once without making the caller wait; what cannot leave now is left to the relay."""
        if not messages:
            return
        if not self.connected or self.unmended or self.no_room or len(self._gathered) >= GATHERED_MOST:
            self._left_behind = True
            return
        self._gathered.extend(messages)
        if len(self._running) < 2:  # noqa: PLR2004  one on its way, one that takes what gathers meanwhile
            task = asyncio.create_task(self._quietly())
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _quietly(self) -> None:
        async with self._turn:
            messages, self._gathered = self._gathered, []
            try:
                await self.publish(messages)
            except (NotPublished, NatsError, OSError) as trouble:
                self._left_behind = True
                log.warning("publish_left_to_relay", service=self._service, count=len(messages), trouble=repr(trouble))

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Publish in order and note the marks.

        Raises:
            NotPublished: The stream refused one.
            TimeoutError: It did not answer, or the connection was lost.
        """
        for chunk in chunks(messages):
            async with self._patient():
                seqs = await (self._atomic(chunk) if len(chunk) >= ATOMIC_FROM else self._pipelined(chunk))
            self._marks.extend(zip((m.id for m in chunk), seqs, strict=True))

    @asynccontextmanager
    async def _patient(self) -> AsyncIterator[None]:
        async with asyncio.timeout(ANSWER_WITHIN) as patience:
            self._patience.add(patience)
            try:
                yield
            except NoRoom as full:
                if not self.no_room:
                    log.error("stream_has_no_room", service=self._service, reason=str(full))  # noqa: TRY400  no defect
                self.no_room = str(full)
                raise
            finally:
                self._patience.discard(patience)

    async def _pipelined(self, messages: Sequence[Outgoing]) -> list[int]:
        nc = self._connection()
        replies = [nc.request(m.subject, m.body, timeout=ANSWER_WITHIN, headers=dict(m.headers)) for m in messages]
        if len(replies) == 1:  # no task of its own: one fact is the usual case, and somebody waits for it
            return [seq_of((await replies[0]).data)]
        return [seq_of(reply.data) for reply in await asyncio.gather(*replies)]

    async def _atomic(self, messages: Sequence[Outgoing]) -> list[int]:
        nc, batch = self._connection(), self._ids.message()
        async with self._flights:
            for number, message in enumerate(messages[:-1], start=1):
                await nc.publish(message.subject, message.body, headers=in_batch(message, batch, number))
            last = messages[-1]
            commit = in_batch(last, batch, len(messages)) | {"Nats-Batch-Commit": "1"}
            reply = await nc.request(last.subject, last.body, timeout=ANSWER_WITHIN, headers=commit)
        answer = json.loads(reply.data)
        if answer.get("error", {}).get("err_code") == DUPLICATE_IN_BATCH:
            return await self._pipelined(messages)
        end = seq_of(reply.data)
        return list(range(end - len(messages) + 1, end + 1))

    def _connection(self) -> Client:
        if self._nc is None or not self.connected:
            raise NotPublished("not connected to NATS")
        return self._nc

    async def relay(self, most: int = 500) -> int:
        """Write the marks and publish what is older than two seconds, or all there is after trouble.

        Returns:
            How many messages the relay had to publish; 0 also while none of them can leave.
        """
        if self._marks:
            async with self._db.begin() as conn:
                await self._mark(conn)
        reason, full = "not connected", self.no_room
        try:
            count = await self._say_what_waits(most) if self.connected else None
        except (NotPublished, NatsError, OSError) as trouble:
            count, reason = None, repr(trouble)
        if count is None:
            await self._count(reason)
            return 0
        self._got_through(count, full, more=count == most)
        return count

    async def _say_what_waits(self, most: int) -> int:
        # What is left behind from here on is none of these rows.
        before, self._left_behind = self._clock.now() + (RELAY_AFTER if self._left_behind else -RELAY_AFTER), False
        async with self._db.begin() as conn:
            rows = list(await conn.execute(self._sql["unsaid"], {"before": before, "most": most}))
            if rows:
                await self.publish([outgoing(row) for row in rows])
                await self._mark(conn)
        return len(rows)

    def _got_through(self, count: int, full: str, *, more: bool) -> None:
        self._left_behind, self.unsaid = self._left_behind or more, max(self.unsaid - count, 0) if more else 0
        if not more and (self._alarmed or full) and self.no_room == full:
            log.warning("outbox_flows_again", service=self._service)
            self._alarmed = False
        self.no_room = "" if self.no_room == full else self.no_room  # others were refused meanwhile

    async def _count(self, reason: str) -> None:
        self._left_behind = True
        async with self._db.connect() as conn:
            waits = (await conn.execute(self._sql["unsaid_age"])).one()
        self.unsaid = waits.rows
        if waits.oldest and not self._alarmed and self._clock.now() - waits.oldest > ALARM_AFTER:
            self._alarmed = True
            since = waits.oldest.isoformat()
            log.error("outbox_waits", service=self._service, rows=waits.rows, since=since, reason=reason)

    async def _mark(self, conn: AsyncConnection) -> None:
        marks = tuple(self._marks)
        if marks and not self.unmended:
            parameters = {"ids": [m for m, _ in marks], "seqs": [s for _, s in marks], "now": self._clock.now()}
            await conn.execute(self._sql["said"], parameters)
            del self._marks[: len(marks)]

    async def forget(self) -> None:
        """Drop rows published long ago, but none a shortened stream may still need."""
        if self.unmended:
            return
        async with self._db.begin() as conn:
            await conn.execute(self._sql["forget_said"], {"before": self._clock.now() - KEEP_PUBLISHED})

    async def mend(self) -> None:
        """After a reconnect: what a stream lost that came back shorter is published again.

        A log loses its end, never its middle: while our last fact stands where it stood, nothing of ours is missing.
        Comparing lengths would not do where others may have spoken before us since; only one service speaks on
        DIRECTORY, and there a record that was replaced must not come back.
        """
        assert self._nc is not None
        reconnects = self._nc.stats["reconnects"]
        self._marks.clear()  # the rows stay unsaid and are said again: the stream knows those it still has
        async with self._db.connect() as conn:
            last = (await conn.execute(self._sql["last_said"])).one_or_none()
        async with self._patient():
            stands = last is None or await self._stands(last.seq, last.id)
            records = await self._connection().jetstream().stream_info("DIRECTORY")
        async with self._db.begin() as conn:
            if not stands:
                again = await conn.execute(self._sql["say_again"])
                log.warning("stream_came_back_shorter", stream="EV", published_again=again.rowcount)
            await conn.execute(self._sql["say_records_again"], {"seq": records.state.last_seq})
        self._left_behind, self._mended_at = True, reconnects

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
        async with self._db.begin() as conn:
            await self._mark(conn)
