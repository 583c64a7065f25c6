"""What can be mended in a service's own books; each step proves what it writes, or writes nothing.

Letters come from whoever asks, who has read them in the log or in reporting's archive: no service reads a neighbour's
tables, and a service that was away longer than the log reaches back is fed all the same.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from nats.errors import Error as NatsError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.fold import deaf
from shared.process.books import Checked, sql_for
from shared.process.replaying import NotProvable, Replay
from shared.runtime.engine import Engine
from shared.runtime.outgoing import NotPublished, Outgoing
from shared.storage.letters import Letter
from shared.storage.slots import Slot
from shared.storage.unit import Work

log = structlog.get_logger()

AT_ONCE = 200
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SQL = {
    "say_again": """
        update {s}.outbox set published_at = null, seq = null
        where subject like 'ev.%' and split_part(subject, '.', 4) = any(cast(:ids as text[]))""",
    "unsent": """
        select id, subject, headers, body from {s}.outbox where published_at is null order by id limit :most
        for update skip locked""",
    "sent": """
        update {s}.outbox set published_at = :now where id = any(cast(:ids as text[]))""",
    "bring_forward": """
        update {s}.wanted set next_at = :now
        where key = any(cast(:ids as text[])) and settled_at is null and (attempts = 0
            or next_at not between :now and cast(:now as timestamptz) + interval '1 year')""",
    "blank": """
        update {s}.entities set state = null where id = :entity""",
}


class Repairs:
    """Mends the books of one service."""

    def __init__(self, engine: Engine) -> None:
        """Mend what *engine* writes."""
        self._engine = engine
        self._sql = {name: sql_for(engine.folds.service, sql) for name, sql in SQL.items()}

    async def publish(self, entities: Sequence[str]) -> int:
        """Publish what never left, and again what the outbox still keeps of *entities*; the log drops repeats by id.

        Returns:
            How many were published; less than there are while the log does not take them.
        """
        async with self._engine.db.begin() as conn:
            await conn.execute(self._sql["say_again"], {"ids": list(entities)})
        sent = 0
        try:
            while some := await self._publish_some():
                sent += some
        except (NotPublished, NatsError, OSError, TimeoutError) as trouble:
            log.warning("repair_not_published", service=self._engine.folds.service, trouble=repr(trouble))
        await self._engine.publisher.flush()
        return sent

    async def _publish_some(self) -> int:
        engine = self._engine
        async with engine.db.begin() as conn:
            rows = list(await conn.execute(self._sql["unsent"], {"most": AT_ONCE}))
            if rows:
                waits = [Outgoing(row.id, row.subject, json.loads(row.headers), bytes(row.body)) for row in rows]
                await engine.publisher.publish(waits)
                ids = [row.id for row in rows]
                await conn.execute(self._sql["sent"], {"ids": ids, "now": engine.clock.now()})
        return len(rows)

    async def bring_forward(self, keys: Sequence[str]) -> int:
        """Have effects tried now that nobody has tried, or will ever try again; what is in work stays so."""
        async with self._engine.db.begin() as conn:
            moved = await conn.execute(self._sql["bring_forward"], {"ids": list(keys), "now": self._engine.clock.now()})
        return int(moved.rowcount)

    async def hear(self, letters: Sequence[Letter]) -> int:
        """Hear facts that never arrived; what was heard before is dropped by its version."""
        for start in range(0, len(letters), AT_ONCE):
            await self._engine.hear(letters[start : start + AT_ONCE])
        return len(letters)

    async def rewrite(self, entities: Sequence[str]) -> int:
        """Write timers, columns, counts and own tables anew from the states; what belongs to no entity goes."""
        engine = self._engine
        async with engine.db.begin() as conn:
            work = await engine.unit.load(conn, entities)
            left = await self._unpark(conn, work)
            lost = [entity for entity, slot in work.slots.items() if slot.is_empty and not left[entity]]
            for entity, slot in work.slots.items():
                _as_new(slot, left[entity])
            await engine.write(conn, work)
            await conn.execute(engine.sql["disarm"], {"ids": lost})
            await conn.execute(engine.sql["unseed"], {"ids": lost})
            if lost and isinstance(engine.projection, Checked):
                await engine.projection.drop(conn, lost)
        await engine.committed(work)
        return len(entities)

    async def _unpark(self, conn: AsyncConnection, work: Work) -> Counter[str]:
        """Take away what is parked although it has been heard; how many letters of each entity wait rightly."""
        left = Counter[str]()
        for row in await conn.execute(self._engine.sql["parked_of"], {"ids": list(work.slots)}):
            if row.version > work.slots[row.entity].last_heard(row.speaker):
                left[row.entity] += 1
            else:
                work.to_unpark.append((row.entity, row.speaker, row.version))
        return left

    async def rebuild(self, entity: str, letters: Sequence[Letter]) -> dict[str, Any]:
        """Fold *entity* again from nothing, and keep the outcome when it is what was said.

        Args:
            entity: Locked meanwhile.
            letters: What this service heard and said of it, in the order of the log.

        Returns:
            The entity before and after, for the person who asked.

        Raises:
            NotProvable: Something else came out; nothing is changed.
        """
        engine = self._engine
        if (kind := engine.folds.kind_of(entity)) is not None and kind.react is deaf:
            raise NotProvable("act_of_a_person")  # it hears nothing, so from the log it would come out empty
        work = Replay(engine.folds, engine.book, letters, engine.clock.now()).of(entity)
        slot = work.slots[entity]
        async with engine.db.begin() as conn:
            before = await self._locked(conn, entity)
            if before.said > slot.said:
                raise NotProvable("said_more", before.said)
            if any(slot.last_heard(speaker) < version for speaker, (version, _) in before.heard.items()):
                raise NotProvable("heard_more")
            if isinstance(engine.projection, Checked):
                await engine.projection.drop(conn, [entity])
            _as_new(slot, (await self._unpark(conn, work))[entity])
            await engine.write(conn, work)
        await engine.committed(work)
        log.warning("entity_rebuilt", service=engine.folds.service, entity=entity, said=slot.said)
        return {"before": _shown(before), "after": _shown(slot)}

    async def _locked(self, conn: AsyncConnection, entity: str) -> Slot:
        # A state that cannot be read must not stand in the way of the one that replaces it.
        await conn.execute(self._sql["blank"], {"entity": entity})
        return (await self._engine.unit.load(conn, [entity])).slots[entity]


def _as_new(slot: Slot, parked: int) -> None:
    """Make the unit of work write everything that follows from the state, its timer included."""
    slot.waiting, slot.changed, slot.due_before = parked, True, LONG_AGO


def _shown(slot: Slot) -> dict[str, Any]:
    heard = {speaker: version for speaker, (version, _) in sorted(slot.heard.items())}
    return {"said": slot.said, "heard": heard, "waiting": slot.waiting}
