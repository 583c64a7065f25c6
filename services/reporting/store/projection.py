"""What a batch of facts means for the tables: at most six statements, whatever its length."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.state.view import CaseView
from services.reporting.store import checking, steps
from services.reporting.store.privacy import joined, private_of
from services.reporting.store.rows import encoded, row_of
from services.reporting.tables import COLUMNS, PRIVATE, SCHEMA
from shared.contracts.dispatch import StepTaken
from shared.contracts.envelope import Heard, Private
from shared.process.books import Finding, Page
from shared.storage.unit import Work

_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_SET = ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS if name != "case_id")
_PRIVATE = ", ".join(PRIVATE)
_KEEP = ", ".join(f"{name} = coalesce(excluded.{name}, p.{name})" for name in PRIVATE)

# The fragments are the column names above; nothing of a message is ever part of a statement.
ARCHIVE = text(f"""
    insert into {SCHEMA}.facts (id, entity, correlation, causation, speaker, kind, version, at, public)
    select id, entity, correlation, causation, split_part(kind, '.', 1), kind, version, at, cast(public as jsonb)
    from unnest(cast(:ids as text[]), cast(:entities as text[]), cast(:correlations as text[]),
        cast(:causations as text[]), cast(:kinds as text[]), cast(:versions as int[]),
        cast(:ats as timestamptz[]), cast(:publics as text[]))
        as v(id, entity, correlation, causation, kind, version, at, public)
    on conflict (id) do nothing""")  # noqa: S608
ARCHIVE_PRIVATE = text(f"""
    insert into {SCHEMA}.fact_private (id, entity, private)
    select id, entity, cast(private as jsonb)
    from unnest(cast(:ids as text[]), cast(:entities as text[]), cast(:privates as text[]))
        as v(id, entity, private)
    on conflict (id) do nothing""")  # noqa: S608
ROWS = text(f"""
    insert into {SCHEMA}.cases ({_NAMES})
    select {_NAMES} from json_populate_recordset(cast(null as {SCHEMA}.cases), cast(cast(:rows as text) as json))
    order by case_id
    on conflict (case_id) do update set {_SET}""")  # noqa: S608
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
        if rows := changed_rows(work):
            await conn.execute(ROWS, {"rows": encoded(rows)})
        if any(isinstance(heard.fact, StepTaken) for heard in work.applied):
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


async def _stepped(conn: AsyncConnection, applied: Sequence[Heard]) -> None:
    await conn.execute(steps.STEPS, {"rows": encoded(steps.taken(applied))})
    if moved := steps.moved(applied):
        await conn.execute(steps.MONEY, {"rows": encoded(moved)})


def archived(applied: Sequence[Heard]) -> dict[str, list[Any]]:
    """Facts as columns, without their private parts."""
    headings = [heard.heading for heard in applied]
    return {
        "ids": [h.id for h in headings],
        "entities": [h.entity for h in headings],
        "correlations": [h.correlation for h in headings],
        "causations": [h.causation for h in headings],
        "kinds": [h.kind for h in headings],
        "versions": [h.version for h in headings],
        "ats": [h.at for h in headings],
        "publics": [heard.fact.model_dump_json(exclude={"private"}) for heard in applied],
    }


def private_parts(applied: Sequence[Heard]) -> dict[str, list[Any]]:
    """The private parts that say anything."""
    parts: dict[str, list[Any]] = {"ids": [], "entities": [], "privates": []}
    for heard in applied:
        private = getattr(heard.fact, "private", None)
        if isinstance(private, Private) and (said := private.model_dump(exclude_defaults=True)):
            parts["ids"].append(heard.heading.id)
            parts["entities"].append(heard.heading.entity)
            parts["privates"].append(msgspec.json.encode(said).decode())
    return parts


def changed_rows(work: Work) -> list[dict[str, Any]]:
    """One flat row for each case the batch touched."""
    slots = work.slots.values()
    return [row_of(s.entity, s.state) for s in slots if s.changed and isinstance(s.state, CaseView)]


def personal_rows(applied: Sequence[Heard]) -> list[dict[str, Any]]:
    """What the batch says about persons, the later fact of a case over the earlier."""
    persons: dict[str, dict[str, Any]] = {}
    for heard in applied:
        if said := private_of(heard.fact):
            case = heard.heading.entity
            persons[case] = joined(persons.get(case, {}), said)
    return [{"case_id": case} | said for case, said in persons.items()]
