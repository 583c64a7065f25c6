"""The clock of a process, held to the database's, so that replicas on different machines agree.

Source: design.md §5 (clock).
"""

import signal
from datetime import timedelta
from functools import cache

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.process.connecting import CannotStart
from shared.timekeeping.clock import Clock, SystemClock

log = structlog.get_logger()

EVERY = 60.0
MAY_DIFFER = timedelta(seconds=2)
NEVER_AGREE_CLOSER = timedelta(milliseconds=50)


async def follow(db: AsyncEngine, clock: Clock) -> None:
    """Correct *clock* by the database's; a clock moved by hand is left alone.

    Raises:
        CannotStart: They are surely more than two seconds apart.
    """
    if not isinstance(clock, SystemClock):
        return
    async with db.connect() as conn:
        await conn.execute(text("select 1"))  # the time to get a connection is no difference between clocks
        before = clock.now()
        theirs = (await conn.execute(text("select clock_timestamp()"))).scalar_one()
    difference = clock.apart(before, theirs, clock.now())
    if abs(difference) > MAY_DIFFER:
        seconds = f"{difference.total_seconds():.1f}"
        raise CannotStart(
            f"本机时钟与数据库相差 {seconds} 秒，请先校时。"
            f" This machine's clock differs from the database's by {seconds} s; set it right first."
        )
    if abs(difference) > NEVER_AGREE_CLOSER:
        clock.correct(clock.offset + difference)


async def keep_following(db: AsyncEngine, clock: Clock) -> float:
    """The same, as a turn of a loop: clocks that have drifted apart end the whole process, in order."""
    try:
        await follow(db, clock)
    except CannotStart as apart:
        # Judging promises by a wrong clock is worse than not judging them.
        log.error("clocks_apart", reason=str(apart))  # noqa: TRY400  no defect, a finding
        _end_this_process()
    return EVERY


@cache
def _end_this_process() -> None:
    """Once: every service here finds the same, and a second signal would cut the orderly end short."""
    signal.raise_signal(signal.SIGTERM)
