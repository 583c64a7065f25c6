"""Waiting until everything said has been heard by everyone it is meant for."""

import asyncio
from collections.abc import Callable
from functools import partial

from shouwen.door import Door
from shouwen.verifying.comparing import Hears, between
from shouwen.verifying.digests import Digests, page, pages

SAMPLE = 1000
LOOK_EVERY = 0.3
STUCK_AFTER = 60.0

Progress = Callable[[int, int], None]


async def settled(door: Door, hears: Hears, tell: Progress) -> bool:
    """Walk the entities of intake in order; stay at each stretch until nothing of it is under way.

    Ids of cases are spread evenly, so the first stretch waits for nearly everything and the others are quick.

    Args:
        door: The system.
        hears: Speakers by hearer.
        tell: Called with (entities settled, entities of the present stretch still under way).

    Returns:
        False when a stretch stood still for a minute.
    """
    after, done = "", 0
    while stretch := await page(door, "intake", after=after, most=SAMPLE):
        if not await _stretch_settled(door, hears, after, max(stretch), partial(tell, done)):
            return False
        after, done = max(stretch), done + len(stretch)
        tell(done, 0)
    return True


async def _stretch_settled(door: Door, hears: Hears, after: str, upto: str, tell: Callable[[int], None]) -> bool:
    clock = asyncio.get_running_loop().time
    fewest, moved_at = -1, clock()
    while True:
        services = {name: await _stretch(door, name, after, upto) for name in hears}
        under_way = len({difference.entity for difference in between(services, hears)})
        if not under_way:
            return True
        tell(under_way)
        if under_way != fewest:
            fewest, moved_at = under_way, clock()
        if clock() - moved_at > STUCK_AFTER:
            return False
        await asyncio.sleep(LOOK_EVERY)


async def _stretch(door: Door, service: str, after: str, upto: str) -> Digests:
    found: Digests = {}
    async for some in pages(door, service, after=after, upto=upto, most=SAMPLE):
        found |= {entity: digest for entity, digest in some.items() if entity <= upto}
    return found
