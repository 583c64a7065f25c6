"""Rows made and held by one statement, on the real database, while others make and hold the same ones."""

import asyncio
import random  # noqa: TID251  the work is drawn from a seed
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.storage.statements import statements_for
from shared.storage.unit import Unit, Work
from tests.support.system import create_tables, surrounded
from tests.support.toy import SPEAKER, Counter
from tests.support.waiting import eventually

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TURNS = 40
CASES = 12


@pytest.fixture
async def db(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[AsyncEngine]:
    async with surrounded(fresh_nats_each, fresh_db) as around:
        await create_tables(around, ["intake"])
        yield around.db


def unit() -> Unit:
    return Unit(SPEAKER, statements_for("intake"))


def count_up(work: Work, entities: Sequence[str]) -> None:
    for slot in (work.slots[entity] for entity in entities):
        slot.state, slot.encoded, slot.changed = Counter((slot.state or Counter()).count + 1), None, True


async def counted(db: AsyncEngine, entities: Sequence[str]) -> None:
    """Hold *entities* and count each up, in one transaction."""
    async with db.begin() as conn:
        work = await unit().load(conn, entities)
        count_up(work, entities)
        await unit().save(conn, work, NOW)


async def counts(db: AsyncEngine) -> dict[str, int]:
    async with db.connect() as conn:
        ids = [row.id for row in await conn.execute(text("select id from intake.entities"))]
        return {entity: slot.state.count for entity, slot in (await unit().peek(conn, ids)).items()}


async def somebody_waits(db: AsyncEngine) -> bool:
    async with db.connect() as conn:
        waiting = await conn.execute(text("select count(*) from pg_locks where not granted"))
        return bool(waiting.scalar_one())


async def test_a_row_that_somebody_made_meanwhile_is_held_as_he_left_it(db: AsyncEngine) -> None:
    await counted(db, ["case-b"])
    async with db.begin() as conn:
        work = await unit().load(conn, ["case-a"])
        later = asyncio.create_task(counted(db, ["case-a", "case-b", "case-c"]))
        await eventually(lambda: somebody_waits(db))
        count_up(work, ["case-a"])
        await unit().save(conn, work, NOW)
    await later
    assert await counts(db) == {"case-a": 2, "case-b": 2, "case-c": 1}


async def test_whoever_waits_for_a_row_being_made_holds_no_row_yet(db: AsyncEngine) -> None:
    await counted(db, ["case-b"])
    async with db.begin() as conn:
        work = await unit().load(conn, ["case-a"])
        later = asyncio.create_task(counted(db, ["case-a", "case-b"]))
        await eventually(lambda: somebody_waits(db))
        also = await unit().load(conn, ["case-b"])  # would wait for him who waits for us
        count_up(also, ["case-b"])
        await unit().save(conn, also, NOW)
        count_up(work, ["case-a"])
        await unit().save(conn, work, NOW)
    await later
    assert await counts(db) == {"case-a": 2, "case-b": 3}


async def test_many_that_make_and_hold_the_same_rows_never_wait_for_each_other_in_a_circle(db: AsyncEngine) -> None:
    chance = random.Random(7)
    turns = [chance.sample([f"case-{n}" for n in range(CASES)], chance.randint(1, 5)) for _ in range(TURNS)]
    await asyncio.gather(*(counted(db, turn) for turn in turns))  # a deadlock would be raised here
    assert await counts(db) == {
        f"case-{n}": sum(f"case-{n}" in turn for turn in turns)
        for n in range(CASES)
        if any(f"case-{n}" in t for t in turns)
    }
