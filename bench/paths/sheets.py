"""What reading a workbook and judging every row costs, in seconds of one core.

The floor reads the same cells with openpyxl, streaming, and judges nothing.
"""

import tempfile
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from time import process_time

import openpyxl

from bench.paths.residents import Estate, write
from bench.result import Result, aimed, compared
from bench.scale import Scale
from services.intake.policy.masters.known import Known
from services.intake.views.judged import judged

SECONDS_MOST, EMPTY_MOST = 40.0, 10.0
SHEET_ROWS = 1_048_576
TODAY = date(2026, 11, 22)


async def measure(scale: Scale) -> list[Result]:
    """CPU seconds for an estate, and for a sheet of empty rows."""
    estate = Estate(scale.of(20_000, 200_000))
    with tempfile.TemporaryDirectory() as folder:
        book, empty = Path(folder) / "estate.xlsx", Path(folder) / "empty.xlsx"
        write(book, estate)
        _write_empty(empty, book)
        mine, theirs, bare = [], [], []
        for _ in range(scale.rounds):
            mine.append(_judging(book, estate.residents))
            theirs.append(_reading(book))
            bare.append(_judging(empty, 0))
    name = f"sheets: {estate.residents} residents read and judged"
    return [
        aimed(f"{name}, aim", mine, SECONDS_MOST, better="lower", unit="s", note="CPU seconds"),
        compared(f"{name}, openpyxl", mine, theirs, better="lower", target=None, unit="s"),
        aimed("sheets: 1 000 000 empty rows, aim", bare, EMPTY_MOST, better="lower", unit="s"),
    ]


def _judging(book: Path, residents: int) -> float:
    began = process_time()
    found = Counter(type(one).__name__ for one in judged(book, book.name, Known(), TODAY, "Asia/Shanghai"))
    spent = process_time() - began
    assert found["Resident"] == residents, found
    return spent


def _reading(book: Path) -> float:
    began = process_time()
    opened = openpyxl.load_workbook(book, read_only=True)
    cells = sum(len(row) for sheet in opened.worksheets for row in sheet.iter_rows(values_only=True))
    opened.close()
    assert cells
    return process_time() - began


def _write_empty(path: Path, like: Path) -> None:
    """*like* with rows and formatted cells that hold nothing in place of every row of its last sheet."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>' for n in range(1, SHEET_ROWS + 1))
    with zipfile.ZipFile(like) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for part in given.namelist():
            content = given.read(part)
            if part.startswith("xl/worksheets/sheet"):
                begin, end = content.index(b"<sheetData>") + len(b"<sheetData>"), content.rindex(b"</sheetData>")
                content = content[:begin] + (rows.encode() if part.endswith("2.xml") else b"") + content[end:]
            written.writestr(part, content)
