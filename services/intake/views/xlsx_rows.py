"""The rows of an .xlsx, one after another, without holding the sheet.

Written for this one use: readers of whole workbooks do not name merged cells while streaming, and what a hostile file
makes them do has no bound.
"""

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from services.intake.policy.masters.cells import Hidden, Read
from services.intake.policy.masters.headings import rank
from services.intake.views.archive import opened
from services.intake.views.markup import fed
from services.intake.views.refusals import Unreadable
from services.intake.views.workbook import SheetPart, Workbook, workbook
from services.intake.views.xlsx_cells import SheetReading


def xlsx_rows(path: Path) -> Iterator[Read]:
    """Rows with content, sheet by sheet; what others refer to comes first.

    Raises:
        Unreadable: The file is no workbook, hostile, or damaged.
    """
    with opened(path) as archive:
        book = workbook(archive)
        for sheet in sorted(book.sheets, key=lambda each: rank(each.name)):
            if sheet.hidden:
                yield Hidden(sheet.name)
            yield from _sheet_rows(archive, book, sheet)


def _sheet_rows(archive: ZipFile, book: Workbook, sheet: SheetPart) -> Iterator[Read]:
    reading = SheetReading(book, sheet.name)
    try:
        for _ in fed(archive, sheet.part, reading.parser()):
            yield from reading.ready
            reading.ready.clear()
    except Unreadable as refused:
        raise refused.within(sheet.name, reading.row) from refused
