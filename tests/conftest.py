"""Servers for the tests that want them, and no network for the tests that must not."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from shouwen.embedded import NatsServer, PostgresServer
from tests.support.servers import new_database, running_nats, running_postgres

# A busy machine is no defect: how long an example takes says nothing about what it shows.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_OFFLINE = {"unit", "contract", "scenarios", "simulation"}
_HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _socket_ban(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pure tests reach nobody: a rule that needs a server is in the wrong folder."""
    if request.path.relative_to(_HERE).parts[0] not in _OFFLINE:
        return

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("this test folder opens no sockets", pytrace=True)

    for door in ("connect", "connect_ex", "bind"):
        monkeypatch.setattr(socket.socket, door, refuse)


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    """The broker of this session."""
    with running_nats() as server:
        yield server


@pytest.fixture(scope="session")
def nats_url(nats_server: NatsServer) -> str:
    """Address of the session's broker; its streams are shared by every test that uses it."""
    return nats_server.url


@pytest.fixture(scope="module")
def fresh_nats() -> Iterator[str]:
    """Address of a broker this module has for itself, empty at its start."""
    with running_nats() as server:
        yield server.url


@pytest.fixture
def fresh_nats_each() -> Iterator[str]:
    """Address of a broker one test has for itself; it starts in some forty milliseconds."""
    with running_nats() as server:
        yield server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The database server of this session."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def pg_dsn(postgres_server: PostgresServer) -> str:
    """SQLAlchemy address of the session's shared database."""
    return postgres_server.dsn


@pytest.fixture
def fresh_db(postgres_server: PostgresServer) -> Iterator[str]:
    """SQLAlchemy address of an empty database for one test."""
    with new_database(postgres_server) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def module_db(postgres_server: PostgresServer) -> Iterator[str]:
    """SQLAlchemy address of a database one module has for itself, empty at its start."""
    with new_database(postgres_server) as dsn:
        yield dsn
