"""Cases one by one, lists of them, and what is open."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting.ports import BoardWanted, Found, Row, TotalsAsked, Wanted
from services.reporting.store import finding
from services.reporting.tables import PRIVATE, SCHEMA
from shared.timekeeping.dates import month_window

_PRIVATE = ", ".join(f"nullif(p.{name}, '') as {name}" for name in PRIVATE)
_EVER, _NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_ANY_ZONE = timedelta(days=1)
LOOKED_THROUGH = 20_000
"""Cases a search for words looks through for one page: no index knows words, and nobody waits for a million."""

Asked = dict[str, Any]

# The fragments are column names and constants of this package; what a reader typed is always a parameter.
CASE = text(f"""
    select {finding.SHOWN}, cast(c.promises as text) as promises, cast(c.clocks as text) as clocks,
        c.flags, cast(c.form as text) as form, cast(c.steps as text) as steps, cast(p.forms as text) as forms,
        {_PRIVATE}
    from {SCHEMA}.cases c left join {SCHEMA}.case_private p using (case_id)
    where c.case_id = :case or c.number = :case limit 1""")  # noqa: S608
TIMELINE = text(f"""
    select f.id, f.kind, f.version, f.at, f.causation, cast(f.public as text) as public,
        cast(p.private as text) as private
    from {SCHEMA}.facts f left join {SCHEMA}.fact_private p using (id)
    where f.entity = :case order by f.at, f.id""")  # noqa: S608
HOLDINGS = text(f"""
    select c.case_id as entity, c.site from {SCHEMA}.cases c where c.case_id > :after order by c.case_id limit :most""")  # noqa: S608
ARCHIVE = text(f"""
    select f.id, f.entity, f.correlation, f.causation, f.kind, f.version, f.at, cast(f.public as text) as public,
        cast(p.private as text) as private
    from {SCHEMA}.facts f left join {SCHEMA}.fact_private p using (id)
    where f.entity = :entity order by f.at, f.id""")  # noqa: S608


def _open_counts(narrowed: str = "") -> TextClause:
    return text(f"""
    select c.site, count(*) as open, count(*) filter (where c.next_due_at < :now) as overdue
    from {SCHEMA}.cases c where c.open and c.site = any(cast(:sites as text[])) {narrowed}
    group by c.site order by c.site""")  # noqa: S608


# The index of the board alone answers the first; a word about departments would send it to every open case.
OPEN_COUNTS = _open_counts()
OPEN_COUNTS_OF = _open_counts("and coalesce(c.department, c.responsible) = :department")


def _totals(group: tuple[str, ...], *, of_month: bool) -> TextClause:
    names = ", ".join(group)
    # A month is a stretch of an index that is there anyway; where nobody asks for one, nothing of it is said.
    stretch = "and month = :month and received_at >= :start and received_at < :end" if of_month else ""
    return text(f"""
    select {names}, count(*) as count from {SCHEMA}.cases
    where site = any(cast(:sites as text[])) and not drill {stretch}
        and (cast(:case_type as text) is null or case_type = :case_type)
        and (cast(:source as text) is null or source = :source)
    group by {names} order by {names}""")  # noqa: S608


GROUPS = ("site", "month", "category")
_TOTALS = {
    (group, of_month): _totals(group, of_month=of_month)
    for length in (1, 2, 3)
    for group in combinations(GROUPS, length)
    for of_month in (False, True)
}


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

    async def search(self, wanted: Wanted) -> Found:
        """A page, newest first."""
        asked = _asked(wanted)
        if not wanted.text:
            return _page(await self._newest(asked), wanted.most)
        if wanted.after is None:
            numbered = await self._newest(asked | {"numbers": [wanted.text, wanted.text.upper()]})
            if numbered:
                return Found(numbered, None)
        return await self._worded(asked, wanted.text, wanted.most)

    async def _worded(self, asked: Asked, words: str, most: int) -> Found:
        last = await self._all(finding.end(_conditions(asked) & {"down_at"}), asked | {"most": LOOKED_THROUGH})
        until = (last[0]["received_at"], last[0]["case_id"]) if last else None
        if until is not None:
            asked |= {"down_at": until[0], "down_id": until[1]}
        found = f"%{_literal(words)}%"
        page = _page(await self._newest(asked | {"found": found, "begins": found[1:]}), most)
        return page if page.after is not None else Found(page.rows, until)

    async def _newest(self, asked: Asked) -> Sequence[Row]:
        return await self._all(finding.search(_conditions(asked)), asked)

    async def board(self, wanted: BoardWanted) -> Sequence[Row]:
        """What is open, by due instant; those without one last."""
        due, last = wanted.after or (_EVER, "")
        asked: Asked = {"sites": _once(wanted.sites), "after_due": due or _NEVER, "after_id": last, "most": wanted.most}
        if wanted.department is not None:
            asked["department"] = wanted.department
        return await self._all(finding.board(_conditions(asked)), asked)

    async def open_counts(self, wanted: BoardWanted, now: datetime) -> Sequence[Row]:
        """Open and overdue cases of each site, every page together."""
        asked: Asked = {"sites": list(wanted.sites), "now": now}
        if wanted.department is None:
            return await self._all(OPEN_COUNTS, asked)
        return await self._all(OPEN_COUNTS_OF, asked | {"department": wanted.department})

    async def holdings(self, after: str, most: int) -> Sequence[Row]:
        """At most *most* cases behind the id *after*: entity and site."""
        return await self._all(HOLDINGS, {"after": after, "most": most})

    async def archive(self, entity: str) -> Sequence[Row]:
        """Every fact kept of *entity*, with what its envelope said."""
        return await self._all(ARCHIVE, {"entity": entity})

    async def totals(self, asked: TotalsAsked) -> Sequence[Row]:
        """Cases by the groups asked for, drills left out."""
        group = tuple(name for name in GROUPS if name in asked.group)
        given: Asked = {"sites": list(asked.sites), "case_type": asked.case_type, "source": asked.source}
        if asked.month is not None:
            start, end = _around(asked.month)
            given |= {"month": asked.month, "start": start or _EVER, "end": end or _NEVER}
        return await self._all(_TOTALS[group, asked.month is not None], given)

    async def _all(self, statement: TextClause, asked: dict[str, Any]) -> Sequence[Row]:
        async with self._db.connect() as conn:
            return [dict(row) for row in (await conn.execute(statement, asked)).mappings()]


def _asked(wanted: Wanted) -> Asked:
    """The parameters of a search, those nobody gave left out."""
    place, floor = _bounds(wanted)
    given = {
        "sites": _once(wanted.sites),
        "status": wanted.status,
        "unfinished": True if wanted.status not in (None, "closed") else None,
        "month": wanted.month,
        "case_types": list(wanted.case_types) or None,
        "category": wanted.category,
        "severity": wanted.severity,
        "validity": wanted.validity,
        "drill": wanted.drill,
        "incident": wanted.incident,
        "after_at": place[0],
        "after_id": place[1],
        "down_at": floor,
        "most": wanted.most,
    }
    asked = {name: value for name, value in given.items() if value is not None}
    return asked | {"down_id": ""} if floor is not None else asked


def _bounds(wanted: Wanted) -> tuple[tuple[datetime, str], datetime | None]:
    """The place behind which a search begins, and the instant before which nothing is looked for."""
    start, stop = _around(wanted.month)
    tops = (wanted.after, *((at, "") for at in (wanted.until, stop) if at is not None))
    floors = [at for at in (wanted.since, start) if at is not None]
    return min((top for top in tops if top is not None), default=(_NEVER, "")), max(floors, default=None)


def _around(month: str | None) -> tuple[datetime | None, datetime | None]:
    """A stretch that holds the month whatever the estate's zone; where the calendar ends there is none."""
    if month is None or not "0001" < month[:4] < "9999":
        return None, None
    start, end = month_window(int(month[:4]), int(month[5:]), "UTC")
    return start - _ANY_ZONE, end + _ANY_ZONE


def _conditions(asked: Asked) -> frozenset[str]:
    return finding.CONDITIONS.intersection(asked)


def _once(sites: Sequence[str]) -> list[str]:
    """An estate named twice is walked once."""
    return list(dict.fromkeys(sites))


def _page(rows: Sequence[Row], most: int) -> Found:
    return Found(rows, (rows[-1]["received_at"], rows[-1]["case_id"]) if len(rows) == most else None)


def _literal(typed: str) -> str:
    """What a reader typed, so that ``%`` and ``_`` mean themselves."""
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
