"""What cannot be taken back, and what cannot be done twice."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from services.intake.app import IntakeProcess
from services.intake.ports.loads import Changed, Job
from services.intake.store.loads import LoadShelf
from tests.support.master_system import RESIDENTS, applied, asking, checked, estate, intake_on, resident, settled, sheet

UNITS = sheet(["房号"], ["3-1201"], ["3-1202"])


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[IntakeProcess]:
    async with intake_on(fresh_db) as process:
        yield process


@pytest.fixture
async def client(process: IntakeProcess) -> AsyncIterator[AsyncClient]:
    async with asking(process) as client:
        yield client


async def test_units_are_not_taken_back_while_somebody_lives_there(process: IntakeProcess, client: AsyncClient) -> None:
    units = await applied(process, client, UNITS, name="房屋.csv")
    people = await applied(process, client, sheet(RESIDENTS, resident("3-1201", "王芳", number="Z1")))

    refused = await client.post(f"/master-files/{units['job']}/undo")

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:shouwen:problem:changed_since")
    assert ("units", "3-1201") in await estate(process)
    for job in (people, units):
        assert (await client.post(f"/master-files/{job['job']}/undo")).status_code == 202
        await settled(process)
    assert await estate(process) == {}


async def test_buildings_are_not_taken_back_while_units_stand_in_them(
    process: IntakeProcess, client: AsyncClient
) -> None:
    buildings = await applied(process, client, sheet(["楼栋", "名称"], ["3栋", "听海阁"]), name="楼栋.csv")
    await applied(process, client, sheet(["房号", "楼栋"], ["3-1201", "3栋"]), name="房屋.csv")

    assert (await client.post(f"/master-files/{buildings['job']}/undo")).status_code == 409


async def test_of_two_who_apply_at_once_the_later_is_told_that_it_is_being_written(
    process: IntakeProcess, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await checked(process, client, UNITS, name="房屋.csv")
    shelf = process.office.work
    assert isinstance(shelf, LoadShelf)
    ask = shelf.ask_to_apply

    async def later(found: Job) -> None:
        await ask(found)
        with pytest.raises(Changed):
            await ask(found)
        raise Changed

    monkeypatch.setattr(shelf, "ask_to_apply", later)

    refused = await client.post(f"/master-files/{job['job']}/apply", json={})

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:shouwen:problem:not_possible_now")
