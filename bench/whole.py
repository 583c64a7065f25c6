"""``shouwen up`` as somebody would start it: one process, both servers, one folder."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.surroundings import COMMAND, end


@dataclass(frozen=True, slots=True)
class Whole:
    """A running system.

    Attributes:
        data: Its data directory; other commands find it there.
        folder: For whatever else is needed; gone afterwards.
    """

    process: subprocess.Popen[bytes]
    data: Path
    folder: Path

    @property
    def pid(self) -> int:
        """The process every other one of it descends from."""
        return self.process.pid


@contextmanager
def whole_system(*options: str) -> Iterator[Whole]:
    """A system that is ready, ended in order afterwards.

    Raises:
        RuntimeError: It ended instead of getting ready.
    """
    with tempfile.TemporaryDirectory(prefix="shouwen-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as another user when we are root
        command = [*COMMAND, "up", "--data", str(folder / "data"), "--port", "0", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603  our own program
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise RuntimeError("shouwen up ended before it was ready")
            yield Whole(process, folder / "data", folder)
        finally:
            end(process)
