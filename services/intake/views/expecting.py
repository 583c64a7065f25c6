"""How many rows a file will have, before it is read: for whoever watches it being read."""

import re
from pathlib import Path
from zipfile import ZipFile, is_zipfile

from services.intake.views.archive import opened, pieces
from services.intake.views.refusals import Unreadable
from services.intake.views.xlsx_cells import ROWS_MOST

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}(\d{1,7})"')
_HEAD, _CHUNK = 4096, 1 << 20


def expected_rows(path: Path) -> int:
    """About how many rows the file holds, as it says itself or by its lines; 0 where it cannot be told."""
    if not is_zipfile(path):
        return min(_lines(path), ROWS_MOST)
    try:
        with opened(path) as archive:
            return sum(_said(archive, part) for part in archive.namelist() if _SHEET.fullmatch(part))
    except Unreadable:
        return 0


def _said(archive: ZipFile, part: str) -> int:
    """The last row of a sheet as its own head names it."""
    found = _DIMENSION.search(next(pieces(archive, part), b"")[:_HEAD])
    return min(int(found[1]), ROWS_MOST) if found else 0


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
