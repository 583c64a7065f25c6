"""Cases one by one, lists of them, and what is open."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting.ports import BoardWanted, Row, TotalsAsked, Wanted
from services.reporting.tables import COLUMNS, PRIVATE, SCHEMA

_PLAIN = ", ".join(f'c."{name}"' for name in COLUMNS if name not in ("promises", "clocks", "local_date"))
_SHOWN = f"{_PLAIN}, to_char(c.local_date, 'YYYY-MM-DD') as local_date"
_PRIVATE = ", ".join(f"nullif(p.{name}, '') as {name}" for name in PRIVATE)
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)

# The fragments are column names and constants of this package; what a reader typed is always a parameter.
CASE = text(f"""
    select {_SHOWN}, cast(c.promises as text) as promises, cast(c.clocks as text) as clocks, {_PRIVATE}
    from {SCHEMA}.cases c left join {SCHEMA}.case_private p using (case_id)
    where c.case_id = :case or c.number = :case limit 1""")  # noqa: S608
TIMELINE = text(f"""
    select f.id, f.kind, f.version, f.at, f.causation, cast(f.public as text) as public,
        cast(p.private as text) as private
    from {SCHEMA}.facts f left join {SCHEMA}.fact_private p using (id)
    where f.entity = :case order by f.at, f.id""")  # noqa: S608
SEARCH = text(f"""
    select {_SHOWN}, nullif(p.name, '') as name, left(p.content, 80) as content
    from {SCHEMA}.cases c left join {SCHEMA}.case_private p using (case_id)
    where c.site = any(cast(:sites as text[]))
        and (cast(:status as text) is null or c.status = :status)
        and (cast(:month as text) is null or c.month = :month)
        and (cast(:since as timestamptz) is null or c.received_at >= :since)
        and (cast(:until as timestamptz) is null or c.received_at < :until)
        and (cast(:case_types as text[]) is null or c.case_type = any(cast(:case_types as text[])))
        and (cast(:category as text) is null or c.category = :category)
        and (cast(:severity as text) is null or c.severity = :severity)
        and (cast(:validity as text) is null or c.validity = :validity)
        and (cast(:drill as boolean) is null or c.drill = :drill)
        and (cast(:incident as text) is null or c.incident = :incident)
        and (cast(:found as text) is null or c.number ilike :begins or c.unit ilike :found
            or p.name ilike :found or p.phone ilike :found or p.content ilike :found)
        and (c.received_at, c.case_id) < (cast(:after_at as timestamptz), cast(:after_id as text))
    order by c.received_at desc, c.case_id desc limit :most""")  # noqa: S608
_ON_BOARD = """c.open and c.site = any(cast(:sites as text[]))
        and (cast(:department as text) is null or coalesce(c.department, c.responsible) = :department)"""
BOARD = text(f"""
    select {_SHOWN}, left(p.content, 80) as content
    from {SCHEMA}.cases c left join {SCHEMA}.case_private p using (case_id)
    where {_ON_BOARD}
        and (coalesce(c.next_due_at, :never), c.case_id)
            > (cast(:after_due as timestamptz), cast(:after_id as text))
    order by coalesce(c.next_due_at, :never), c.case_id limit :most""")  # noqa: S608
HOLDINGS = text(f"""
    select c.case_id as entity, c.site from {SCHEMA}.cases c where c.case_id > :after order by c.case_id limit :most""")  # noqa: S608
ARCHIVE = text(f"""
    select f.id, f.entity, f.correlation, f.causation, f.kind, f.version, f.at, cast(f.public as text) as public,
        cast(p.private as text) as private
    from {SCHEMA}.facts f left join {SCHEMA}.fact_private p using (id)
    where f.entity = :entity order by f.at, f.id""")  # noqa: S608
OPEN_COUNTS = text(f"""
    select c.site, count(*) as open, count(*) filter (where c.next_due_at < :now) as overdue
    from {SCHEMA}.cases c where {_ON_BOARD} group by c.site order by c.site""")  # noqa: S608


def _totals(group: tuple[str, ...]) -> TextClause:
    names = ", ".join(group)
    return text(f"""
    select {names}, count(*) as count from {SCHEMA}.cases
    where site = any(cast(:sites as text[])) and not drill
        and (cast(:month as text) is null or month = :month)
        and (cast(:case_type as text) is null or case_type = :case_type)
        and (cast(:source as text) is null or source = :source)
    group by {names} order by {names}""")  # noqa: S608


GROUPS = ("site", "month", "category")
_TOTALS = {group: _totals(group) for length in (1, 2, 3) for group in combinations(GROUPS, length)}


class Cases:
    """Reads from one database."""

    def __init__(self, db: AsyncEngine) -> None:
        self._db = db

    async def case(self, case: str) -> Row | None:
        """The row with its personal data, by case id or number; None when unknown."""
        rows = await self._all(CASE, {"case": case})
        return rows[0] if rows else None

    async def timeline(self, case: str) -> Sequence[Row]:
        """Every fact of the case in order of (at, id)."""
        return await self._all(TIMELINE, {"case": case})

    async def search(self, wanted: Wanted) -> Sequence[Row]:
        """Newest first."""
        at, last = wanted.after or (_NEVER, "")
        asked = {
            "sites": list(wanted.sites),
            "status": wanted.status,
            "month": wanted.month,
            "since": wanted.since,
            "until": wanted.until,
            "case_types": list(wanted.case_types) or None,
            "category": wanted.category,
            "severity": wanted.severity,
            "validity": wanted.validity,
            "drill": wanted.drill,
            "incident": wanted.incident,
            "begins": f"{_literal(wanted.text)}%" if wanted.text else None,
            "found": f"%{_literal(wanted.text)}%" if wanted.text else None,
            "after_at": at,
            "after_id": last,
            "most": wanted.most,
        }
        return await self._all(SEARCH, asked)

    async def board(self, wanted: BoardWanted) -> Sequence[Row]:
        """What is open, by due instant; those without one last."""
        due, last = wanted.after or (datetime(1, 1, 2, tzinfo=UTC), "")
        asked = {"sites": list(wanted.sites), "department": wanted.department, "never": _NEVER}
        return await self._all(BOARD, asked | {"after_due": due or _NEVER, "after_id": last, "most": wanted.most})

    async def open_counts(self, wanted: BoardWanted, now: datetime) -> Sequence[Row]:
        """Open and overdue cases of each site, every page together."""
        asked = {"sites": list(wanted.sites), "department": wanted.department, "now": now}
        return await self._all(OPEN_COUNTS, asked)

    async def holdings(self, after: str, most: int) -> Sequence[Row]:
        """At most *most* cases behind the id *after*: entity and site."""
        return await self._all(HOLDINGS, {"after": after, "most": most})

    async def archive(self, entity: str) -> Sequence[Row]:
        """Every fact kept of *entity*, with what its envelope said."""
        return await self._all(ARCHIVE, {"entity": entity})

    async def totals(self, asked: TotalsAsked) -> Sequence[Row]:
        """Cases by the groups asked for, drills left out."""
        group = tuple(name for name in GROUPS if name in asked.group)
        given = {"sites": list(asked.sites), "month": asked.month}
        return await self._all(_TOTALS[group], given | {"case_type": asked.case_type, "source": asked.source})

    async def _all(self, statement: TextClause, asked: dict[str, Any]) -> Sequence[Row]:
        async with self._db.connect() as conn:
            return [dict(row) for row in (await conn.execute(statement, asked)).mappings()]


def _literal(typed: str) -> str:
    """What a reader typed, so that ``%`` and ``_`` mean themselves."""
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
