"""Group commit: commands that arrive while a transaction runs share the next one.

The queue is bounded in length and in time, and closed while facts pile up that cannot leave: whoever asks then is told
so at once, and nothing of it is carried out.

Source: design.md §5; broker_and_database §9 (backpressure).
"""

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import TimeoutError as NoConnectionFree

from shared.contracts.fold import Ask, Done
from shared.contracts.refusing import STREAM_FULL, UNSAID, UNSURE
from shared.runtime.engine import Engine, Submission
from shared.storage.trouble import is_transient
from shared.web.problems import BUSY, Busy

BATCH = 200
QUEUE = 800
ANSWER_WITHIN = 10.0
UNSAID_MOST = 50_000
"""Facts in the outbox beyond which no more are made: said in some seconds once the broker is back."""


class Desk:
    """Where commands of people wait for their transaction."""

    def __init__(self, engine: Engine) -> None:
        """Commands go to *engine*."""
        self._engine = engine
        self._queue: asyncio.Queue[tuple[Submission, asyncio.Future[None]]] = asyncio.Queue(QUEUE)

    @property
    def waiting(self) -> int:
        """Commands that wait for the next transaction."""
        return self._queue.qsize()

    async def ask(self, ask: Ask, render: Callable[[Done], bytes]) -> Submission:
        """Carry out one command and wait until it is committed.

        Returns:
            The submission with its answer.

        Raises:
            Busy: Too much waits, facts cannot leave, or the database is away. What was only queued is dropped; of
                what was under way nobody knows: it says so, and the same Idempotency-Key finds out.
        """
        self._refuse_while_facts_cannot_leave()
        submission, done = Submission(ask, render), asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((submission, done))
            async with asyncio.timeout(ANSWER_WITHIN):
                await done
        except (asyncio.QueueFull, TimeoutError):
            raise Busy(UNSURE if submission.begun else BUSY) from None
        return submission

    def _refuse_while_facts_cannot_leave(self) -> None:
        publisher = self._engine.publisher
        if publisher.no_room:
            raise Busy(STREAM_FULL, retry_after_seconds=5)
        if publisher.unsaid > UNSAID_MOST:
            raise Busy(UNSAID, retry_after_seconds=5)

    async def turn(self) -> float:
        """Take what waits and carry it out together; one that fails must not hurt the others."""
        waiting = [await self._queue.get()]
        waiting += [self._queue.get_nowait() for _ in range(min(self._queue.qsize(), BATCH - 1))]
        # Whoever has gone was told that nothing was done, so nothing is.
        if waiting := [(submission, done) for submission, done in waiting if not done.done()]:
            for submission, _ in waiting:
                submission.begun = True
            await self._obey(waiting)
        return 0

    async def _obey(self, waiting: list[tuple[Submission, asyncio.Future[None]]]) -> None:
        try:
            await self._engine.obey([submission for submission, _ in waiting])
        except Exception as trouble:  # noqa: BLE001  bad luck is everybody's; a defect is found out one by one
            # Whether a lost connection had committed is not known: only the asker's key may decide to try again.
            if not is_transient(trouble):
                await self._one_by_one(waiting)  # so that nobody is left below
            for _, done in waiting:
                _finish(done, _put_off(trouble))
        else:
            for _, done in waiting:
                _finish(done, None)

    async def _one_by_one(self, waiting: list[tuple[Submission, asyncio.Future[None]]]) -> None:
        for submission, done in waiting:
            try:
                await self._engine.obey([submission])
            except Exception as trouble:  # noqa: BLE001  handed to the one who asked
                _finish(done, _put_off(trouble) if is_transient(trouble) else trouble)
            else:
                _finish(done, None)


def _put_off(trouble: Exception) -> Busy:
    # Both come before a transaction has begun; of any other trouble nobody knows whether the commit was reached.
    return Busy(BUSY if isinstance(trouble, (ConnectionError, NoConnectionFree)) else UNSURE)


def _finish(done: asyncio.Future[None], trouble: Exception | None) -> None:
    if done.done():
        return
    if trouble is None:
        done.set_result(None)
        return
    done.set_exception(trouble)
