import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nats
import psutil
import pytest
from nats.js.api import StreamConfig
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shouwen.composition import embedded, keep_running
from shouwen.embedded import DataDirectory, NatsServer, PostgresServer, StartRefused, require_free
from shouwen.embedded.account import account_for
from shouwen.embedded.sockets import socket_directory
from tests.support.servers import run_sql, temporary_directory
from tests.support.waiting import eventually

# A thread cannot leave the kernel a last will, so servers started in one outlive a killed process.
ORPHANS = """
import sys, threading, time
from pathlib import Path
from shouwen.embedded import DataDirectory, NatsServer, PostgresServer

def start():
    broker.start()
    database.start()

with DataDirectory(Path(sys.argv[1])) as data:
    broker, database = NatsServer(data.nats), PostgresServer(data.postgres)
    if sys.argv[2] == "thread":
        thread = threading.Thread(target=start)
        thread.start()
        thread.join()
    else:
        start()
    print(broker.pid, database.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    with temporary_directory() as directory:
        yield directory


@pytest.fixture
def broker(place: Path) -> Iterator[NatsServer]:
    server = NatsServer(place / "nats")
    yield server
    server.stop()


@pytest.fixture
def database(place: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(place / "postgres")
    yield server
    server.stop()


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_the_broker_finds_its_messages_again(broker: NatsServer, end: str) -> None:
    broker.start()
    url = broker.url
    line = await nats.connect(url)
    await line.jetstream().add_stream(StreamConfig(name="KEPT", subjects=["kept.>"]))
    await line.jetstream().publish("kept.one", b"1")
    await line.close()

    getattr(broker, end)()
    assert not broker.running
    broker.start()

    assert broker.url == url
    line = await nats.connect(url)
    assert (await line.jetstream().stream_info("KEPT")).state.messages == 1
    await line.close()


def test_the_broker_answers_nobody_without_its_token(broker: NatsServer) -> None:
    broker.start()
    host, _, port = broker.url.rpartition("@")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line, line.makefile("rb") as answers:
        assert answers.readline().startswith(b"INFO")
        line.sendall(b"CONNECT {}\r\nPING\r\n")
        assert answers.readline() == b"-ERR 'Authorization Violation'\r\n"


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_the_database_finds_its_rows_again(database: PostgresServer, end: str) -> None:
    database.start()
    run_sql(database, "create table kept (word text)")
    run_sql(database, "insert into kept values ('首问')")

    getattr(database, end)()
    assert not database.running
    database.start()

    engine = create_async_engine(database.dsn)
    async with engine.connect() as line:
        assert (await line.execute(text("select word from kept"))).scalar_one() == "首问"
    await engine.dispose()


def test_the_database_sorts_unicode_holds_300_sessions_and_syncs(database: PostgresServer) -> None:
    database.start()
    shown = run_sql(database, "select upper('é'), current_setting('max_connections'), current_setting('fsync')")
    assert shown == "É|300|on"


def test_a_stale_pid_that_now_belongs_to_a_stranger_does_not_stop_the_database(
    database: PostgresServer, place: Path
) -> None:
    database.start()
    database.kill()
    note = place / "postgres" / "cluster" / "postmaster.pid"
    lines = note.read_text().splitlines()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        note.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        database.start()
        assert database.running
        assert stranger.poll() is None


def test_an_interrupted_first_start_is_made_good(database: PostgresServer, place: Path) -> None:
    half = place / "postgres" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    database.start()
    assert run_sql(database, "select current_database()") == "shouwen"


def test_a_directory_with_a_long_path_gets_its_socket_elsewhere(place: Path) -> None:
    server = PostgresServer(place / ("long" * 30))
    try:
        server.start()
        assert run_sql(server, "select 1") == "1"
        assert str(place) not in server.dsn
    finally:
        server.stop()
        home = Path(server.dsn.partition("?host=")[2])
        assert home.parent == Path(tempfile.gettempdir())
        home.rmdir()


def test_a_socket_folder_open_to_others_is_refused(place: Path) -> None:
    home = socket_directory(place / ("open" * 30))
    home.mkdir(mode=0o755)
    try:
        with pytest.raises(StartRefused, match="DATA="):
            socket_directory(place / ("open" * 30), create=True)
    finally:
        home.rmdir()


def _works(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def _killed_parent(place: Path, how: str) -> list[int]:
    command = [sys.executable, "-c", ORPHANS, str(place), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        pids = [int(pid) for pid in first.stdout.readline().split()]
        first.kill()
    assert len(pids) == 2
    return pids


@pytest.mark.parametrize("how", ["main", "thread"])
def test_servers_of_a_killed_process_do_not_stand_in_the_way(place: Path, how: str) -> None:
    orphans = _killed_parent(place, how)

    with DataDirectory(place) as data:
        broker, database = NatsServer(data.nats), PostgresServer(data.postgres)
        try:
            broker.start()
            database.start()
            assert run_sql(database, "select 1") == "1"
            assert not any(_works(pid) for pid in orphans)
        finally:
            database.stop()
            broker.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows a last will")
@pytest.mark.parametrize("door", [0o711, 0o700], ids=["open directory", "closed directory"])
def test_servers_go_when_their_parent_is_killed(place: Path, door: int) -> None:
    place.chmod(door)
    orphans = _killed_parent(place, "main")
    deadline = time.monotonic() + 30
    while any(_works(pid) for pid in orphans):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_servers_do_not_hear_the_terminal(broker: NatsServer) -> None:
    broker.start()
    assert broker.pid is not None
    assert os.getsid(broker.pid) == broker.pid != os.getsid(0)


def test_a_second_process_is_told_who_uses_the_directory(place: Path) -> None:
    with (
        DataDirectory(place),
        pytest.raises(StartRefused, match=f"进程 {os.getpid()} 使用(.|\n)*in use by process {os.getpid()}"),
    ):
        DataDirectory(place).claim()
    with DataDirectory(place) as again:
        assert again.path == place


def test_a_directory_that_cannot_be_made_says_what_to_do(place: Path) -> None:
    (place / "file").write_text("")
    with pytest.raises(StartRefused, match="DATA="):
        DataDirectory(place / "file" / "inside").claim()


def test_a_taken_port_is_named_with_the_way_out(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartRefused, match=f"{port}(.|\n)*PORT={port + 1}(.|\n)*--port"):
            require_free(port)
        with pytest.raises(StartRefused, match=str(port)):
            NatsServer(place / "nats", port=port).start()


def test_a_server_that_gives_up_shows_its_last_words(place: Path) -> None:
    server = PostgresServer(place / "postgres", settings={"max_connections": "many"})
    with pytest.raises(StartRefused, match=r"postgres\.log(.|\n)*max_connections"):
        server.start()
    assert not server.running


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")
def test_root_starts_the_database_behind_a_closed_door(place: Path) -> None:
    place.chmod(0o700)
    server = PostgresServer(place / "postgres")
    try:
        server.start()
        assert run_sql(server, "select 1") == "1"
        assert server.pid is not None
        assert psutil.Process(server.pid).uids().effective != 0
        assert psutil.Process(server.pid).name() == "postgres"
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")
def test_without_a_way_through_a_closed_door_the_door_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.chmod(0o700)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StartRefused, match=rf"chmod o\+x {place}"):
        account_for(place / "cluster", reads=[])


def test_stopping_lets_the_broker_write_everything_down(broker: NatsServer, place: Path) -> None:
    broker.start()
    broker.stop()
    assert "Server Exiting" in (place / "nats" / "nats.log").read_text()


async def test_a_server_that_died_is_started_again(place: Path) -> None:
    stop = asyncio.Event()
    with embedded(place / "kept") as servers:
        watching = asyncio.create_task(keep_running(servers, stop, look_every=0.05))
        died = (servers.nats.pid, servers.postgres.pid)
        servers.nats.kill()
        servers.postgres.kill()

        async def both_run() -> bool:
            return servers.nats.running and servers.postgres.running

        await eventually(both_run, patience=30)
        assert (servers.nats.pid, servers.postgres.pid) != died
        stop.set()
        await watching
