"""How a batch ends: acknowledged, asked for again, or buried; the only place that acknowledges.

Source: design.md §5 (settling).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog
from nats.aio.msg import Msg
from nats.js.api import RawStreamMsg

from shared.contracts.catalogue import read
from shared.contracts.envelope import Heading, Heard, UnreadableMessage, heading_of
from shared.contracts.fold import Folds
from shared.rules.book import Book
from shared.storage.trouble import is_transient
from shared.storage.unit import Letter

log = structlog.get_logger()

DELAYS = (1.0, 5.0, 30.0, 120.0, 600.0)
DIRECTORY_DELAY = 1.0
BREAKER = 1.0
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Listener(Protocol):
    """What settling needs of an engine."""

    async def hear(self, letters: Sequence[Letter], *, durable: str, seq: int) -> None:
        """Apply letters durably."""
        ...

    async def bury(self, letter: Letter, reason: str) -> None:
        """Keep a letter that cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message whose body or headers no retry can mend."""

    letter: Letter
    reason: str


def wait_after(deliveries: int) -> float:
    """Seconds to wait before delivery number ``deliveries + 1``, counted from 1."""
    return DELAYS[min(deliveries, len(DELAYS)) - 1]


def open_letter(msg: Msg | RawStreamMsg, *, place: str) -> Letter | Unreadable:
    """Read one message as it came; *place* names one that has no readable envelope."""
    headers, subject, body = dict(msg.headers or {}), msg.subject or "", msg.data or b""
    try:
        arrived = read(headers, body)
    except UnreadableMessage as wrong:
        return Unreadable(Letter(_heading_anyway(headers, place), subject, headers, body), str(wrong))
    heading, heard = (arrived.heading, arrived) if isinstance(arrived, Heard) else (arrived, None)
    letter = Letter(heading, subject, headers, body, heard)
    return (
        letter if subject == f"ev.{heading.kind}.{heading.entity}" else Unreadable(letter, "subject and headers differ")
    )


def _heading_anyway(headers: dict[str, str], place: str) -> Heading:
    """As much of an envelope as there is; a message without one is known by its place in the stream."""
    try:
        return heading_of(headers)
    except UnreadableMessage:
        entity = f"unreadable-{place}"
        return Heading(id=place, kind="unknown.unknown", entity=entity, at=NEVER, version=1, correlation=entity)


class Settler:
    """Takes raw batches from the pump to the engine and settles each message afterwards."""

    def __init__(
        self, engine: Listener, folds: Folds, book: Book, *, durable: str, pause: Callable[[float], None]
    ) -> None:
        """Settle for one durable; *pause* is the breaker that stops asking."""
        self._engine, self._folds, self._book = engine, folds, book
        self._durable, self._pause = durable, pause

    async def __call__(self, batch: Sequence[Msg]) -> None:
        """Handle one batch; never raises, so that FastStream has nothing to decide."""
        try:
            await self._handle(batch)
        except Exception as trouble:  # noqa: BLE001  whatever it is, the batch must come back and the reason be seen
            log.warning(
                "batch_put_off",
                durable=self._durable,
                count=len(batch),
                trouble=repr(trouble),
                transient=is_transient(trouble),
            )
            self._pause(BREAKER)
            for msg in batch:
                if not msg.is_acked:
                    await msg.nak(delay=wait_after(msg.metadata.num_delivered))

    async def _handle(self, batch: Sequence[Msg]) -> None:
        ready: list[tuple[Msg, Letter]] = []
        for msg in batch:
            opened = open_letter(msg, place=f"EV-{msg.metadata.sequence.stream}")
            if isinstance(opened, Unreadable):
                await self._engine.bury(opened.letter, opened.reason)
                await msg.ack()
            elif opened.heard is not None and not self._folds.ready(opened.heard, self._book):
                await msg.nak(delay=DIRECTORY_DELAY)
            else:
                ready.append((msg, opened))
        if not ready:
            return
        last = max(msg.metadata.sequence.stream for msg, _ in ready)
        await self._engine.hear([letter for _, letter in ready], durable=self._durable, seq=last)
        for msg, _ in ready:
            await msg.ack()


def handler_of(settler: Settler) -> Callable[[Any], Any]:
    """The function FastStream calls with a decoded batch."""

    async def on_facts(batch: list[Msg]) -> None:
        await settler(batch)

    return on_facts
