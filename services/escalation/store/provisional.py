"""Deadlines that reach into years whose public holidays are not known, kept with the fold's own transaction.

Cases that never had such a deadline cost a glance in memory and no statement.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.escalation.saying.following import version_in
from services.escalation.state import Case, Docket
from shared.contracts.escalation import ClockArmed
from shared.process.books import Finding, Page
from shared.storage.unit import Work

Row = tuple[str, int]
"""A clock and a year it reaches into."""

SQL = {
    "drop": """
        delete from escalation.provisional where entity = any(cast(:entities as text[]))""",
    "write": """
        insert into escalation.provisional (entity, clock, year, site)
        select entity, clock, year, site from unnest(cast(:entities as text[]), cast(:clocks as text[]),
            cast(:years as int[]), cast(:sites as text[])) as v(entity, clock, year, site)""",
    "moved": """
        update escalation.calendars c set moved = c.moved + v.count
        from unnest(cast(:sites as text[]), cast(:versions as text[]), cast(:counts as int[]))
            as v(site, version, count)
        where c.site = v.site and c.version = v.version""",
    "between": """
        select entity, clock, year from escalation.provisional
        where entity > :after and (cast(:upto as text) is null or entity <= :upto)""",
}
STATEMENTS = {name: text(sql) for name, sql in SQL.items()}


class ProvisionalRows:
    """The projection: one row a running clock and year."""

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """Write what *work* made provisional or settled, and count what followed a calendar."""
        cases = [case for slot in work.slots.values() if slot.changed and (case := _tentative(slot.state))]
        if cases:
            await self.drop(conn, [case.id for case in cases])
            await conn.execute(STATEMENTS["write"], _written(cases))
        moved = _moved(work)
        if moved:
            await conn.execute(STATEMENTS["moved"], moved)

    async def drop(self, conn: AsyncConnection, entities: Sequence[str]) -> None:
        """Take away what is kept of *entities*."""
        await conn.execute(STATEMENTS["drop"], {"entities": list(entities)})

    async def strays(self, conn: AsyncConnection, page: Page) -> Iterable[Finding]:
        """Cases whose rows are not what their clocks say."""
        stands: dict[str, set[Row]] = defaultdict(set)
        for row in await conn.execute(STATEMENTS["between"], {"after": page.after, "upto": page.upto}):
            stands[row.entity].add((row.clock, row.year))
        found = []
        for entity in sorted(stands.keys() | page.slots.keys()):
            case = _tentative(page.slots[entity].state) if entity in page.slots else None
            should = set(provisional_of(case)) if case else set()
            if stands[entity] != should:
                found.append(Finding(entity, "index", str(sorted(stands[entity])), str(sorted(should))))
        return found


def provisional_of(case: Case) -> list[Row]:
    """Clocks of the case that may still move, with the years they reach into unknown."""
    return [(clock.id, year) for clock in case.running if not clock.breached for year in clock.provisional]


def _tentative(state: object) -> Case | None:
    case = state.case if isinstance(state, Docket) else None
    return case if case is not None and case.tentative else None


def _written(cases: Sequence[Case]) -> dict[str, list[Any]]:
    rows = [(case.id, clock, year, case.site) for case in cases for clock, year in provisional_of(case)]
    columns = ("entities", "clocks", "years", "sites")
    return {name: [row[place] for row in rows] for place, name in enumerate(columns)}


def _moved(work: Work) -> dict[str, list[Any]]:
    counts = Counter[tuple[str, str]]()
    for spoken in work.spoken:
        if isinstance(spoken.fact, ClockArmed) and (version := version_in(spoken.fact.because)):
            docket: Docket = work.slots[spoken.heading.entity].state
            assert docket.case is not None
            counts[docket.case.site, version] += len(spoken.fact.clocks)
    told = sorted(counts.items())
    names = {"sites": [site for (site, _), _ in told], "versions": [version for (_, version), _ in told]}
    return names | {"counts": [count for _, count in told]} if told else {}
