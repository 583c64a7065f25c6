"""One process: any set of services behind one HTTP port, started and stopped together.

The paths are the same whether one process serves all or a proxy stands in front of several.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import uvicorn
from fastapi import FastAPI
from nats.aio.client import Client
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from shared.process.belonging import require_same_system
from shared.process.connecting import broker_at, reach
from shared.process.provisioning import read_plan, require_declared
from shared.process.service import ServiceProcess, Surroundings, surroundings
from shared.process.settings import RuntimeSettings
from shared.schema.revisions import head_of, knows, revision_of
from shared.timekeeping.clock import Clock
from shared.web.plain import AtOnce
from shouwen.memory import settle_memory
from shouwen.places import migrations_of, streams_file

LOOK_EVERY = 1.0
GRACE = 3
"""Seconds that what is being answered gets at the end."""
KEPT_OPEN = 75
"""Seconds at rest. A client that sends over a connection the server is just closing learns only that it is lost, and a
proxy makes a 502 of it: nginx keeps its own sixty seconds, most clients five."""


class NotReady(RuntimeError):
    """Something the services need is missing; the message says what to run."""


class Host:
    """The services of this process and their HTTP root."""

    def __init__(self, around: Surroundings, services: Sequence[str], gateway_url: str) -> None:
        """Wire *services*; the console reaches the others at *gateway_url*."""
        self.around = around
        self.processes: dict[str, ServiceProcess] = {name: _build(name, around, gateway_url) for name in services}
        self.root = AtOnce(Starlette(routes=self._routes()), self._apis())

    def _routes(self) -> list[Any]:
        apis = [Mount(path, app=api) for path, api in self._apis().items()]
        console = self.processes.get("console")
        pages = [Mount("/", app=console.api)] if console is not None else []
        return [Route("/healthz", self._health), *apis, *pages]

    def _apis(self) -> dict[str, FastAPI]:
        return {f"/api/{name}": process.api for name, process in self.processes.items() if name != "console"}

    async def _health(self, _request: Request) -> Response:
        """Every service with whether it does its work; 503 with the reasons when one does not."""
        troubles = {name: process.trouble for name, process in self.processes.items()}
        reasons = {name: trouble for name, trouble in troubles.items() if trouble}
        body = {"services": {name: not trouble for name, trouble in troubles.items()}}
        return JSONResponse(body | ({"reasons": reasons} if reasons else {}), 503 if reasons else 200)

    async def start(self) -> None:
        """Start every service; the directory first."""
        for process in self.processes.values():
            await process.start()

    def end_streams(self) -> None:
        """End answers that would go on for ever, so that the server can stop at once."""
        for process in self.processes.values():
            process.end_streams()

    async def stop(self) -> None:
        """Stop the services together and give the connections back."""
        await asyncio.gather(*(process.stop() for process in self.processes.values()), return_exceptions=True)
        await self.around.db.dispose()


def _build(name: str, around: Surroundings, gateway_url: str) -> ServiceProcess:
    app = import_module(f"services.{name}.app")
    process: ServiceProcess = app.build(around, gateway_url) if name == "console" else app.build(around)
    return process


class QuietServer(uvicorn.Server):
    """uvicorn without hands on the signals and without a pulse: the process that hosts it decides when to end."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Serve as *config* says."""
        super().__init__(config)
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """End at once."""
        self.should_exit = True
        self._leaving.set()

    async def main_loop(self) -> None:
        """Look once a second, for the date that answers carry, where uvicorn looks ten times for signals."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._leaving.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def config_for(app: ASGIApp) -> uvicorn.Config:
    """How *app* is served: a connection at rest stays open longer than any client or proxy in front keeps it."""
    return uvicorn.Config(
        app,
        log_level="warning",
        lifespan="off",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=KEPT_OPEN,
    )


@asynccontextmanager
async def serving(host: Host, listener: socket.socket) -> AsyncIterator[None]:
    """Serve *host* on *listener* until the block ends; what is being answered gets its grace."""
    server = QuietServer(config_for(host.root))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110  there is no event to wait for
            await asyncio.sleep(0.01)
        yield
    finally:
        host.end_streams()
        server.leave()
        await task


@asynccontextmanager
async def connected(settings: RuntimeSettings) -> AsyncIterator[Client]:
    """A connection to the broker for a short while."""
    broker = broker_at(settings.nats_url)
    try:
        yield await reach(broker, settings.nats_url)
    finally:
        await broker.stop()


async def revision(around: Surroundings, service: str) -> str | None:
    """Where a schema stands; None when it was never migrated.

    Raises:
        NotReady: It is ahead of this release.
    """
    has = await revision_of(around.db, service)
    if has is not None and not knows(migrations_of(service), has):
        raise NotReady(
            f"{service} 的数据库结构是 {has}，比本版本新。请运行写下它的版本或更新的版本。"
            f" The schema of {service} is at {has}, newer than this release; run the release that wrote it or a newer."
        )
    return has


async def require_up_to_date(around: Surroundings, services: Sequence[str]) -> None:
    """Refuse to serve on a schema ahead of or behind this release.

    Raises:
        NotReady: Names the service, both revisions and the remedy.
    """
    for service in services:
        has, needs = await revision(around, service), head_of(migrations_of(service))
        if has != needs:
            raise NotReady(
                f"{service} 的数据库结构是 {has}，本版本需要 {needs}。请先运行 shouwen migrate。"
                f" The schema of {service} is at {has}, this release needs {needs}; run `shouwen migrate` first."
            )


@asynccontextmanager
async def hosting(
    settings: RuntimeSettings, services: Sequence[str], *, gateway_url: str, clock: Clock | None = None
) -> AsyncIterator[Host]:
    """Services started on servers that are ready; stopped when the block ends."""
    around = surroundings(settings, replica=f"{socket.gethostname()}-{os.getpid()}".replace(".", "-"), clock=clock)
    host = Host(around, services, gateway_url)
    try:
        await require_up_to_date(around, services)
        async with connected(settings) as nc:
            await require_same_system(nc, around.db)
            await require_declared(nc, read_plan(streams_file()), services)
        await host.start()
        settle_memory()
        yield host
    finally:
        await host.stop()
