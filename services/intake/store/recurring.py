"""Matters that come back, counted in the database.

Which cases are the same stands in the transaction that opens or changes them; the number is looked at afterwards, on
what is committed, so that two cases opened side by side are both seen. That a kind is raised once in a window is a
primary key.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.intake.policy.acts import Status
from services.intake.policy.recurring import Counted, digest_of, rules_counting, same_of, window_of
from services.intake.ports.recurring import Kind
from services.intake.saying import traits_of
from services.intake.state import Case
from shared.contracts.intake import (
    MatterRecurred,
    RequestAmended,
    RequestClassified,
    RequestReceived,
    RequestWithdrawn,
)
from shared.rules.book import Book
from shared.rules.recurring import RecurrenceRule
from shared.rules.words import Validity
from shared.storage.unit import Work

CHANGING = (RequestClassified, RequestAmended, RequestWithdrawn)

_FORGET = text("delete from intake.recurrence_cases where case_id = any(cast(:cases as text[]))")
_COUNT = text("""
    with put as (
        insert into intake.recurrence_cases (case_id, rule, site, kind, window_number, received_at, past)
        select * from unnest(cast(:cases as text[]), cast(:rules as text[]), cast(:sites as text[]),
            cast(:kinds as text[]), cast(:windows as int[]), cast(:received as timestamptz[]), cast(:past as bool[]))
        on conflict do nothing returning site, rule, kind)
    insert into intake.recurrence_kinds (site, rule, kind) select distinct site, rule, kind from put order by 1, 2, 3
    on conflict (site, rule, kind) do update set turn = intake.recurrence_kinds.turn + 1, to_count = true""")
_RAISED = text("""
    insert into intake.recurrences (site, rule, kind, window_number, case_id)
    select site, rule, kind, window_number, case_id from intake.recurrence_cases
    where case_id = :case and rule = :rule""")
_TO_COUNT = text("""
    select site, rule, kind, turn from intake.recurrence_kinds where to_count order by site, rule, kind limit :most""")
_CASES = text("""
    select case_id, window_number, received_at, past from intake.recurrence_cases
    where site = :site and rule = :rule and kind = :kind order by received_at desc limit :most""")
_WINDOWS = text("select window_number from intake.recurrences where site = :site and rule = :rule and kind = :kind")
_DONE = text("""
    update intake.recurrence_kinds set to_count = false
    where site = :site and rule = :rule and kind = :kind and turn = :turn""")
LOOKED_AT = 2000
"""Cases of one kind that are looked at, the latest."""


@dataclass(frozen=True, slots=True)
class Member:
    """A case among those of its kind, and the rule it counts for: that of the recurrence in the pack it has pinned."""

    case: str
    rule: RecurrenceRule
    site: str
    kind: str
    window: int
    received_at: datetime
    past: bool


class Recurrences:
    """Writes down which cases are the same, in the transaction that opens or changes them."""

    def __init__(self, book: Callable[[], Book]) -> None:
        """Packs and zones come from the directory *book* answers."""
        self._book = book

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """See `shared.runtime.engine.Projection`."""
        facts = [(spoken.heading.entity, spoken.fact) for spoken in work.spoken]
        changed = {case for case, fact in facts if isinstance(fact, CHANGING)}
        touched = changed | {case for case, fact in facts if isinstance(fact, RequestReceived)}
        if touched:
            cases = ((case, work.slots[case].state) for case in sorted(touched))
            await self._count(conn, changed, [one for case, state in cases for one in self._members(case, state)])
        for case, fact in facts:
            if isinstance(fact, MatterRecurred):
                await conn.execute(_RAISED, {"case": case, "rule": fact.rule})

    async def _count(self, conn: AsyncConnection, changed: Iterable[str], members: Sequence[Member]) -> None:
        if changed := sorted(changed):
            await conn.execute(_FORGET, {"cases": changed})
        if members:
            await conn.execute(_COUNT, _columns(members))

    def _members(self, case: str, state: Case) -> list[Member]:
        return list(members_of(case, state, self._book()))


def members_of(case: str, state: Case, book: Book) -> Iterable[Member]:
    """Under which rules a case counts, and as what."""
    pack = book.pack(state.pack, state.version)
    if not pack.recurrences or not counts(state):
        return
    traits, zone = traits_of(state), book.site(state.site).zone
    for rule in rules_counting(pack, state.case_type):
        if same := same_of(rule, traits):
            window = window_of(rule.window, state.received_at, zone)
            past = bool(state.imported)
            yield Member(case, rule, state.site, digest_of(same), window, state.received_at, past)


def counts(state: Case) -> bool:
    """Whether the case is one that happened: no drill, not taken back, not found to be none of ours."""
    return not state.drill and state.status is not Status.WITHDRAWN and state.validity != Validity.INVALID


class RecurrenceShelf:
    """Kinds to be counted anew, read after the commit."""

    def __init__(self, db: AsyncEngine) -> None:
        """Read *db*."""
        self._db = db

    async def to_count(self, most: int) -> list[Kind]:
        """Kinds that cases have joined since they were looked at."""
        async with self._db.connect() as conn:
            rows = await conn.execute(_TO_COUNT, {"most": most})
            return [Kind(row.site, row.rule, row.kind, row.turn) for row in rows]

    async def cases(self, kind: Kind) -> tuple[list[Counted], list[int]]:
        """The cases of a kind, and the windows it was raised in before."""
        asked = {"site": kind.site, "rule": kind.rule, "kind": kind.kind}
        async with self._db.connect() as conn:
            rows = await conn.execute(_CASES, asked | {"most": LOOKED_AT})
            counted = [Counted(row.case_id, row.received_at, row.window_number, row.past) for row in rows]
            raised = [row.window_number for row in await conn.execute(_WINDOWS, asked)]
        return counted, raised

    async def done(self, kind: Kind) -> None:
        """A kind has been looked at, unless a case has joined it meanwhile."""
        asked = {"site": kind.site, "rule": kind.rule, "kind": kind.kind, "turn": kind.turn}
        async with self._db.begin() as conn:
            await conn.execute(_DONE, asked)


def _columns(members: Sequence[Member]) -> dict[str, list[Any]]:
    return {
        "cases": [one.case for one in members],
        "rules": [one.rule.id for one in members],
        "sites": [one.site for one in members],
        "kinds": [one.kind for one in members],
        "windows": [one.window for one in members],
        "received": [one.received_at for one in members],
        "past": [one.past for one in members],
    }
