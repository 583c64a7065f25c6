"""Where a database socket can live: its path is limited to about a hundred bytes."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from shouwen.embedded.refusal import StartRefused

# 104 bytes with the closing zero on macOS, 108 on Linux.
_LONGEST = 103
_NAME = ".s.PGSQL.5432"


def socket_directory(directory: Path, *, create: bool = False) -> Path:
    """The folder for the socket of the server in *directory*: inside it, or short and temporary.

    Raises:
        StartRefused: The temporary folder exists and could be somebody else's.
    """
    inside = directory / "socket"
    fits = len(os.fsencode(inside / _NAME)) <= _LONGEST
    chosen = inside if fits else _short(directory)
    if create:
        chosen.mkdir(mode=0o700, exist_ok=True)
        if not fits:
            _require_private(chosen)
    return chosen


def _short(directory: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"shouwen-{digest}"


def _require_private(path: Path) -> None:
    found = path.lstat()
    ours = os.geteuid() in {0, found.st_uid}
    if stat.S_ISDIR(found.st_mode) and ours and stat.S_IMODE(found.st_mode) == stat.S_IRWXU:
        return
    raise StartRefused(
        f"{path} 已存在但不属于本用户。请删除它，或换一个较短的数据目录：make run DATA=…。",
        f"{path} exists but is not private to this user. Remove it, "
        "or choose a data directory with a shorter path: make run DATA=....",
    )
