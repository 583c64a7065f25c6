"""What becomes of dead letters: applied after all, or given up; either way what waits behind them goes on.

Promise kept here: a dead letter is settled once, in the transaction that counts its version.

Source: design.md §5 (settling).
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from msgspec.structs import replace
from nats.js.api import RawStreamMsg

from shared.contracts.envelope import Heading
from shared.process.statements import statement
from shared.runtime.engine import Engine, is_passing
from shared.runtime.folding import heard_entities
from shared.runtime.settling import NOBODY, open_letter
from shared.storage.letters import Letter, told
from shared.storage.unit import Work

KEPT = timedelta(days=90)
"""After it the log has forgotten the message, too."""
LOOK_EVERY = 3600.0
Outcome = Literal["applied", "parked", "heard_before", "settled_before"]


class StillDead(Exception):
    """A letter that cannot be applied this time either; nothing has changed. The argument says why."""


@dataclass(frozen=True, slots=True)
class Burial:
    """A dead letter taken out of its grave.

    Attributes:
        settled: What became of it, as JSON; None while nothing has.
    """

    id: str
    letter: Letter
    settled: str | None

    @property
    def has_envelope(self) -> bool:
        """Whether it counts a version of an entity."""
        return self.letter.heading.entity != f"{NOBODY}-{self.id}"


class Burials:
    """Replays and discards the dead letters of one service."""

    def __init__(self, engine: Engine) -> None:
        """Settle letters of *engine*."""
        self._engine = engine

    async def find(self, name: str) -> Burial | None:
        """The dead letter *name*, read as this release reads it."""
        async with self._engine.db.connect() as conn:
            row = (await conn.execute(statement("dead_letter", self._engine.folds.service), {"id": name})).one_or_none()
        if row is None:
            return None
        raw = RawStreamMsg(subject=row.subject, data=bytes(row.body), headers=json.loads(row.headers))
        return Burial(row.id, open_letter(raw, place=lambda: str(row.id)), row.settled)

    async def replay(self, burial: Burial, by: str) -> Outcome:
        """Apply the letter after all, and what waits behind it.

        Raises:
            StillDead: With the reason.
        """
        return await self._settle(burial, burial.letter, {"how": "replayed", "by": by})

    async def discard(self, burial: Burial, by: str, why: str) -> Outcome:
        """Count the letter as heard without applying it, and drain what waits behind it."""
        letter = tombstone_of(burial.letter) if burial.has_envelope else None
        return await self._settle(burial, letter, {"how": "discarded", "by": by, "why": why})

    async def _settle(self, burial: Burial, letter: Letter | None, how: dict[str, str]) -> Outcome:
        how |= {"at": self._engine.clock.now().isoformat()}
        parameters = {"id": burial.id, "settled": json.dumps(how, ensure_ascii=False)}
        if letter is None:
            return await self._noted(parameters)
        try:
            return (await self._counted(letter, parameters, drain=True))[0]
        except Exception as wrong:
            if isinstance(wrong, StillDead) or is_passing(wrong):
                raise
        try:
            outcome, following = await self._counted(letter, parameters, drain=False)
        except Exception as wrong:
            if is_passing(wrong):
                raise
            raise StillDead(told(wrong)) from wrong
        if following is not None:
            await self._engine.hear([following])
        return outcome

    async def _noted(self, parameters: dict[str, str]) -> Outcome:
        async with self._engine.db.begin() as conn:
            noted: Any = await conn.execute(statement("settle_dead", self._engine.folds.service), parameters)
        return "applied" if noted.rowcount else "settled_before"

    async def _counted(
        self, letter: Letter, parameters: dict[str, str], *, drain: bool
    ) -> tuple[Outcome, Letter | None]:
        engine, heading = self._engine, letter.heading
        async with engine.db.begin() as conn:
            work = await engine.unit.load(conn, heard_entities(engine.folding, [letter]))
            noted: Any = await conn.execute(statement("settle_dead", engine.folds.service), parameters)
            if not noted.rowcount:
                return "settled_before", None
            before = work.slots[heading.entity].last_heard(heading.speaker)
            engine.folding.hear(work, letter, engine.clock.now(), drain=drain)
            _must_live(letter, work)
            await engine.write(conn, work)
        await engine.committed(work)
        if heading.version <= before:
            return "heard_before", None
        now_at = work.slots[heading.entity].last_heard(heading.speaker)
        return "applied" if now_at >= heading.version else "parked", engine.folding.following(work, heading)


class Aged:
    """Forgets what settled letters said, as the log forgets what was said."""

    def __init__(self, engine: Engine) -> None:
        """Of *engine*'s service."""
        self._engine = engine

    async def turn(self) -> float:
        """Drop letters replayed ninety days ago; of those given up the mark stays, and the body goes."""
        before = {"before": self._engine.clock.now() - KEPT}
        async with self._engine.db.begin() as conn:
            for name in ("aged_replayed", "aged_bodies"):
                await conn.execute(statement(name, self._engine.folds.service), before)
        return LOOK_EVERY


def _must_live(letter: Letter, work: Work) -> None:
    for dead in work.dead:
        if dead.letter is letter:
            raise StillDead(dead.reason)


def tombstone_of(letter: Letter) -> Letter:
    """A letter of the same id and version that means nothing."""
    heading: Heading = replace(letter.heading, kind=f"{letter.heading.speaker}.discarded")
    return Letter(heading, letter.subject, heading.headers(), b"")
