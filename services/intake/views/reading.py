"""Any file somebody uploads, as rows; told by what it holds, not by its name."""

from collections.abc import Iterator
from pathlib import Path

from services.intake.policy.masters.cells import Read
from services.intake.views.csv_rows import csv_rows
from services.intake.views.refusals import Unreadable
from services.intake.views.xlsx_rows import xlsx_rows

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PAGE = (b"<html", b"<!doc", b"<tabl", b"<?xml", b"mime-")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT = 4096
_DIRECTORY_LOOKED_AT = 1 << 24


def read(path: Path, filename: str) -> Iterator[Read]:
    """Rows with content of the file at *path*, and what was merged or hidden; *filename* names a CSV's one sheet.

    Memory is bounded by the texts a workbook shares, else by a row.

    Raises:
        Unreadable: The file cannot be read, or not from here on.
    """
    with path.open("rb") as file:
        beginning = file.read(_LOOKED_AT)
    if not beginning.strip():
        raise Unreadable("empty_file")
    if beginning.startswith(_OLE):
        raise Unreadable("password" if _is_encrypted(path) else "old_excel")
    if beginning.startswith(_ZIP):
        return xlsx_rows(path)
    if beginning.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGE):
        raise Unreadable("web_page")
    if beginning.startswith((b"%PDF", b"\x89PNG", b"PK")) or (b"\0" in beginning and beginning[:2] not in _MARKS):
        raise Unreadable("not_a_sheet")
    return csv_rows(path, filename)


def _is_encrypted(path: Path) -> bool:
    """Whether an OLE file is a wrapped, encrypted workbook; its directory says so in UTF-16."""
    with path.open("rb") as file:
        return _ENCRYPTED in file.read(_DIRECTORY_LOOKED_AT)
