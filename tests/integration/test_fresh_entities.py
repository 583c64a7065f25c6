"""Entities that are given their id by the command that makes them: no row before their first fact, none overwritten."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.contracts.fold import SYSTEM, Ask
from shared.process.service import Surroundings
from shared.runtime.engine import Submission
from shared.timekeeping.clock import SystemClock
from tests.support.system import alive, create_tables, provisioned, surrounded, toy
from tests.support.toy import SPEAKER, Count
from tests.support.toying import rendered, said


@pytest.fixture
async def around(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[Surroundings]:
    await provisioned(fresh_nats_each)
    async with surrounded(fresh_nats_each, fresh_db) as around:
        await create_tables(around, ["intake", "dispatch"])
        yield around


def ask(entity: str, **more: Any) -> Ask:
    return Ask(entities=(entity,), command=Count(), actor=SYSTEM, at=SystemClock().now(), **more)


async def rows(around: Surroundings, sql: str) -> list[Any]:
    async with around.db.connect() as conn:
        return list(await conn.execute(text(sql)))


async def test_an_entity_just_named_gets_its_row_with_its_first_fact(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    first = Submission(ask("case-new", fresh="case-new"), rendered)
    await speaker.engine.obey([first, Submission(ask("case-old"), rendered)])
    await speaker.engine.obey([Submission(ask("case-new"), rendered)])
    assert first.answer == b'{"version": 1}'
    assert [await said(speaker, entity) for entity in ("case-new", "case-old")] == [2, 1]
    told = await rows(around, "select subject from intake.outbox where subject like '%case-new'")
    assert len(told) == 2


async def test_an_entity_said_to_be_new_that_is_there_already_is_not_overwritten(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    await speaker.engine.obey([Submission(ask("case-a"), rendered)])
    with pytest.raises(IntegrityError):
        await speaker.engine.obey([Submission(ask("case-a", fresh="case-a"), rendered)])
    assert await said(speaker, "case-a") == 1
    assert len(await rows(around, "select 1 from intake.outbox")) == 1


async def test_a_new_entity_leaves_no_row_when_its_command_was_carried_out_before(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    again = [Submission(ask(name, key="k", digest="d", fresh=name), rendered) for name in ("case-a", "case-b")]
    for submission in again:
        await speaker.engine.obey([submission])
    assert (again[0].answer, again[1].repeated) == (again[1].answer, True)
    assert [row.id for row in await rows(around, "select id from intake.entities")] == ["case-a"]


async def test_one_key_at_two_desks_at_once_is_carried_out_once(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    speaker.own_turns.append(("second desk", speaker.desk.turn, None))
    async with alive(speaker):
        for number in range(20):
            names = [f"case-{number}-{each}" for each in range(4)]
            asks = [ask(name, key=f"k{number}", digest="d", fresh=name) for name in names]
            answered = await asyncio.gather(*(speaker.desk.ask(one, rendered) for one in asks))
            assert {one.answer for one in answered} == {b'{"version": 1}'}
            assert sum(one.repeated for one in answered) == 3
        assert len(await rows(around, "select 1 from intake.entities")) == 20
