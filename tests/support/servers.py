"""The real broker and database the tests run against, and databases made on them."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from shouwen.embedded import NatsServer, PostgresServer
from shouwen.embedded.postgres import NAME, programs

_NUMBERS = count(1)


@contextmanager
def temporary_directory() -> Iterator[Path]:
    """A directory with a path short enough for a socket, passable by the user PostgreSQL runs as."""
    with tempfile.TemporaryDirectory(prefix="shouwen-", ignore_cleanup_errors=True) as name:
        path = Path(name)
        path.chmod(0o711)
        yield path


@contextmanager
def running_nats() -> Iterator[NatsServer]:
    """A broker of its own, empty, gone afterwards."""
    with temporary_directory() as directory:
        server = NatsServer(directory / "nats")
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A database server of its own, gone afterwards."""
    with temporary_directory() as directory:
        server = PostgresServer(directory / "postgres")
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def new_database(server: PostgresServer) -> Iterator[str]:
    """An empty database on *server*; yields its SQLAlchemy address."""
    name = f"t_{next(_NUMBERS)}"
    run_sql(server, f"create database {name}")
    try:
        yield server.dsn_of(name)
    finally:
        run_sql(server, f"drop database {name} with (force)")


def run_sql(server: PostgresServer, statement: str, *, database: str = NAME, port: int = 5432) -> str:
    """Run one statement and return its rows as plain text, columns parted by ``|``."""
    where = server.dsn_of(database).partition("?host=")[2]
    command = [
        str(programs() / "psql"),
        "-h",
        where,
        "-p",
        str(port),
        "-U",
        NAME,
        "-d",
        database,
        "-v",
        "ON_ERROR_STOP=1",
    ]
    done = subprocess.run([*command, "-qAtXc", statement], check=True, capture_output=True, text=True)
    return done.stdout.strip()
