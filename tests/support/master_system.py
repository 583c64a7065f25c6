"""Intake on a database of its own with two sites, its loads taken on step by step by the test."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.intake.app import IntakeProcess, build
from shared.contracts.directory import Account
from shared.contracts.fold import Grant
from shared.contracts.ids import RealIds
from shared.process.service import Surroundings
from shared.process.settings import RuntimeSettings
from shared.schema.migrating import migrate
from shouwen.places import migrations_of
from tests.support.clock import HandClock
from tests.support.intake_builders import book, local

NOW = local("2025-04-10T12:00")
SITE, OTHER = "s1", "s4"
RESIDENTS = ["编号", "房号", "姓名", "电话", "身份", "入住日期", "搬离日期", "备注"]
MATTERS = [
    "原编号",
    "受理时间",
    "房号",
    "联系人",
    "电话",
    "类型",
    "类别",
    "级别",
    "内容",
    "责任部门",
    "经办人",
    "期限",
    "状态",
    "备注",
]


@asynccontextmanager
async def intake_on(fresh_db: str, *, replica: str = "first", migrated: bool = True) -> AsyncIterator[IntakeProcess]:
    """Intake with a filled book and accounts, nothing running by itself."""
    settings = RuntimeSettings(database_url=fresh_db, nats_url="nats://127.0.0.1:1", secret=SecretStr("x" * 32))
    db = create_async_engine(fresh_db)
    if migrated:
        await migrate(db, "intake", migrations_of("intake"))
    process = build(Surroundings(settings, db, HandClock(NOW), RealIds(), replica))
    process.book.__dict__.update(book().__dict__)
    for name, site, right in (("admin", SITE, "admin"), ("desk", SITE, "desk"), ("far", OTHER, "admin")):
        process.accounts.put_account(Account(name, name, name, grants=(Grant(site, right),)))
    try:
        yield process
    finally:
        await process._patient.dispose()
        await db.dispose()


@asynccontextmanager
async def asking(process: IntakeProcess, who: str = "admin") -> AsyncIterator[AsyncClient]:
    """A caller without a network between."""
    headers = {"authorization": f"Bearer {process.accounts.assert_for(who)}"}
    async with AsyncClient(transport=ASGITransport(process.api), base_url="http://x", headers=headers) as client:
        yield client


def clock_of(process: IntakeProcess) -> HandClock:
    """The clock the test turns."""
    assert isinstance(process.clock, HandClock)
    return process.clock


def sheet(headings: Sequence[str], *rows: Sequence[str]) -> bytes:
    """A CSV with *rows* under *headings*."""
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


def resident(unit: str, name: str, phone: str = "", *, number: str = "", left: str = "", note: str = "") -> list[str]:
    """A row of the sheet of residents."""
    return [number, unit, name, phone, "", "", left, note]


async def handed_in(
    client: AsyncClient, content: bytes, *, name: str = "住户.csv", site: str = SITE, **more: str
) -> dict[str, Any]:
    """The answer to a file handed in."""
    response = await client.post("/master-files", params={"site": site, "name": name} | more, content=content)
    assert response.status_code == 202, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def settled(process: IntakeProcess) -> None:
    """Take loads on until there is nothing left to do."""
    async with asyncio.timeout(60):
        while await process.office.turn() == 0:
            pass


async def checked(process: IntakeProcess, client: AsyncClient, content: bytes, **how: str) -> dict[str, Any]:
    """A file handed in and compared."""
    job = (await handed_in(client, content, **how))["job"]
    await settled(process)
    return await job_of(client, job)


async def job_of(client: AsyncClient, job: str) -> dict[str, Any]:
    """How a load stands."""
    answer: dict[str, Any] = (await client.get(f"/master-files/{job}")).json()
    return answer


async def applied(process: IntakeProcess, client: AsyncClient, content: bytes, **how: Any) -> dict[str, Any]:
    """A file handed in, compared and written."""
    end_many = how.pop("end_many", False)
    job = await checked(process, client, content, **how)
    assert job["state"] == "checked", job
    response = await client.post(f"/master-files/{job['job']}/apply", json={"end_many": end_many})
    assert response.status_code == 202, response.text
    await settled(process)
    return await job_of(client, job["job"])


async def estate(process: IntakeProcess) -> dict[tuple[str, str], tuple[Any, Any]]:
    """The register: body and day of ending, by kind and id."""
    async with process.db.connect() as conn:
        rows = await conn.execute(text("select kind, id, body, until from intake.estate order by site, kind, id"))
        return {(row.kind, row.id): (row.body, row.until) for row in rows}


async def keys(process: IntakeProcess) -> list[tuple[str, str]]:
    """What residents are found by."""
    async with process.db.connect() as conn:
        rows = await conn.execute(text('select resident, key from intake.resident_keys order by 1, key collate "C"'))
        return [(row.resident, row.key) for row in rows]


async def found(client: AsyncClient, sought: str, **more: str) -> list[str]:
    """Names found by what somebody types."""
    answer = (await client.get("/residents", params={"site": SITE, "q": sought} | more)).json()
    return [one["name"] for one in answer["residents"]]
