"""The pull loop under FastStream's batch subscriber; the only code that speaks ``MSG.NEXT``.

Stock pull either loses messages at short timeouts or adds 280 ms to fill a batch. This loop keeps a window of credit
open with the server and hands over whatever has arrived when the previous batch is done, so parsing, injection,
AsyncAPI and middlewares stay FastStream's. Credit is asked for again after a reconnect, on status messages and when
heartbeats stop, because the client library renews subscriptions but not pull requests.

Of a backlog two batches are in work at once: one is folded while the database writes the other. Fewer facts than a
whole batch, and facts of an entity in work, wait for the batch before them. To others they are what two replicas are.

Where nobody waits for what is heard, a reader lets single facts gather for some milliseconds: a transaction of one fact
costs nearly what one of ten does. The first after a pause is handed over at once.

The server gives what a reader holds to another after a short ``ack_wait``, so that what a killed reader held comes
back at once. A living one says of everything it still holds, waiting or in work, that it is on it.

It leans on the private ``_create_subscription`` of FastStream 0.7; a contract test pins that surface.

Source: design.md §5 (pump).
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import chain
from time import monotonic
from typing import Any

import structlog
from faststream.nats.subscriber.usecases.stream_pull_subscriber import BatchPullStreamSubscriber
from nats.aio.msg import Msg

log = structlog.get_logger()

BATCH = 400
WINDOW = 3 * BATCH
EXPIRES = 20.0
HEARTBEAT = 5.0
LANES = 2
LOOK_AROUND = 0.5
"""Seconds from one look to the next where something may be amiss."""
LOOK_IDLY = 2.0
"""The same while the server owes messages and none come: what ends that says so itself."""
ACK_WAIT = 30.0
"""What the server takes where nothing is declared."""
COMPANY = 50
"""Facts that share a transaction's costs well enough to wait for no more of them."""
HANDED_WITHIN = 0.25
"""Seconds that whoever wants what gathers to be heard waits at most."""
REASSURANCES = 3
"""How often in one ``ack_wait`` the server hears of a message that is held: twice may be lost or late."""
IDLE_HEARTBEAT = "100"
TIMED_OUT = "408"


class PumpedSubscriber(BatchPullStreamSubscriber):
    """A batch subscriber fed by its own pull loop; made by :func:`pump_up`.

    Attributes:
        arrived: Messages that have come so far.
        heard: How many of them were handed over and are done with.
        gathers: Seconds from one batch to the next while few facts come; 0 hands over what is there.
    """

    durable: str
    stream_name: str
    paused_until: float
    arrived: int
    heard: int
    gathers: float

    async def _create_subscription(self) -> None:
        self._nc = self.connection
        declared = (await self.jetstream.consumer_info(self.stream_name, self.durable)).config
        self._ack_wait = declared.ack_wait or ACK_WAIT
        self._queue: deque[Msg] = deque()
        self._held: dict[int, list[Msg]] = {}
        self._turn = asyncio.Lock()
        self._handed, self._among, self._wanted, self._done = 0.0, 0, 0, asyncio.Event()
        self._stale, self._queued_on, self._batch_on = 0, self._nc.stats["reconnects"], 0
        self._filled, self._company, self._holding = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._credit, self._seen, self._reconnects = 0, monotonic(), self._nc.stats["reconnects"]
        self._inbox, self._complaint = self._nc.new_inbox(), ""
        inbox: Any = await self._nc.subscribe(
            self._inbox, cb=self._arrived, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        self.subscription = inbox
        for _ in range(LANES):
            self.add_task(self._pump)
        self.add_task(self._reassure)

    async def _arrived(self, msg: Msg) -> None:
        self._seen = monotonic()
        if msg.subject != self._inbox:  # a message keeps the subject it was published under
            self._credit -= 1
            self.arrived += 1
            self._notice_reconnect()
            self._queue.append(msg)
            self._holding.set()
            if self._may_take():
                self._filled.set()
            if len(self._queue) >= COMPANY:
                self._company.set()
            return
        told = msg.headers or {}
        status = told.get("Status")
        if status == TIMED_OUT:
            self._credit -= int(told.get("Nats-Pending-Messages", self._credit))
            self._filled.set()
        elif status != IDLE_HEARTBEAT:
            self._credit = 0
            self._complain(f"{status} {told.get('Description', '')}".strip())

    def _complain(self, status: str) -> None:
        # One line for what repeats twice a second; a deleted durable is brought back by `shouwen provision`.
        if status != self._complaint:
            log.warning("pump_refused", durable=self.durable, status=status)
        self._complaint = status

    async def _pump(self) -> None:
        while self.running:
            await self._outlived(self._round)

    async def _outlived(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as trouble:  # noqa: BLE001  the client raises its own errors while disconnected; the loops must outlive them
            log.warning("pump_interrupted", durable=self.durable, trouble=repr(trouble))
            await asyncio.sleep(LOOK_AROUND)

    async def _round(self) -> None:
        if self.paused_until > monotonic():
            await asyncio.sleep(min(LOOK_AROUND, self.paused_until - monotonic()))
            return
        async with self._turn:
            await self._ask()
            if not (batch := await self._next_batch()):
                return
            self._held[id(batch)] = batch
        try:
            await self.consume(batch)
        finally:
            del self._held[id(batch)]
            self.heard += len(batch)
            self._filled.set()
            self._done.set()

    async def _next_batch(self) -> list[Msg]:
        if not self._may_take() and not await _comes(self._filled, LOOK_IDLY if self._credit > 0 else LOOK_AROUND):
            return []
        await self._gather()
        if self.paused_until > monotonic() or not self._may_take():  # meanwhile
            return []
        return await self._beside() if self._held else self._first()

    def _first(self) -> list[Msg]:
        size = min(BATCH, self._stale or len(self._queue))
        self._batch_on = -1 if self._stale else self._queued_on
        self._stale = max(self._stale - size, 0)
        return self._handing([self._queue.popleft() for _ in range(size)])

    async def _beside(self) -> list[Msg]:
        """What concerns nobody in work: the rest would only wait for the same rows, and keeps its place."""
        in_work = {_entity_of(msg) for batch in self._held.values() for msg in batch}
        batch, rest = list[Msg](), list[Msg]()
        for msg in self._queue:
            (rest if len(batch) == BATCH or _entity_of(msg) in in_work else batch).append(msg)
        if len(batch) < COMPANY:
            await _comes(self._filled, LOOK_AROUND)
            return []
        self._queue.clear()
        self._queue.extend(rest)
        return self._handing(batch)

    def _handing(self, batch: list[Msg]) -> list[Msg]:
        self._handed, self._among = monotonic(), len(batch)
        return batch

    def _may_take(self) -> bool:
        """Whether there is a batch to take: beside one in hand only a whole one that came over the same connection."""
        self._notice_reconnect()
        if not self._held:
            return bool(self._queue)
        return len(self._queue) >= BATCH and not self._stale and self._queued_on == self._batch_on

    async def _gather(self) -> None:
        rest = self._handed + self.gathers - monotonic()
        # After a full batch there is a backlog: whoever waits now only makes it longer.
        if rest > 0 and self.heard >= self._wanted and max(self._among, len(self._queue)) < COMPANY:
            await _comes(self._company, rest)

    async def hand_over(self) -> None:
        """Let what has come gather no longer, and wait until it is heard."""
        self._wanted = self.arrived
        self._company.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HANDED_WITHIN):
                while self.heard < self._wanted:
                    self._done.clear()
                    await self._done.wait()

    def _notice_reconnect(self) -> None:
        """What is queued when a connection is new came over an older one."""
        if self._queued_on != (reconnects := self._nc.stats["reconnects"]):
            self._queued_on, self._stale = reconnects, len(self._queue)

    def still_ours(self) -> bool:
        """Whether every batch in hand came over the connection there is now.

        A broker that came back shorter gives old sequences to new messages: an acknowledgement of what was handed out
        before would settle a message nobody has seen. What is not settled is handed out again.
        """
        # What is sent while the line is down would leave over the next one.
        return bool(self._nc.is_connected and self._nc.stats["reconnects"] == self._batch_on)

    async def _ask(self) -> None:
        reconnects = self._nc.stats["reconnects"]
        if reconnects != self._reconnects or monotonic() - self._seen > 2 * HEARTBEAT:
            self._reconnects, self._credit, self._seen = reconnects, 0, monotonic()
        room = WINDOW - max(self._credit, 0) - len(self._queue)
        if room < BATCH or not self._nc.is_connected:
            return
        ask = {"batch": room, "expires": int(EXPIRES * 1e9), "idle_heartbeat": int(HEARTBEAT * 1e9)}
        self._credit = max(self._credit, 0) + room
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.stream_name}.{self.durable}"
        await self._nc.publish(subject, json.dumps(ask).encode(), reply=self._inbox)

    async def _reassure(self) -> None:
        known: set[str] = set()
        while self.running:
            await self._holds_something()
            await asyncio.sleep(self._ack_wait / REASSURANCES)
            held = chain.from_iterable(self._held.values()) if self.still_ours() else ()
            ours = (*held, *tuple(self._queue)[self._stale :])
            open_ = [msg for msg in ours if not msg.is_acked]
            # What came a moment ago is mostly settled before anybody would miss it.
            stale = [msg for msg in open_ if msg.reply in known]
            known = {msg.reply for msg in open_}
            if self._nc.is_connected:
                await self._outlived(lambda: _all_in_progress(stale))  # noqa: B023  awaited at once

    async def _holds_something(self) -> None:
        if not self._held and not self._queue:
            self._holding.clear()
            await self._holding.wait()

    def look(self) -> None:
        """Look around at once: the connection stands again, and what was asked for over the old one is forgotten."""
        self._filled.set()

    def pause(self, seconds: float) -> None:
        """Ask for nothing for *seconds*: the breaker of a reader whose database is in trouble."""
        self.paused_until = monotonic() + seconds

    async def stop(self) -> None:
        """Stop asking, finish the running batch, hand back what is queued."""
        queue = getattr(self, "_queue", None)
        self.paused_until = float("inf")
        await super().stop()
        while queue:
            await queue.popleft().nak()


async def _comes(event: asyncio.Event, within: float) -> bool:
    event.clear()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            return await event.wait()
    return False


def _entity_of(msg: Msg) -> str:
    return msg.subject.rpartition(".")[2]


async def _all_in_progress(held: list[Msg]) -> None:
    for msg in held:
        if not msg.is_acked:
            await msg.in_progress()


def pump_up(subscriber: Any, *, stream: str, durable: str, gathers: float = 0.0) -> PumpedSubscriber:
    """Turn FastStream's batch subscriber into a pumped one, reading *durable* of *stream* as provisioned."""
    subscriber.__class__ = type("Pumped", (PumpedSubscriber, type(subscriber)), {})
    subscriber.stream_name, subscriber.durable = stream, durable
    subscriber.paused_until, subscriber.arrived, subscriber.heard, subscriber.gathers = 0.0, 0, 0, gathers
    pumped: PumpedSubscriber = subscriber
    return pumped


def handler_of(settler: Callable[[list[Msg]], Awaitable[None]]) -> Callable[[Any], Any]:
    """The function FastStream calls with a decoded batch."""

    async def on_facts(batch: list[Msg]) -> None:
        await settler(batch)

    return on_facts
