"""Cases as the runtime keeps them, read for routes."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.ports import Kept
from services.intake.state import INCIDENT, Case
from shared.runtime.engine import Engine

INCIDENTS_SHOWN = 100

_INCIDENTS = text("select id from intake.entities where site = :site and status = :status order by id desc limit :most")
_MEMBERS = text(
    "select parent, count(*) as members from intake.entities where parent = any(cast(:ids as text[])) group by parent"
)


class CaseShelf:
    """Reads entities without locking them."""

    def __init__(self, engine: Engine) -> None:
        """Read what *engine* writes."""
        self._engine = engine

    async def one(self, case: str) -> Kept | None:
        """The case of that id; None where there is none."""
        found = await self.several([case])
        return found[0] if found else None

    async def several(self, cases: Sequence[str]) -> list[Kept]:
        """The cases of those ids, as far as they exist."""
        async with self._engine.db.connect() as conn:
            return await self._kept(conn, cases)

    async def incidents(self, site: str) -> list[Kept]:
        """Incidents of a site that matters may join, newest first."""
        wanted = {"site": site, "status": INCIDENT, "most": INCIDENTS_SHOWN}
        async with self._engine.db.connect() as conn:
            ids = [row.id for row in await conn.execute(_INCIDENTS, wanted)]
            return await self._kept(conn, ids)

    async def _kept(self, conn: AsyncConnection, ids: Sequence[str]) -> list[Kept]:
        slots = await self._engine.unit.peek(conn, ids)
        parents = [key for key, slot in slots.items() if _opens_incident(slot.state)]
        members = await self._members(conn, parents) if parents else {}
        known = (slots[key] for key in ids if key in slots)
        return [
            Kept(slot.entity, slot.state, slot.said, members.get(slot.entity, 0))
            for slot in known
            if slot.state is not None
        ]

    async def _members(self, conn: AsyncConnection, ids: Sequence[str]) -> dict[str, int]:
        rows = await conn.execute(_MEMBERS, {"ids": list(ids)})
        return {row.parent: row.members for row in rows}


def _opens_incident(state: Case | None) -> bool:
    return state is not None and state.opens_incident
