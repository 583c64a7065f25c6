"""The one directory that holds everything a bare machine keeps, used by one process at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from shouwen.embedded.refusal import StartRefused


class DataDirectory:
    """A claim on *path*, held until `release` or the death of this process.

    The lock is the kernel's (``flock``), so a killed process leaves nothing to clean up.

    Attributes:
        path: The directory, absolute.
        nats: Where the broker keeps its streams.
        postgres: Where the database keeps its cluster and its socket.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.nats = self.path / "nats"
        self.postgres = self.path / "postgres"
        self._lock: TextIO | None = None

    def claim(self) -> None:
        """Create the directory if it is missing and take it for this process.

        Raises:
            StartRefused: Another process uses it, or it cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / "lock").open("a+", encoding="ascii")
        except OSError as trouble:
            raise _unusable(self.path, trouble) from trouble
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise _in_use(self.path, lock) from taken
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        """Give the directory back; harmless when it was never claimed."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        self.claim()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_used(path: Path) -> bool:
    """Whether a system has ever run on the data directory *path*."""
    return DataDirectory(path).postgres.exists()


def _unusable(path: Path, trouble: OSError) -> StartRefused:
    return StartRefused(
        f"数据目录 {path} 无法写入（{trouble.strerror}）。请换一个：make run DATA=…，或 --data …。",
        f"The data directory {path} cannot be written ({trouble.strerror}). "
        "Choose another: make run DATA=..., or --data ....",
    )


def _in_use(path: Path, lock: TextIO) -> StartRefused:
    lock.seek(0)
    owner = lock.read().strip() or "?"
    lock.close()
    return StartRefused(
        f"数据目录 {path} 正被进程 {owner} 使用。请先停止它，或换一个目录：make run DATA=…，或 --data …。",
        f"The data directory {path} is in use by process {owner}. Stop that process first, "
        "or choose another directory: make run DATA=..., or --data ....",
    )
