"""A whole file sorted before anything is sent: cases, conflicts, repeats, rejects, doubts.

The first usable row of a key is its case. Later rows of that key are conflicts with the columns that differ, or
repeats where none does, whatever else may be wrong with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from shouwen.importing.judging import Case, Judge
from shouwen.importing.mapping import Mapping
from shouwen.importing.places import Place
from shouwen.importing.reading import Layout, laid_out, opened, rows_of
from shouwen.importing.rows import Doubt, Unusable
from shouwen.words import Refused, Words

Row = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that became no case; ``column`` is the file's own name, empty for the whole row."""

    line: int
    key: str
    column: str
    value: str
    words: Words


@dataclass(frozen=True, slots=True)
class Conflict:
    """A later row of a key that is a case already.

    Attributes:
        first_line: The row that is the case; None when it came with an earlier import.
        differs: Columns with (what the case has, what this row has); empty for an exact repeat.
    """

    line: int
    key: str
    first_line: int | None
    differs: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A row that is imported, but not quite as written."""

    line: int
    key: str
    column: str
    doubt: Doubt


@dataclass(slots=True)
class Survey:
    """What a file holds; ``rows`` = cases + conflicts + repeats + rejects."""

    layout: Layout
    rows: int = 0
    cases: list[Case] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    repeats: list[Conflict] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    @property
    def places(self) -> list[Place]:
        """Every site that has a case."""
        return sorted({case.place for case in self.cases}, key=lambda place: place.id)

    @property
    def departments(self) -> list[tuple[str, str]]:
        """Every (site id, role) the source names as answering for a case."""
        named = {(case.place.id, case.body.get("department")) for case in self.cases}
        return sorted((site, role) for site, role in named if role is not None)

    @property
    def still_open(self) -> int:
        """Cases without an end."""
        return sum(not case.body["history"]["acts"] for case in self.cases)


def surveyed(path: Path, mapping: Mapping, now: datetime) -> Survey:
    """Read and sort the whole file.

    Raises:
        Refused: It cannot be read, is empty, or lacks a column.
    """
    with opened(path, mapping.encoding) as lines:
        rows = rows_of(lines)
        _, header = next(rows, (0, None))
        if header is None:
            raise Refused(f"文件 {path} 是空的。", f"The file {path} is empty.")
        layout = laid_out(header, mapping)
        return sort_rows(rows, Judge(mapping, layout, now))


def sort_rows(rows: Iterator[Row], judge: Judge) -> Survey:
    """Sort *rows* in the order of the file."""
    survey = Survey(judge.layout)
    first: dict[str, Row] = {}
    for line, cells in rows:
        survey.rows += 1
        try:
            _sort_row(survey, first, judge, (line, cells))
        except Unusable as bad:
            column = judge.layout.column(bad.part) if bad.part else ""
            survey.rejects.append(Reject(line, _key_or_blank(judge, cells), column, bad.value, bad.words))
    return survey


def _sort_row(survey: Survey, first: dict[str, Row], judge: Judge, row: Row) -> None:
    line, cells = row[0], judge.shape(row[1])
    key = judge.key(cells)
    if key in first:
        conflict = _compared(judge.layout, key, first[key], (line, cells))
        (survey.conflicts if conflict.differs else survey.repeats).append(conflict)
        return
    case = judge.case(line, cells)
    first[key] = (line, cells)
    survey.cases.append(case)
    survey.warnings.extend(Warned(line, key, judge.layout.column(doubt.part), doubt) for doubt in case.doubts)


def _compared(layout: Layout, key: str, case: Row, later: Row) -> Conflict:
    cells = zip(layout.header, case[1], later[1], strict=True)
    return Conflict(later[0], key, case[0], tuple((name, was, now) for name, was, now in cells if was != now))


def _key_or_blank(judge: Judge, cells: Sequence[str]) -> str:
    place = judge.layout.places["key"]
    return cells[place] if place < len(cells) else ""
