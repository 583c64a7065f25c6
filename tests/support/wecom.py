"""A group robot that only remembers, and a stand-in for the server of the real one."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from services.notify.channels.wecom import MOST_BYTES, cut, judged
from services.notify.ports import Message
from shared.contracts.effects import Outcome


@dataclass(frozen=True)
class Answer:
    """What the provider does next: a status and a body, or no answer at all."""

    status: int = 200
    body: str = '{"errcode": 0, "errmsg": "ok"}'
    silent: bool = False


def code(number: int, message: str = "") -> Answer:
    """HTTP 200 with an error code in the body."""
    return Answer(body=json.dumps({"errcode": number, "errmsg": message}))


@dataclass
class FakeRobot:
    """Remembers what was posted; answers as told, else with success."""

    answers: deque[Answer] = field(default_factory=deque)
    posts: list[tuple[str, Message]] = field(default_factory=list)

    async def send(self, url: str, message: Message) -> Outcome:
        """Post once."""
        answer = self.answers.popleft() if self.answers else Answer()
        self.posts.append((url, Message(message.kind, cut(message.content, MOST_BYTES[message.kind]))))
        if answer.silent:
            return Outcome(done=False, code="unreachable", evidence="ReadTimeout", again=True)
        return judged(answer.status, _json(answer.body))


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


@dataclass
class StandIn:
    """A server that records what it is asked.

    Attributes:
        requests: Target and parsed body of every request.
    """

    url: str = ""
    answers: deque[Answer] = field(default_factory=deque)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close; a silent answer holds the line until the caller gives up."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        self.requests.append((head.split()[1], json.loads(await reader.readexactly(length))))
        answer = self.answers.popleft() if self.answers else Answer()
        if answer.silent:
            await reader.read()
        else:
            writer.write(_response(answer))
        writer.close()


def _response(answer: Answer) -> bytes:
    body = answer.body.encode()
    head = f"HTTP/1.1 {answer.status} X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return head.encode() + body


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """A stand-in on a free local port."""
    made = StandIn()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cgi-bin/webhook/send?key=secret-key"
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
