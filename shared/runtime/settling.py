"""How a batch ends: acknowledged, asked for again, or buried; the only place that acknowledges.

Source: design.md §5 (settling).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

import structlog
from nats.aio.msg import Msg
from nats.js.api import RawStreamMsg

from shared.contracts.envelope import Heading, UnreadableMessage
from shared.contracts.fold import Folds
from shared.rules.book import Book
from shared.runtime.toll import EverythingDies, Toll
from shared.storage.letters import Letter, letter_of
from shared.storage.trouble import is_transient

log = structlog.get_logger()

DELAYS = (1.0, 5.0, 30.0, 120.0, 600.0)
DIRECTORY_DELAYS = (1.0, 5.0, 30.0)
"""A record of the directory is late by seconds; a letter that waits longer is parked."""
TELL_EVERY = 60.0
STOPPED = 30.0
TRIAL = 10
BREAKER = 0.5
NOBODY = "unreadable"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Listener(Protocol):
    """What settling needs of an engine."""

    toll: Toll

    async def hear(self, letters: Sequence[Letter]) -> None:
        """Apply letters durably."""
        ...


class Reader(Protocol):
    """What settling needs of whoever reads from the log."""

    def pause(self, seconds: float) -> None:
        """Ask for nothing for *seconds*."""
        ...

    def still_ours(self) -> bool:
        """Whether the batch in hand may still be settled."""
        ...


def wait_after(deliveries: int) -> float:
    """Seconds to wait before delivery number ``deliveries + 1``, counted from 1."""
    return DELAYS[min(deliveries, len(DELAYS)) - 1]


def open_letter(msg: Msg | RawStreamMsg, *, place: Callable[[], str]) -> Letter:
    """Read one message as it came; one whose envelope is no envelope, or lies, is known by its *place* in the stream.

    Such a letter is flawed and has no entity that could wait behind it.
    """
    headers, subject, body = dict(msg.headers or {}), msg.subject or "", msg.data or b""
    try:
        letter = letter_of(subject, headers, body)
    except UnreadableMessage as wrong:
        return Letter(_nobody(place()), subject, headers, body, flaw=str(wrong))
    heading = letter.heading
    if subject == f"ev.{heading.kind}.{heading.entity}":
        return letter
    flaw = f"subject and headers differ: {heading.kind}.{heading.entity}"
    return Letter(_nobody(place()), subject, headers, body, flaw=flaw)


def _nobody(place: str) -> Heading:
    entity = f"{NOBODY}-{place}"
    return Heading(id=place, kind="unknown.unknown", entity=entity, at=NEVER, version=1, correlation=entity)


class Settler:
    """Takes raw batches from the pump to the engine and settles each message afterwards."""

    def __init__(self, engine: Listener, folds: Folds, book: Book, *, durable: str, reader: Reader) -> None:
        """Settle for one durable; *reader* is paused while nothing goes."""
        self._engine, self._folds, self._book = engine, folds, book
        self._durable, self._reader = durable, reader
        self._told_at = float("-inf")
        self._forgiving: asyncio.TimerHandle | None = None

    async def __call__(self, batch: Sequence[Msg]) -> None:
        """Handle one batch; never raises, so that FastStream has nothing to decide."""
        stopped = bool(self._engine.toll.stopped)
        try:
            heard = await self._handle(batch[:TRIAL] if stopped else batch)
        except EverythingDies as alarm:
            if not stopped:
                log.error("reader_stopped", durable=self._durable, reason=str(alarm))  # noqa: TRY400  a finding
            self._engine.toll.stopped = str(alarm)
            self._reader.pause(STOPPED)
            self._forgive_after(3 * STOPPED)
            await _put_off(batch, lambda _deliveries: 0)
        except Exception as trouble:  # noqa: BLE001  whatever it is, the batch must come back and the reason be seen
            passing = is_transient(trouble)
            log.warning(
                "batch_put_off",
                durable=self._durable,
                count=len(batch),
                trouble=repr(trouble),
                transient=passing,
            )
            self._reader.pause(BREAKER)
            # Trouble of the database says nothing about the message: how often it came must not delay it.
            await _put_off(batch, lambda deliveries: BREAKER if passing else wait_after(deliveries))
        else:
            if stopped and heard:
                self._forgive_after(0)
            await _put_off(batch, lambda _deliveries: 0)

    def _forgive_after(self, seconds: float) -> None:
        """Go on as before; also when no trial comes any more, as another replica has heard what was bad."""
        if self._forgiving is not None:
            self._forgiving.cancel()
        self._forgiving = asyncio.get_running_loop().call_later(seconds, self._resume)

    def _resume(self) -> None:
        self._engine.toll.stopped = ""
        log.info("reader_resumed", durable=self._durable)

    async def _handle(self, batch: Sequence[Msg]) -> bool:
        ready: list[tuple[Msg, Letter]] = []
        for msg in batch:
            letter = open_letter(msg, place=partial(_place_of, msg))
            delay = self._directory_delay(letter, msg)
            if delay is None:
                ready.append((msg, letter))
            else:
                await msg.nak(delay=delay)
        if ready:
            await self._engine.hear([letter for _, letter in ready])
        if self._reader.still_ours():
            for msg, _ in ready:
                await msg.ack()
        return bool(ready)

    def _directory_delay(self, letter: Letter, msg: Msg) -> float | None:
        """How long *letter* waits for the directory outside; None when it need not, or has done so long enough."""
        if letter.heard is None or self._folds.ready(letter.heard, self._book):
            return None
        if (now := asyncio.get_running_loop().time()) - self._told_at > TELL_EVERY:
            self._told_at = now
            log.warning("waiting_for_directory", durable=self._durable, entity=letter.heading.entity)
        deliveries = msg.metadata.num_delivered
        return DIRECTORY_DELAYS[deliveries - 1] if deliveries <= len(DIRECTORY_DELAYS) else None


def _place_of(msg: Msg) -> str:
    """Read for the few letters that need it only: it costs as much as the rest of the envelope."""
    return f"EV-{msg.metadata.sequence.stream}"


async def _put_off(batch: Sequence[Msg], delay: Callable[[int], float]) -> None:
    for msg in batch:
        if not msg.is_acked:
            await msg.nak(delay=delay(msg.metadata.num_delivered))
