"""Case numbers, drawn from a sequence in blocks."""

import asyncio
from collections import deque

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.intake.tables import NUMBERS_AT_ONCE

_BLOCKS = text("select nextval('intake.case_number') as first from generate_series(1, :blocks)")


class SequenceNumbers:
    """Numbers of this process; replicas hold other blocks."""

    def __init__(self, db: AsyncEngine) -> None:
        """Nothing is drawn before the first number is asked for."""
        self._db = db
        self._free: deque[int] = deque()
        self._drawing = asyncio.Lock()

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
        blocks = -(-missing // NUMBERS_AT_ONCE)
        async with self._db.begin() as conn:
            firsts = [row.first for row in await conn.execute(_BLOCKS, {"blocks": blocks})]
        for first in firsts:
            self._free.extend(range(first, first + NUMBERS_AT_ONCE))
