"""What a service does by itself: time, effects, the relay, mending gaps. Each loop outlives trouble and says so."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from shared.timekeeping.clock import Clock

log = structlog.get_logger()

AFTER_TROUBLE = 0.2
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


async def run_forever(name: str, turn: Turn, bell: Bell | None = None) -> None:
    """Take turns until cancelled.

    Args:
        name: For the log.
        turn: Does what there is to do and answers how many seconds may pass before the next turn; 0 for at once.
        bell: Ends a pause early.
    """
    told = ""
    while True:
        try:
            pause = await turn()
            told = ""
        except Exception as trouble:  # noqa: BLE001  a loop that dies in silence loses deadlines; it logs and goes on
            if (kind := type(trouble).__name__) != told:  # once, not with every try
                log.warning("loop_interrupted", loop=name, trouble=repr(trouble))
            told, pause = kind, AFTER_TROUBLE
        if bell is None or pause == 0:
            await asyncio.sleep(pause)
        else:
            await bell.wait(pause)


def seconds_until(due: datetime | None, clock: Clock, *, at_most: float) -> float:
    """Seconds to sleep before *due* and a little past it, as a step fires strictly after its instant; 0 once past."""
    if due is None:
        return at_most
    left = (due - clock.now()).total_seconds()
    return 0 if left < 0 else min(left + 0.002, at_most)
