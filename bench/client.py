"""A load client that costs little: HTTP/1.1 over kept connections, one request in flight on each."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast
from urllib.parse import urlsplit

from bench.estate import MATTER
from bench.measuring import until

REQUESTS = "/api/intake/requests"
CREATED = 201
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        seconds: From the last byte written to the last byte read.
    """

    status: int
    body: bytes
    seconds: float


class Line(asyncio.Protocol):
    """One kept connection."""

    def __init__(self) -> None:
        """Not connected yet."""
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = b""
        self._asked_at = 0.0
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is one without inheriting from it

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Gather an answer and hand it over when it is whole."""
        self._buffer += data
        end = self._buffer.find(END_OF_HEAD)
        if end < 0:
            return
        length = _length(self._buffer[:end].lower())
        body = self._buffer[end + len(END_OF_HEAD) :]
        if len(body) < length or self._answer is None:
            return
        status = int(self._buffer[9:12])
        self._buffer = b""
        self._answer.set_result(Answer(status, body, perf_counter() - self._asked_at))

    async def ask(self, request: bytes) -> Answer:
        """Send *request*, whole, and wait for the answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._asked_at = perf_counter()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _length(head: bytes) -> int:
    start = head.find(LENGTH)
    return int(head[start + len(LENGTH) :].split(b"\r\n", 1)[0]) if start >= 0 else 0


def post(path: str, token: str, body: bytes) -> bytes:
    """A POST as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def matter(token: str, number: int, path: str = REQUESTS) -> bytes:
    """A request to log matter *number*; each differs from every other."""
    body = MATTER | {"content": f"{MATTER['content']} {number}"}
    return post(path, token, json.dumps(body, ensure_ascii=False).encode())


@asynccontextmanager
async def lines(url: str, count: int) -> AsyncIterator[Sequence[Line]]:
    """*count* connections to *url*."""
    parts, loop = urlsplit(url), asyncio.get_running_loop()
    assert parts.hostname
    assert parts.port
    opened = [(await loop.create_connection(Line, parts.hostname, parts.port))[1] for _ in range(count)]
    try:
        yield opened
    finally:
        for line in opened:
            line.close()


@dataclass(slots=True)
class Load:
    """What closed-loop clients saw.

    Attributes:
        seconds: How long they kept at it.
        latencies: Of the requests that were accepted, in seconds.
        entities: The cases they were given, when asked for.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        """Requests that were answered with 201."""
        return self.statuses[CREATED]

    @property
    def rate(self) -> float:
        """Accepted requests a second."""
        return self.accepted / self.seconds

    def take(self, answer: Answer) -> None:
        """Count one answer."""
        self.statuses[answer.status] += 1
        if answer.status == CREATED:
            self.latencies.append(answer.seconds)


async def keep_asking(url: str, token: str, *, connections: int, seconds: float, path: str = REQUESTS) -> Load:
    """Each connection logs one matter after the other for *seconds*."""
    load = Load()
    async with lines(url, connections) as opened, asyncio.TaskGroup() as group:
        began = perf_counter()
        for number, line in enumerate(opened):
            group.create_task(_one_after_the_other(line, load, token, began + seconds, (number, path)))
    load.seconds = perf_counter() - began
    return load


async def _one_after_the_other(line: Line, load: Load, token: str, end: float, which: tuple[int, str]) -> None:
    number, path = which
    request = matter(token, number, path)
    while perf_counter() < end:
        load.take(await line.ask(request))


async def hand_in(url: str, token: str, count: int, *, connections: int = 32) -> None:
    """Log *count* matters.

    Raises:
        RuntimeError: One was refused.
    """
    await accepting(url, token)
    numbers = iter(range(1, count))

    async def some(line: Line) -> None:
        for number in numbers:
            answer = await line.ask(matter(token, number))
            if answer.status != CREATED:
                raise RuntimeError(f"refused with {answer.status}: {answer.body[:300]!r}")

    async with lines(url, connections) as opened, asyncio.TaskGroup() as group:
        for line in opened:
            group.create_task(some(line))


async def accepting(url: str, token: str, path: str = REQUESTS) -> None:
    """Wait until the directory is known at *url*; one matter has been logged then."""
    async with lines(url, 1) as (line,):

        async def accepted() -> bool:
            return (await line.ask(matter(token, 0, path))).status == CREATED

        await until(accepted, patience=30, every=0.1)
