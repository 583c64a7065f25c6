"""Time waits for the log: what was said while a service was away is heard before it lets steps fall due.

Steps would come out right in the end without it, as a fact older than a breach annuls the breach; but people would
have been rung for work that was done in time.

Source: design.md §2 (late history gives the same result as live running).
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

log = structlog.get_logger()

PATIENCE = 1.5
"""Seconds without any progress after which time goes on: a deadline must not wait for a message that does not come."""
LOOK_EVERY = 0.05


async def heard_first(service: str, unheard: Callable[[], Awaitable[int]]) -> None:
    """Return once nothing is left to hear, or nothing more gets heard for a while.

    Args:
        service: For the log.
        unheard: How many messages are left; trouble in asking is no progress.
    """
    fewest = float("inf")
    moved_at = monotonic()
    while left := await _left(unheard):
        if left < fewest:
            fewest, moved_at = left, monotonic()
        if monotonic() - moved_at > PATIENCE:
            log.warning("time_goes_on_unheard", service=service, left=left)
            return
        await asyncio.sleep(LOOK_EVERY)


async def _left(unheard: Callable[[], Awaitable[int]]) -> float:
    try:
        return await unheard()
    except Exception:  # noqa: BLE001  the client raises its own errors while disconnected
        return float("inf")
