"""Turns a service takes by itself, and what wakes it between them."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from shared.timekeeping.clock import Clock

WHILE_HELD = 0.05
"""Pause when something is due but in the hands of another replica."""
Turn = Callable[[], Awaitable[float]]


class Bell:
    """Wakes a sleeping loop from inside the process."""

    def __init__(self) -> None:
        """Silent at first."""
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits, or let the next wait return at once."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return when rung, at the latest after *seconds*."""
        # Not wait_for: under Python 3.11 it can swallow a cancellation that meets the ring.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()


def seconds_until(due: datetime | None, clock: Clock, *, at_most: float) -> float:
    """Seconds to sleep before *due* and a little past it, as a step fires strictly after its instant; 0 once past."""
    if due is None:
        return at_most
    left = (due - clock.now()).total_seconds()
    return 0 if left < 0 else min(left + 0.002, at_most)
