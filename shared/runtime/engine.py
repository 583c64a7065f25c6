"""Transactions around folds: what is heard, what is asked and what falls due take the same way.

Promises kept here: the acknowledgement comes after the commit (the caller of :meth:`Engine.hear` acknowledges when it
returns); facts leave through the outbox of the same transaction; an entity is changed by one transaction at a time.

Source: design.md §5.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.contracts.fold import Ask, Done, Folds, Refusal
from shared.contracts.ids import Ids
from shared.contracts.refusing import key_reused
from shared.rules.book import Book
from shared.runtime.folding import Folding, heard_entities
from shared.runtime.outgoing import letters_of
from shared.runtime.publishing import Publisher
from shared.runtime.toll import EverythingDies, Toll
from shared.storage.letters import Letter, told
from shared.storage.statements import Statements, statements_for
from shared.storage.trouble import is_transient
from shared.storage.unit import Unit, Work
from shared.timekeeping.clock import Clock

log = structlog.get_logger()

PUT_OFF = timedelta(minutes=1)
NO_INSTANT = datetime.min.replace(tzinfo=UTC)
TICK_MOST, RUN_MOST, LANES = 2000, 250, 2
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
        begun: It left the queue; from now on only the key can tell whether it was carried out.
    """

    ask: Ask
    render: Callable[[Done], bytes]
    answer: bytes | Refusal | None = None
    repeated: bool = False
    begun: bool = False


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
    toll: Toll = field(default_factory=Toll)
    sql: Statements = field(init=False)
    unit: Unit = field(init=False)
    folding: Folding = field(init=False)
    _at_fold: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Build what is derived from the folds once."""
        self.sql = statements_for(self.folds.service)
        self.unit = Unit(self.folds, self.sql)
        self.folding = Folding(self.folds, self.book, self.ids)

    async def hear(self, letters: Sequence[Letter]) -> None:
        """Apply facts in order, in one transaction; a letter that cannot be applied is found by halving and buried.

        Args:
            letters: As they came, any order, repeats allowed.

        Raises:
            EverythingDies: Nearly all would be buried; none was.
            Exception: Transient trouble only; hear the same letters again later, what was kept is not applied twice.
        """
        doomed: list[Letter] = []
        await self._halving(letters, doomed, len(letters))
        if doomed:
            await self._hear(doomed, len(letters))

    async def _halving(self, letters: Sequence[Letter], doomed: list[Letter], among: int) -> None:
        try:
            await self._hear(letters, among)
        except Exception as wrong:
            if is_passing(wrong):
                raise
            if len(letters) == 1:
                await self._alone(letters[0], doomed, among)
                return
            for half in (letters[: len(letters) // 2], letters[len(letters) // 2 :]):
                await self._halving(half, doomed, among)

    async def _alone(self, letter: Letter, doomed: list[Letter], among: int) -> None:
        """One letter, then each one parked behind it by itself: none may die of its successor's fault."""
        following: Letter | None = letter
        while (each := following) is not None:
            try:
                following = await self._hear([each], among, drain=False)
            except Exception as wrong:
                if is_passing(wrong):
                    raise
                doomed.append(replace(each, flaw=told(wrong), heard=None))
                return

    async def _hear(self, letters: Sequence[Letter], among: int, *, drain: bool = True) -> Letter | None:
        now = self.clock.now()
        async with self.db.begin() as conn:
            work = await self.unit.load(conn, heard_entities(self.folding, letters))
            for letter in letters:
                self.folding.hear(work, letter, now, drain=drain)
            self.toll.weigh(among, work.dead)
            await self.write(conn, work)
        await self.committed(work, len(letters))
        return None if drain or work.dead else self.folding.following(work, letters[0].heading)

    async def write(self, conn: AsyncConnection, work: Work) -> None:
        """Write what *work* changed; only the commit is left."""
        await self.projection.project(conn, work)
        await self.unit.save(conn, work, self.clock.now())

    async def committed(self, work: Work, heard: int = 0) -> None:
        """Publish and wake after a commit in which *heard* letters were settled."""
        self.toll.count(heard, work.dead)
        for dead in work.dead:
            who = dead.letter.heading
            log.error(
                "message_buried", service=self.folds.service, entity=who.entity, kind=who.kind, reason=dead.reason
            )
        self.publisher.publish_soon(letters_of(work.spoken))
        self.woken(work)

    async def obey(self, submissions: Sequence[Submission], *, extra: Sequence[Extra] = ()) -> None:
        """Carry out commands in one transaction; each submission gets its own answer.

        Args:
            submissions: In the order they came.
            extra: Statements (name, parameters) of the same transaction, e.g. settling the effect a command reports.
        """
        answers: list[tuple[bytes | Refusal, bool]] = []
        async with self.db.begin() as conn:
            new = {s.ask.fresh for s in submissions if s.ask.fresh}
            work = await self.unit.load(conn, {entity for s in submissions for entity in s.ask.entities}, new)
            known = await self._remembered(conn, submissions)
            fresh: dict[tuple[str, str], tuple[str, bytes]] = {}
            answers.extend(self._one(work, submission, known, fresh) for submission in submissions)
            await self.write(conn, work)
            await self._remember(conn, fresh)
            for name, parameters in extra:
                await conn.execute(self.sql[name], parameters)
        for submission, (answer, repeated) in zip(submissions, answers, strict=True):
            submission.answer, submission.repeated = answer, repeated
        await self.committed(work)

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
            return (answer, True) if digest == ask.digest else (key_reused(), False)
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

    async def tick(self, most: int = TICK_MOST) -> int:
        """Fire what is due now, gravest first; replicas share the work by skipping what another holds.

        While the database writes one run of entities, the next is folded.

        Returns:
            How many timers were taken; 0 when nothing is due or others hold it all.
        """
        now = self.clock.now()
        async with self.db.connect() as conn:
            due = [row.entity for row in await conn.execute(self.sql["due"], {"now": now, "most": most})]
        lanes = asyncio.Semaphore(LANES)
        runs = (due[at : at + RUN_MOST] for at in range(0, len(due), RUN_MOST))
        tasks = [asyncio.ensure_future(self._fire_run(run, now, lanes)) for run in runs]
        await asyncio.gather(*tasks, return_exceptions=True)  # no run goes on alone after another failed
        return sum(task.result() for task in tasks)

    async def _fire_run(self, run: Sequence[str], now: datetime, lanes: asyncio.Semaphore) -> int:
        async with lanes:
            try:
                return await self._fire(run, now)
            except Exception as trouble:
                if is_transient(trouble):
                    raise
            return sum([await self._fire_alone(entity, now) for entity in run])

    async def _fire(self, due: Sequence[str], now: datetime) -> int:
        async with AsyncExitStack() as transaction:
            async with self._at_fold:  # in the order of the runs, and so they are said
                conn = await transaction.enter_async_context(self.db.begin())
                work = await self.unit.load_free(conn, due, now)
                self.folding.tick(work, now)
            for slot in work.slots.values():  # even one nothing came of: its row said that something is due
                slot.changed, slot.due_before = True, NO_INSTANT
            await self.write(conn, work)
        await self.committed(work)
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


def is_passing(trouble: Exception) -> bool:
    """Whether the letters at hand are not to blame."""
    return is_transient(trouble) or isinstance(trouble, EverythingDies)
