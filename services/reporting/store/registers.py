"""Registers straight from the rows: counts and lists of one moment.

Everything is worked out when it is asked for, so a fact shows as soon as its row does.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.reporting.policy.filing import Filed
from services.reporting.ports import Row
from services.reporting.ports.registers import Scope
from services.reporting.store import cabinet
from services.reporting.store.columns import IN_ORDER, expression
from services.reporting.tables import SCHEMA
from shared.rules.conditions import Condition
from shared.rules.registers import MONEY, Place, step_of

BATCH = 5000
_LISTED = "c.site = :site and not c.drill and c.case_type = any(cast(:case_types as text[]))"
_WITHIN = """(cast(:start as timestamptz) is null or {instant} >= :start)
    and (cast(:end as timestamptz) is null or {instant} < :end)"""
_RECEIVED = f"{_LISTED} and {_WITHIN.format(instant='c.received_at')}"
_FELL = f"{_LISTED} and {_WITHIN.format(instant='c.resolve_due_at')}"
_SINGLE = {"severities": "c.severity", "validity": "c.validity", "categories": "c.category"}
_STEPS = f"""join {SCHEMA}.steps s on s.case_id = c.case_id and s.step = cast(:step as text)
    left join {SCHEMA}.fact_private fp on fp.id = s.fact"""
_MONEY = f"join {SCHEMA}.money m on m.case_id = c.case_id"
WHEN = "/* when */"
"""Where further conditions go."""
_NUMBER = r"^[0-9]+(\.[0-9]+)?$"

Given = dict[str, Any]


# The fragments are the expressions above and constants of this module.
GROUPED = f"""
    select c.category, c.severity, c.validity, c.pack, count(*) as received,
        count(*) filter (where c.completed_at is not null) as handled,
        count(*) filter (where c.completed_at is not null and c.asked > 0) as followed_up,
        coalesce(sum(c.answers), 0) as answers, coalesce(sum(c.satisfied), 0) as satisfied,
        count(*) filter (where c.reopened > 0) as reopened, count(*) filter (where c.raises > 0) as raised,
        count(*) filter (where c.breaches > 0) as breached,
        count(*) filter (where c.historical) as imported,
        count(*) filter (where c.validity = 'unjudged' and c.ending = 'withdrawn') as undecided,
        count(*) filter (where c.resolve_outcome = 'met') as on_time
    from {SCHEMA}.cases c where {_RECEIVED} {WHEN} group by 1, 2, 3, 4 order by 1, 2, 3, 4"""  # noqa: S608
LIMITS = f"""
    select count(*) as fell, count(*) filter (where c.resolve_outcome = 'met') as kept
    from {SCHEMA}.cases c where {_FELL} {WHEN} and c.resolve_outcome is not null"""  # noqa: S608
INCIDENTS = f"""
    select count(distinct coalesce(c.incident, c.case_id)) from {SCHEMA}.cases c
    where {_RECEIVED} {WHEN} and (c.incident is not null or c.opens_incident)"""  # noqa: S608
CLOCKS = f"""
    select k.clock, c.severity, count(*) as fell,
        count(*) filter (where k.outcome = 'met' and not k.breached) as kept
    from {SCHEMA}.cases c cross join lateral jsonb_to_recordset(c.clocks)
        as k(clock text, due_at timestamptz, outcome text, breached boolean)
    where {_LISTED} {WHEN} and k.due_at is not null and {_WITHIN.format(instant="k.due_at")}
        and (k.breached or k.outcome in ('met', 'late'))
    group by 1, 2 order by 1, 2"""  # noqa: S608
SUM = f"""
    select coalesce(sum(cast(c.form->>cast(:of as text) as numeric)), 0) from {SCHEMA}.cases c
    where {_RECEIVED} {WHEN} and c.form->>cast(:of as text) ~ '{_NUMBER}'"""  # noqa: S608
TAKEN = f"""
    select count(*) from {SCHEMA}.cases c {_STEPS}
    where {_RECEIVED} {WHEN} and (cast(:outcome as text) is null or s.outcome = :outcome)"""  # noqa: S608
ACCOUNTS = f"""
    select e.account, sum(e.debit) as debit, sum(e.credit) as credit from {SCHEMA}.cases c {_MONEY}
    cross join lateral (values (m.debit, m.amount, 0.00), (m.credit, 0.00, m.amount)) as e(account, debit, credit)
    where {_RECEIVED} {WHEN} group by 1 order by 1"""  # noqa: S608


@lru_cache(maxsize=256)
def narrowed(sql: str, whens: tuple[Condition, ...]) -> tuple[TextClause, Given]:
    """*sql* for the cases all of *whens* hold for, with the parameters that takes."""
    conditions, given = [], Given()
    for number, when in enumerate(whens):
        for part in fields(when):
            if wanted := getattr(when, part.name):
                name = f"{part.name}{number}"
                conditions.append(_asked(part.name, name))
                given[name] = [str(one) for one in wanted]
    return text(sql.replace(WHEN, " ".join(conditions))), given


def _asked(part: str, name: str) -> str:
    wanted = f"cast(:{name} as text[])"
    if part in _SINGLE:
        return f"and {_SINGLE[part]} = any({wanted})"
    return f"and c.flags @> {wanted}" if part == "flags" else f"and not c.flags && {wanted}"


@lru_cache(maxsize=64)
def listing(places: tuple[Place, ...], rows: str, whens: tuple[Condition, ...]) -> tuple[TextClause, Given]:
    """The statement that lists what stands at *places*; built once for each form."""
    columns = [expression(place, f"column{number}") for number, place in enumerate(places)]
    more, order = _joined(rows)
    sql = f"""
    select {", ".join(shown for shown, _ in columns)}
    from {SCHEMA}.cases c left join {SCHEMA}.case_private p using (case_id) {more}
    where {_RECEIVED} {WHEN} order by {order}"""  # noqa: S608
    statement, given = narrowed(sql, whens)
    return statement, given | {name: value for _, asked in columns for name, value in asked.items()}


def _joined(rows: str) -> tuple[str, str]:
    if rows == MONEY:
        return _MONEY, IN_ORDER
    if step_of(rows) is not None:
        return _STEPS, "c.received_at, c.case_id, s.count"
    return "", "c.received_at, c.case_id"


class Moment:
    """The store at one moment: one transaction that sees what was committed when it began."""

    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn

    async def groups(self, scope: Scope) -> Sequence[Row]:
        """Counts of received cases by category, severity, validity and pack."""
        return [dict(row) for row in (await self._read(GROUPED, scope)).mappings()]

    async def limits(self, scope: Scope) -> tuple[int, int]:
        """Of the cases whose resolve limit fell in the scope and is judged: how many, and how many kept it."""
        row = (await self._read(LIMITS, scope)).one()
        return row.fell, row.kept

    async def incidents(self, scope: Scope) -> int:
        """How many incidents the cases belong to."""
        found: int = (await self._read(INCIDENTS, scope)).scalar_one()
        return found

    async def clocks(self, scope: Scope) -> Mapping[tuple[str, str], tuple[int, int]]:
        """By clock and severity: how many fell due in the scope and are judged, and how many of them were met."""
        found = await self._read(CLOCKS, scope)
        return {(row.clock, row.severity or ""): (row.fell, row.kept) for row in found}

    async def summed(self, scope: Scope, field: str) -> Decimal:
        """The sum of a public number of the forms."""
        found: Decimal = (await self._read(SUM, scope, of=field)).scalar_one()
        return found

    async def steps_taken(self, scope: Scope, step: str) -> int:
        """How often a step was taken; ``step=outcome`` counts that outcome alone."""
        name, _, outcome = step.partition("=")
        found: int = (await self._read(TAKEN, scope, step=name, outcome=outcome or None)).scalar_one()
        return found

    async def accounts(self, scope: Scope) -> Sequence[Row]:
        """What every account of the cases took and gave."""
        return [dict(row) for row in (await self._read(ACCOUNTS, scope)).mappings()]

    async def filed(self, site: str, register: str, period: str) -> Filed:
        """Who signed and who filed an issue."""
        return await cabinet.filed(self._conn, site, register, period)

    async def rows(self, scope: Scope, places: tuple[Place, ...], zone: str) -> AsyncIterator[Sequence[Any]]:
        """The lines in order, as texts column by column, in batches."""
        statement, given = listing(places, scope.rows, scope.when)
        more = {"zone": zone, "step": step_of(scope.rows), "register": scope.register, "period": scope.period}
        asked = _parameters(scope) | given | more
        async with self._conn.stream(statement, asked, execution_options={"yield_per": BATCH}) as found:
            async for batch in found.partitions(BATCH):
                yield batch

    async def _read(self, sql: str, scope: Scope, **more: Any) -> CursorResult[Any]:
        statement, given = narrowed(sql, scope.when)
        return await self._conn.execute(statement, _parameters(scope) | given | more)


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
