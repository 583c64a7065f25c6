"""What may befall a load: a caller who goes, a file too big, a reader that dies, its age."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import AsyncClient
from sqlalchemy import text

from services.intake.api import uploads
from services.intake.app import IntakeProcess
from services.intake.channels import reading
from services.intake.store import loads
from tests.support.master_system import (
    MATTERS,
    RESIDENTS,
    SITE,
    applied,
    asking,
    checked,
    clock_of,
    estate,
    handed_in,
    intake_on,
    job_of,
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


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_in(folders: Path) -> list[Path]:
    return list(folders.iterdir())


async def jobs(process: IntakeProcess) -> int:
    async with process.db.connect() as conn:
        return int((await conn.execute(text("select count(*) from intake.master_jobs"))).scalar_one())


async def test_a_body_over_the_limit_is_refused_and_leaves_nothing(
    process: IntakeProcess, client: AsyncClient, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "FILE_MOST", 9 * 1024 * 1024)
    where = {"site": SITE, "name": "a.csv"}

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 1024 * 1024

    answer = await client.post("/master-files", params=where, content=endless())

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:shouwen:problem:too_big")
    assert (left_in(folders), await jobs(process)) == ([], 0)


async def test_more_than_a_usual_body_is_taken(process: IntakeProcess, client: AsyncClient, folders: Path) -> None:
    job = await handed_in(client, b"x" * 9 * 1024 * 1024)
    assert len(left_in(folders)) == 1
    await settled(process)
    assert (await job_of(client, job["job"]))["state"] == "refused"
    assert left_in(folders) == []


async def test_an_empty_file_is_refused_at_once(process: IntakeProcess, client: AsyncClient, folders: Path) -> None:
    answer = await client.post("/master-files", params={"site": SITE, "name": "a.csv"}, content=b"")
    assert (answer.status_code, left_in(folders), await jobs(process)) == (422, [], 0)


async def test_a_caller_who_goes_in_the_middle_leaves_nothing(process: IntakeProcess, folders: Path) -> None:
    messages: list[dict[str, object]] = [{"type": "http.request", "body": b"half", "more_body": True}]
    messages.append({"type": "http.disconnect"})
    token = process.accounts.assert_for("admin")
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/master-files",
        "query_string": b"site=s1&name=a.csv",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
        "http_version": "1.1",
    }
    said: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    async def send(message: dict[str, object]) -> None:
        said.append(message)

    await process.api(scope, receive, send)  # type: ignore[arg-type]  # as much of ASGI as matters here

    assert said[0]["status"] == 400
    assert (left_in(folders), await jobs(process)) == ([], 0)


async def test_a_reader_that_takes_too_long_is_ended_and_the_load_says_so(
    process: IntakeProcess, client: AsyncClient, folders: Path
) -> None:
    process.office.reader = reading.SheetReader(within=0.01)
    job = await checked(process, client, sheet(RESIDENTS, *ROWS))
    assert (job["state"], job["trouble"]["why"], job["possible"]) == ("failed", "too_slow", ["discard"])
    assert (left_in(folders), await estate(process)) == ([], {})


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import os; os.kill(os.getpid(), 9)", "killed"),
        ("bytearray(8 * 1024**3)", "too_much_memory"),
        ("raise ValueError('陈静 13800138000')", "defect"),
    ],
)
async def test_a_reader_that_dies_fails_its_load_and_nothing_else(
    process: IntakeProcess,
    client: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    script: str,
    why: str,
) -> None:
    broken = (
        "import services.intake.__main__ as m, sys; from pathlib import Path\n"
        f"def judged(*_):\n    {script}\n    yield\n"
        "m.judged = judged; m.main(Path(sys.argv[1]))"
    )
    with monkeypatch.context() as while_broken:
        while_broken.setattr(reading, "COMMAND", (sys.executable, "-c", broken))
        job = await checked(process, client, sheet(RESIDENTS, *ROWS))
    assert (job["state"], job["trouble"]["why"]) == ("failed", why)
    assert "13800138000" not in caplog.text
    assert (await applied(process, client, sheet(RESIDENTS, *ROWS)))["state"] == "applied"


async def test_the_reader_ends_with_whoever_started_it(tmp_path: Path) -> None:
    waiting = "import services.intake.__main__ as m, sys, time; from pathlib import Path\n"
    waiting += "def judged(*_):\n    m._say({'done': 1, 'total': 0}); time.sleep(600)\n    yield\n"
    waiting += "m._read = lambda folder: list(judged()); m.main(Path(sys.argv[1]))"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        waiting,
        str(tmp_path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert await process.stdout.readline()
    process.stdin.close()
    async with asyncio.timeout(20):
        assert await process.wait() == 1


async def test_a_load_whose_file_is_gone_fails_after_a_while(
    process: IntakeProcess, client: AsyncClient, folders: Path
) -> None:
    job = (await handed_in(client, sheet(RESIDENTS, *ROWS)))["job"]
    for folder in left_in(folders):
        shutil.rmtree(folder)
    await settled(process)
    assert (await job_of(client, job))["state"] == "reading"
    clock_of(process).advance(timedelta(minutes=11))
    await settled(process)
    failed = await job_of(client, job)
    assert (failed["state"], failed["trouble"]["why"]) == ("failed", "file_gone")


async def test_loads_are_forgotten_after_a_month_in_bounded_steps(
    process: IntakeProcess, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "FORGOTTEN_AT_ONCE", 7)
    job = await applied(process, client, sheet(RESIDENTS, *ROWS))
    clock_of(process).advance(loads.KEPT - timedelta(hours=1))
    await settled(process)
    assert (await client.get(f"/master-files/{job['job']}")).status_code == 200

    clock_of(process).advance(timedelta(hours=2))
    await process.office.turn()
    async with process.db.connect() as conn:
        left = (await conn.execute(text("select count(*) from intake.master_changes"))).scalar_one()
    assert left == 2 * len(ROWS) - 7
    await settled(process)

    assert await jobs(process) == 0
    assert len(await estate(process)) == 2 * len(ROWS)


async def test_a_file_is_kept_until_it_is_applied_and_no_longer(
    process: IntakeProcess, client: AsyncClient, folders: Path
) -> None:
    job = await checked(process, client, sheet(RESIDENTS, *ROWS))
    assert len(left_in(folders)) == 1
    await client.post(f"/master-files/{job['job']}/apply", json={})
    await settled(process)
    assert left_in(folders) == []


async def test_files_of_the_dead_are_swept_away(process: IntakeProcess, folders: Path) -> None:
    for name, age in (("shouwen-load-old", 31), ("shouwen-load-new", 29), ("of-somebody-else", 31)):
        folder = folders / name
        folder.mkdir()
        then = (process.clock.now() - timedelta(days=age)).timestamp()
        os.utime(folder, (then, then))
    await process.office.sweep()
    assert sorted(folder.name for folder in left_in(folders)) == ["of-somebody-else", "shouwen-load-new"]


async def test_a_matter_the_pack_no_longer_takes_is_named_and_the_rest_comes(
    process: IntakeProcess, client: AsyncClient
) -> None:
    good = ["A1", "2025-04-01 09:30", "", "", "", "complaint", "engineering", "", "灯坏了", "", "", "", "", ""]
    job = await checked(process, client, sheet(MATTERS, good, ["A2", *good[1:]]), name="未结事项.csv")
    async with process.db.begin() as conn:
        spoilt = """update intake.master_changes set after = jsonb_set(after, '{category}', '"gone"') where id = 'A1'"""
        await conn.execute(text(spoilt))
    await client.post(f"/master-files/{job['job']}/apply", json={})
    await settled(process)

    done = await job_of(client, job["job"])
    assert (done["state"], done["trouble"]["why"], done["findings_total"]) == ("applied", "matters_refused", 1)
    (item,) = (await client.get(f"/master-files/{job['job']}/findings")).json()["items"]
    assert (item["sheet"], item["code"]) == ("A1", "unknown_category")
