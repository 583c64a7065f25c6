"""Which sheet of master data a sheet of a file is, and which of its columns means what."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from services.intake.policy.masters.cells import SheetRow, letter_of, shown
from services.intake.policy.masters.columns import Column, Sheet
from services.intake.policy.masters.findings import NOTHING, SHOWN, Finding
from services.intake.policy.masters.records import Kind
from services.intake.policy.masters.sheets import SHEETS
from shared.organisation.records import Named

EXAMPLE_HEADING = "#"
"""Heading of the first column of a template; a row is an example where it holds `EXAMPLE_MARK`."""
EXAMPLE_MARK = "示例 example"
NOT_READ = "本页不读入 · This page is not read"
"""What the first cell of a sheet says that is there for people only."""
LOOKED_AT = 10
"""Rows with content among which the headings are looked for: titles stand above them."""

_ENDING = re.compile(r"\.(?:csv|txt|tsv)$", re.IGNORECASE)
_DROPPED = re.compile(r"[\s*＊★（(）)_.\-·/]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of one sheet of a file mean.

    Attributes:
        row: Where the headings stand.
        columns: By index from 0.
        width: Columns from this index on have no heading.
        gaps: Columns before it that have none.
        mark: Index of the column that marks an example; None without one.
    """

    sheet: Sheet
    name: str
    row: int
    columns: Mapping[int, Column]
    width: int
    gaps: tuple[int, ...]
    mark: int | None


@lru_cache(maxsize=4096)
def folded(heading: str) -> str:
    """A heading as it is compared: one width, lower case, without stars, brackets and spaces."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", heading).casefold())


def _spellings(column: Column) -> set[str]:
    spelled = (column.id, column.name.zh, column.name.en, f"{column.name.zh}{column.name.en}", *column.also)
    return {folded(word) for word in spelled}


_COLUMNS: Mapping[Kind, Mapping[str, Column]] = {
    kind: {word: column for column in reversed(sheet.columns) for word in _spellings(column)}
    for kind, sheet in SHEETS.items()
}
_NAMES: Mapping[str, Kind] = {
    folded(word): kind
    for kind, sheet in SHEETS.items()
    for word in (kind.value, sheet.name.zh, sheet.name.en, f"{sheet.name.zh}{sheet.name.en}")
}
_ORDER = tuple(SHEETS)


def kind_named(name: str) -> Kind | None:
    """The kind a sheet or file of this name holds; None where the name says nothing."""
    return _NAMES.get(folded(_ENDING.sub("", name)))


def rank(name: str) -> int:
    """Where a sheet of this name stands when sheets are judged: what others refer to comes first."""
    kind = kind_named(name)
    return len(_ORDER) if kind is None else _ORDER.index(kind)


def recognised(headings: Sequence[str]) -> int:
    """How many of *headings* the kind that fits best knows."""
    words = {folded(heading) for heading in headings} - {""}
    return max(len(words & known.keys()) for known in _COLUMNS.values())


def is_for_people(first: SheetRow) -> bool:
    """Whether the sheet that begins with this row is an explanation, not data."""
    return bool(first.cells) and first.row == 1 and first.cells[0] == NOT_READ


def layout_of(name: str, rows: Sequence[SheetRow]) -> tuple[Layout | None, list[Finding]]:
    """What the columns mean, judged by the first rows with content, and what is wrong with the headings.

    Without a layout nothing of the sheet can be read.
    """
    kind = kind_named(name)
    row, kind = _by_kind(kind, rows) if kind is not None else _by_headings(rows)
    if kind is None:
        return None, [_unknown_sheet(name)]
    gaps = tuple(index for index, cell in enumerate(row.cells) if cell is None)
    layout = Layout(SHEETS[kind], name, row.row, _meant(kind, row), len(row.cells), gaps, _mark(row))
    faults = [*_missing(layout), *_doubtful(layout, row)]
    return layout if layout.columns else None, faults


def _by_kind(kind: Kind, rows: Sequence[SheetRow]) -> tuple[SheetRow, Kind]:
    return max(rows, key=lambda row: len(_found(kind, row))), kind


def _by_headings(rows: Sequence[SheetRow]) -> tuple[SheetRow, Kind | None]:
    """The row and kind that fit best of those with everything needed; no kind where two fit alike."""
    fits = [(len(_found(kind, row)), row, kind) for row in rows for kind in SHEETS if _complete(kind, row)]
    best = max((fit[0] for fit in fits), default=0)
    chosen = [fit for fit in fits if fit[0] == best]
    return (chosen[0][1], chosen[0][2]) if len(chosen) == 1 else (rows[0], None)


def _found(kind: Kind, row: SheetRow) -> set[str]:
    return {column.id for column in _meant(kind, row).values()}


def _complete(kind: Kind, row: SheetRow) -> bool:
    found = _found(kind, row)
    return all(column.id in found for column in SHEETS[kind].columns if column.required)


def _meant(kind: Kind, row: SheetRow) -> dict[int, Column]:
    """Columns by index; of two with one meaning the first counts."""
    known = _COLUMNS[kind]
    found: dict[str, int] = {}
    for index, cell in enumerate(row.cells):
        column = known.get(folded(shown(cell)))
        if column is not None:
            found.setdefault(column.id, index)
    return {found[column.id]: column for column in SHEETS[kind].columns if column.id in found}


def _mark(row: SheetRow) -> int | None:
    return next((index for index, cell in enumerate(row.cells) if cell == EXAMPLE_HEADING), None)


def _missing(layout: Layout) -> Iterator[Finding]:
    found = {column.id for column in layout.columns.values()}
    for column in layout.sheet.columns:
        if column.required and column.id not in found:
            wrong = Named(f"缺少“{column.name.zh}”列", f"The column “{column.name.en}” is missing")
            right = Named(f"加上这一列：{column.hint.zh}", f"Add it: {column.hint.en}")
            yield Finding(layout.name, layout.row, "", column.name, "", "column_missing", wrong, right)


def _doubtful(layout: Layout, row: SheetRow) -> Iterator[Finding]:
    """Headings nobody knows, and second ones of one meaning."""
    known = _COLUMNS[layout.sheet.kind]
    for index, cell in enumerate(row.cells):
        heading = shown(cell).strip()
        if not heading or index in layout.columns or index == layout.mark:
            continue
        twice = known.get(folded(heading))
        wrong = _UNKNOWN if twice is None else Named("两列意思相同", "Two columns mean the same")
        right = _alike(heading, layout.sheet) if twice is None else _ONE_ONLY
        code = "column_unknown" if twice is None else "column_twice"
        yield Finding(layout.name, row.row, letter_of(index), NOTHING, heading[:SHOWN], code, wrong, right)


def _alike(heading: str, sheet: Sheet) -> Named:
    known = _COLUMNS[sheet.kind]
    close = get_close_matches(folded(heading)[:_COMPARED], known, n=1)
    if not close:
        zh, en = (", ".join(getattr(column.name, language) for column in sheet.columns) for language in ("zh", "en"))
        return Named(f"删去这一列；可用的列：{zh}", f"Delete the column; known are: {en}")
    name = known[close[0]].name
    return Named(f"是不是“{name.zh}”？改名或删去这一列", f"Did you mean “{name.en}”? Rename the column or delete it")


def _unknown_sheet(name: str) -> Finding:
    names = [sheet.name for sheet in SHEETS.values()]
    wrong = Named("看不出这张表是哪一种", "It cannot be told what this sheet holds")
    right = Named(
        f"用模板的列名，并把表命名为：{'、'.join(each.zh for each in names)}；不需要的表请删去",
        f"Use the headings of the template and name the sheet {', '.join(each.en for each in names)}; or delete it",
    )
    return Finding(name, 0, "", NOTHING, "", "sheet_unknown", wrong, right)


_COMPARED = 40
_UNKNOWN = Named("不认识这一列", "Nobody knows this column")
_ONE_ONLY = Named("只保留一列", "Keep one of them")
