"""What is wrong with a file, as its administrator is told: every fault at its place, under the sheet it belongs to."""

from collections.abc import AsyncIterator, Sequence

import pytest
from httpx2 import AsyncClient

from services.intake.app import IntakeProcess
from tests.support.master_system import RESIDENTS, asking, checked, estate, intake_on, resident, sheet

TWO_OF_ONE_NAME = [resident("3-1201", "王芳", "13800138000"), resident("3-1201", "王芳", "13900139000")]
ONE_ID_TWICE = [resident("3-1201", "王芳", number="Z1"), resident("3-1202", "李四", number="Z1")]


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[IntakeProcess]:
    async with intake_on(fresh_db) as process:
        yield process


@pytest.fixture
async def client(process: IntakeProcess) -> AsyncIterator[AsyncClient]:
    async with asking(process) as client:
        yield client


@pytest.mark.parametrize(("rows", "code"), [(TWO_OF_ONE_NAME, "namesake"), (ONE_ID_TWICE, "id_twice")])
async def test_two_rows_that_mean_one_resident_are_a_finding_and_no_defect(
    process: IntakeProcess, client: AsyncClient, rows: Sequence[Sequence[str]], code: str
) -> None:
    job = await checked(process, client, sheet(RESIDENTS, *rows))

    assert (job["state"], job["trouble"], job["counts"]["residents"]["wrong"]) == ("refused", None, 1)
    (finding,) = (await client.get(f"/master-files/{job['job']}/findings")).json()["items"]
    assert (finding["row"], finding["code"]) == (3, code)
    assert await estate(process) == {}


async def test_findings_count_for_the_sheet_its_rows_are_of_whatever_the_file_is_called(
    process: IntakeProcess, client: AsyncClient
) -> None:
    rows = resident("3-1201", "王芳", number="Z1"), resident("3-1202", "李四", "110", number="Z2")
    job = await checked(process, client, sheet(RESIDENTS, *rows), name="导出.csv")

    assert job["counts"] == {"residents": {"new": 1, "same": 0, "wrong": 1}}


async def test_a_page_beyond_all_numbers_is_an_empty_page(process: IntakeProcess, client: AsyncClient) -> None:
    job = await checked(process, client, sheet(RESIDENTS, *ONE_ID_TWICE))

    page = await client.get(f"/master-files/{job['job']}/findings", params={"cursor": "9" * 300})

    assert (page.status_code, page.json()["items"], page.json()["total"]) == (200, [], 1)
