"""The rows of one sheet, judged by its headings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.intake.policy.masters.across import Across
from services.intake.policy.masters.cells import Cell, Merged, Read, SheetRow, letter_of, shown
from services.intake.policy.masters.columns import Column, Value
from services.intake.policy.masters.findings import NOTHING, SHOWN, Finding
from services.intake.policy.masters.headings import EXAMPLE_MARK, Layout
from services.intake.policy.masters.known import Known
from services.intake.policy.masters.parsing import Parse, parser
from services.intake.policy.masters.records import Place, Record
from services.intake.policy.masters.rows import Values, completed, record_of
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named

Judged = Record | Finding


@dataclass(frozen=True, slots=True)
class Setting:
    """What rows are judged by: the site's knowledge, its date and its zone."""

    known: Known
    today: date
    zone: str

    def parser(self, column: Column) -> Parse:
        """The function that reads a cell of *column*."""
        return parser(column, self.known.choices, self.today, self.zone)


class Rows:
    """Judges what follows the headings of one sheet."""

    def __init__(self, layout: Layout, setting: Setting, across: Across) -> None:
        """Make a parser for every column."""
        self._layout, self._setting, self._across = layout, setting, across
        self._kind = layout.sheet.kind
        self._parsers = [(index, column, setting.parser(column)) for index, column in layout.columns.items()]
        self._indexes = {column.id: index for index, column in layout.columns.items()}
        self._names = {column.id: column.name for column in layout.sheet.columns}
        self._columns = frozenset(self._indexes)
        self._whole = all(column.id in self._indexes for column in layout.sheet.columns if column.required)
        self._told: set[int] = set()
        across.begin(layout.name, {field: letter_of(index) for field, index in self._indexes.items()})

    def item(self, item: Read) -> Iterator[Judged]:
        """What one thing read means."""
        match item:
            case SheetRow(row=row) if row > self._layout.row:
                yield from self._row(item)
            case Merged(last_row=last) if last >= self._layout.row:
                yield Finding(
                    item.sheet, item.first_row, "", NOTHING, item.area, "merged_cells", _MERGED, _unmerge(item.area)
                )

    def _row(self, row: SheetRow) -> Iterator[Judged]:
        if self._layout.mark is not None and _cell(row, self._layout.mark) == EXAMPLE_MARK:
            yield from self._example(row)
            return
        values, wrongs = self._values(row)
        wrongs.extend(completed(self._kind, values, self._setting.known.choices, self._setting.zone))
        yield from (self._finding(row, field, wrong) for field, wrong in wrongs)
        yield from self._without_heading(row)
        if not wrongs and self._whole:
            record = record_of(self._kind, Place(row.sheet, row.row, self._columns), values)
            against = tuple(self._across.check(self._kind, record))
            yield from against
            if not against:  # of two rows that mean one record, only the first is kept: a register holds it once
                yield record

    def _values(self, row: SheetRow) -> tuple[Values, list[tuple[str, Wrong]]]:
        """What the cells say one by one, and what is wrong with them."""
        values: Values = {}
        wrongs: list[tuple[str, Wrong]] = []
        cells, width = row.cells, len(row.cells)
        for index, column, parse in self._parsers:
            cell = cells[index] if index < width else None
            try:
                value = "" if cell is None else parse(cell)
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
        if not all(_is_example(_cell(row, index), column, parse) for index, column, parse in self._parsers):
            yield Finding(row.sheet, row.row, "", NOTHING, EXAMPLE_MARK, "example_altered", _ALTERED, _UNMARK)

    def _without_heading(self, row: SheetRow) -> Iterator[Finding]:
        """Cells in columns that have no heading, each column told once."""
        if len(row.cells) <= self._layout.width and not self._layout.gaps:
            return
        for index in (*self._layout.gaps, *range(self._layout.width, len(row.cells))):
            cell = _cell(row, index)
            if cell is not None and index not in self._told:
                self._told.add(index)
                value = shown(cell)[:SHOWN]
                letter = letter_of(index)
                yield Finding(row.sheet, row.row, letter, NOTHING, value, "no_heading", _NO_HEADING, _GIVE_HEADING)

    def _finding(self, row: SheetRow, field: str, wrong: Wrong) -> Finding:
        """*wrong* at its place; a column the file does not have has no letter."""
        index = self._indexes.get(field)
        value = "" if index is None else shown(_cell(row, index))[:SHOWN]
        letter = "" if index is None else letter_of(index)
        name = self._names[field]
        return Finding(row.sheet, row.row, letter, name, value, wrong.code, wrong.wrong, wrong.right)


def _cell(row: SheetRow, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else None


def _is_example(cell: Cell, column: Column, parse: Parse) -> bool:
    """Whether the cell says what the template's example says; the site's own words may have changed since."""
    if column.value is Value.GIVEN or cell is None:
        return True
    try:
        return bool(column.example) and parse(cell) == parse(column.example)
    except Wrong:
        return False


def _unmerge(area: str) -> Named:
    return Named(f"取消合并 {area}，在每一行都填写", f"Unmerge {area} and fill in every row")


_MERGED = Named("单元格被合并；只有第一格有内容", "Merged cells; only the first of them holds anything")
_MISSING = Named("必填，不能为空", "Needed, and empty")
_ALTERED = Named(
    "这一行标着“示例”，内容却改过；示例行不会读入", "Marked as the example, yet changed; examples are not read"
)
_UNMARK = Named(
    "若是真实资料，清空第一列的标记；否则删去这一行",
    "Real data: clear the mark in the first column. Else delete the row",
)
_NO_HEADING = Named("这一列没有列名", "The column has no heading")
_GIVE_HEADING = Named("写上列名，或清空这一列", "Give it a heading, or clear the column")
