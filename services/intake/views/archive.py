"""The archive an .xlsx is, looked at before anything of it is unpacked."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from services.intake.views.refusals import Unreadable

PARTS_MOST = 2000
DIRECTORY_MOST = 1 << 20
"""Bytes of the archive's own list of parts, which is read whole."""
UNPACKED_MOST = 1 << 30
"""Bytes all parts may have together."""
RATIO_MOST, RATIO_FROM = 500, 8 << 20
"""Sheets shrink 6 to 13 times, rows that are all alike 300 times, bombs 1000 times; small parts are not asked."""

_PIECE = 1 << 16
_DAMAGE = (
    *(BadZipFile, zlib.error, struct.error, EOFError, OSError, KeyError, ValueError),
    *(OverflowError, NotImplementedError, RuntimeError),
)
"""What the library raises for archives whose bytes were changed: a wrong offset is an OSError to it."""
_END, _END_SIZE, _COMMENT_MOST = b"PK\x05\x06", 22, 65_535
_LOCATOR, _LOCATOR_SIZE, _END64_SIZE = b"PK\x06\x07", 20, 56
_ENCRYPTED = 0x1


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """The archive, found harmless.

    Raises:
        Unreadable: Too large once unpacked, too many parts, encrypted, damaged.
    """
    _check_directory(path)
    try:
        archive = ZipFile(path)
    except _DAMAGE as damage:
        raise Unreadable("damaged") from damage
    with archive:
        _check(archive.infolist())
        yield archive


def pieces(archive: ZipFile, part: str) -> Iterator[bytes]:
    """A part, unpacked piece by piece.

    Raises:
        Unreadable: It is missing or damaged.
    """
    try:
        with archive.open(part) as file:
            while piece := file.read(_PIECE):
                yield piece
    except _DAMAGE as damage:
        raise Unreadable("damaged") from damage


def _check(parts: list[ZipInfo]) -> None:
    if len(parts) > PARTS_MOST or len({part.filename for part in parts}) < len(parts):
        raise Unreadable("too_many_parts")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Unreadable("password")
    if any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts):
        raise Unreadable("damaged")
    if sum(part.file_size for part in parts) > UNPACKED_MOST or any(map(_is_bomb, parts)):
        raise Unreadable("zip_bomb")


def _is_bomb(part: ZipInfo) -> bool:
    return part.file_size > RATIO_FROM and part.file_size > RATIO_MOST * part.compress_size


def _check_directory(path: Path) -> None:
    """Refuse an archive whose list of parts is itself too long to be read."""
    tail = _tail(path)
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < _END_SIZE:
        raise Unreadable("damaged")
    (size,) = struct.unpack_from("<I", tail, end + 12)
    if tail[max(end - _LOCATOR_SIZE, 0) : end].startswith(_LOCATOR):
        start = end - _LOCATOR_SIZE - _END64_SIZE
        size = struct.unpack_from("<Q", tail, start + 40)[0] if start >= 0 else DIRECTORY_MOST + 1
    if size > DIRECTORY_MOST:
        raise Unreadable("too_many_parts")


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(0, length - _COMMENT_MOST - _END_SIZE - _LOCATOR_SIZE - _END64_SIZE))
        return file.read()
