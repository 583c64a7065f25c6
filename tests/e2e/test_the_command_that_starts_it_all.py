"""``shouwen up`` as a person meets it: the greeting, the copied request, Ctrl-C, the second start, the refusals."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import httpx2
import pytest

from tests.support.servers import temporary_directory

COMMAND = [sys.executable, "-c", "from shouwen.cli import app; app()", "up"]
GREETING = "Ctrl-C"


@pytest.fixture
def data() -> Iterator[Path]:
    with temporary_directory() as path:
        yield path / "data"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def up(data: Path, port: int) -> Iterator[str]:
    """The system in a process of its own; yields its greeting, ends it with Ctrl-C."""
    command = [*COMMAND, "--data", str(data), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith(GREETING):
                break
        try:
            yield said
        finally:
            process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=30) == 0, rest
        assert "stopped" in rest.lower()


def copied(greeting: str) -> list[str]:
    """The request the greeting offers to copy, as a shell would split it."""
    found = re.search(r"^curl .*?'\n", greeting, re.DOTALL | re.MULTILINE)
    assert found, greeting
    return shlex.split(found[0].replace("\\\n", " "))


def send(command: list[str]) -> httpx2.Response:
    """What curl would send."""
    url = next(word for word in command if word.startswith("http"))
    headers = dict(word.split(": ", 1) for before, word in pairwise(command) if before == "-H")
    return httpx2.post(url, headers=headers, content=command[command.index("-d") + 1].encode(), timeout=20)


def test_the_copied_request_works_and_a_second_start_finds_it(data: Path) -> None:
    port = free_port()
    with up(data, port) as greeting:
        answer = send(copied(greeting))
        assert answer.status_code == 201, answer.text
        number = answer.json()["number"]
        assert answer.json()["promises"]
        token = copied(greeting)[4].removeprefix("Authorization: ")

    with up(data, port) as again:
        assert f"http://127.0.0.1:{port}" in again
        case = answer.json()["entity"]
        kept = httpx2.get(f"http://127.0.0.1:{port}/api/intake/requests/{case}", headers={"Authorization": token})
        assert kept.json()["number"] == number


def refused(data: Path, port: int) -> str:
    """What the command says when it cannot start."""
    command = [*COMMAND, "--data", str(data), "--port", str(port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    return done.stderr


def test_a_taken_port_is_named_with_what_to_do(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = refused(data, port)
    assert str(port) in said
    assert "--port" in said


def test_a_data_directory_in_use_is_named_with_its_process(data: Path) -> None:
    with up(data, free_port()):
        said = refused(data, free_port())
    assert str(data) in said
    assert "--data" in said


def test_a_server_that_does_not_start_shows_its_log(data: Path) -> None:
    with up(data, free_port()):
        pass
    broken = next((data / "postgres").rglob("PG_VERSION"))
    broken.write_text("9.1\n", "utf-8")
    said = refused(data, free_port())
    assert "PostgreSQL" in said
    assert "log" in said


def test_running_json_is_private_and_gone_afterwards(data: Path) -> None:
    with up(data, free_port()):
        file = data / "running.json"
        assert json.loads(file.read_text("utf-8"))["url"].startswith("http")
        assert os.stat(file).st_mode & 0o077 == 0  # noqa: PTH116  the bits as the kernel has them
    assert not file.exists()
