"""Gaps that do not close by themselves: a letter parked for a minute fetches its predecessors from the stream.

Source: design.md §4 (order and duplicates).
"""

from datetime import timedelta
from typing import Any

import structlog
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from shared.runtime.engine import Engine
from shared.runtime.settling import Unreadable, open_letter
from shared.storage.unit import Letter

log = structlog.get_logger()

PATIENCE = timedelta(seconds=60)
LOOK_EVERY = 10.0
STREAM = "EV"


class Mender:
    """Fetches what is missing before long-parked letters."""

    def __init__(self, engine: Engine, nc: Client, *, durable: str) -> None:
        """Mend for *engine*."""
        self._engine, self._nc, self._durable = engine, nc, durable

    async def turn(self) -> float:
        """Mend what has waited too long; answers when to look again."""
        before = self._engine.clock.now() - PATIENCE
        async with self._engine.db.connect() as conn:
            rows = list(await conn.execute(self._engine.sql["parked_long"], {"before": before, "most": 50}))
        for row in rows:
            await self._mend(row)
        return LOOK_EVERY

    async def _mend(self, row: Any) -> None:
        if row.behind_dead_letter:
            log.warning(
                "parked_behind_dead_letter",
                entity=row.entity,
                speaker=row.speaker,
                since=row.since.isoformat(),
            )
            return
        log.warning(
            "gap_fetched",
            entity=row.entity,
            speaker=row.speaker,
            version=row.version,
            since=row.since.isoformat(),
        )
        letters = await self._fetch(row.entity, row.speaker, row.version)
        if letters:
            await self._engine.hear(letters, durable=self._durable, seq=0)

    async def _fetch(self, entity: str, speaker: str, below: int) -> list[Letter]:
        letters: list[Letter] = []
        seq: int = 1
        while (found := await self._next(f"ev.{speaker}.*.{entity}", seq)) is not None:
            letter, seq = found[0], found[1] + 1
            if letter.heading.version >= below:
                break
            letters.append(letter)
        return letters

    async def _next(self, subject: str, seq: int) -> tuple[Letter, int] | None:
        try:
            raw = await self._nc.jetstream().get_msg(STREAM, seq=seq, subject=subject, next=True, direct=True)
        except NotFoundError:
            return None
        opened = open_letter(raw, place=f"{STREAM}-{raw.seq}")
        letter = opened.letter if isinstance(opened, Unreadable) else opened
        return letter, raw.seq or seq
