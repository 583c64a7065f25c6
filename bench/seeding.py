"""Stored cases by the million: copies of a few that the real services made, multiplied inside PostgreSQL.

A copy differs from its original in its id, its number and the time at which everything about it happened, in every
service's rows alike. So a copy falls due, fires, is listed and hears facts as its original would.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from services.escalation.folds import CASE as CLOCKED
from services.escalation.policy.ladder import calmed
from services.escalation.state import Docket
from shared.storage.slots import StateCodec

CHUNK = 100_000
"""From so many rows on it pays to build the indexes afterwards."""
ID_PREFIX = "case-018"
"""Older than any id made today, as ids begin with the time they were made."""


@dataclass(frozen=True, slots=True)
class Place:
    """A table that holds rows about cases, and the column that names the case."""

    schema: str
    table: str
    key: str

    @property
    def name(self) -> str:
        """As SQL writes it."""
        return f"{self.schema}.{self.table}"


PLACES = (
    Place("intake", "entities", "id"),
    Place("dispatch", "entities", "id"),
    Place("dispatch", "cases", "id"),
    Place("escalation", "entities", "id"),
    Place("escalation", "timers", "entity"),
    Place("notify", "entities", "id"),
    Place("reporting", "entities", "id"),
    Place("reporting", "cases", "case_id"),
    Place("reporting", "case_private", "case_id"),
)
"""The archive of facts is left out: it is read case by case, by index, and is five times as large as the rest."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Original:
    """A case that was really logged.

    Attributes:
        due_at: Its next step in escalation; None when nothing will happen by itself any more.
        rank: Lower is graver.
        rows: Its rows by the name of their table.
    """

    case: str
    number: str
    received_at: datetime
    due_at: datetime | None
    rank: int
    rows: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of one original, all at one instant.

    Attributes:
        first: Serial number of the first; gives the ids, see :func:`case_id`.
        shift: How much later everything about them happened.
    """

    original: Original
    first: int
    count: int
    shift: timedelta

    def cases(self) -> Iterator[str]:
        """Their ids."""
        return map(case_id, range(self.first, self.first + self.count))


def case_id(serial: int) -> str:
    """The id of the copy with that serial number."""
    return f"{ID_PREFIX}{serial:029x}"


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Any]:
    """A bare connection to the database of a SQLAlchemy address."""
    conn = await asyncpg.connect(dsn.replace("postgresql+asyncpg", "postgresql", 1))
    try:
        yield conn
    finally:
        await conn.close()


async def breaches_only(dsn: str) -> None:
    """Make a breach the next step of every case: warnings are past, raises taken."""
    codec = StateCodec(CLOCKED)
    async with connected(dsn) as conn:
        for row in await conn.fetch("select id, state, schema from escalation.entities"):
            docket = _without_warnings(codec.decode(row["state"], row["schema"]))
            due = CLOCKED.due(docket)
            await conn.execute(
                "update escalation.entities set state = $2 where id = $1", row["id"], codec.encode(docket)
            )
            await conn.execute("update escalation.timers set due_at = $2 where entity = $1", row["id"], due)


def _without_warnings(docket: Docket) -> Docket:
    assert docket.case is not None
    clocks = tuple(replace(clock, warn_at=None, last_call_at=None) for clock in docket.case.clocks)
    raises = tuple(calmed(one) for one in docket.case.raises)
    return replace(docket, case=replace(docket.case, clocks=clocks, raises=raises, upgrades=()))


async def originals(dsn: str) -> list[Original]:
    """Every case stored now, in order of ids."""
    async with connected(dsn) as conn:
        names = await conn.fetch(
            "select c.id, c.number, c.received_at, t.due_at, coalesce(t.rank, 0) as rank"
            " from dispatch.cases c left join escalation.timers t on t.entity = c.id order by c.id"
        )
        return [
            Original(
                row["id"], row["number"], row["received_at"], row["due_at"], row["rank"], await _rows(conn, row["id"])
            )
            for row in names
        ]


async def _rows(conn: Any, case: str) -> dict[str, Row]:
    found = {}
    for place in PLACES:
        row = await conn.fetchrow(f'select * from {place.name} where "{place.key}" = $1', case)  # noqa: S608  our names
        if row is not None:
            found[place.name] = dict(row)
    return found


def spread(
    known: Sequence[Original],
    *,
    count: int,
    first: int,
    begins: datetime,
    ends: datetime,
    instants: int = 500,
    by: Callable[[Original], datetime | None] = lambda original: original.due_at,
) -> list[Copies]:
    """*count* copies of all originals in turn, evenly from *begins* to *ends* by their due instants, or by *by*."""
    made, step = [], (ends - begins) / instants
    for place in range(instants):
        done, upto = count * place // instants, count * (place + 1) // instants
        original = known[place % len(known)]
        at = by(original)
        assert at is not None
        if upto > done:
            made.append(Copies(original, first + done, upto - done, begins + step * place - at))
    return made


async def multiply(dsn: str, copies: Iterable[Copies], *, schemas: Sequence[str]) -> None:
    """Write *copies* into *schemas*, table by table, two connections at a time."""
    listed = list(copies)
    for place in PLACES:
        here = [each for each in listed if place.name in each.original.rows]
        if place.schema in schemas and here:
            await _fill(dsn, place, here)


async def tidy(dsn: str, *, schemas: Sequence[str]) -> None:
    """Leave nothing for the database's housekeeping to do while something is measured."""
    async with connected(dsn) as conn:
        for place in PLACES:
            if place.schema in schemas:
                await conn.execute(f"vacuum analyze {place.name}")
        await conn.execute("checkpoint")


async def _fill(dsn: str, place: Place, copies: Sequence[Copies]) -> None:
    async with connected(dsn) as conn:
        held = await _drop_indexes(conn, place) if sum(each.count for each in copies) >= CHUNK else []
        middle = (len(copies) + 1) // 2
        async with asyncio.TaskGroup() as group:
            for share in filter(None, (copies[:middle], copies[middle:])):
                group.create_task(_write(dsn, place, share))
        for definition in held:
            await conn.execute(definition)


async def _write(dsn: str, place: Place, copies: Sequence[Copies]) -> None:
    columns = list(copies[0].original.rows[place.name])
    async with connected(dsn) as conn:
        await conn.execute(f"create temp table moulds as select * from {place.name} limit 0")  # noqa: S608  our names
        await conn.execute(
            "alter table moulds add case_id_ text, add number_ text, add first_ bigint, add last_ bigint"
        )
        await conn.copy_records_to_table(
            "moulds",
            columns=[*columns, "case_id_", "number_", "first_", "last_"],
            records=[_mould(each, place) for each in copies],
        )
        await conn.execute(_copying(place, columns, copies[0].original))


async def _drop_indexes(conn: Any, place: Place) -> list[str]:
    """Drop what can be built faster afterwards; answers how to build it."""
    rows = await conn.fetch(
        "select indexname, indexdef from pg_indexes where schemaname = $1 and tablename = $2"
        " and indexdef not like 'CREATE UNIQUE%'",
        place.schema,
        place.table,
    )
    for row in rows:
        await conn.execute(f'drop index {place.schema}."{row["indexname"]}"')
    return [row["indexdef"] for row in rows]


def _mould(copies: Copies, place: Place) -> tuple[Any, ...]:
    original = copies.original
    row = shifted(original.rows[place.name], copies.shift)
    return (*row.values(), original.case, original.number, copies.first, copies.first + copies.count - 1)


def _copying(place: Place, columns: Sequence[str], sample: Original) -> str:
    """One statement that writes every copy; only columns in which the id or the number stands are rewritten."""
    row = sample.rows[place.name]
    values = [_value(name, row[name], sample) for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    return f"""
        insert into {place.name} ({names})
        select {", ".join(values)} from moulds m
        cross join lateral generate_series(m.first_, m.last_) as serial
        cross join lateral (select '{ID_PREFIX}' || lpad(to_hex(serial), 29, '0') as id,
            left(m.number_, 3) || lpad(serial::text, length(m.number_) - 3, '0') as number) as new
        """  # noqa: S608  our own names


def _value(name: str, value: Any, sample: Original) -> str:
    column = f'm."{name}"'
    if isinstance(value, bytes) and sample.case.encode() in value:
        hexed = f"replace(encode({column}, 'hex'), encode(m.case_id_::bytea, 'hex'), encode(new.id::bytea, 'hex'))"
        return f"decode(replace({hexed}, encode(m.number_::bytea, 'hex'), encode(new.number::bytea, 'hex')), 'hex')"
    if isinstance(value, str) and (sample.case in value or sample.number in value):
        return f"replace(replace({column}, m.case_id_, new.id), m.number_, new.number)"
    return column


def shifted(row: Row, by: timedelta) -> Row:
    """*row* with every instant in it moved, in its state and in JSON too."""
    moved = {name: _later(value, by) for name, value in row.items()}
    if "state" in row:
        moved["state"] = msgspec.msgpack.encode(_later(msgspec.msgpack.decode(row["state"]), by))
    if "month" in row:
        moved["month"] = f"{moved['local_date']:%Y-%m}"
    return moved


def _later(value: Any, by: timedelta) -> Any:
    """*value* with every instant in it moved."""
    if isinstance(value, (datetime, date)):
        return value + by
    if isinstance(value, dict):
        return {name: _later(each, by) for name, each in value.items()}
    if isinstance(value, list):
        return [_later(each, by) for each in value]
    if isinstance(value, str) and value.startswith(("[", "{")):
        return INSTANT.sub(lambda found: (datetime.fromisoformat(found[0]) + by).isoformat(), value)
    return value


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
