"""Rows of sheets, judged: each becomes a record or findings, and what only the whole file shows is found at its end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.intake.policy.masters.across import Across
from services.intake.policy.masters.cells import Cell, Hidden, Merged, Read, SheetRow, letter_of, shown
from services.intake.policy.masters.columns import Column, Value
from services.intake.policy.masters.findings import NOTHING, SHOWN, Finding
from services.intake.policy.masters.headings import EXAMPLE_MARK, LOOKED_AT, Layout, is_for_people, layout_of
from services.intake.policy.masters.known import Known
from services.intake.policy.masters.parsing import Parse, parser
from services.intake.policy.masters.records import Place, Record
from services.intake.policy.masters.rows import Values, completed, record_of
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named

Judged = Record | Finding


def judge(read: Iterable[Read], known: Known, today: date, zone: str) -> Iterator[Judged]:
    """Records and findings in the order of the file, then what only all rows together show.

    Args:
        read: Rows, those of one sheet together.
        known: What the site has already.
        today: The site's date.
        zone: The site's IANA zone, in which the file's times are meant.
    """
    across = Across(known)
    for name, items in groupby(read, key=lambda item: item.sheet):
        yield from _sheet(name, items, _Setting(known, today, zone), across)
    yield from across.end()


@dataclass(frozen=True, slots=True)
class _Setting:
    """What rows are judged by."""

    known: Known
    today: date
    zone: str

    def parser(self, column: Column) -> Parse:
        """The function that reads a cell of *column*."""
        return parser(column, self.known.choices, self.today, self.zone)


def _sheet(name: str, items: Iterable[Read], setting: _Setting, across: Across) -> Iterator[Judged]:
    later = iter(items)
    first = _beginning(later)
    rows = [item for item in first if isinstance(item, SheetRow)]
    if not rows or is_for_people(rows[0]):
        return
    layout, faults = layout_of(name, rows)
    yield from faults
    if layout is None:
        return
    reader = _Rows(layout, setting, across)
    for item in _chained(first, later):
        yield from reader.item(item)


def _beginning(items: Iterator[Read]) -> list[Read]:
    """The first rows with content, among which the headings stand, with what else was said before them."""
    found: list[Read] = []
    for item in items:
        found.append(item)
        if len(found) == LOOKED_AT:
            break
    return found


def _chained(first: list[Read], later: Iterator[Read]) -> Iterator[Read]:
    yield from first
    yield from later


class _Rows:
    """Judges what follows the headings of one sheet."""

    def __init__(self, layout: Layout, setting: _Setting, across: Across) -> None:
        self._layout, self._setting, self._across = layout, setting, across
        self._parsers = [(index, column, setting.parser(column)) for index, column in layout.columns.items()]
        self._columns = {column.id: (index, column) for index, column in layout.columns.items()}
        across.begin(layout.name, {field: letter_of(index) for field, (index, _) in self._columns.items()})
        self._bare = set(layout.bare)

    def item(self, item: Read) -> Iterator[Judged]:
        """What one thing read means."""
        match item:
            case SheetRow(row=row) if row > self._layout.row:
                yield from self._row(item)
            case Merged(last_row=last) if last >= self._layout.row:
                yield _merged(item)
            case Hidden():
                yield _hidden(item)

    def _row(self, row: SheetRow) -> Iterator[Judged]:
        if self._layout.mark is not None and _cell(row, self._layout.mark) == EXAMPLE_MARK:
            yield from self._example(row)
            return
        values, wrongs = self._values(row)
        wrongs.extend(completed(self._layout.sheet.kind, values, self._setting.known.choices, self._setting.zone))
        yield from (self._finding(row, field, wrong) for field, wrong in wrongs)
        yield from self._without_heading(row)
        if not wrongs:
            kind = self._layout.sheet.kind
            record = record_of(kind, Place(row.sheet, row.row), values)
            yield record
            yield from self._across.check(kind, record)

    def _values(self, row: SheetRow) -> tuple[Values, list[tuple[str, Wrong]]]:
        """What the cells say one by one, and what is wrong with them."""
        values: Values = {}
        wrongs: list[tuple[str, Wrong]] = []
        cells, width = row.cells, len(row.cells)
        for index, column, parse in self._parsers:
            cell = cells[index] if index < width else None
            try:
                value = parse(cell) if cell is not None else ""
            except Wrong as wrong:
                wrongs.append((column.id, wrong))
                continue
            if value != "":
                values[column.id] = value
            elif column.required:
                wrongs.append((column.id, Wrong("missing", _MISSING, column.hint)))
        return values, wrongs

    def _example(self, row: SheetRow) -> Iterator[Finding]:
        """Nothing for the example as it was; a finding where somebody typed over it and left the mark."""
        if not all(_unaltered(_cell(row, index), column, parse) for index, column, parse in self._parsers):
            index = self._layout.mark or 0
            yield Finding(
                row.sheet, row.row, letter_of(index), NOTHING, EXAMPLE_MARK, "example_altered", _ALTERED, _UNMARK
            )

    def _without_heading(self, row: SheetRow) -> Iterator[Finding]:
        """Cells in columns that have no heading, each column told once."""
        beyond = range(self._layout.width, len(row.cells))
        for index in (*self._bare, *beyond):
            cell = _cell(row, index)
            if cell is not None and (index in self._bare or index not in self._layout.told):
                self._bare.discard(index)
                self._layout.told.add(index)
                wrong, right = _NO_HEADING, _GIVE_HEADING
                yield Finding(
                    row.sheet, row.row, letter_of(index), NOTHING, shown(cell)[:SHOWN], "no_heading", wrong, right
                )

    def _finding(self, row: SheetRow, field: str, wrong: Wrong) -> Finding:
        index, column = self._columns[field]
        value = shown(_cell(row, index))[:SHOWN]
        return Finding(row.sheet, row.row, letter_of(index), column.name, value, wrong.code, wrong.wrong, wrong.right)
