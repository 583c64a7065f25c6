"""Files of master data as people and attackers make them."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.known import Known
from services.intake.policy.masters.records import Record
from services.intake.views.judged import judged

TODAY = date(2024, 6, 1)
ZONE = "Asia/Shanghai"
UNITS = ["房号", "楼栋", "面积", "状态"]
RESIDENTS = ["编号", "房号", "姓名", "电话", "身份", "入住日期", "搬离日期"]
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

Sheets = Mapping[str, Sequence[Sequence[Any]]]


def workbook(path: Path, sheets: Sheets, **options: Any) -> Path:
    """An .xlsx as a spreadsheet writes it: texts as texts, numbers as numbers, dates as dates."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd", **options})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    book.close()
    return path


def text(path: Path, rows: Iterable[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A CSV without quotes."""
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    return path


def by_hand(path: Path, rows: str, *, name: str = "住户", parts: Mapping[str, str] | None = None) -> Path:
    """An .xlsx of one sheet, its XML written by hand; *parts* are added or put in place of what is written."""
    inside: dict[str, str] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(("rId1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in (inside | dict(parts or {})).items():
            archive.writestr(part, content)
    return path


def _relations(*relations: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{id_}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for id_, kind, target in relations
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'
    )


def row(*cells: str, number: int | None = None) -> str:
    """A row of texts kept beside their cells."""
    place = "" if number is None else f' r="{number}"'
    return f"<row{place}>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"


def said(path: Path, known: Known | None = None, **given: Any) -> tuple[list[Record], list[Finding]]:
    """What a file says, records and findings apart."""
    known = Known(units=frozenset({"1-101", "1-102"})) if known is None else known
    found = list(judged(path, given.get("name", path.name), known, TODAY, given.get("zone", ZONE)))
    records = [one for one in found if not isinstance(one, Finding)]
    return records, [one for one in found if isinstance(one, Finding)]


def codes(findings: Sequence[Finding]) -> list[str]:
    """The kinds of fault, in order."""
    return [finding.code for finding in findings]


def spot(finding: Finding) -> str:
    """Where a finding points to, as a person would say it."""
    return f"{finding.sheet}!{finding.letter}{finding.row}"
