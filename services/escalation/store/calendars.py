"""What is kept of the sites' calendars, and the open cases they bear on; see :mod:`services.escalation.ports`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.escalation.ports import Following, Provisional

SQL = {
    "page": """
        select id from escalation.entities where site = :site and status = 'open' and id > :after
        order by id limit :most""",
    "count": """
        select count(*) from escalation.entities where site = :site and status = 'open' and id > :after""",
    "following": """
        select site, version, reached, moved, followed_at from escalation.calendars
        where site = any(cast(:sites as text[]))""",
    "provisional": """
        select site, year, count(*) as deadlines from escalation.provisional
        where site = any(cast(:sites as text[])) group by site, year order by site, year""",
    "all_provisional": """
        select site, year, count(*) as deadlines from escalation.provisional group by site, year order by site, year""",
}
STATEMENTS = {name: text(sql) for name, sql in SQL.items()}


@dataclass(frozen=True, slots=True)
class OpenCaseIndex:
    """The open cases of a site, by the index on site and status."""

    db: AsyncEngine

    async def page(self, site: str, after: str, most: int) -> Sequence[str]:
        """A page of ids."""
        asked = {"site": site, "after": after, "most": most}
        async with self.db.connect() as conn:
            return [row.id for row in await conn.execute(STATEMENTS["page"], asked)]

    async def count(self, site: str, after: str = "") -> int:
        """How many there are."""
        async with self.db.connect() as conn:
            return int((await conn.execute(STATEMENTS["count"], {"site": site, "after": after})).scalar() or 0)


@dataclass(frozen=True, slots=True)
class CalendarRows:
    """How the sites stand."""

    db: AsyncEngine

    async def following(self, sites: Sequence[str]) -> Mapping[str, Following]:
        """How far each is."""
        rows = await self._rows("following", {"sites": list(sites)})
        return {row.site: Following(row.version, row.reached, row.moved, row.followed_at) for row in rows}

    async def provisional(self, sites: Sequence[str]) -> Mapping[str, tuple[Provisional, ...]]:
        """Provisional deadlines of *sites*."""
        return _by_site(await self._rows("provisional", {"sites": list(sites)}))

    async def all_provisional(self) -> Mapping[str, tuple[Provisional, ...]]:
        """Provisional deadlines of every site."""
        return _by_site(await self._rows("all_provisional", {}))

    async def _rows(self, name: str, asked: dict[str, Any]) -> Sequence[Any]:
        async with self.db.connect() as conn:
            return (await conn.execute(STATEMENTS[name], asked)).all()


def _by_site(rows: Sequence[Any]) -> Mapping[str, tuple[Provisional, ...]]:
    found: dict[str, list[Provisional]] = defaultdict(list)
    for row in rows:
        found[row.site].append(Provisional(row.year, row.deadlines))
    return {site: tuple(years) for site, years in found.items()}
