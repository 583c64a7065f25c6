"""What a batch of facts means for the tables: at most ten statements, whatever its length."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.state.view import CaseView
from services.reporting.store import checking, steps
from services.reporting.store.privacy import joined, private_of
from services.reporting.store.rows import Part, encoded, pieces, told, whole
from services.reporting.tables import COLUMNS, PRIVATE, SCHEMA, TYPES
from shared.contracts.dispatch import StepTaken
from shared.contracts.envelope import Fact, Heard
from shared.process.books import Finding, Page
from shared.storage.unit import Work

Views = list[tuple[str, CaseView]]

PARTS = {"dispatch": Part.HANDLED, "escalation": Part.WATCHED, "notify": Part.SEEN_TO}
"""What the facts of each speaker but intake may change."""
_APART = {"private"}
_PRIVATE = ", ".join(PRIVATE)
_KEEP = ", ".join(f"{name} = coalesce(excluded.{name}, p.{name})" for name in PRIVATE)


_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_ANEW = ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS if name != "case_id")
# The fragments are names of this package's own columns; nothing of a message is ever part of a statement.
ROWS = text(f"""
    insert into {SCHEMA}.cases ({_NAMES})
    select {_NAMES} from json_populate_recordset(cast(null as {SCHEMA}.cases), cast(cast(:rows as text) as json))
    order by case_id
    on conflict (case_id) do update set {_ANEW}""")  # noqa: S608


def _moving(part: Part) -> TextClause:
    # Named one by one: to fill a whole row with what was not said costs more than to write it.
    given = ", ".join(f'"{name}" {TYPES[name]}' for name in part.columns)
    anew = ", ".join(f'"{name}" = v."{name}"' for name in part.columns if name != "case_id")
    return text(f"""
        update {SCHEMA}.cases c set {anew}
        from json_to_recordset(cast(cast(:rows as text) as json)) as v({given}) where c.case_id = v.case_id""")  # noqa: S608


MOVED = {part: _moving(part) for part in Part}
# JSON is made and read in one piece, where of an array the driver asks every element what it is. Not so the facts
# themselves: whatever is taken out of a larger JSON is read twice, which costs more.
ARCHIVE = text(f"""
    insert into {SCHEMA}.facts (id, entity, correlation, causation, speaker, kind, version, at, public)
    select id, entity, correlation, causation, split_part(kind, '.', 1), kind, version, at, cast(public as jsonb)
    from rows from (
        json_to_recordset(cast(cast(:headings as text) as json)) as (id text, entity text, correlation text,
            causation text, kind text, version int, at timestamptz),
        unnest(cast(:publics as text[])))
        as v(id, entity, correlation, causation, kind, version, at, public)
    on conflict (entity, id) do nothing""")  # noqa: S608
ARCHIVE_PRIVATE = text(f"""
    insert into {SCHEMA}.fact_private (id, entity, private)
    select id, entity, cast(private as jsonb)
    from unnest(cast(:ids as text[]), cast(:entities as text[]), cast(:privates as text[]))
        as v(id, entity, private)
    on conflict (id) do nothing""")  # noqa: S608
CASE_PRIVATE = text(f"""
    insert into {SCHEMA}.case_private as p (case_id, {_PRIVATE}, forms)
    select case_id, {_PRIVATE}, coalesce(forms, '{{}}')
    from json_populate_recordset(cast(null as {SCHEMA}.case_private), cast(cast(:rows as text) as json))
    order by case_id
    on conflict (case_id) do update set {_KEEP}, forms = p.forms || excluded.forms""")  # noqa: S608


class Ledgers:
    """Writes the archive and the rows in the transaction of the batch; the entity rows are locked already."""

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """Write what *work* means."""
        if work.applied:
            await self._archive(conn, work)
        for part, views in changed_views(work).items():
            await _write(conn, part, views)
        if any(type(heard.fact) is StepTaken for heard in work.applied):
            await _stepped(conn, work.applied)
        if persons := personal_rows(work.applied):
            await conn.execute(CASE_PRIVATE, {"rows": encoded(persons)})

    async def _archive(self, conn: AsyncConnection, work: Work) -> None:
        await conn.execute(ARCHIVE, archived(work.applied))
        privates = private_parts(work.applied)
        if privates["ids"]:
            await conn.execute(ARCHIVE_PRIVATE, privates)

    async def strays(self, conn: AsyncConnection, page: Page) -> Sequence[Finding]:
        """Where rows, states and archive of *page* do not agree."""
        return await checking.strays(conn, page)

    async def drop(self, conn: AsyncConnection, entities: Sequence[str]) -> None:
        """Forget rows and facts of *entities*."""
        await checking.drop(conn, entities)


async def _write(conn: AsyncConnection, part: Part | None, views: Views) -> None:
    if part is not None:
        rows = told(pieces(views, part))
        if (await conn.execute(MOVED[part], {"rows": rows})).rowcount == len(views):
            return
    # Intake has spoken, or somebody spoke before it of a case that has no row yet.
    await conn.execute(ROWS, {"rows": told(whole(case, view) for case, view in views)})


async def _stepped(conn: AsyncConnection, applied: Sequence[Heard]) -> None:
    await conn.execute(steps.STEPS, {"rows": encoded(steps.taken(applied))})
    if moved := steps.moved(applied):
        await conn.execute(steps.MONEY, {"rows": encoded(moved)})


def archived(applied: Sequence[Heard]) -> dict[str, Any]:
    """Envelopes, and beside them the facts without their private parts."""
    headings = msgspec.json.encode([heard.heading for heard in applied]).decode()
    return {"headings": headings, "publics": [_public(heard.fact) for heard in applied]}


def _public(fact: Fact) -> str:
    kind = type(fact)
    said = kind.__pydantic_serializer__.to_json(fact, exclude=_APART if _silent(kind) is not None else None)
    return said.decode()


def private_parts(applied: Sequence[Heard]) -> dict[str, list[Any]]:
    """The private parts that say anything."""
    parts: dict[str, list[Any]] = {"ids": [], "entities": [], "privates": []}
    for heard in applied:
        fact: Any = heard.fact
        silent = _silent(type(heard.fact))
        if silent is None or vars(fact.private) == silent:
            continue
        said = fact.private.model_dump_json(exclude_defaults=True)
        if said != "{}":
            parts["ids"].append(heard.heading.id)
            parts["entities"].append(heard.heading.entity)
            parts["privates"].append(said)
    return parts


@cache
def _silent(kind: type[Fact]) -> dict[str, Any] | None:
    """What the private part of such a fact holds when it says nothing; None where there is no such part."""
    part = kind.model_fields.get("private")
    return vars(part.get_default()) if part is not None else None


def changed_views(work: Work) -> dict[Part | None, Views]:
    """Each case the batch touched, by the part of its row that those who spoke may have changed.

    None stands for the whole row: intake has spoken, or nobody has, as when a repair writes a case anew.
    """
    spoke: dict[str, Part | None] = {}
    for heard in work.applied:
        case, part = heard.heading.entity, PARTS.get(heard.heading.speaker)
        spoke[case] = _both(spoke[case], part) if case in spoke else part
    touched: dict[Part | None, Views] = {}
    for slot in work.slots.values():
        if slot.changed and isinstance(slot.state, CaseView):
            touched.setdefault(spoke.get(slot.entity), []).append((slot.entity, slot.state))
    return touched


@cache
def _both(one: Part | None, other: Part | None) -> Part | None:
    """The smallest part that holds both."""
    if one is None or other is None:
        return None
    return next(part for part in Part if {*one.value, *other.value} <= set(part.value))


def personal_rows(applied: Sequence[Heard]) -> list[dict[str, Any]]:
    """What the batch says about persons, the later fact of a case over the earlier."""
    persons: dict[str, dict[str, Any]] = {}
    for heard in applied:
        if said := private_of(heard.fact):
            case = heard.heading.entity
            persons[case] = joined(persons.get(case, {}), said)
    return [{"case_id": case} | said for case, said in persons.items()]
