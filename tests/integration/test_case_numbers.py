"""Case numbers on a real database: however fast they go and whoever draws them, none comes twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.intake.store import SequenceNumbers
from services.intake.tables import NUMBERS_AT_ONCE


@pytest.fixture
async def db(fresh_db: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(fresh_db)
    async with engine.begin() as conn:
        await conn.execute(text("create schema intake"))
        await conn.execute(text(f"create sequence intake.case_number increment {NUMBERS_AT_ONCE}"))
    yield engine
    await engine.dispose()


async def test_two_processes_that_draw_fast_never_draw_the_same_number(db: AsyncEngine) -> None:
    replicas = SequenceNumbers(db), SequenceNumbers(db)
    asked = [replicas[turn % 2].take(1 + turn % 3) for turn in range(900)]
    drawn = [number for numbers in await asyncio.gather(*asked) for number in numbers]
    assert len(drawn) == len(set(drawn)) == 1800


async def test_a_quiet_process_draws_one_block(db: AsyncEngine) -> None:
    numbers = SequenceNumbers(db)
    assert await numbers.take(NUMBERS_AT_ONCE) == tuple(range(1, NUMBERS_AT_ONCE + 1))
    async with db.connect() as conn:
        assert (await conn.execute(text("select last_value from intake.case_number"))).scalar() == 1
