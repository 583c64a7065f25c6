"""What a batch of facts means for the tables: at most seven statements, whatever its length."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.state.view import CaseView
from services.reporting.store import checking, steps
from services.reporting.store.privacy import joined, private_of
from services.reporting.store.rows import MOVING, encoded, moving_of, row_of
from services.reporting.tables import COLUMNS, PRIVATE, SCHEMA
from shared.contracts.dispatch import StepTaken
from shared.contracts.envelope import Heard, Private
from shared.process.books import Finding, Page
from shared.storage.unit import Work

Row = dict[str, Any]

_PRIVATE = ", ".join(PRIVATE)
_KEEP = ", ".join(f"{name} = coalesce(excluded.{name}, p.{name})" for name in PRIVATE)


def _kept(columns: Iterable[str]) -> TextClause:
    names = ", ".join(f'"{name}"' for name in columns)
    anew = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != "case_id")
    return text(f"""
        insert into {SCHEMA}.cases ({names})
        select {names} from json_populate_recordset(cast(null as {SCHEMA}.cases), cast(cast(:rows as text) as json))
        order by case_id
        on conflict (case_id) do update set {anew}""")  # noqa: S608  our own names


# What intake says of a case seldom changes, and half of what a row costs is reading it.
ROWS, MOVED = _kept(COLUMNS), _kept(MOVING)
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
        for statement, rows in zip((ROWS, MOVED), changed_rows(work), strict=True):
            if rows:
                await conn.execute(statement, {"rows": encoded(rows)})
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
        if isinstance(private, Private) and (said := private.model_dump_json(exclude_defaults=True)) != "{}":
            parts["ids"].append(heard.heading.id)
            parts["entities"].append(heard.heading.entity)
            parts["privates"].append(said)
    return parts


def changed_rows(work: Work) -> tuple[list[Row], list[Row]]:
    """One flat row for each case the batch touched: whole, or where only others than intake have spoken what these say.

    A case written anew by a repair, without any fact, is written whole.
    """
    heard = {one.heading.entity for one in work.applied}
    moved = heard - {one.heading.entity for one in work.applied if one.heading.speaker == "intake"}
    touched = [(s.entity, s.state) for s in work.slots.values() if s.changed and isinstance(s.state, CaseView)]
    whole = [row_of(case, view) for case, view in touched if case not in moved]
    return whole, [moving_of(case, view) for case, view in touched if case in moved]


def personal_rows(applied: Sequence[Heard]) -> list[dict[str, Any]]:
    """What the batch says about persons, the later fact of a case over the earlier."""
    persons: dict[str, dict[str, Any]] = {}
    for heard in applied:
        if said := private_of(heard.fact):
            case = heard.heading.entity
            persons[case] = joined(persons.get(case, {}), said)
    return [{"case_id": case} | said for case, said in persons.items()]
