"""Loads on several replicas: whoever dies or is stopped leaves his to the next, and no two write one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import AsyncClient

from services.intake.app import IntakeProcess
from services.intake.ports.loads import Asked, Lost, Read, Told
from services.intake.store import loads
from services.intake.store.loading import Loader
from tests.support.master_system import (
    RESIDENTS,
    asking,
    checked,
    clock_of,
    estate,
    handed_in,
    intake_on,
    job_of,
    keys,
    resident,
    settled,
    sheet,
)

ROWS = [resident(f"3-{number}", "陈静", number=f"Z{number}") for number in range(100, 130)]


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[IntakeProcess]:
    async with intake_on(fresh_db) as process:
        yield process


@pytest.fixture
async def client(process: IntakeProcess) -> AsyncIterator[AsyncClient]:
    async with asking(process) as client:
        yield client


async def test_a_replica_that_dies_reading_leaves_the_load_to_the_next(
    process: IntakeProcess, client: AsyncClient, fresh_db: str
) -> None:
    job = (await handed_in(client, sheet(RESIDENTS, *ROWS)))["job"]
    (waiting,) = await process.office.work.waiting()
    assert await process.office.work.claim(waiting) is not None

    async with intake_on(fresh_db, replica="second", migrated=False) as other:
        await settled(other)
        assert (await job_of(client, job))["state"] == "reading"
        clock_of(other).advance(loads.SILENT + timedelta(seconds=1))
        await settled(other)

    assert (await job_of(client, job))["state"] == "checked"


async def test_a_replica_that_is_stopped_leaves_its_load_at_once(
    process: IntakeProcess, client: AsyncClient, fresh_db: str
) -> None:
    job = (await handed_in(client, sheet(RESIDENTS, *ROWS)))["job"]
    begun, reader = asyncio.Event(), process.office.reader

    class Waiting:
        async def read(self, folder: Path, asked: Asked, told: Told) -> Read:
            begun.set()
            await asyncio.Event().wait()
            return await reader.read(folder, asked, told)

    process.office.reader = Waiting()
    turn = asyncio.create_task(process.office.turn())
    await begun.wait()
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)

    async with intake_on(fresh_db, replica="second", migrated=False) as other:
        await settled(other)
    assert (await job_of(client, job))["state"] == "checked"


async def test_a_kill_while_it_is_written_leaves_nothing_half_done(
    process: IntakeProcess, client: AsyncClient, fresh_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await checked(process, client, sheet(RESIDENTS, *ROWS))
    await client.post(f"/master-files/{job['job']}/apply", json={})

    class Killed(BaseException):
        """Ends everything at once."""

    def dying(done: int, total: int) -> None:
        if done == total - 1:
            raise Killed

    (waiting,) = await process.office.work.waiting()
    mine = await process.office.work.claim(waiting)
    assert mine is not None
    with pytest.raises(Killed):
        await process.office.register.apply(mine, dying)
    assert (await estate(process), await keys(process)) == ({}, [])

    async with intake_on(fresh_db, replica="second", migrated=False) as other:
        clock_of(other).advance(loads.SILENT + timedelta(seconds=1))
        await settled(other)

    assert (await job_of(client, job["job"]))["state"] == "applied"
    assert len([kind for kind, _ in await estate(process) if kind == "residents"]) == len(ROWS)


async def test_two_replicas_never_apply_one_load_both(process: IntakeProcess, client: AsyncClient) -> None:
    job = await checked(process, client, sheet(RESIDENTS, *ROWS))
    await client.post(f"/master-files/{job['job']}/apply", json={})
    (waiting,) = await process.office.work.waiting()
    assert await process.office.work.claim(waiting) is not None
    assert await process.office.work.claim(waiting) is None

    stranger = Loader(process.db, process.clock, "stranger", forget=lambda: None)
    with pytest.raises(Lost):
        await stranger.apply(waiting, lambda _done, _total: None)
    assert await estate(process) == {}
