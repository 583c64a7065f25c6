"""A table file, plain or gzipped: its header laid out by a mapping, its rows with the line each begins on."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from shouwen.importing.mapping import Mapping
from shouwen.words import Refused

GZIP = b"\x1f\x8b"
DELIMITERS = ",;\t|"
CODECS = {"utf-8": "utf-8-sig"}
SURROGATES = re.compile("[\ud800-\udfff]")
CELL_MOST = 16 * 1024 * 1024
ENCODED = (
    "文件不是 UTF-8 编码；中文 Excel 存的 CSV 请在映射里写 encoding: gb18030。",
    " The file is not UTF-8; for a CSV of a Chinese Excel say encoding: gb18030 in the mapping.",
)
CAN_DO_WITHOUT = frozenset({"content", "unit", "place", "status", "channel", "caller", "phone"})
"""Parts without which a row is a case all the same; an end is not among them, or all would look open."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each part of a row stands.

    Attributes:
        header: Column names as the file writes them.
        places: Place of each mapped part, such as ``received``.
        unknown: Columns the mapping says nothing about.
        absent: Columns the mapping names and a case can do without, which this file lacks.
    """

    header: tuple[str, ...]
    places: dict[str, int]
    unknown: tuple[str, ...]
    absent: tuple[str, ...] = ()

    def column(self, part: str) -> str:
        """The file's own name for *part*."""
        return self.header[self.places[part]]


@contextmanager
def opened(path: Path, encoding: str = "utf-8") -> Iterator[io.TextIOBase]:
    """The text of *path*, with or without a mark at its start, gzipped or not.

    A byte that is none of its encoding survives as a surrogate, so that it spoils one cell and not the file.

    Raises:
        Refused: The file cannot be read to its end.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            with io.TextIOWrapper(
                stream, encoding=CODECS.get(encoding, encoding), errors="surrogateescape", newline=""
            ) as lines:
                yield lines
    except (OSError, EOFError, UnicodeError, zlib.error) as trouble:
        raise Refused(f"读不到文件 {path}：{trouble}。", f"The file {path} cannot be read: {trouble}.") from None


def rows_of(lines: io.TextIOBase) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line it begins on, cells trimmed; empty lines are no rows.

    Cells are parted by the comma, semicolon, tab or bar that stands most often in the first line.
    """
    csv.field_size_limit(CELL_MOST)
    first = lines.readline()
    reader = csv.reader(chain([first], lines), delimiter=max(DELIMITERS, key=first.count))
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as trouble:
        raise Refused(f"第 {begins} 行不是有效的 CSV：{trouble}。", f"Line {begins} is no CSV: {trouble}.") from None


def laid_out(header: Sequence[str], mapping: Mapping) -> Layout:
    """Find the mapped columns in *header*, in whatever order they stand.

    Raises:
        Refused: A column a case needs is missing, or one stands twice; all of them are named.
    """
    places: dict[str, int] = {}
    faults: list[str] = []
    absent: list[str] = []
    alike = [_plain(name) for name in header]
    for part, names in mapping.columns:
        if names is None:
            continue
        found = [place for place, name in enumerate(alike) if name in {_plain(one) for one in names}]
        if len(found) == 1:
            places[part] = found[0]
        elif not found and part in CAN_DO_WITHOUT:
            absent.append(names[0])
        else:
            faults.append(f"{part} = {' / '.join(names)} ({'missing' if not found else 'stands twice'})")
    if faults:
        raise _bad_header(faults, header)
    known = {alike[place] for place in places.values()} | {_plain(name) for name in mapping.left_out}
    unknown = tuple(name for name, plain in zip(header, alike, strict=True) if plain not in known)
    return Layout(tuple(header), places, unknown, tuple(absent))


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", "_", name.strip()).casefold()


def _bad_header(faults: Sequence[str], header: Sequence[str]) -> Refused:
    missing, there = "; ".join(faults), SURROGATES.sub("?", ", ".join(header))[:500]
    zh, en = ENCODED if SURROGATES.search("".join(header)) else ("", "")
    return Refused(
        f"表头缺少所需的列：{missing}。文件里有：{there}。{zh}",
        f"The header lacks columns the mapping needs: {missing}. The file has: {there}.{en}",
    )
