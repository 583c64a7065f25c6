"""The database of the simulation and PostgreSQL do the same with the same work: every statement, every row after it."""

import asyncio
import random  # noqa: TID251  the work is drawn from a seed
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import SYSTEM, Ask, Folds
from shared.contracts.intake import ConsentRecorded, RequestWithdrawn
from shared.rules.book import Book
from shared.runtime.engine import Engine, Submission
from shared.runtime.publishing import Publisher
from shared.storage.letters import Letter
from shared.storage.statements import SQL, statements_for
from shouwen.torture.connection import Database
from shouwen.torture.imitation import STATEMENTS
from shouwen.torture.virtual import run_virtually
from shouwen.torture.world import CALM, World, WorldIds
from tests.support.clock import HandClock
from tests.support.system import create_tables, surrounded
from tests.support.toy import HEARER, SPEAKER, Count
from tests.support.toying import rendered

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
TABLES = ("entities", "outbox", "parked", "dead_letters", "positions", "timers", "wanted", "idempotency")
EVERYTHING = Folds(
    service="dispatch",
    hears=("intake",),
    kinds=(
        type(SPEAKER.kinds[0])(
            **{name: getattr(SPEAKER.kinds[0], name) for name in ("prefix", "state", "obey", "due", "fire", "columns")}
            | {"react": HEARER.kinds[0].react}
        ),
    ),
)
Rows = list[dict[str, Any]]


class Numbers:
    """Ids that are the same on both sides."""

    def __init__(self) -> None:
        self._last = 0

    def message(self) -> str:
        self._last += 1
        return f"id-{self._last:06d}"

    def entity(self, prefix: str) -> str:
        return f"{prefix}-{self.message()}"


class Side:
    """One database with an engine on it, and what every statement did there."""

    def __init__(self, db: Any) -> None:
        self.db, self.clock, numbers = db, HandClock(BEGAN), Numbers()
        publisher = Publisher(db, "dispatch", self.clock, numbers)
        self.engine = Engine(EVERYTHING, db, self.clock, numbers, Book(), publisher)
        self.sql = statements_for("dispatch")
        self.seqs = count(1)

    async def ask(self, name: str, **parameters: Any) -> Rows:
        """Run one statement by its name and commit it."""
        async with self.db.begin() as conn:
            return plain(await conn.execute(self.sql[name], parameters))


def plain(result: Any) -> Rows:
    """Rows as dicts; bytes as bytes."""
    if not getattr(result, "returns_rows", True):
        return []
    return [tidy(row._mapping if hasattr(row, "_mapping") else vars(row)) for row in result]


def tidy(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def letters(chance: random.Random) -> list[Letter]:
    """Facts about four cases: in any order, some twice, some missing, some poison, some unreadable."""
    made = [letter(f"case-{case}", version) for case in range(4) for version in range(1, 7)]
    made += [letter("case-9", 1, ConsentRecorded(consent="poison", by="x")), letter("case-9", 2), letter("case-9", 3)]
    made += [letter("case-8", 1, flaw="cannot be read"), letter("case-8", 2)]
    made += chance.sample(made, 6)
    chance.shuffle(made)
    return made


def letter(entity: str, version: int, fact: Fact | None = None, flaw: str = "") -> Letter:
    said = fact or (RequestWithdrawn(by="x") if version == 5 else ConsentRecorded(consent="CN-2", by=str(version)))
    heading = Heading(f"{entity}-{version}", f"intake.{said.name}", entity, BEGAN, version, entity)
    heard = None if flaw else Heard(heading, said)
    body = said.model_dump_json().encode()
    return Letter(heading, said.subject(heading), heading.headers(), body, heard, flaw=flaw)


def asks(chance: random.Random, at: datetime) -> list[Ask]:
    commands = [Count(fuse=chance.random() < 0.5, want=True) for _ in range(5)]
    new = f"case-{chance.getrandbits(64)}"
    return [
        Ask(entities=(new,), command=Count(), actor=SYSTEM, at=at, key=f"k-{chance.randint(1, 12)}", fresh=new),
        *(
            Ask(
                entities=(f"case-{chance.randint(0, 5)}",),
                command=command,
                actor=SYSTEM,
                at=at,
                key=f"k-{chance.randint(1, 12)}",
            )
            for command in commands
        ),
    ]


async def live(side: Side, seed: int, look: Callable[[], Any]) -> list[Any]:
    """A day of work: hear, obey, tick, send, publish, forget; what was answered and what stood after each."""
    chance, seen = random.Random(seed), []
    waiting = letters(chance)
    for _ in range(12):
        batch, waiting = waiting[:5], waiting[5:]
        if batch:
            await side.engine.hear(batch)
        submissions = [Submission(one, rendered) for one in asks(chance, side.clock.now())]
        await side.engine.obey(submissions)
        seen += [(one.answer, one.repeated) for one in submissions]
        seen.append(await effects(side, chance))
        seen.append(await outbox(side, chance))
        seen.append(await times(side))
        side.clock.advance(timedelta(minutes=chance.randint(0, 50)))
        seen.append(await look())
    return seen


async def effects(side: Side, chance: random.Random) -> Any:
    now = side.clock.now()
    due = await side.ask("next_wanted")
    claimed = await side.ask("claim", now=now, lease=now + timedelta(minutes=1), most=300)
    keys = sorted(row["key"] for row in claimed)
    done, again = keys[::2], keys[1::2]
    await side.ask("settle", keys=done, now=now, outcome="0 ok")
    await side.ask("retry", keys=again, next_at=now + timedelta(minutes=5), outcome="busy")
    if chance.random() < 0.3:
        await side.ask("unwant", keys=again, now=now)
    return [due, sorted(claimed, key=lambda row: str(row["key"]))]


async def outbox(side: Side, chance: random.Random) -> Any:
    now = side.clock.now()
    waiting = await side.ask("unsaid", before=now + timedelta(seconds=1), most=4)
    ids = [row["id"] for row in waiting]
    await side.ask("said", ids=ids, seqs=[next(side.seqs) for _ in ids], now=now)
    if chance.random() < 0.2:
        await side.ask("say_again")
    await side.ask("forget_said", before=now - timedelta(minutes=30))
    return [waiting, await side.ask("unsaid_age"), await side.ask("last_said")]


async def times(side: Side) -> Any:
    now = side.clock.now()
    next_due, due = await side.ask("next_due"), await side.ask("due", now=now, most=10)
    if due:
        await side.ask("put_off", entity=due[0]["entity"], until=now + timedelta(minutes=1))
    fired = await side.engine.tick()
    await side.ask("forget_asked", before=now - timedelta(hours=2))
    parked = await side.ask("parked_long", before=now, entity="", speaker="", most=9)
    return [next_due, due, fired, parked]


KEYS = {"entities": "id", "timers": "entity", "positions": "durable", "wanted": "key"}


def sorted_rows(table: str, rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: [str(row[name]) for name in sorted(row) if isinstance(row[name], str | int)])


async def in_memory(seed: int) -> list[Any]:
    world = World(seed)
    world.weather = CALM
    side = Side(Database(world, world.seat("dispatch")))

    async def look() -> Any:
        tables = world.store.tables
        return {t: sorted_rows(t, [dict(row) for row in tables.get(f"dispatch.{t}", {}).values()]) for t in TABLES}

    return await live(side, seed, look)


async def in_postgres(db: Any, seed: int) -> list[Any]:
    side = Side(db)

    async def look() -> Any:
        async with db.connect() as conn:
            return {t: sorted_rows(t, plain(await conn.execute(text(f"select * from dispatch.{t}")))) for t in TABLES}

    return await live(side, seed, look)


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_work_leaves_the_same_rows(seed: int, fresh_nats_each: str, fresh_db: str) -> None:
    async with surrounded(fresh_nats_each, fresh_db) as around:
        await create_tables(around, ["dispatch"])
        real = await in_postgres(around.db, seed)
    imitated = await imitated_in_a_thread(seed)
    for step, (there, here) in enumerate(zip(real, imitated, strict=True)):
        assert as_told(here, there) == there, f"step {step}"


def as_told(here: Any, there: Any) -> Any:
    """What the imitation answers, without columns the real statement does not name."""
    if isinstance(here, list) and len(here) == len(there):
        return [as_told(mine, theirs) for mine, theirs in zip(here, there, strict=True)]
    if isinstance(here, dict):
        return {name: as_told(here[name], value) for name, value in there.items() if name in here}
    return here


async def imitated_in_a_thread(seed: int) -> list[Any]:
    return await asyncio.to_thread(lambda: run_virtually(in_memory(seed)))


def test_every_statement_is_imitated() -> None:
    elsewhere = set(SQL) - set(STATEMENTS)
    assert elsewhere == set()
    assert set(STATEMENTS) - set(SQL) == set()


def test_ids_of_a_world_sort_by_the_time_they_were_made() -> None:
    async def made() -> list[str]:
        ids = WorldIds(World(1))
        return [ids.message() for _ in range(300)]

    ids = run_virtually(made())
    assert ids == sorted(ids)
    assert len(set(ids)) == 300
