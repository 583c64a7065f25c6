"""Registers straight from the rows: counts and lists of one moment.

Everything is worked out when it is asked for, so a fact shows as soon as its row does.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.reporting.ports import Row, Scope
from services.reporting.tables import SCHEMA
from shared.rules.registers import Field

BATCH = 5000
_TAKEN = """
    c.site = :site and not c.drill and c.case_type = any(cast(:case_types as text[]))
    and (cast(:start as timestamptz) is null or c.{instant} >= :start)
    and (cast(:end as timestamptz) is null or c.{instant} < :end)"""
_RECEIVED, _FELL = _TAKEN.format(instant="received_at"), _TAKEN.format(instant="resolve_due_at")


def _local(column: str, pattern: str = "YYYY-MM-DD HH24:MI") -> str:
    return f"to_char(c.{column} at time zone cast(:zone as text), '{pattern}')"


EXPRESSIONS: Mapping[Field, str] = {
    Field.NUMBER: "c.number",
    Field.DATE: "to_char(c.local_date, 'YYYY-MM-DD')",
    Field.TIME: _local("received_at", "HH24:MI"),
    Field.CHANNEL: "c.channel",
    Field.COMPLAINANT: "p.name",
    Field.CONTACT: "p.phone",
    Field.UNIT: "coalesce(c.unit, p.place)",
    Field.CONTENT: "p.content",
    Field.DEMAND: "p.demand",
    Field.ACCUSED: "c.responsible",
    Field.CATEGORY: "c.category",
    Field.SEVERITY: "c.severity",
    Field.VALIDITY: "c.validity",
    Field.RECEIVED_BY: "c.first_receiver",
    Field.DEPARTMENT: "coalesce(c.department, c.responsible)",
    Field.HANDLED_BY: "c.handled_by",
    Field.METHOD: "p.done",
    Field.RESULT: "coalesce(p.told, p.done)",
    Field.REPLY_DUE: _local("reply_due_at"),
    Field.REPLIED_AT: _local("first_reply_at"),
    Field.RESOLVE_DUE: _local("resolve_due_at"),
    Field.RESOLVED_AT: _local("completed_at"),
    Field.ON_TIME: "c.resolve_outcome",
    Field.EXTENDED_BY: "c.extended_by",
    Field.FOLLOWED_UP_AT: _local("asked_at"),
    Field.SATISFACTION: "c.satisfaction",
    Field.ROUNDS: "cast(c.round as text)",
    Field.STATE: "c.status",
    Field.CLOSED_AT: _local("closed_at"),
    Field.OUTCOME: "c.ending",
    Field.SIGNED_BY: "''",
}
"""How the row of a case fills each column of a form. ``method`` is what was done, ``result`` what the customer was
told of it, or what was done where nothing else is known."""

# The fragments are the expressions above and constants of this module.
GROUPED = text(f"""
    select c.category, c.severity, c.validity, c.pack, count(*) as received,
        count(*) filter (where c.completed_at is not null) as handled,
        count(*) filter (where c.completed_at is not null and c.asked > 0) as followed_up,
        coalesce(sum(c.answers), 0) as answers, coalesce(sum(c.satisfied), 0) as satisfied,
        count(*) filter (where c.reopened > 0) as reopened, count(*) filter (where c.raises > 0) as raised,
        count(*) filter (where c.breaches > 0) as breached,
        count(*) filter (where c.historical) as imported
    from {SCHEMA}.cases c where {_RECEIVED} group by 1, 2, 3, 4 order by 1, 2, 3, 4""")  # noqa: S608
LIMITS = text(f"""
    select count(*) as fell, count(*) filter (where c.resolve_outcome = 'met') as kept
    from {SCHEMA}.cases c where {_FELL} and c.resolve_outcome is not null""")  # noqa: S608
INCIDENTS = text(f"""
    select count(distinct coalesce(c.incident, c.case_id)) from {SCHEMA}.cases c
    where {_RECEIVED} and (c.incident is not null or c.opens_incident)""")  # noqa: S608


@lru_cache(maxsize=64)
def listing(fields: tuple[str, ...]) -> TextClause:
    """The statement that lists *fields*; built once for each form."""
    shown = ", ".join(EXPRESSIONS[Field(name)] for name in fields)
    return text(f"""
    select {shown} from {SCHEMA}.cases c left join {SCHEMA}.case_private p using (case_id)
    where {_RECEIVED} and cast(:zone as text) is not null order by c.received_at, c.case_id""")  # noqa: S608


class Moment:
    """The store at one moment: one transaction that sees what was committed when it began."""

    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn

    async def groups(self, scope: Scope) -> Sequence[Row]:
        """Counts of received cases by category, severity, validity and pack."""
        found = await self._conn.execute(GROUPED, _parameters(scope))
        return [dict(row) for row in found.mappings()]

    async def limits(self, scope: Scope) -> tuple[int, int]:
        """Of the cases whose resolve limit fell in the scope and is judged: how many, and how many kept it."""
        row = (await self._conn.execute(LIMITS, _parameters(scope))).one()
        return row.fell, row.kept

    async def incidents(self, scope: Scope) -> int:
        """How many incidents the cases belong to."""
        found: int = (await self._conn.execute(INCIDENTS, _parameters(scope))).scalar_one()
        return found

    async def rows(self, scope: Scope, fields: tuple[str, ...], zone: str) -> AsyncIterator[Sequence[Any]]:
        """The cases in order of receipt, as texts field by field, in batches."""
        asked = _parameters(scope) | {"zone": zone}
        async with self._conn.stream(listing(fields), asked, execution_options={"yield_per": BATCH}) as found:
            async for batch in found.partitions(BATCH):
                yield batch


class Registers:
    """Opens snapshots of one database."""

    def __init__(self, db: AsyncEngine) -> None:
        self._db = db

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Moment]:
        """One moment; sums and lists taken from it agree."""
        async with self._db.connect() as conn:
            await conn.execution_options(isolation_level="REPEATABLE READ")
            async with conn.begin():
                yield Moment(conn)


def _parameters(scope: Scope) -> dict[str, Any]:
    return {
        "site": scope.site,
        "case_types": list(scope.case_types),
        "start": scope.start,
        "end": scope.end,
    }
