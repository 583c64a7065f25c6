"""What is wrong with a file, as a sheet to put beside it."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

import xlsxwriter

from services.intake.policy.masters.findings import Finding
from services.intake.views.templates import BOM, FONT, OPTIONS, Language

_HEADINGS = {
    "zh": ("表", "行", "列", "列名", "现有内容", "问题", "怎么改"),
    "en": ("Sheet", "Row", "Column", "Heading", "What stands there", "What is wrong", "What to do"),
}
_TITLE = {"zh": "问题清单", "en": "Findings"}
_WIDTHS = (14, 8, 6, 14, 24, 44, 60)
_RISKY = frozenset("=+-@\t\r")


def report_xlsx(findings: Sequence[Finding], language: Language) -> bytes:
    """The findings as a workbook; what people typed stays text."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, OPTIONS | {"constant_memory": True})
    page = book.add_worksheet(_TITLE[language])
    plain, bold = book.add_format(FONT | {"text_wrap": True}), book.add_format(FONT | {"bold": True})
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(findings), 1), len(_WIDTHS) - 1)
    for place, width in enumerate(_WIDTHS):
        page.set_column(place, place, width)
        page.write_string(0, place, _HEADINGS[language][place], bold)
    for row, finding in enumerate(findings, start=1):
        for place, cell in enumerate(_line(finding, language)):
            page.write_string(row, place, cell, plain)
    book.close()
    return file.getvalue()


def report_csv(findings: Sequence[Finding], language: Language) -> bytes:
    """The findings as CSV; no cell of it is a formula."""
    text = StringIO()
    written = csv.writer(text)
    written.writerow(_HEADINGS[language])
    written.writerows([_safe(cell) for cell in _line(finding, language)] for finding in findings)
    return (BOM + text.getvalue()).encode()


def _line(finding: Finding, language: Language) -> tuple[str, ...]:
    column, wrong, right = (getattr(said, language) for said in (finding.column, finding.wrong, finding.right))
    row = str(finding.row) if finding.row else ""
    return finding.sheet, row, finding.letter, column, finding.value, wrong, right


def _safe(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell and cell[0] in _RISKY else cell
