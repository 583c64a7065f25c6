"""A fact on its way from a row of the outbox to the stream, and what the stream answers.

Source: design.md §5 (outbox); broker_and_database §1 (atomic batch).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.storage.unit import Spoken

ATOMIC_MOST = 500
NO_ROOM = frozenset({10077, 10047, 10023, 10028, 10002})
"""What a stream, disk or account answers that takes nothing more until somebody makes room."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox."""

    id: str
    subject: str
    headers: Mapping[str, str]
    body: bytes


class NotPublished(RuntimeError):
    """The stream did not take a message; it stays in the outbox and the relay tries again."""


class NoRoom(NotPublished):
    """The stream takes nothing at present."""


def letters_of(spoken: Iterable[Spoken]) -> list[Outgoing]:
    """What the outbox rows of *spoken* say."""
    return [Outgoing(s.heading.id, s.fact.subject(s.heading), s.headers, s.body) for s in spoken]


def chunks(messages: Sequence[Outgoing]) -> Iterable[Sequence[Outgoing]]:
    """Runs of one stream, at most one atomic batch long."""
    start = 0
    for end in range(1, len(messages) + 1):
        full = end - start == ATOMIC_MOST
        if end == len(messages) or full or _stream(messages[end]) != _stream(messages[start]):
            yield messages[start:end]
            start = end


def _stream(message: Outgoing) -> str:
    return message.subject.partition(".")[0]


def in_batch(message: Outgoing, batch: str, number: int) -> dict[str, str]:
    """Headers of message *number*, counted from 1, of an atomic batch."""
    return dict(message.headers) | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}


def seq_of(reply: bytes) -> int:
    """Where in its stream a message stands, by the stream's own answer.

    Raises:
        NoRoom: The stream, its disk or its account is full.
        NotPublished: It did not take the message for another reason.
    """
    answer = json.loads(reply)
    if "error" in answer:
        code, told = answer["error"].get("err_code"), answer["error"].get("description")
        raise (NoRoom if code in NO_ROOM else NotPublished)(f"{code}: {told}")
    return int(answer["seq"])


def outgoing(row: Any) -> Outgoing:
    """A row of the outbox as read."""
    return Outgoing(row.id, row.subject, json.loads(row.headers), bytes(row.body))
