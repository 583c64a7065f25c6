"""Two at one desk, who do not part what belongs together.

A transaction costs about as much as folding a handful of commands. While one is under way the next begins, but only
with a company, or once the one before has ended: else two would take turns at half as many commands each.
"""

import asyncio
import contextlib
from collections.abc import Callable

from shared.contracts.fold import Ask, Done
from shared.runtime.desk import Desk
from shared.runtime.engine import Submission

COMPANY = 12
"""As many as it pays to publish as one atomic batch."""
PATIENCE = 0.02
"""Seconds: a transaction that waits for a lock holds nobody up for longer."""


class Company:
    """A desk at which several may take turns."""

    def __init__(self, desk: Desk) -> None:
        """Nobody is at *desk* yet."""
        self._desk = desk
        self._at_work = 0
        self._called, self._enough = asyncio.Event(), asyncio.Event()

    @property
    def waiting(self) -> int:
        """Commands that wait for the next transaction."""
        return self._desk.waiting

    async def ask(self, ask: Ask, render: Callable[[Done], bytes]) -> Submission:
        """As `Desk.ask`."""
        self._called.set()
        if self._desk.waiting >= COMPANY - 1:
            self._enough.set()
        return await self._desk.ask(ask, render)

    async def turn(self) -> float:
        """As `Desk.turn`, with company where another is at work."""
        while not self._desk.waiting:
            self._called.clear()
            await self._called.wait()
        if self._at_work and self._desk.waiting < COMPANY:
            await self._gather()
        return await self._work() if self._desk.waiting else 0

    async def _gather(self) -> None:
        self._enough.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._enough.wait()

    async def _work(self) -> float:
        self._at_work += 1
        try:
            return await self._desk.turn()
        finally:
            self._at_work -= 1
            self._enough.set()
