"""Throw-away servers with the product's own settings, and services on them as processes of their own.

Floors use the very same servers: a broker that syncs always and a PostgreSQL that commits to the disk.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from shouwen.embedded import NatsServer, PostgresServer
from shouwen.embedded.postgres import NAME

T = TypeVar("T")
COMMAND = (sys.executable, "-c", "from shouwen.cli import app; app()")
BYTE_CODE = Path(tempfile.gettempdir()) / "shouwen-bench-bytecode"
SECRET = "a secret of the bench"  # noqa: S105  signs nothing that outlives the run
ENDED_WITHIN = 30
SILENCES = 120
"""This process stops to copy and to count; nobody may be given up for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A broker and a database server of their own.

    Attributes:
        folder: Where both and every log lie; gone afterwards.
        database: Which database of the server is the product's.
    """

    nats: NatsServer
    postgres: PostgresServer
    folder: Path
    database: str = NAME

    @property
    def dsn(self) -> str:
        """SQLAlchemy address of the product's database."""
        return self.postgres.dsn_of(self.database)

    @property
    def plain_dsn(self) -> str:
        """The same for asyncpg."""
        return self.dsn.replace("postgresql+asyncpg", "postgresql")

    @property
    def environment(self) -> dict[str, str]:
        """Settings of every process on this place; byte code is kept between starts, as an installation does."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return inherited | {
            "PYTHONPYCACHEPREFIX": str(BYTE_CODE),
            "SHOUWEN_DATABASE_URL": self.dsn,
            "SHOUWEN_NATS_URL": self.nats.url,
            "SHOUWEN_SECRET": SECRET,
            "SHOUWEN_PASSWORD": "a password of the bench",
            "SHOUWEN_LOG_LEVEL": "warning",
        }

    @property
    def servers(self) -> tuple[int, ...]:
        """Process ids of broker and database."""
        assert self.nats.pid is not None
        assert self.postgres.pid is not None
        return self.nats.pid, self.postgres.pid

    def command(self, *arguments: str) -> str:
        """Run one ``shouwen`` command; answers what it printed.

        Raises:
            subprocess.CalledProcessError: It failed.
        """
        ran = subprocess.run(  # noqa: S603  our own program
            [*COMMAND, *arguments], env=self.environment, check=True, capture_output=True, text=True
        )
        return ran.stdout.strip()


@contextmanager
def bare_place() -> Iterator[Place]:
    """Servers with nothing in them; call it from the main thread."""
    with tempfile.TemporaryDirectory(prefix="shouwen-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user when we are root
        place = Place(NatsServer(folder / "nats", silences=SILENCES), PostgresServer(folder / "postgres"), folder)
        with ExitStack() as stack:
            stack.callback(place.postgres.stop)
            place.postgres.start()
            stack.callback(place.nats.stop)
            place.nats.start()
            yield place


@contextmanager
def provisioned_place() -> Iterator[Place]:
    """Servers with streams, durables and every schema, as ``shouwen provision`` makes them."""
    with bare_place() as place:
        place.command("provision")
        yield place


@dataclass(frozen=True, slots=True)
class Program:
    """A process that told where it answers.

    Attributes:
        told: The line it printed when it was ready.
    """

    name: str
    process: subprocess.Popen[bytes]
    told: str

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def url(self) -> str:
        """The address in the line it printed."""
        found = re.search(r"http://\S+", self.told)
        assert found, f"{self.name} told no address: {self.told!r}"
        return found[0]


@asynccontextmanager
async def awaited(program: AbstractContextManager[T]) -> AsyncIterator[T]:
    """*program*, started and ended aside: a connection that is silent meanwhile is given up by the broker."""
    entered = await asyncio.to_thread(program.__enter__)
    try:
        yield entered
    finally:
        await asyncio.to_thread(program.__exit__, None, None, None)


@contextmanager
def serving(place: Place, *services: str) -> Iterator[tuple[Program, ...]]:
    """Each of *services* (repeat a name for replicas) as a process of its own, ready, ended in order afterwards."""
    commands = [(name, [*COMMAND, "serve", name, "--port", "0"]) for name in services]
    with _programs(place, commands) as programs:
        yield programs


@contextmanager
def serving_together(place: Place, *services: str) -> Iterator[Program]:
    """All of *services* in one process: less time to start, where nothing of theirs is measured."""
    with _programs(place, [(" ".join(services), [*COMMAND, "serve", *services, "--port", "0"])]) as (program,):
        yield program


@contextmanager
def floor_program(place: Place, module: str, *arguments: str) -> Iterator[Program]:
    """A floor as a process of its own: a module under ``bench`` that prints one line when it is ready."""
    with _programs(place, [(module, [sys.executable, "-m", module, *arguments])]) as (program,):
        yield program


@contextmanager
def _programs(place: Place, commands: Sequence[tuple[str, list[str]]]) -> Iterator[tuple[Program, ...]]:
    with ExitStack() as stack:
        log = stack.enter_context((place.folder / "programs.log").open("ab"))
        started = [(name, stack.enter_context(_process(place, command, log))) for name, command in commands]
        yield tuple(Program(name, process, _first_line(place, name, process)) for name, process in started)


@contextmanager
def _process(place: Place, command: list[str], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=place.environment, stdout=subprocess.PIPE, stderr=log)  # noqa: S603  ours
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask *process* to end and wait; harmless when it has ended."""
    process.terminate()
    try:
        process.wait(ENDED_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _first_line(place: Place, name: str, process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    if not line:
        tail = (place.folder / "programs.log").read_text("utf-8", "replace")[-2000:]
        raise RuntimeError(f"{name} did not start:\n{tail}")
    return line
