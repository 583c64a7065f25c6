"""Whether rows and archive are what the facts make of them.

Three comparisons: the archive holds exactly the messages heard, the state is their fold, the row is the state's.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.reactions import react
from services.reporting.state.view import CaseView
from services.reporting.store import steps
from services.reporting.store.rows import encoded, row_of
from services.reporting.tables import SCHEMA
from shared.contracts.catalogue import FACTS
from shared.contracts.envelope import Heading, Heard
from shared.contracts.fold import Moment
from shared.process.books import Finding, Page, stray_rows, strays_of
from shared.rules.book import Book
from shared.storage.slots import Slot, chained

AT_A_TIME = 50
STRAYS = strays_of(f"{SCHEMA}.cases", "case_id")
ARCHIVED = text(f"""
    select id, entity, correlation, causation, speaker, kind, version, at, cast(public as text) as public
    from {SCHEMA}.facts where entity = any(cast(:ids as text[])) order by entity, speaker, version, id""")  # noqa: S608
# A tombstone counts as heard and is no fact; where people have set letters aside the archive is shorter.
SET_ASIDE = text(f"""
    select distinct entity from {SCHEMA}.dead_letters
    where settled is not null and entity = any(cast(:ids as text[]))""")  # noqa: S608
DROP = tuple(
    text(f"delete from {SCHEMA}.{table} where {key} = any(cast(:ids as text[]))")  # noqa: S608
    for table, key in (("facts", "entity"), ("cases", "case_id"), ("steps", "case_id"), ("money", "case_id"))
)


@dataclass(slots=True)
class Archived:
    """What the archive holds of one case: versions and chain by speaker, and the view they fold to."""

    heard: dict[str, tuple[int, int]] = field(default_factory=dict)
    view: CaseView | None = None

    def add(self, row: Any, book: Book) -> None:
        """Take in the next fact of its speaker."""
        version, chain = self.heard.get(row.speaker, (0, 0))
        self.heard[row.speaker] = (version + 1, chained(chain, row.id))
        heading = Heading(row.id, row.kind, row.entity, row.at, row.version, row.correlation, row.causation)
        heard = Heard(heading, FACTS[row.kind].model_validate_json(row.public))
        self.view = react(self.view, heard, Moment(at=row.at, now=row.at, book=book, cause=row.id)).state


async def strays(conn: AsyncConnection, page: Page) -> Sequence[Finding]:
    """Where rows, states and archive of *page* do not agree."""
    views = {entity: slot.state for entity, slot in page.slots.items() if isinstance(slot.state, CaseView)}
    rows = encoded([row_of(entity, view) for entity, view in views.items()])
    found = await stray_rows(conn, STRAYS, rows, page)
    found += [Finding(row.case_id, "fold", row.stands, row.should) for row in await steps.strays(conn, page)]
    ids = {"ids": list(page.slots)}
    aside = {row.entity for row in await conn.execute(SET_ASIDE, ids)}
    archive = await _folded(list(await conn.execute(ARCHIVED, ids)), page.book)
    whole = (slot for entity, slot in page.slots.items() if entity not in aside)
    return [*found, *(one for slot in whole for one in _compared(slot, archive.get(slot.entity, Archived())))]


async def _folded(rows: Iterable[Any], book: Book) -> Mapping[str, Archived]:
    folded: dict[str, Archived] = {}
    for number, (entity, facts) in enumerate(groupby(rows, lambda row: str(row.entity))):
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)
        folded[entity] = Archived()
        for row in facts:
            folded[entity].add(row, book)
    return folded


def _compared(slot: Slot, archive: Archived) -> Iterable[Finding]:
    if archive.heard != slot.heard:
        yield Finding(slot.entity, "archive", _versions(archive.heard), _versions(slot.heard))
    elif archive.view != slot.state:
        yield Finding(slot.entity, "fold")


def _versions(heard: Mapping[str, tuple[int, int]]) -> str:
    return " ".join(f"{speaker}:{version}" for speaker, (version, _) in sorted(heard.items())) or "—"


async def drop(conn: AsyncConnection, entities: Sequence[str]) -> None:
    """Forget rows and facts of *entities*; what is known of persons stays."""
    for statement in DROP:
        await conn.execute(statement, {"ids": list(entities)})
