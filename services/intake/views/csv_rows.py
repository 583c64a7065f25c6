"""The rows of a CSV as people save it: UTF-8 with or without mark, UTF-16, GB18030; comma, semicolon or tab."""

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from services.intake.policy.masters.cells import Cell, Odd, SheetRow
from services.intake.policy.masters.headings import recognised
from services.intake.views.refusals import Unreadable
from services.intake.views.shared_texts import SHOWN, TEXT_MOST
from services.intake.views.xlsx_cells import COLUMNS_MOST, ROWS_MOST

LINE_MOST = 1_000_000
"""Characters of one line."""
_CHUNK = 1 << 20
_DELIMITERS = ",;\t|"
_STATED = "sep="
_LOOKED_AT = 20


def csv_rows(path: Path, sheet: str) -> Iterator[SheetRow]:
    """Rows with content; *sheet* is what places are told by.

    Raises:
        Unreadable: Neither encoding fits, a quote is open, a line or row is out of all measure.
    """
    encoding = _encoding(path, sheet)
    delimiter = _delimiter(path, encoding)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=delimiter, strict=True)
        yield from _rows(reader, sheet)


def _rows(reader: Iterator[list[str]], sheet: str) -> Iterator[SheetRow]:
    found = 0
    for number, cells in _numbered(reader, sheet):
        if not cells or (number == 1 and str(cells[0]).lower().startswith(_STATED)):
            continue
        found += 1
        if found > ROWS_MOST:
            raise Unreadable("too_many_rows", sheet=sheet, row=number)
        if len(cells) > COLUMNS_MOST:
            raise Unreadable("too_many_columns", sheet=sheet, row=number)
        yield SheetRow(sheet, number, cells)


def _numbered(reader: Iterator[list[str]], sheet: str) -> Iterator[tuple[int, list[Cell]]]:
    """Rows as the spreadsheet counts them, empty cells at their end left out."""
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            cells = [_cell(text) for text in row]
            while cells and cells[-1] is None:
                cells.pop()
            yield number, cells
    except (csv.Error, Unreadable) as wrong:
        raise Unreadable("bad_csv", sheet=sheet, row=number + 1) from wrong


def _cell(text: str) -> Cell:
    if not text or text.isspace():
        return None
    if text.startswith("="):
        return Odd("formula", text[:SHOWN])
    return Odd("too_long", text[:SHOWN]) if len(text) > TEXT_MOST else text


def _lines(file: IO[str]) -> Iterator[str]:
    while line := file.readline(LINE_MOST):
        if len(line) == LINE_MOST:
            raise Unreadable("bad_csv")
        yield line


def _delimiter(path: Path, encoding: str) -> str:
    """What separates the columns: that by which most headings are recognised."""
    with path.open(encoding=encoding, newline="") as file:
        lines = [line for line in islice(_lines(file), _LOOKED_AT) if line.strip()]
    stated = lines[0].strip() if lines else ""
    if stated.lower().startswith(_STATED) and stated[len(_STATED) :] in _DELIMITERS:
        return stated[len(_STATED) :] or ","
    return max(_DELIMITERS, key=lambda each: _fits(lines, each))


def _fits(lines: list[str], delimiter: str) -> tuple[int, int]:
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0, 0
    return max(map(recognised, rows), default=0), max(map(len, rows), default=0)


def _encoding(path: Path, sheet: str) -> str:
    with path.open("rb") as file:
        beginning = file.read(2)
    marked = beginning in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    tried = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    wrong_at = [_first_wrong_line(path, each) for each in tried]
    if 0 not in wrong_at:
        raise Unreadable("unknown_encoding", sheet=sheet, row=max(wrong_at))
    return tried[wrong_at.index(0)]


def _first_wrong_line(path: Path, encoding: str) -> int:
    """The line that *encoding* cannot read; 0 where it reads them all."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as wrong:
            return line + bytes(wrong.object[: wrong.start]).count(b"\n")
    return 0
