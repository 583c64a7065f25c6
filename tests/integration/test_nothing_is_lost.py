"""Broker, database and the services' process are killed under load: what was answered with 2xx is all there, once.

Source: design.md §11 (a request answered with 2xx is never lost, no effect twice).
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from nats import connect
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shouwen.demo import load
from shouwen.door import opened
from shouwen.embedded import NatsServer, PostgresServer
from shouwen.embedded.ports import any_free
from shouwen.verifying.flow import verify_system
from shouwen.verifying.log import log_at
from tests.support.servers import running_nats, running_postgres
from tests.support.waiting import eventually

SERVICES = ("directory", "intake", "dispatch", "escalation", "reporting", "notify")
COMMAND = [sys.executable, "-c", "from shouwen.cli import app; app()"]
REQUESTS = 300
AT_ONCE = 6
BODY = {
    "site": "haijing",
    "case_type": "complaint",
    "category": "engineering",
    "severity": "minor",
    "channel": "phone",
    "caller": {"name": "赵文", "phone": "13900000001"},
    "content": "楼上漏水",
}


@dataclass
class Machine:
    """A broker, a database, and one process with every service; each can be killed and started again.

    Attributes:
        cases: Case id by idempotency key, for every request answered with 2xx.
        put_off: Requests answered with 503, which the caller sent again.
    """

    nats: NatsServer
    postgres: PostgresServer
    log: Path
    port: int = field(default_factory=any_free)
    token: str = ""
    cases: dict[str, str] = field(default_factory=dict)
    put_off: list[httpx2.Response] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        servers = {"SHOUWEN_DATABASE_URL": self.postgres.dsn, "SHOUWEN_NATS_URL": self.nats.url}
        return os.environ | servers | {"SHOUWEN_SECRET": "secret of the test", "SHOUWEN_PASSWORD": "a good password"}

    def run(self, command: str) -> str:
        done = subprocess.run([*COMMAND, command], env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def serve(self) -> None:
        with self.log.open("ab") as log:
            command = [*COMMAND, "serve", *SERVICES, "--port", str(self.port)]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def kill_services(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def answers(self) -> bool:
        async with httpx2.AsyncClient() as client:
            try:
                return (await client.get(f"{self.url}/healthz")).status_code == 200
            except httpx2.TransportError:
                return False


async def shorten_the_wait(url: str) -> None:
    """What a killed reader had in hand comes back after 3 seconds instead of 30."""
    nc = await connect(url)
    js = nc.jetstream()
    for reader in await js.consumers_info("EV"):
        reader.config.ack_wait = 3.0
        await js.add_consumer("EV", reader.config)
    await nc.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with running_nats() as nats, running_postgres() as postgres:
        machine = Machine(nats, postgres, tmp_path / "serve.log")
        machine.run("provision")
        asyncio.run(shorten_the_wait(nats.url))
        machine.token = machine.run("administrator")
        machine.serve()
        try:
            yield machine
        finally:
            machine.kill_services()


@asynccontextmanager
async def ready(machine: Machine) -> AsyncIterator[httpx2.AsyncClient]:
    await eventually(machine.answers, patience=20)
    await load(machine.url, token=machine.token, password="a good password")
    headers = {"Authorization": f"Bearer {machine.token}"}
    async with httpx2.AsyncClient(base_url=machine.url, headers=headers, timeout=10) as client:
        yield client


async def ask_until_accepted(machine: Machine, client: httpx2.AsyncClient, key: str) -> bool:
    """One try; an answer that did not come is asked for again under the same key, as a careful caller does."""
    try:
        answer = await client.post("/api/intake/requests", json=BODY, headers={"Idempotency-Key": key})
    except httpx2.TransportError:
        return False
    if answer.status_code == 503:
        machine.put_off.append(answer)
        return False
    assert answer.status_code == 201, answer.text
    machine.cases[key] = answer.json()["entity"]
    return True


async def caller(machine: Machine, client: httpx2.AsyncClient, keys: Iterator[str]) -> None:
    for key in keys:
        await eventually(lambda: ask_until_accepted(machine, client, key), patience=30, every=0.05)  # noqa: B023  at once


async def disasters(machine: Machine) -> None:
    """Each in its time: while requests come in and after the last disaster is over."""

    def kill_broker() -> None:
        machine.nats.kill()
        machine.nats.start()

    def kill_database() -> None:
        machine.postgres.kill()
        machine.postgres.start()

    def kill_services() -> None:
        machine.kill_services()
        machine.serve()

    for number, disaster in enumerate((kill_broker, kill_database, kill_services), start=1):
        await eventually(lambda: accepted(machine, number * REQUESTS // 4), patience=30)  # noqa: B023  awaited at once
        disaster()
        await eventually(machine.answers, patience=20)


async def accepted(machine: Machine, number: int) -> bool:
    return len(machine.cases) >= number


async def quiet(client: httpx2.AsyncClient) -> bool:
    """Whether everything said was heard."""
    answers = [await client.get(f"/api/{service}/backlog") for service in SERVICES]
    return all(answer.status_code == 200 and not any(answer.json().values()) for answer in answers)


async def facts_of(machine: Machine) -> dict[str, Counter[str]]:
    """Kinds of the facts of each case in the archive, counted."""
    db = create_async_engine(machine.postgres.dsn)
    async with db.connect() as conn:
        rows = list(await conn.execute(text("select entity, kind from reporting.facts")))
        kept = {row.case_id for row in await conn.execute(text("select case_id from reporting.cases"))}
    await db.dispose()
    found: dict[str, Counter[str]] = {case: Counter() for case in kept}
    for row in rows:
        found.setdefault(row.entity, Counter())[row.kind] += 1
    return found


async def test_what_was_answered_is_there_once_whatever_was_killed(machine: Machine) -> None:
    keys = iter([f"key-{number}" for number in range(REQUESTS)])
    async with ready(machine) as client:
        await asyncio.gather(disasters(machine), *(caller(machine, client, keys) for _ in range(AT_ONCE)))
        await eventually(lambda: quiet(client), patience=30, every=0.2)
        found = await facts_of(machine)
        async with opened(machine.url, machine.token) as door, log_at(machine.nats.url) as reader:
            verdict = await verify_system(door, reader)

    assert set(found) == set(machine.cases.values())
    assert len(found) == REQUESTS
    for kind in ("intake.request_received", "dispatch.order_issued", "escalation.clock_armed"):
        assert {counted[kind] for counted in found.values()} == {1}, kind
    assert all(answer.headers["Retry-After"] for answer in machine.put_off)
    assert verdict.differences == ()
