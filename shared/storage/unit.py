"""One transaction: load and lock what a batch touches, and write back what it changed.

Everywhere the order of locks is the same: entity rows, sorted, then anything else.

Source: design.md §5 (locks, hot paths).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import Folds, Want
from shared.storage.graves import grave
from shared.storage.letters import Dead, Letter, envelope_text, letter_of
from shared.storage.slots import Slot, StateCodec, columns_of, decode_heard, encode_heard
from shared.storage.statements import Statements


@dataclass(frozen=True, slots=True)
class Spoken:
    """A fact in the outbox, with headers and body made once for the row and for the wire."""

    heading: Heading
    fact: Fact
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Work:
    """Everything one transaction reads and changes.

    Attributes:
        parked: Letters waiting in the database or since this batch, by (entity, speaker) and version.
        applied: Facts that took effect, in order, for projections.
        armed: Whether a timer was set or moved; known once saved.
        late: Seconds by which time's own steps were fired after their due instants.
    """

    slots: dict[str, Slot]
    parked: dict[tuple[str, str], dict[int, Letter]] = field(default_factory=dict)
    applied: list[Heard] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    wants: list[tuple[str, Want]] = field(default_factory=list)
    unwants: list[str] = field(default_factory=list)
    to_park: list[Letter] = field(default_factory=list)
    to_unpark: list[tuple[str, str, int]] = field(default_factory=list)
    dead: list[Dead] = field(default_factory=list)
    armed: bool = False
    late: list[float] = field(default_factory=list)


class Unit:
    """Loads and saves the entities of one service."""

    def __init__(self, folds: Folds, statements: Statements) -> None:
        """Prepare the codecs of the service's kinds."""
        self._folds = folds
        self._sql = statements
        self._codecs = {kind.prefix: StateCodec(kind) for kind in folds.kinds}

    async def load(self, conn: AsyncConnection, entities: Iterable[str], fresh: Iterable[str] = ()) -> Work:
        """Create missing rows and lock all of *entities*, in sorted order; *fresh* ones nobody else can know yet."""
        slots = {entity: Slot(entity, fresh=True) for entity in fresh}
        ids, held = sorted(set(entities) - slots.keys()), dict[str, Slot]()
        while len(held) < len(ids):
            held = await self._rows(conn, "lock", ids)
        return await self._work(conn, slots | held)

    async def load_free(self, conn: AsyncConnection, entities: Sequence[str], now: datetime) -> Work:
        """Lock those of *entities* nobody else holds and whose timers are still due at *now*; they keep their order."""
        slots = await self._rows(conn, "lock_free", sorted(entities))
        due = await conn.execute(self._sql["still_due"], {"ids": list(slots), "now": now})
        still = {row.entity for row in due}
        return await self._work(conn, {entity: slots[entity] for entity in entities if entity in still})

    async def peek(self, conn: AsyncConnection, entities: Sequence[str]) -> dict[str, Slot]:
        """Read entities without locking them."""
        return await self._rows(conn, "peek", list(entities))

    async def _rows(self, conn: AsyncConnection, how: str, ids: list[str]) -> dict[str, Slot]:
        rows = await conn.execute(self._sql[how], {"ids": ids})
        return {row.id: self._slot(row) for row in rows}

    def _slot(self, row: Any) -> Slot:
        slot = Slot(row.id, None, row.said, row.said_chain, decode_heard(row.heard), row.waiting)
        kind = self._folds.kind_of(row.id)
        if kind is not None and row.state is not None:
            slot.state = self._codecs[kind.prefix].decode(row.state, row.schema)
            slot.due_before = kind.due(slot.state)
            slot.encoded = row.state if row.schema == kind.schema else None
        return slot

    async def _work(self, conn: AsyncConnection, slots: dict[str, Slot]) -> Work:
        work = Work(slots)
        waiting = [entity for entity, slot in slots.items() if slot.waiting]
        if waiting:
            for row in await conn.execute(self._sql["parked_of"], {"ids": waiting}):
                lane = work.parked.setdefault((row.entity, row.speaker), {})
                lane[row.version] = _parked_letter(row)
        return work

    async def save(self, conn: AsyncConnection, work: Work, now: datetime) -> None:
        """Write everything *work* changed; after it only the commit is left."""
        await self._save_slots(conn, work, now)
        empty = [slot.entity for slot in work.slots.values() if slot.is_empty]
        if empty:
            await conn.execute(self._sql["unseed"], {"ids": empty})
        if work.wants:
            await conn.execute(self._sql["want"], _wanted(work.wants, now))
        if work.unwants:
            await conn.execute(self._sql["unwant"], {"keys": work.unwants, "now": now})
        await self._save_parked(conn, work, now)
        for dead in work.dead:
            await conn.execute(self._sql["bury"], grave(self._folds.service, dead, now))

    async def _save_slots(self, conn: AsyncConnection, work: Work, now: datetime) -> None:
        slots = [slot for slot in work.slots.values() if slot.changed]
        if not slots:
            return
        moved = [(slot, due) for slot, due in ((s, self._due(s)) for s in slots) if due != slot.due_before]
        armed = [(slot.entity, due, self._rank(slot)) for slot, due in moved if due is not None]
        work.armed = bool(armed)
        timers = {name: [one[at] for one in armed] for at, name in enumerate(("armed", "dues", "ranks"))}
        await conn.execute(self._sql["write"], self._columns(slots) | timers | _outbox(work.spoken, now))
        if len(armed) < len(moved):
            await conn.execute(self._sql["disarm"], {"ids": [s.entity for s, due in moved if due is None]})

    def _due(self, slot: Slot) -> datetime | None:
        kind = self._folds.kind_of(slot.entity)
        return kind.due(slot.state) if kind is not None and slot.state is not None else None

    def _rank(self, slot: Slot) -> int:
        kind = self._folds.kind_of(slot.entity)
        return kind.rank(slot.state) if kind is not None and slot.state is not None else 0

    def _columns(self, slots: list[Slot]) -> dict[str, list[Any]]:
        kinds = [self._folds.kind_of(slot.entity) for slot in slots]
        columns = [columns_of(k, s.state) if k else None for k, s in zip(kinds, slots, strict=True)]
        return {
            "ids": [s.entity for s in slots],
            "states": [
                s.encoded or (self._codecs[k.prefix].encode(s.state) if k is not None and s.state is not None else None)
                for k, s in zip(kinds, slots, strict=True)
            ],
            "schemas": [k.schema if k else 1 for k in kinds],
            "said": [s.said for s in slots],
            "chains": [s.said_chain for s in slots],
            "heard": [encode_heard(s.heard) for s in slots],
            "waiting": [s.waiting for s in slots],
            "sites": [c.site if c else None for c in columns],
            "statuses": [c.status if c else None for c in columns],
            "parents": [c.parent if c else None for c in columns],
            "fresh": [s.fresh for s in slots],
        }

    async def _save_parked(self, conn: AsyncConnection, work: Work, now: datetime) -> None:
        if work.to_park:
            letters = work.to_park
            lanes = [(m.heading.entity, m.heading.speaker, m.heading.version) for m in letters]
            await conn.execute(
                self._sql["park"],
                _lanes(lanes)
                | {
                    "headers": [envelope_text(m.headers) for m in letters],
                    "bodies": [m.body for m in letters],
                    "now": now,
                },
            )
        if work.to_unpark:
            await conn.execute(self._sql["unpark"], _lanes(work.to_unpark))


def _lanes(lanes: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    return {
        "entities": [entity for entity, _, _ in lanes],
        "speakers": [speaker for _, speaker, _ in lanes],
        "versions": [version for _, _, version in lanes],
    }


def _parked_letter(row: Any) -> Letter:
    headers: dict[str, str] = json.loads(row.headers)
    return letter_of(f"ev.{headers['ce-type']}.{row.entity}", headers, bytes(row.body))


def _outbox(spoken: Sequence[Spoken], now: datetime) -> dict[str, Any]:
    return {
        "messages": [s.heading.id for s in spoken],
        "subjects": [s.fact.subject(s.heading) for s in spoken],
        "headers": [msgspec.json.encode(s.headers).decode() for s in spoken],
        "bodies": [s.body for s in spoken],
        "now": now,
    }


def _wanted(wants: Sequence[tuple[str, Want]], now: datetime) -> dict[str, Any]:
    return {
        "keys": [want.key for _, want in wants],
        "entities": [entity for entity, _ in wants],
        "kinds": [want.kind for _, want in wants],
        "recipients": [want.recipient for _, want in wants],
        "payloads": [json.dumps(dict(want.payload), ensure_ascii=False) for _, want in wants],
        "nexts": [max(want.not_before or now, now) for _, want in wants],
    }
