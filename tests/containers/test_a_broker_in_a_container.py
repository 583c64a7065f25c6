"""The broker as an installation runs it, in a container: what is said through it survives its restart and its death."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from nats.errors import Error
from sqlalchemy import text

from shared.contracts.fold import SYSTEM, Ask, Done
from shared.process.service import ServiceProcess, Surroundings
from shared.storage.slots import decode_heard
from shared.timekeeping.clock import SystemClock
from tests.support.containers import Broker
from tests.support.system import alive, create_tables, provisioned, surrounded, toy
from tests.support.toy import HEARER, SPEAKER, Count
from tests.support.waiting import eventually

CASE = "case-a"


@pytest.fixture
async def around(broker: Broker, fresh_db: str) -> AsyncIterator[Surroundings]:
    await eventually(lambda: ready(broker), patience=60)
    async with surrounded(broker.url, fresh_db) as around:
        await create_tables(around, ["intake", "dispatch"])
        yield around


async def ready(broker: Broker) -> bool:
    try:
        await provisioned(broker.url)
    except (Error, OSError):
        return False
    return True


async def say(speaker: ServiceProcess, times: int) -> None:
    for _ in range(times):
        question = Ask(entities=(CASE,), command=Count(), actor=SYSTEM, at=SystemClock().now())
        await speaker.desk.ask(question, rendered)


def rendered(done: Done) -> bytes:
    return str(done.version).encode()


async def heard(hearer: ServiceProcess) -> int:
    return await hearer.version_of(CASE, "intake")


async def has_heard(hearer: ServiceProcess, number: int) -> bool:
    return await heard(hearer) >= number


@pytest.mark.parametrize(
    "trouble",
    [pytest.param(Broker.restart, id="restarted in order"), pytest.param(Broker.kill, id="killed and started")],
)
async def test_a_service_goes_on_hearing_where_it_was(
    around: Surroundings, broker: Broker, trouble: Callable[[Broker], None]
) -> None:
    speaker, hearer = toy(SPEAKER, around), toy(HEARER, around)
    async with alive(speaker, hearer):
        await say(speaker, 5)
        await eventually(lambda: has_heard(hearer, 5))

        await asyncio.gather(asyncio.to_thread(trouble, broker), say(speaker, 20))
        await say(speaker, 5)
        await eventually(lambda: has_heard(hearer, 30), patience=60)

        assert await counted(around) == 30
        assert await chains(around) == (30, 30)


async def counted(around: Surroundings) -> int:
    """How often the hearer applied something."""
    async with around.db.connect() as conn:
        return int((await conn.execute(text(f"select said from dispatch.entities where id = '{CASE}'"))).scalar_one())


async def chains(around: Surroundings) -> tuple[int, int]:
    """Versions at the speaker and the hearer, whose chains must agree."""
    async with around.db.connect() as conn:
        said = (await conn.execute(text("select said, said_chain from intake.entities"))).one()
        known = decode_heard((await conn.execute(text("select heard from dispatch.entities"))).scalar_one())["intake"]
    assert known[1] == said.said_chain
    return said.said, known[0]
