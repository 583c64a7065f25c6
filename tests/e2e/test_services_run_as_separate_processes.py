"""Every service as a process of its own, dispatch twice, against the same servers: a case is seen through."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import httpx2
import pytest

from shared.packs.loader import builtin_pack
from shouwen.embedded import PostgresServer
from tests.support.servers import new_database, running_nats
from tests.support.waiting import eventually

SERVICES = ("directory", "intake", "dispatch", "dispatch", "escalation", "reporting", "notify")
COMMAND = [sys.executable, "-c", "from shouwen.cli import app; app()"]


@contextmanager
def serving(environment: dict[str, str], log: IO[bytes], service: str) -> Iterator[subprocess.Popen[bytes]]:
    """One service process, ended in order afterwards."""
    command = [*COMMAND, "serve", service, "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        code = process.wait(timeout=20)
        assert process.stdout is not None
        process.stdout.close()
    assert code == 0, f"{service} ended with {code}"


def address(process: subprocess.Popen[bytes]) -> str:
    """Where the process answers; it says so once it does."""
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    found = re.search(r"http://\S+", line)
    assert found, f"{process.args!r} did not start: {line!r}"
    return found[0]


@pytest.fixture
def environment(postgres_server: PostgresServer) -> Iterator[dict[str, str]]:
    with running_nats() as nats, new_database(postgres_server) as dsn:
        settings = {"SHOUWEN_DATABASE_URL": dsn, "SHOUWEN_NATS_URL": nats.url, "SHOUWEN_SECRET": "secret of the test"}
        environment = os.environ | settings | {"SHOUWEN_POOL_SIZE": "4", "SHOUWEN_PASSWORD": "a good password"}
        subprocess.run([*COMMAND, "provision"], env=environment, check=True, capture_output=True)
        yield environment


def test_a_case_is_seen_through_by_seven_processes(environment: dict[str, str], tmp_path: Path) -> None:
    with ExitStack() as stack, (tmp_path / "log").open("wb") as log:
        started = [(name, stack.enter_context(serving(environment, log, name))) for name in SERVICES]
        urls: dict[str, list[str]] = {}
        for name, process in started:
            urls.setdefault(name, []).append(address(process))
        made = subprocess.run([*COMMAND, "administrator"], env=environment, check=True, capture_output=True, text=True)
        asyncio.run(see_through(urls, made.stdout.strip()))


async def see_through(urls: dict[str, list[str]], token: str) -> None:
    """Log, accept at one replica of dispatch, complete at the other, follow up; the row says satisfied."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(timeout=20, headers=headers) as client:
        await set_up(client, urls["directory"][0])
        first, second = urls["dispatch"]
        body = {
            "site": "s1",
            "category": "engineering",
            "severity": "minor",
            "channel": "phone",
            "content": "漏水",
            "caller": {"name": "赵文"},
        }
        logged = await eventually(lambda: accepted(client, f"{urls['intake'][0]}/api/intake/requests", body))
        assert logged is not None
        case = logged.json()["entity"]
        steps: list[tuple[str, str, Mapping[str, object]]] = [
            (first, "accept", {}),
            (second, "start", {}),
            (first, "complete", {"text": "好了"}),
            (second, "follow-up", {"answer": "satisfied", "method": "visit", "text": "满意"}),
        ]
        for replica, act, said in steps:
            await eventually(lambda: accepted(client, f"{replica}/api/dispatch/cases/{case}/{act}", said))  # noqa: B023  awaited at once

        async def satisfied() -> bool:
            row = await client.get(f"{urls['reporting'][0]}/api/reporting/cases/{case}")
            return row.status_code == 200 and bool(row.json()["ending"] == "satisfied")

        await eventually(satisfied)
        clocks = await client.get(f"{urls['escalation'][0]}/api/escalation/cases/{case}")
        assert clocks.json()["status"] == "closed"


async def accepted(client: httpx2.AsyncClient, url: str, body: Mapping[str, object]) -> httpx2.Response | None:
    response = await client.post(url, json=body)
    return response if response.status_code in (200, 201) else None


async def set_up(client: httpx2.AsyncClient, directory: str) -> None:
    """One site on the butlers' manual."""
    weekly = [[{"start": 510, "end": 1050}]] * 7
    site = {
        "id": "s1",
        "code": "S1",
        "name": {"zh": "一号", "en": "One"},
        "zone": "Asia/Shanghai",
        "packs": [{"pack": "P001/3", "version": builtin_pack("P001/3").version, "since": "2020-01-01T00:00:00Z"}],
        "calendar": {"version": "1", "weekly": weekly, "statutory": "cn"},
    }
    records = {"records": [{"record": "site", "key": "s1", "body": site}]}
    await eventually(lambda: accepted(client, f"{directory}/api/directory/records", records))
