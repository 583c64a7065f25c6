"""The broker as a process sees it: stands where the NATS client stands, for what the runtime asks of it."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from nats.errors import TimeoutError as NatsTimeout
from nats.js.errors import NotFoundError

from shouwen.torture.log import Durable, Log
from shouwen.torture.stored import Stored
from shouwen.torture.world import Seat, World

DUPLICATE_IN_BATCH = 10201
Headers = Mapping[str, str]


@dataclass(slots=True)
class Batch:
    """Messages of an atomic batch that is not committed yet."""

    messages: list[tuple[str, Headers, bytes]] = field(default_factory=list)


class Client:
    """A connection of one process."""

    def __init__(self, world: World, seat: Seat, log: Log) -> None:
        """Connect *seat* to *log*."""
        self._world, self._seat, self._log = world, seat, log
        self.stats = {"reconnects": 0}
        self._batches: dict[str, Batch] = {}

    @property
    def is_connected(self) -> bool:
        """Whether the broker answers."""
        return not self._world.broker_down

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        timeout: float = 0.5,  # noqa: ASYNC109  the client's own word
        headers: Headers | None = None,
    ) -> Any:
        """Publish and wait for the answer; a lost request may have been carried out all the same.

        Raises:
            nats.errors.TimeoutError: No answer came in *timeout* seconds.
        """
        await self._world.step(self._seat)
        line, lost = self.stats["reconnects"], self._world.chance.random() < self._world.weather.lost
        if self._world.broker_down or (lost and self._world.chance.choice((True, False))):
            return await self._no_answer(timeout)
        answer = self._carry_out(subject, payload, headers or {})
        if lost:
            return await self._no_answer(timeout)
        await self._world.step(self._seat)
        if self.stats["reconnects"] != line:  # an answer does not find its way over another connection
            return await self._no_answer(timeout)
        return SimpleNamespace(data=json.dumps(answer).encode())

    async def _no_answer(self, timeout: float) -> Any:  # noqa: ASYNC109  the client's own word
        await asyncio.sleep(timeout)
        await self._world.step(self._seat)
        raise NatsTimeout

    async def publish(self, subject: str, payload: bytes = b"", headers: Headers | None = None) -> None:
        """Publish without an answer; lost while the broker is away."""
        await self._world.step(self._seat)
        if self._world.broker_down:
            return
        self._carry_out(subject, payload, headers or {})

    def _carry_out(self, subject: str, body: bytes, headers: Headers) -> dict[str, Any]:
        if not subject.startswith("ev."):
            self._log.dead.append(subject)
            return {"stream": "DLQ", "seq": len(self._log.dead)}
        batch = headers.get("Nats-Batch-Id")
        if batch is None:
            seq, known = self._log.append(subject, headers, body)
            return {"stream": "EV", "seq": seq} | ({"duplicate": True} if known else {})
        return self._in_batch(self._batches.setdefault(batch, Batch()), (subject, headers, body))

    def _in_batch(self, batch: Batch, message: tuple[str, Headers, bytes]) -> dict[str, Any]:
        batch.messages.append(message)
        headers = message[1]
        if int(headers["Nats-Batch-Sequence"]) != len(batch.messages):
            return {"error": {"err_code": 10176, "description": "batch publish is incomplete and was abandoned"}}
        if "Nats-Batch-Commit" not in headers:
            return {}
        if any(self._log.known(h["Nats-Msg-Id"]) for _, h, _ in batch.messages):
            return {"error": {"err_code": DUPLICATE_IN_BATCH, "description": "duplicate message id"}}
        seqs = [self._log.append(subject, _outside(h), body)[0] for subject, h, body in batch.messages]
        return {"stream": "EV", "seq": seqs[-1], "count": len(seqs)}

    def jetstream(self) -> "Client":
        """Streams are asked over the same connection."""
        return self

    async def get_msg(self, _stream: str, *, seq: int, subject: str = "ev.>", **_options: Any) -> Any:
        """One message: of that sequence, or the next of *subject* from there on.

        Raises:
            NotFoundError: There is none.
        """
        await self._ask()
        if subject == "ev.>":
            found = self._log.messages[seq - 1 : seq]
        else:
            _, speaker, _, entity = subject.split(".")
            found = list(self._log.about(speaker, entity, since=seq))[:1]
        if not found:
            raise NotFoundError
        one = found[0]
        return SimpleNamespace(headers=dict(one.headers), subject=one.subject, data=one.body, seq=one.seq)

    async def stream_info(self, _stream: str) -> Any:
        """The length of a stream nobody speaks on here."""
        await self._ask()
        return SimpleNamespace(state=SimpleNamespace(last_seq=0))

    async def _ask(self) -> None:
        await self._world.step(self._seat)
        if self._world.broker_down:
            raise NatsTimeout


def _outside(headers: Headers) -> Headers:
    return {name: value for name, value in headers.items() if not name.startswith("Nats-Batch")}


class Delivered:
    """A message in the hands of one process: what settling needs of a NATS message."""

    def __init__(self, world: World, seat: Seat, durable: Durable, message: tuple[Stored, int]) -> None:
        """Deliver *message* to *seat*."""
        self._world, self._seat, self._durable = world, seat, durable
        self.stored, deliveries = message
        self.subject, self.headers, self.data = self.stored.subject, dict(self.stored.headers), self.stored.body
        self.metadata = SimpleNamespace(
            sequence=SimpleNamespace(stream=self.stored.seq), num_delivered=deliveries, num_pending=0
        )
        self.is_acked = False

    async def ack(self) -> None:
        """Settle it; the word is lost while the broker is away."""
        await self._world.step(self._seat)
        self.is_acked = True
        if not self._world.broker_down:
            self._world.acknowledged(self._seat.service, self.stored)
            self._durable.ack(self.stored.seq)

    async def nak(self, delay: float | None = None) -> None:
        """Ask for it again after *delay* seconds."""
        await self._world.step(self._seat)
        self.is_acked = True
        if not self._world.broker_down:
            self._durable.nak(self.stored.seq, again_at=asyncio.get_running_loop().time() + (delay or 0.0))

    async def in_progress(self) -> None:
        """Nobody waits that long in a simulated world."""
