"""Gaps that do not close by themselves: a letter parked for a minute fetches its predecessors from the stream.

Source: design.md §4 (order and duplicates).
"""

from datetime import timedelta
from typing import Any

import structlog
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from shared.runtime.engine import Engine
from shared.runtime.settling import open_letter
from shared.storage.letters import Letter

log = structlog.get_logger()

PATIENCE = timedelta(seconds=60)
LOOK_EVERY = 10.0
PAGE = 50
NEXT_PAGE = 1.0
STREAM = "EV"


class Mender:
    """Fetches what is missing before long-parked letters."""

    def __init__(self, engine: Engine, nc: Client) -> None:
        """Mend for *engine*."""
        self._engine, self._nc = engine, nc
        self._after = ("", "")

    async def turn(self) -> float:
        """Mend a page of what has waited too long, behind no dead letter; answers when to look again."""
        before = self._engine.clock.now() - PATIENCE
        entity, speaker = self._after
        parameters = {"before": before, "entity": entity, "speaker": speaker, "most": PAGE}
        async with self._engine.db.connect() as conn:
            rows = list(await conn.execute(self._engine.sql["parked_long"], parameters))
        for row in rows:
            await self._mend(row)
        if rows:
            since = min(row.since for row in rows)
            log.warning("parked_long", lanes=len(rows), entity=rows[0].entity, since=since.isoformat())
        more = len(rows) == PAGE
        self._after = (rows[-1].entity, rows[-1].speaker) if more else ("", "")
        return NEXT_PAGE if more else LOOK_EVERY

    async def _mend(self, row: Any) -> None:
        letters = await self._fetch(row.entity, row.speaker, row.version)
        if letters:
            await self._engine.hear(letters)

    async def _fetch(self, entity: str, speaker: str, upto: int) -> list[Letter]:
        """What the stream has of a lane, the first parked one included: it may wait for the directory only."""
        letters: list[Letter] = []
        seq: int = 1
        while (found := await self._next(f"ev.{speaker}.*.{entity}", seq)) is not None:
            letter, seq = found[0], found[1] + 1
            if letter.heading.version > upto:
                break
            letters.append(letter)
        return letters

    async def _next(self, subject: str, seq: int) -> tuple[Letter, int] | None:
        try:
            raw = await self._nc.jetstream().get_msg(STREAM, seq=seq, subject=subject, next=True, direct=True)
        except NotFoundError:
            return None
        return open_letter(raw, place=lambda: f"{STREAM}-{raw.seq}"), raw.seq or seq
