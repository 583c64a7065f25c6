"""Whether a service's own books add up: state against timers, columns, parked letters and its own tables.

Two looks with two costs. What is *pending* is found by index, in proportion to what is amiss. The *scan* reads every
entity once, page by page.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.fold import Folds
from shared.rules.book import Book
from shared.runtime.engine import Engine
from shared.storage.slots import Slot, StateCodec, UnreadableState, columns_of, decode_heard

AT_A_TIME = 50
"""States read before the loop is given to others."""

PENDING = {
    "unsent": """
        select coalesce(cast(headers as json) ->> 'ce-subject', subject) as entity, id as detail, created_at as since
        from {s}.outbox where published_at is null order by created_at limit :most""",
    # An effect nobody tried although it is time, or one put off to where nobody will ever look.
    "untried": """
        select entity, key as detail, next_at as since from {s}.wanted
        where settled_at is null and attempts = 0 and (next_at <= :now or next_at > cast(:now as timestamptz)
            + interval '1 year') order by next_at limit :most""",
    # One that was tried, has no outcome, and is neither in work nor to be tried again in due time.
    "abandoned": """
        select entity, key as detail, next_at as since from {s}.wanted
        where settled_at is null and attempts > 0 and (next_at < cast(:now as timestamptz) - interval '1 minute'
            or next_at > cast(:now as timestamptz) + interval '1 year') order by next_at limit :most""",
    "overdue": """
        select entity, to_char(due_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US') as detail, due_at as since
        from {s}.timers where due_at < :now order by due_at limit :most""",
    "parked": """
        select entity, speaker || ' ' || min(version) as detail, min(parked_at) as since from {s}.parked
        group by entity, speaker order by 3 limit :most""",
    "dead": """
        select coalesce(entity, id) as entity, id as detail, died_at as since from {s}.dead_letters
        where settled is null order by died_at limit :most""",
}
CLOCKED = frozenset(("untried", "abandoned", "overdue"))
SCAN = """
    select e.*, t.due_at, (select count(*) from {s}.parked p where p.entity = e.id) as parked
    from {s}.entities e left join {s}.timers t on t.entity = e.id
    where e.id > :after order by e.id limit :most"""
ORPHANS = """
    select entity as id from {s}.timers t where entity > :after
        and (cast(:upto as text) is null or entity <= :upto)
        and not exists (select from {s}.entities e where e.id = t.entity) order by entity"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up.

    Attributes:
        code: What it is: a key of ``PENDING``, or ``state``, ``columns``, ``waiting``, ``timer``, ``orphan``,
            ``index``, ``archive``, ``fold``.
        stands: What is written; ``should`` what follows from the state or the facts.
    """

    entity: str
    code: str
    stands: str = ""
    should: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of all entities, in order of id.

    Attributes:
        after: The id before the first.
        upto: The last id; None on the last page.
        slots: Those whose state can be read.
        book: The directory as known here.
    """

    after: str
    upto: str | None
    slots: Mapping[str, Slot]
    book: Book


@runtime_checkable
class Checked(Protocol):
    """A projection that can say where its tables are not what the entities, or the facts, make of them."""

    async def strays(self, conn: AsyncConnection, page: Page) -> Iterable[Finding]:
        """Rows that differ or are missing (``index``), belong to nothing (``orphan``), or do not follow from facts."""
        ...

    async def drop(self, conn: AsyncConnection, entities: Sequence[str]) -> None:
        """Take away what is kept of *entities*, because they do not exist or are about to be written anew."""
        ...


def sql_for(schema: str, sql: str) -> TextClause:
    """A statement for one service's schema, whose name comes from the code's own list."""
    return text(sql.format(s=schema))


def strays_of(table: str, key: str) -> TextClause:
    """Rows of *table* that are not as its entities make them, both as JSON; names are the code's own."""
    return text(f"""
        select coalesce(c.{key}, v.{key}) as id,
            cast(to_jsonb(c) as text) as stands, cast(to_jsonb(v) as text) as should
        from (select * from {table} where {key} > :after and (cast(:upto as text) is null or {key} <= :upto)) c
        full join json_populate_recordset(cast(null as {table}), cast(cast(:rows as text) as json)) v
            on c.{key} = v.{key}
        where to_jsonb(c) is distinct from to_jsonb(v) order by 1""")  # noqa: S608


async def stray_rows(conn: AsyncConnection, strays: TextClause, rows: str, page: Page) -> list[Finding]:
    """Run :func:`strays_of` against *rows*, what the page's entities make of the table, as JSON."""
    asked = {"after": page.after, "upto": page.upto, "rows": rows}
    return [_stray(row, page) for row in await conn.execute(strays, asked)]


def _stray(row: Any, page: Page) -> Finding:
    stands, should = json.loads(row.stands or "{}"), json.loads(row.should or "{}")
    if not should and row.id not in page.slots:
        return Finding(row.id, "orphan", "row")
    differ = sorted(name for name in stands | should if stands.get(name) != should.get(name))[:5]
    shown = [", ".join(f"{name}={side.get(name)}" for name in differ) if side else "" for side in (stands, should)]
    return Finding(row.id, "index", *shown)


class Books:
    """Reads the books of one service and changes nothing."""

    def __init__(self, engine: Engine) -> None:
        """Read what *engine* writes."""
        self._engine, self._folds, name = engine, engine.folds, engine.folds.service
        self._pending = {code: sql_for(name, sql) for code, sql in PENDING.items()}
        self._scan, self._orphans = sql_for(name, SCAN), sql_for(name, ORPHANS)
        self._codecs = {kind.prefix: StateCodec(kind) for kind in self._folds.kinds}

    async def pending(self, most: int) -> list[Finding]:
        """What has waited and should not have to: at most *most* of each sort, the oldest first."""
        found: list[Finding] = []
        now = self._engine.clock.now()
        async with self._engine.db.connect() as conn:
            for code, statement in self._pending.items():
                asked = {"most": most} | ({"now": now} if code in CLOCKED else {})
                rows = await conn.execute(statement, asked)
                found += [Finding(row.entity, code, row.detail, _instant(row.since) or "") for row in rows]
        return found

    async def scan(self, after: str, most: int) -> dict[str, Any]:
        """One page of entities: ``upto`` is the last id looked at, None at the end; ``findings`` what is amiss."""
        async with self._engine.db.connect() as conn:
            rows = list(await conn.execute(self._scan, {"after": after, "most": most}))
            upto = rows[-1].id if len(rows) == most else None
            found, slots = await self._read(rows)
            for row in await conn.execute(self._orphans, {"after": after, "upto": upto}):
                found.append(Finding(row.id, "orphan", "timer"))
            if isinstance(self._engine.projection, Checked):
                found += await self._engine.projection.strays(conn, Page(after, upto, slots, self._engine.book))
        return {"upto": upto, "entities": len(rows), "findings": [asdict(one) for one in found]}

    async def states(self, after: str, most: int) -> tuple[str | None, dict[str, Slot]]:
        """One page of entities whose state can be read, and the last id looked at; None at the end."""
        async with self._engine.db.connect() as conn:
            rows = list(await conn.execute(self._scan, {"after": after, "most": most}))
        _, slots = await self._read(rows)
        return (rows[-1].id if len(rows) == most else None), slots

    async def _read(self, rows: Iterable[Any]) -> tuple[list[Finding], dict[str, Slot]]:
        found: list[Finding] = []
        slots: dict[str, Slot] = {}
        for number, row in enumerate(rows, start=1):
            if number % AT_A_TIME == 0:
                await asyncio.sleep(0)
            try:
                slots[row.id] = slot = self._slot(row)
            except (UnreadableState, ValueError) as damage:
                found.append(Finding(row.id, "state", str(damage)[:200]))
            else:
                found += compared(self._folds, slot, row)
        return found, slots

    def _slot(self, row: Any) -> Slot:
        slot = Slot(row.id, None, row.said, row.said_chain, decode_heard(row.heard), row.waiting)
        kind = self._folds.kind_of(row.id)
        if kind is not None and row.state is not None:
            slot.state = self._codecs[kind.prefix].decode(bytes(row.state), row.schema)
        return slot


def compared(folds: Folds, slot: Slot, row: Any) -> list[Finding]:
    """One entity's row against its own state."""
    kind, found = folds.kind_of(slot.entity), []
    wanted = columns_of(kind, slot.state) if kind else None
    should = (wanted.site, wanted.status, wanted.parent) if wanted else (None, None, None)
    stands = (row.site, row.status, row.parent)
    if stands != should:
        # Columns without a state: the state is what has been lost.
        found.append(Finding(slot.entity, "columns" if slot.state is not None else "state", _row(stands), _row(should)))
    if row.parked != slot.waiting:
        found.append(Finding(slot.entity, "waiting", str(slot.waiting), str(row.parked)))
    due = kind.due(slot.state) if kind is not None and slot.state is not None else None
    if due != row.due_at:
        found.append(Finding(slot.entity, "timer", _instant(row.due_at) or "—", _instant(due) or "—"))
    return found


def _row(columns: tuple[str | None, ...]) -> str:
    return " ".join(column or "—" for column in columns)


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
