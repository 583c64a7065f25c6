"""Matters already open become cases once: with their stated time, after the rest is written, wherever it is killed."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient
from sqlalchemy import text

from services.intake.app import IntakeProcess
from services.intake.channels import matters as batches
from services.intake.commands import entity_of
from shared.runtime.engine import Engine
from tests.support.master_system import MATTERS, NOW, applied, asking, checked, intake_on, job_of, settled, sheet


class Killed(BaseException):
    """Ends everything at once."""


def matter(number: str, **cells: str) -> list[str]:
    plain = {
        "原编号": number,
        "受理时间": "2025-04-01 09:30",
        "联系人": "陈静",
        "电话": "13800138000",
        "类型": "complaint",
        "类别": "engineering",
        "内容": "电梯异响",
    }
    return [(plain | cells).get(heading, "") for heading in MATTERS]


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[IntakeProcess]:
    async with intake_on(fresh_db) as process:
        yield process


@pytest.fixture
async def client(process: IntakeProcess) -> AsyncIterator[AsyncClient]:
    async with asking(process) as client:
        yield client


async def cases(process: IntakeProcess) -> list[str]:
    async with process.db.connect() as conn:
        return [row.id for row in await conn.execute(text("select id from intake.entities order by id"))]


async def test_a_matter_becomes_a_case_with_its_stated_time(process: IntakeProcess, client: AsyncClient) -> None:
    rows = [matter("A1", 责任部门="工程部", 期限="2025-04-20 18:00"), matter("A2", 状态="办理中")]

    job = await applied(process, client, sheet(MATTERS, *rows), name="未结事项.csv")

    assert (job["state"], job["counts"]["matters"], job["trouble"]) == (
        "applied",
        {"same": 0, "new": 2, "wrong": 0},
        None,
    )
    case = (await client.get(f"/requests/{entity_of('go_live:s1', 'A1')}")).json()
    assert case["received_at"] == "2025-04-01T09:30:00+08:00"
    assert (case["channel"], case["department"]["role"]) == ("import", "engineering_dept")
    assert case["customer_limit"] == "2025-04-20T18:00:00+08:00"


async def test_the_same_matters_again_open_nothing(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(MATTERS, matter("A1")), name="未结事项.csv")
    before = await cases(process)

    job = await applied(process, client, sheet(MATTERS, matter("A1"), matter("A2")), name="未结事项.csv")

    assert job["counts"]["matters"] == {"same": 1, "new": 1, "wrong": 0}
    assert len(await cases(process)) == len(before) + 1 == 2


async def test_what_the_pack_does_not_know_is_found_in_the_dry_run(process: IntakeProcess, client: AsyncClient) -> None:
    rows = [
        matter("A1", 类型="投诉么"),
        matter("A2", 类别="宇航"),
        matter("A3", 责任部门="宇航部"),
        matter("A4", 级别="天大"),
    ]

    job = await checked(process, client, sheet(MATTERS, *rows), name="未结事项.csv")

    assert (job["state"], job["counts"]["matters"]["wrong"]) == ("refused", 4)
    items = (await client.get(f"/master-files/{job['job']}/findings")).json()["items"]
    assert [item["row"] for item in items] == [2, 3, 4, 5]
    assert [item["column"]["zh"] for item in items] == ["类型", "类别", "责任部门", "级别"]
    assert await cases(process) == []


async def test_a_matter_is_shown_as_its_row_says_it_on_the_clock_of_the_site(
    process: IntakeProcess, client: AsyncClient
) -> None:
    row = matter("A1", 期限="2025-04-20 18:00", 状态="办理中", 备注="催")
    job = await checked(process, client, sheet(MATTERS, row), name="未结事项.csv")

    (change,) = (await client.get(f"/master-files/{job['job']}/changes")).json()["items"]

    assert change["before"] is None
    assert change["after"] == {
        "received_at": "2025-04-01T09:30:00+08:00",
        "contact": "陈静",
        "phone": "13800138000",
        "case_type": "complaint",
        "category": "engineering",
        "content": "电梯异响",
        "due_at": "2025-04-20T18:00:00+08:00",
        "note": "催",
        "state": "started",
    }


async def test_a_limit_before_the_receipt_is_found_in_the_dry_run(process: IntakeProcess, client: AsyncClient) -> None:
    rows = [matter("A1"), matter("A2", 期限="2025-03-01 18:00")]

    job = await checked(process, client, sheet(MATTERS, *rows), name="未结事项.csv")

    assert job["state"] == "refused"
    (item,) = (await client.get(f"/master-files/{job['job']}/findings")).json()["items"]
    assert item["row"] == 3


async def test_a_kill_between_two_batches_loses_nothing_and_opens_nothing_twice(
    process: IntakeProcess, client: AsyncClient, monkeypatch: pytest.MonkeyPatch, fresh_db: str
) -> None:
    monkeypatch.setattr(batches, "TOGETHER", 2)
    job = await checked(process, client, sheet(MATTERS, *(matter(f"A{n}") for n in range(5))), name="未结事项.csv")
    await client.post(f"/master-files/{job['job']}/apply", json={})
    obey, count = Engine.obey, 0

    async def dying(self: Engine, *args: object, **more: object) -> None:
        nonlocal count
        count += 1
        await obey(self, *args, **more)  # type: ignore[arg-type]  # passed on as it came
        if count == 2:
            raise Killed  # committed, but nobody has heard

    monkeypatch.setattr(Engine, "obey", dying)
    with pytest.raises(Killed):
        await settled(process)
    halfway = await job_of(client, job["job"])
    assert (halfway["state"], len(await cases(process))) == ("applying", 4)

    async with intake_on(fresh_db, replica="second", migrated=False) as other:
        other.clock.set(NOW.replace(minute=30))  # type: ignore[attr-defined]  # a clock of the test's own
        await settled(other)

    done = await job_of(client, job["job"])
    assert (done["state"], done["trouble"], done["progress"]) == ("applied", None, {"done": 5, "total": 5})
    assert len(await cases(process)) == 5
