"""One server as a child process: started, watched until it answers, stopped, killed."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from shouwen.embedded.account import Account
from shouwen.embedded.refusal import did_not_start

_POLL_SECONDS = 0.01
_STOP_SECONDS = 30.0
_PR_SET_PDEATHSIG = 1


class Child:
    """A server process of ours, in a session of its own.

    Its own session keeps Ctrl-C in the terminal from it: we hear it and stop the servers in order.

    Attributes:
        name: What people call the server.
        directory: Its working directory, by which a later start recognises it.
        log: Where its output goes; the previous run's is kept beside it as ``.previous``.
    """

    def __init__(self, name: str, *, directory: Path, log: Path) -> None:
        self.name = name
        self.directory = directory
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None unless it runs."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self, command: Sequence[str], account: Account, *, farewell: signal.Signals) -> None:
        """Start *command* as *account*.

        Args:
            command: Program and arguments.
            account: Who it runs as.
            farewell: The signal it gets when we die without saying so (Linux).
        """
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".previous"))
        plain = account.switch and not account.prefix
        with open(self.log, "wb", opener=_private) as output:
            self._process = subprocess.Popen(
                [*_prefix(account, farewell), *command],
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.uid if plain else None,
                group=account.gid if plain else None,
                extra_groups=[] if plain else None,
                preexec_fn=_last_will(farewell),  # noqa: PLW1509 (one call into the C library, loaded before)
            )

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Return as soon as *ready* says so.

        Raises:
            StartRefused: The process ended, or *seconds* passed; it does not run any more then.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                self.kill()
                raise did_not_start(self.name, self.log)
            time.sleep(_POLL_SECONDS)

    def stop(self, polite: signal.Signals) -> None:
        """Ask with *polite* and wait; kill when it takes longer than 30 seconds."""
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(polite)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it at once, as a power cut would (``kill -9``)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Embedded:
    """What every embedded server says of its process."""

    _child: Child

    @property
    def pid(self) -> int | None:
        """The server's process id, None unless it runs."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether the server was started and has not ended."""
        return self._child.running

    def kill(self) -> None:
        """End it at once (``kill -9``); ``start`` brings it back where it was."""
        self._child.kill()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _prefix(account: Account, farewell: signal.Signals) -> tuple[str, ...]:
    # A change of user forgets the last will, so the command that changes it has to write it again.
    if not account.prefix or not _may_leave_a_will():
        return account.prefix
    return (account.prefix[0], f"--pdeathsig={farewell.name.removeprefix('SIG')}", *account.prefix[1:])


def _may_leave_a_will() -> bool:
    # Linux sends the signal when the starting *thread* ends; only the main thread lives as long as we do.
    return sys.platform == "linux" and threading.current_thread() is threading.main_thread()


def _last_will(farewell: signal.Signals) -> Callable[[], None] | None:
    if not _may_leave_a_will():
        return None
    library = ctypes.CDLL(None)
    parent = os.getpid()

    def write() -> None:
        library.prctl(_PR_SET_PDEATHSIG, int(farewell))
        if os.getppid() != parent:
            os.kill(os.getpid(), farewell)

    return write
