"""An event loop in which time passes only when nobody has anything left to do."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

BEGINNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday, nine in the morning at the sample sites."""


class Stuck(RuntimeError):
    """Everybody waits for somebody else: a deadlock of the program under test."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs what is ready in order, then jumps to the next moment something was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._passed = 0.0
        self._selector = self
        self._clock_resolution = 1e-6  # far from the beginning, floats do not tell nanoseconds apart

    def time(self) -> float:
        """Seconds passed."""
        return self._passed

    def select(self, timeout: float | None) -> list[Any]:
        """Let time pass; there is no outside world whose sign could come first."""
        if timeout is None:
            raise Stuck("nothing will ever happen any more")
        self._passed += max(timeout, 0.0)
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps."""


def run_virtually(main: Coroutine[Any, Any, Any]) -> Any:
    """Run *main* on a loop of its own to its end and cancel what it left behind."""
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main)
    finally:
        left = sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name())
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        asyncio.set_event_loop(None)
        loop.close()


class WorldClock:
    """The true time of the simulated world: passes with the loop, and jumps."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin at :data:`BEGINNING`."""
        self._loop = loop
        self._jumped = timedelta(0)

    def now(self) -> datetime:
        """The true instant, UTC."""
        return BEGINNING + self._jumped + timedelta(seconds=self._loop.time())

    def jump(self, by: timedelta) -> None:
        """Let *by* pass at once, as for a machine that slept."""
        self._jumped += by


class SkewedClock:
    """A clock of one machine: near the true one."""

    def __init__(self, true: WorldClock, skew: timedelta) -> None:
        """Show *true* plus *skew*."""
        self._true, self._skew = true, skew

    def now(self) -> datetime:
        """What this machine believes, UTC."""
        return self._true.now() + self._skew
