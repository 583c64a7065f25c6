"""A plain continuous pull of one durable: two requests of half a window, the next when half is used up."""

import asyncio
import json
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg

EXPIRES_NANOSECONDS = 20_000_000_000


class Pull:
    """Messages of a durable as they come; opened by :meth:`opened`."""

    def __init__(self, nc: Client, subject: str, inbox: str, window: int) -> None:
        """Ask at *subject*, be answered at *inbox*."""
        self._nc, self._subject, self._inbox = nc, subject, inbox
        self._half = window // 2
        self._taken = 0
        self._queue: asyncio.Queue[Msg] = asyncio.Queue()

    @classmethod
    async def opened(cls, nc: Client, stream: str, durable: str, *, window: int = 400) -> Self:
        """Start asking for messages of *durable*."""
        pull = cls(nc, f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}", nc.new_inbox(), window)
        await nc.subscribe(pull._inbox, cb=pull._arrived, pending_msgs_limit=-1, pending_bytes_limit=-1)
        await pull._ask()
        await pull._ask()
        return pull

    async def batch(self, most: int) -> list[Msg]:
        """Whatever has arrived, at most *most*; waits for the first."""
        batch = [await self._queue.get()]
        while len(batch) < most and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        self._taken += len(batch)
        while self._taken >= self._half:
            self._taken -= self._half
            await self._ask()
        return batch

    async def ack(self, batch: list[Msg]) -> None:
        """Acknowledge every message of *batch*."""
        for msg in batch:
            await self._nc.publish(msg.reply, b"+ACK")

    async def _ask(self) -> None:
        wish = {"batch": self._half, "expires": EXPIRES_NANOSECONDS}
        await self._nc.publish(self._subject, json.dumps(wish).encode(), reply=self._inbox)

    async def _arrived(self, msg: Msg) -> None:
        if msg.reply:  # without one it is a status
            self._queue.put_nowait(msg)
