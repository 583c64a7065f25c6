"""Waiting until everything said has been heard by everyone it is meant for."""

import asyncio
from collections.abc import Callable, Iterable

from shouwen.door import Door

LOOK_EVERY = 0.5
STUCK_AFTER = 60.0
QUIET_LOOKS = 2
"""Looks in a row that must find nothing: between two services a fact may be in neither backlog for a moment."""

Progress = Callable[[int], None]


async def settled(door: Door, services: Iterable[str], tell: Progress, *, stuck_after: float = STUCK_AFTER) -> bool:
    """Wait until no service has anything left to hear, to say or to unpark.

    Args:
        door: The system.
        services: Whose backlogs count.
        tell: Called with the number of messages still under way.
        stuck_after: Seconds without any movement until it is given up.

    Returns:
        False when nothing moved any more.
    """
    names, clock = tuple(services), asyncio.get_running_loop().time
    fewest, moved_at, quiet = -1, clock(), 0
    while quiet < QUIET_LOOKS:
        under_way = sum([await _backlog(door, name) for name in names])
        tell(under_way)
        quiet = 0 if under_way else quiet + 1
        if under_way != fewest:
            fewest, moved_at = under_way, clock()
        if clock() - moved_at > stuck_after:
            return False
        await asyncio.sleep(LOOK_EVERY)
    return True


async def _backlog(door: Door, service: str) -> int:
    told: dict[str, int] = await door.read(f"/api/{service}/backlog")
    return sum(told.values())
