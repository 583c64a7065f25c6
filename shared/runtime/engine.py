"""Transactions around folds: what is heard, what is asked and what falls due take the same way.

Promises kept here: the acknowledgement comes after the commit (the caller of :meth:`Engine.hear` acknowledges when it
returns); facts leave through the outbox of the same transaction; an entity is changed by one transaction at a time.

Source: design.md §5.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.contracts.fold import Ask, Done, Folds, Refusal
from shared.contracts.ids import Ids
from shared.contracts.wording import text
from shared.rules.book import Book
from shared.runtime.folding import Folding, heard_entities
from shared.runtime.publishing import Publisher, letters_of
from shared.storage.statements import Statements, statements_for
from shared.storage.trouble import is_transient
from shared.storage.unit import Dead, Letter, Unit, Work
from shared.timekeeping.clock import Clock

log = structlog.get_logger()

PUT_OFF = timedelta(minutes=1)
Extra = tuple[str, dict[str, Any]]


class Projection(Protocol):
    """What a service keeps besides its entities, written in the same transaction, set-based."""

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """Write what *work* means for this service's own tables."""
        ...


class NoProjection:
    """For services whose entities are all they keep."""

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """Write nothing."""


@dataclass(slots=True)
class Submission:
    """A command on its way through a transaction.

    Attributes:
        render: Turns the outcome into the bytes of the answer; stored under the idempotency key when carried out.
        answer: Set after the commit: the rendered answer, or why not.
        repeated: The answer was given before, under the same key.
    """

    ask: Ask
    render: Callable[[Done], bytes]
    answer: bytes | Refusal | None = None
    repeated: bool = False


@dataclass(slots=True)
class Engine:
    """The durable half of one service.

    Attributes:
        woken: Called after every commit with what it did, which may have armed a timer or wanted an effect.
    """

    folds: Folds
    db: AsyncEngine
    clock: Clock
    ids: Ids
    book: Book
    publisher: Publisher
    projection: Projection = field(default_factory=NoProjection)
    woken: Callable[[Work], None] = lambda _work: None
    sql: Statements = field(init=False)
    unit: Unit = field(init=False)
    folding: Folding = field(init=False)

    def __post_init__(self) -> None:
        """Build what is derived from the folds once."""
        self.sql = statements_for(self.folds.service)
        self.unit = Unit(self.folds, self.sql)
        self.folding = Folding(self.folds, self.book, self.ids)

    async def hear(self, letters: Sequence[Letter], *, durable: str, seq: int) -> None:
        """Apply facts in order, in one transaction; a letter that cannot be applied is found by halving and buried.

        Args:
            letters: As they came, any order, repeats allowed.
            durable: Whose position is moved.
            seq: The last stream sequence of the batch; 0 leaves the position alone.

        Raises:
            Exception: Transient trouble only; hear the same letters again later, what was kept is not applied twice.
        """
        try:
            await self._hear(letters, durable, seq)
        except Exception as wrong:
            if is_transient(wrong):
                raise
            if len(letters) == 1:
                await self.bury(letters[0], f"{type(wrong).__name__}: {str(wrong)[:500]}")
                return
            half = len(letters) // 2
            await self.hear(letters[:half], durable=durable, seq=0)
            await self.hear(letters[half:], durable=durable, seq=seq)

    async def _hear(self, letters: Sequence[Letter], durable: str, seq: int) -> None:
        now = self.clock.now()
        async with self.db.begin() as conn:
            work = await self.unit.load(conn, heard_entities(self.folding, letters))
            for letter in letters:
                self.folding.hear(work, letter, now)
            await self._write(conn, work)
            await conn.execute(self.sql["position"], {"durable": durable, "seq": seq})
        await self._after(work)

    async def bury(self, letter: Letter, reason: str) -> None:
        """Put a letter no retry can help where people find it; its entity waits behind it."""
        async with self.db.begin() as conn:
            work = Work({}, dead=[Dead(letter, reason)])
            await self.unit.save(conn, work, self.clock.now())
        await self._after(work)

    async def _write(self, conn: AsyncConnection, work: Work) -> None:
        await self.projection.project(conn, work)
        await self.unit.save(conn, work, self.clock.now())

    async def _after(self, work: Work) -> None:
        for dead in work.dead:
            heading = dead.letter.heading
            log.error(
                "message_buried",
                service=self.folds.service,
                entity=heading.entity,
                kind=heading.kind,
                reason=dead.reason,
            )
        self.publisher.publish_soon(letters_of(work.spoken))
        self.publisher.report_dead(self.folds.service, work.dead)
        self.woken(work)

    async def obey(self, submissions: Sequence[Submission], *, extra: Sequence[Extra] = ()) -> None:
        """Carry out commands in one transaction; each submission gets its own answer.

        Args:
            submissions: In the order they came.
            extra: Statements (name, parameters) of the same transaction, e.g. settling the effect a command reports.
        """
        answers: list[tuple[bytes | Refusal, bool]] = []
        async with self.db.begin() as conn:
            work = await self.unit.load(conn, {entity for s in submissions for entity in s.ask.entities})
            known = await self._remembered(conn, submissions)
            fresh: dict[tuple[str, str], tuple[str, bytes]] = {}
            answers.extend(self._one(work, submission, known, fresh) for submission in submissions)
            await self._write(conn, work)
            await self._remember(conn, fresh)
            for name, parameters in extra:
                await conn.execute(self.sql[name], parameters)
        for submission, (answer, repeated) in zip(submissions, answers, strict=True):
            submission.answer, submission.repeated = answer, repeated
        await self._after(work)

    def _one(
        self,
        work: Work,
        submission: Submission,
        known: dict[tuple[str, str], tuple[str, bytes]],
        fresh: dict[tuple[str, str], tuple[str, bytes]],
    ) -> tuple[bytes | Refusal, bool]:
        ask = submission.ask
        key = (ask.actor.account, ask.key) if ask.key else None
        if key is not None and (key in known or key in fresh):
            digest, answer = known.get(key) or fresh[key]
            return (answer, True) if digest == ask.digest else (_reused_key(), False)
        outcome = self.folding.obey(work, ask, self.clock.now())
        if isinstance(outcome, Refusal):
            return outcome, False
        rendered = submission.render(outcome)
        if key is not None:
            fresh[key] = (ask.digest, rendered)
        return rendered, False

    async def _remembered(
        self, conn: AsyncConnection, submissions: Sequence[Submission]
    ) -> dict[tuple[str, str], tuple[str, bytes]]:
        keyed = [(s.ask.actor.account, s.ask.key) for s in submissions if s.ask.key]
        if not keyed:
            return {}
        rows = await conn.execute(
            self.sql["remembered"], {"accounts": [a for a, _ in keyed], "keys": [k for _, k in keyed]}
        )
        return {(row.account, row.key): (row.digest, bytes(row.answer)) for row in rows}

    async def _remember(self, conn: AsyncConnection, fresh: dict[tuple[str, str], tuple[str, bytes]]) -> None:
        if not fresh:
            return
        parameters = {
            "accounts": [account for account, _ in fresh],
            "keys": [key for _, key in fresh],
            "digests": [digest for digest, _ in fresh.values()],
            "answers": [answer for _, answer in fresh.values()],
            "now": self.clock.now(),
        }
        await conn.execute(self.sql["remember"], parameters)

    async def tick(self, most: int = 500) -> int:
        """Fire what is due now, gravest first; replicas share the work by skipping what another holds.

        Returns:
            How many timers were taken; 0 when nothing is due or others hold it all.
        """
        now = self.clock.now()
        async with self.db.connect() as conn:
            due = [row.entity for row in await conn.execute(self.sql["due"], {"now": now, "most": most})]
        if not due:
            return 0
        try:
            return await self._fire(due, now)
        except Exception as trouble:
            if is_transient(trouble):
                raise
        return sum([await self._fire_alone(entity, now) for entity in due])

    async def _fire(self, due: Sequence[str], now: datetime) -> int:
        async with self.db.begin() as conn:
            work = await self.unit.load_free(conn, due, now)
            self.folding.tick(work, now)
            for slot in work.slots.values():
                slot.changed = True
            await self._write(conn, work)
        await self._after(work)
        return len(work.slots)

    async def _fire_alone(self, entity: str, now: datetime) -> int:
        """Fire one entity's timer; a step that fails is put off, so that it stops nobody else's."""
        try:
            return await self._fire([entity], now)
        except Exception as trouble:
            if is_transient(trouble):
                raise
            log.exception("timer_put_off", service=self.folds.service, entity=entity)
            async with self.db.begin() as conn:
                await conn.execute(self.sql["put_off"], {"entity": entity, "until": now + PUT_OFF})
            return 1


def _reused_key() -> Refusal:
    return Refusal(
        why="key_reused",
        text=text("这个 Idempotency-Key 已用于另一个内容不同的请求"),
        hint=text("重试同一请求时内容须相同；新请求请换一个键"),
        status=422,
        field="Idempotency-Key",
    )
