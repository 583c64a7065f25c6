"""The pull loop under FastStream's batch subscriber; the only code that speaks ``MSG.NEXT``.

Stock pull either loses messages at short timeouts or adds 280 ms to fill a batch. This loop keeps a window of credit
open with the server and hands over whatever has arrived when the previous batch is done, so parsing, injection,
AsyncAPI and middlewares stay FastStream's. Credit is asked for again after a reconnect, on status messages and when
heartbeats stop, because the client library renews subscriptions but not pull requests.

It leans on the private ``_create_subscription`` of FastStream 0.7; a contract test pins that surface.

Source: design.md §5 (pump).
"""

import asyncio
import json
from time import monotonic
from typing import Any

import structlog
from faststream.nats.subscriber.usecases.stream_pull_subscriber import BatchPullStreamSubscriber
from nats.aio.msg import Msg

log = structlog.get_logger()

BATCH = 200
WINDOW = 2 * BATCH
EXPIRES = 20.0
HEARTBEAT = 5.0
LOOK_AROUND = 0.5
IDLE_HEARTBEAT = "100"
TIMED_OUT = "408"


class PumpedSubscriber(BatchPullStreamSubscriber):
    """A batch subscriber fed by its own pull loop; made by :func:`pump_up`."""

    durable: str
    stream_name: str
    paused_until: float

    async def _create_subscription(self) -> None:
        self._nc = self.connection
        self._queue: asyncio.Queue[Msg] = asyncio.Queue()
        self._credit, self._seen, self._reconnects = 0, monotonic(), self._nc.stats["reconnects"]
        self._inbox, self._complaint = self._nc.new_inbox(), ""
        inbox: Any = await self._nc.subscribe(
            self._inbox, cb=self._arrived, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        self.subscription = inbox
        self.add_task(self._pump)

    async def _arrived(self, msg: Msg) -> None:
        self._seen = monotonic()
        if msg.subject != self._inbox:  # a message keeps the subject it was published under
            self._credit -= 1
            self._queue.put_nowait(msg)
            return
        told = msg.headers or {}
        status = told.get("Status")
        if status == TIMED_OUT:
            self._credit -= int(told.get("Nats-Pending-Messages", self._credit))
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
            try:
                await self._round()
            except (OSError, TimeoutError, ConnectionError) as trouble:
                log.warning("pump_interrupted", durable=self.durable, trouble=str(trouble))
                await asyncio.sleep(LOOK_AROUND)
            except Exception as trouble:  # noqa: BLE001  the client raises its own errors while disconnected; the loop must outlive them
                log.warning("pump_interrupted", durable=self.durable, trouble=repr(trouble))
                await asyncio.sleep(LOOK_AROUND)

    async def _round(self) -> None:
        if self.paused_until > monotonic():
            await asyncio.sleep(min(LOOK_AROUND, self.paused_until - monotonic()))
            return
        await self._ask()
        batch = await self._next_batch()
        if batch:
            await self.consume(batch)

    async def _next_batch(self) -> list[Msg]:
        try:
            async with asyncio.timeout(LOOK_AROUND):
                batch = [await self._queue.get()]
        except TimeoutError:
            return []
        while len(batch) < BATCH and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def _ask(self) -> None:
        reconnects = self._nc.stats["reconnects"]
        if reconnects != self._reconnects or monotonic() - self._seen > 2 * HEARTBEAT:
            self._reconnects, self._credit, self._seen = reconnects, 0, monotonic()
        room = WINDOW - max(self._credit, 0) - self._queue.qsize()
        if room < BATCH or not self._nc.is_connected:
            return
        ask = {"batch": room, "expires": int(EXPIRES * 1e9), "idle_heartbeat": int(HEARTBEAT * 1e9)}
        self._credit = max(self._credit, 0) + room
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.stream_name}.{self.durable}"
        await self._nc.publish(subject, json.dumps(ask).encode(), reply=self._inbox)

    def pause(self, seconds: float) -> None:
        """Ask for nothing for *seconds*: the breaker of a reader whose database is in trouble."""
        self.paused_until = monotonic() + seconds

    async def stop(self) -> None:
        """Stop asking, finish the running batch, hand back what is queued."""
        queue = getattr(self, "_queue", None)
        self.paused_until = float("inf")
        await super().stop()
        while queue is not None and not queue.empty():
            await queue.get_nowait().nak()


def pump_up(subscriber: Any, *, stream: str, durable: str) -> PumpedSubscriber:
    """Turn FastStream's batch subscriber into a pumped one, reading *durable* of *stream* as provisioned."""
    subscriber.__class__ = type("Pumped", (PumpedSubscriber, type(subscriber)), {})
    subscriber.stream_name, subscriber.durable, subscriber.paused_until = stream, durable, 0.0
    pumped: PumpedSubscriber = subscriber
    return pumped
