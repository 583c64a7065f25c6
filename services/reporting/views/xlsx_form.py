"""A register as a workbook: a sheet that prints, and a sheet of sums.

Text is written as text, so nothing anybody typed becomes a formula.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from services.reporting.views.document import Document
from services.reporting.views.summary import SIGN_OFF, Line, head, ledger, measures, sums
from shared.rules.registers import Field

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_000_000
LONGEST = 32_767
"""Characters a cell holds; more and Excel calls the file damaged."""
A4 = 9
_WIDE: dict[str, int] = {Field.CONTENT: 40, Field.RESULT: 30, Field.METHOD: 30, Field.DEMAND: 24}
_WIDTH = 14
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}


def workbook(document: Document, rows: Sequence[Sequence[str]]) -> bytes:
    """The finished file; takes a while for many rows, so call it off the event loop."""
    file = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    _list(book, document, rows)
    _sums(book, document)
    book.close()
    return file.getvalue()


def _list(book: Any, document: Document, rows: Sequence[Sequence[str]]) -> None:
    sheet = book.add_worksheet("登记 Register")
    plain = book.add_format(_FONT | {"border": 1, "text_wrap": True})
    top = _lines(book, sheet, head(document), 0)
    _page(sheet, document, top)
    _headings(book, sheet, document, top)
    for number, row in enumerate(rows, start=top + 1):
        for place, value in enumerate(row):
            sheet.write_string(number, place, value[:LONGEST], plain)
    sheet.write_string(top + len(rows) + 2, 0, SIGN_OFF, book.add_format(_FONT))


def _headings(book: Any, sheet: Any, document: Document, top: int) -> None:
    bold = book.add_format(_FONT | {"bold": True, "border": 1, "text_wrap": True, "bg_color": "#EEEEEE"})
    sheet.set_row(top, 32)
    for place, column in enumerate(document.register.columns):
        sheet.write_string(top, place, f"{column.name.zh}\n{column.name.en}", bold)


def _page(sheet: Any, document: Document, top: int) -> None:
    for place, column in enumerate(document.register.columns):
        sheet.set_column(place, place, _WIDE.get(column.field, _WIDTH))
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{document.register.id}&C&P / &N&R{document.pack.id}")


def _sums(book: Any, document: Document) -> None:
    sheet = book.add_worksheet("汇总 Summary")
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 2, 36)
    row = _lines(book, sheet, head(document), 0)
    row = _lines(book, sheet, sums(document), row)
    row = _lines(book, sheet, measures(document), row)
    _lines(book, sheet, ledger(document.ledger), row)


def _lines(book: Any, sheet: Any, lines: Sequence[Line], row: int) -> int:
    """Write *lines* from *row* on; returns the row after the empty one below them."""
    plain = book.add_format(_FONT)
    for number, line in enumerate(lines, start=row):
        for place, value in enumerate(line):
            if place == 1 and value.isdecimal():
                sheet.write_number(number, place, int(value), plain)
            else:
                sheet.write_string(number, place, value, plain)
    return row + len(lines) + 1
