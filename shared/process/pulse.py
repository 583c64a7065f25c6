"""Every minute: everything until this instant has been said. Sealing a month waits for it.

Source: design.md §4 (PULSE).
"""

import json
from datetime import datetime

from nats.aio.client import Client

from shared.runtime.engine import Engine

EVERY = 60.0


class Pulse:
    """Says until when this replica's service has said everything."""

    def __init__(self, engine: Engine, nc: Client, replica: str) -> None:
        """Speak for *engine*'s service."""
        self._engine, self._nc = engine, nc
        self._subject = f"pulse.{engine.folds.service}.{replica}"

    async def said_until(self) -> datetime:
        """Now, or the oldest instant something unsaid was written or fell due at."""
        async with self._engine.db.connect() as conn:
            oldest = (await conn.execute(self._engine.sql["unsaid_age"])).one().oldest
            due = (await conn.execute(self._engine.sql["next_due"])).scalar()
        now = self._engine.clock.now()
        return min(instant for instant in (now, oldest, due) if instant is not None)

    async def turn(self) -> float:
        """Publish one pulse."""
        until = await self.said_until()
        await self._nc.publish(self._subject, json.dumps({"until": until.isoformat()}).encode())
        return EVERY
