"""Case numbers, drawn from a sequence in blocks."""

import asyncio
from collections import deque

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.intake.tables import NUMBERS_AT_ONCE

BLOCKS_MOST, IN_A_ROW = 16, 1.0
"""Blocks drawn at once while numbers go fast: each time twice as many, if the last ones lasted less than a second."""

_BLOCKS = text("select nextval('intake.case_number') as first from generate_series(1, :blocks)")


class SequenceNumbers:
    """Numbers of this process; replicas hold other blocks."""

    def __init__(self, db: AsyncEngine) -> None:
        """Nothing is drawn before the first number is asked for."""
        self._db = db
        self._free: deque[int] = deque()
        self._drawing = asyncio.Lock()
        self._blocks, self._drawn_at = 1, float("-inf")

    async def take(self, count: int = 1) -> tuple[int, ...]:
        """Draw *count* numbers, most often without asking the database."""
        if len(self._free) < count:
            async with self._drawing:
                while len(self._free) < count:
                    await self._draw(count - len(self._free))
                return self._taken(count)
        return self._taken(count)

    def _taken(self, count: int) -> tuple[int, ...]:
        return tuple(self._free.popleft() for _ in range(count))

    async def _draw(self, missing: int) -> None:
        now = asyncio.get_running_loop().time()
        self._blocks = min(2 * self._blocks, BLOCKS_MOST) if now - self._drawn_at < IN_A_ROW else 1
        self._drawn_at = now
        blocks = max(-(-missing // NUMBERS_AT_ONCE), self._blocks)
        async with self._db.begin() as conn:
            firsts = [row.first for row in await conn.execute(_BLOCKS, {"blocks": blocks})]
        for first in firsts:
            self._free.extend(range(first, first + NUMBERS_AT_ONCE))
