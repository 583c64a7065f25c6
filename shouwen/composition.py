"""The whole system on one machine: embedded servers, every service, one port, one data directory."""

import asyncio
import contextlib
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr

from services.directory.app import First, bootstrap
from shared.process.service import surroundings
from shared.process.settings import RuntimeSettings
from shared.timekeeping.clock import Clock
from shouwen.embedded import DataDirectory, NatsServer, PostgresServer, require_free
from shouwen.hosting import Host, hosting, serving
from shouwen.places import SERVICES
from shouwen.preparing import prepare

log = structlog.get_logger()

LOOPBACK = "127.0.0.1"
POOL = 24
KNOWN_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets of one data directory, made at its first start and readable by its owner only.

    Attributes:
        secret: Signs the console's assertions.
        password: Of the first administrator and of the sample accounts.
        token: API token of the administrator; empty until the first start has made it.
    """

    secret: str
    password: str
    token: str = ""


@dataclass(slots=True)
class System:
    """A running system.

    Attributes:
        url: Where it answers, ``http://127.0.0.1:<port>``.
        first_start: Whether this start found an empty data directory.
    """

    url: str
    keys: Keys
    host: Host
    settings: RuntimeSettings
    first_start: bool

    @property
    def token(self) -> str:
        """API token of the administrator."""
        return self.keys.token


@dataclass(frozen=True, slots=True)
class Servers:
    """The embedded servers of a claimed data directory."""

    directory: DataDirectory
    nats: NatsServer
    postgres: PostgresServer

    def settings(self, keys: Keys) -> RuntimeSettings:
        """Settings for processes on these servers."""
        return RuntimeSettings(
            database_url=self.postgres.dsn,
            nats_url=self.nats.url,
            secret=SecretStr(keys.secret),
            pool_size=POOL,
            log_json=False,
            log_level="warning",
        )


@contextmanager
def embedded(path: Path) -> Iterator[Servers]:
    """Embedded servers under *path*, stopped in order afterwards. Call it from the main thread.

    Raises:
        StartRefused: The directory is in use, or a server does not start; says what to do.
    """
    with DataDirectory(path) as directory:
        servers = Servers(directory, NatsServer(directory.nats), PostgresServer(directory.postgres))
        try:
            servers.postgres.start()
            servers.nats.start()
            yield servers
        finally:
            servers.nats.stop()
            servers.postgres.stop()


async def keep_running(servers: Servers, stop: asyncio.Event, *, look_every: float = 1.0) -> None:
    """Until *stop*: start a server again that has died; the services have waited for it and go on.

    Blocks the loop while a server starts: there is nothing to answer without it, and only a child of the main
    thread ends with this process.

    Raises:
        StartRefused: It does not start any more.
    """
    while not stop.is_set():
        for server in (servers.postgres, servers.nats):
            if not server.running:
                log.warning("server_died", server=type(server).__name__)
                server.start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(look_every):
                await stop.wait()


def keys_of(path: Path) -> Keys:
    """The secrets of a data directory, made when there are none yet."""
    file = path / "keys.json"
    if file.exists():
        return Keys(**json.loads(file.read_text("utf-8")))
    keys = Keys(secret=secrets.token_urlsafe(32), password=secrets.token_urlsafe(9))
    write_keys(path, keys)
    return keys


def write_keys(path: Path, keys: Keys) -> None:
    """Keep *keys*; the file is replaced whole and only its owner may read it."""
    _write_private(path / "keys.json", {"secret": keys.secret, "password": keys.password, "token": keys.token})


def _write_private(file: Path, content: dict[str, Any]) -> None:
    draft = file.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(content, out)
    draft.replace(file)


@asynccontextmanager
async def assembled(
    servers: Servers, port: int, *, clock: Clock | None = None, adopt: bool = False
) -> AsyncIterator[System]:
    """Every service on *servers*, answering at *port* (0: any free one).

    Args:
        servers: They run.
        port: On the loopback.
        clock: The system's own when None.
        adopt: Log and database belong together although they do not say so.

    Raises:
        StartRefused: The port is taken.
    """
    if port:
        require_free(port)
    path = servers.directory.path
    keys = keys_of(path)
    settings = servers.settings(keys)
    await _prepared(settings, adopt=adopt)
    with socket.create_server((LOOPBACK, port)) as listener:
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        async with hosting(settings, SERVICES, gateway_url=url, clock=clock) as host:
            first = await bootstrap(host.processes["directory"], username="admin", password=keys.password)
            keys = _with_token(path, keys, first)
            await _known_everywhere(host, keys.token)
            async with serving(host, listener), _announced(path, url, keys, settings):
                yield System(url, keys, host, settings, first is not None)


async def _known_everywhere(host: Host, token: str) -> None:
    """A token works once its record has come back on the directory's stream, a moment after it was made."""
    async with asyncio.timeout(KNOWN_WITHIN):
        for process in host.processes.values():
            while process.accounts.bearer(token, process.clock.now()) is None:  # noqa: ASYNC110  there is no event to wait for
                await asyncio.sleep(0.01)


@asynccontextmanager
async def _announced(path: Path, url: str, keys: Keys, settings: RuntimeSettings) -> AsyncIterator[None]:
    """Commands on the same data directory find the running system by this file."""
    file = path / "running.json"
    _write_private(file, {"url": url, "token": keys.token, "pid": os.getpid()} | _servers(settings))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _servers(settings: RuntimeSettings) -> dict[str, str]:
    return {"nats_url": settings.nats_url, "database_url": settings.database_url}


async def _prepared(settings: RuntimeSettings, *, adopt: bool) -> None:
    around = surroundings(settings, replica="preparing", patient=True)
    try:
        await prepare(settings, around, adopt=adopt)
    finally:
        await around.db.dispose()


def _with_token(path: Path, keys: Keys, first: First | None) -> Keys:
    if first is None:
        return keys
    keyed = Keys(keys.secret, keys.password, first.token)
    write_keys(path, keyed)
    return keyed


@asynccontextmanager
async def running(path: Path, *, port: int = 0, clock: Clock | None = None) -> AsyncIterator[System]:
    """Servers and services together, for commands and tests that need a whole system for a while."""
    with embedded(path) as servers:
        async with assembled(servers, port, clock=clock) as system:
            yield system


@dataclass(frozen=True, slots=True)
class Running:
    """Where a system that runs now can be reached."""

    url: str
    token: str
    nats_url: str
    database_url: str


def found_running(path: Path) -> Running | None:
    """The system that runs on *path*; None when none does."""
    file = path / "running.json"
    if not file.exists():
        return None
    told = json.loads(file.read_text("utf-8"))
    try:
        os.kill(told["pid"], 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return Running(told["url"], told["token"], told["nats_url"], told["database_url"])
