"""A system of real processes that can be killed: broker, database, services, and what starts again what has died."""

import asyncio
import contextlib
import multiprocessing
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shouwen.cli import app
from shouwen.demo import load
from shouwen.embedded import NatsServer, PostgresServer
from shouwen.embedded.ports import any_free
from shouwen.hosting import QuietServer, config_for
from tests.support.servers import running_nats, running_postgres
from tests.support.waiting import eventually

SERVICES = ("directory", "intake", "dispatch", "escalation", "reporting", "notify")
PASSWORD = "a good password"
LOOK = 0.1

_PROCESSES = multiprocessing.get_context("forkserver")
# Every process is one of its own from its start; only reading the same code twenty times is saved.
_COMMANDS = ("shouwen.commands.serve", "shouwen.commands.preparing")
_PROCESSES.set_forkserver_preload([*_COMMANDS, *(f"services.{name}.app" for name in SERVICES)])


def _command(words: Sequence[str], environment: Mapping[str, str], output: Path) -> None:
    """``shouwen`` with *words*, as a process of its own runs it."""
    os.environ.update(environment)
    with output.open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    app(list(words))


def started(words: Sequence[str], environment: Mapping[str, str], output: Path) -> ForkServerProcess:
    """A process that runs ``shouwen`` with *words*."""
    process = _PROCESSES.Process(target=_command, args=(words, environment, output), daemon=True)
    process.start()
    return process


@dataclass
class Served:
    """A process with some of the services; it keeps its port over restarts."""

    services: Sequence[str]
    port: int = field(default_factory=any_free)
    process: ForkServerProcess | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.join()

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.is_alive()


@dataclass
class Machine:
    """Servers and processes, started again within a tenth of a second when they die, as a supervisor does.

    Attributes:
        directory: Where the processes leave what they print.
        url: One address for all of it, as a proxy in front of the processes gives.
    """

    nats: NatsServer
    postgres: PostgresServer
    served: Sequence[Served]
    directory: Path
    url: str = ""
    token: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What a process of it is told."""
        servers = {"SHOUWEN_DATABASE_URL": self.postgres.dsn, "SHOUWEN_NATS_URL": self.nats.url}
        return servers | {
            "SHOUWEN_SECRET": "secret of the test",
            "SHOUWEN_PASSWORD": PASSWORD,
            "SHOUWEN_POOL_SIZE": "4",
        }

    def run(self, command: str) -> str:
        """One command to its end; answers what it printed."""
        output = self.directory / command
        process = started([command], self.environment, output)
        process.join()
        told = output.read_text("utf-8")
        assert process.exitcode == 0, told
        return told.strip()

    def bring_up(self, served: Served) -> None:
        """Start a process; :meth:`answers` says when it works."""
        words = ["serve", *served.services, "--port", str(served.port)]
        served.process = started(words, self.environment, self.directory / "serve.log")

    async def supervise(self, starter: Executor) -> None:
        """For ever: start what does not run; servers first, a process that found none has ended by itself.

        Args:
            starter: A thread that outlives the servers it starts; they end with it.
        """
        while True:
            for server in (self.postgres, self.nats):
                if not server.running:
                    await asyncio.get_running_loop().run_in_executor(starter, server.start)
            for served in self.served:
                if not served.running:
                    self.bring_up(served)
            await asyncio.sleep(LOOK)

    async def answers(self) -> bool:
        """Whether every process answers and its broker too."""
        async with httpx2.AsyncClient(timeout=5) as client:
            try:
                told = [await client.get(f"{served.url}/healthz") for served in self.served]
            except httpx2.TransportError:
                return False
        return all(answer.status_code == 200 for answer in told)

    async def rows(self, sql: str) -> list[Any]:
        """What the database answers, whoever owns the table."""
        db = create_async_engine(self.postgres.dsn)
        try:
            async with db.connect() as conn:
                return list(await conn.execute(text(sql)))
        finally:
            await db.dispose()

    async def quiet(self, client: httpx2.AsyncClient) -> bool:
        """Whether everything said was heard and nothing waits to be said."""
        answers = [await client.get(f"/api/{service}/backlog") for service in SERVICES]
        return all(answer.status_code == 200 and not any(answer.json().values()) for answer in answers)


class Gateway:
    """What stands in front of the processes: hands a request to one that has the service, one after the other."""

    def __init__(self, served: Sequence[Served], client: httpx2.AsyncClient) -> None:
        """Choose by the second part of a path."""
        having = {name: [each for each in served if name in each.services] for name in SERVICES}
        self._next = {name: cycle(each) for name, each in having.items() if each}
        self._client = client

    async def pass_on(self, request: Request) -> Response:
        """The answer of the process behind; 502 when there is none."""
        served = next(self._next[request.path_params["service"]])
        headers = {name: told for name, told in request.headers.items() if name not in {"host", "content-length"}}
        try:
            answer = await self._client.request(
                request.method,
                f"{served.url}{request.url.path}?{request.url.query}",
                headers=headers,
                content=await request.body(),
            )
        except httpx2.TransportError as lost:
            return Response(type(lost).__name__, 502)
        kept = {name: told for name, told in answer.headers.items() if name in {"content-type", "retry-after"}}
        return Response(answer.content, answer.status_code, kept)


@asynccontextmanager
async def _in_front_of(served: Sequence[Served]) -> AsyncIterator[str]:
    """A gateway's address."""
    async with httpx2.AsyncClient(timeout=20) as client:
        route = Route("/api/{service}/{rest:path}", Gateway(served, client).pass_on, methods=["GET", "POST", "PUT"])
        server = QuietServer(config_for(Starlette(routes=[route])))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            task = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.leave()
                await task


@asynccontextmanager
async def machine_of(groups: Sequence[Sequence[str]], directory: Path) -> AsyncIterator[Machine]:
    """A machine with a process for each group of services and the sample group loaded; all of it gone afterwards."""
    with ThreadPoolExecutor(1) as starter, running_nats() as nats, running_postgres() as postgres:
        machine = Machine(nats, postgres, [Served(services) for services in groups], directory)
        machine.run("provision")
        machine.token = machine.run("administrator")
        supervisor = asyncio.create_task(machine.supervise(starter))
        try:
            async with _in_front_of(machine.served) as machine.url:
                await eventually(machine.answers, patience=40, every=0.1)
                await load(machine.url, token=machine.token, password=PASSWORD)
                yield machine
        finally:
            supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await supervisor
            for served in machine.served:
                served.kill()


@dataclass
class Caller:
    """Asks until there is an answer, always under the same key, as a careful caller does.

    Attributes:
        put_off: Answers with 503, after which it asked again.
    """

    client: httpx2.AsyncClient
    put_off: list[httpx2.Response] = field(default_factory=list)

    async def insist(self, path: str, body: dict[str, Any], *, key: str) -> httpx2.Response:
        """The answer in the end: whatever says neither that nobody is there nor to come back later."""
        answer = await eventually(lambda: self._once(path, body, key), patience=60, every=0.1)
        assert answer is not None
        return answer

    async def _once(self, path: str, body: dict[str, Any], key: str) -> httpx2.Response | None:
        try:
            answer = await self.client.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx2.TransportError:
            return None
        if answer.status_code == 503:
            self.put_off.append(answer)
        return None if answer.status_code in {502, 503} else answer


@asynccontextmanager
async def calling(machine: Machine) -> AsyncIterator[Caller]:
    """A caller with the administrator's token."""
    headers = {"Authorization": f"Bearer {machine.token}"}
    async with httpx2.AsyncClient(base_url=machine.url, headers=headers, timeout=25) as client:
        yield Caller(client)
