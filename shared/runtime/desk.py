"""Group commit: commands that arrive while a transaction runs share the next one."""

import asyncio
from collections.abc import Callable

from shared.contracts.fold import Ask, Done
from shared.runtime.engine import Engine, Submission
from shared.storage.trouble import is_transient
from shared.web.problems import Busy

BATCH = 200
QUEUE = 800


class Desk:
    """Where commands of people wait for their transaction."""

    def __init__(self, engine: Engine) -> None:
        """Commands go to *engine*."""
        self._engine = engine
        self._queue: asyncio.Queue[tuple[Submission, asyncio.Future[None]]] = asyncio.Queue(QUEUE)

    async def ask(self, ask: Ask, render: Callable[[Done], bytes]) -> Submission:
        """Carry out one command and wait until it is committed.

        Returns:
            The submission with its answer.

        Raises:
            Busy: Too much waits, or the database is away; nothing was accepted.
        """
        submission, done = Submission(ask, render), asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((submission, done))
        except asyncio.QueueFull:
            raise Busy from None
        await done
        return submission

    async def turn(self) -> float:
        """Take what waits and carry it out together; one that fails must not hurt the others."""
        waiting = [await self._queue.get()]
        while len(waiting) < BATCH and not self._queue.empty():
            waiting.append(self._queue.get_nowait())
        try:
            await self._engine.obey([submission for submission, _ in waiting])
        except Exception as trouble:  # noqa: BLE001  bad luck is everybody's; a defect is found out one by one
            await self._failed(waiting, trouble)
            return 0
        for _, done in waiting:
            _finish(done, None)
        return 0

    async def _failed(self, waiting: list[tuple[Submission, asyncio.Future[None]]], trouble: Exception) -> None:
        # Whether a lost connection had committed is not known: only the asker's key may decide to try again.
        if not is_transient(trouble):
            await self._one_by_one(waiting)
            return
        for _, done in waiting:
            _finish(done, Busy())

    async def _one_by_one(self, waiting: list[tuple[Submission, asyncio.Future[None]]]) -> None:
        for submission, done in waiting:
            try:
                await self._engine.obey([submission])
            except Exception as trouble:  # noqa: BLE001  handed to the one who asked
                _finish(done, Busy() if is_transient(trouble) else trouble)
            else:
                _finish(done, None)


def _finish(done: asyncio.Future[None], trouble: Exception | None) -> None:
    if done.done():
        return
    if trouble is None:
        done.set_result(None)
        return
    done.set_exception(trouble)
