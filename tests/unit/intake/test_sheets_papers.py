"""Templates and reports: what is handed out can be filled in and handed back, and holds no formula."""

import csv
import io
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.headings import EXAMPLE_MARK
from services.intake.policy.masters.known import CaseChoice, Choice, Choices, Known
from services.intake.policy.masters.records import Kind
from services.intake.policy.masters.sheets import SHEETS
from services.intake.views.papers import MasterPapers
from services.intake.views.templates import example
from shared.organisation.records import Named
from tests.support.sheet_builders import codes, said

PAPERS = MasterPapers()
WORDS = Choices(
    case_types=(CaseChoice("complaint", Named("投诉", "Complaint"), (Choice("n", Named("=噪音", "=Noise")),)),),
    departments=tuple(Choice(f"d{n}", Named(f"部门{n}", f"Department {n}")) for n in range(100)),
)
Language = Literal["zh", "en"]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def page(book: openpyxl.Workbook, name: str) -> Worksheet:
    found = book[name]
    assert isinstance(found, Worksheet)
    return found


def kept(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", [None, *Kind])
def test_an_untouched_template_says_nothing_and_is_told_so(
    tmp_path: Path, kind: Kind | None, language: Language
) -> None:
    path = kept(PAPERS.template(kind, language, WORDS, "xlsx"), tmp_path / "a.xlsx")
    records, findings = said(path, Known(choices=WORDS))
    assert (records, codes(findings)) == ([], ["nothing_said"])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_an_untouched_csv_says_nothing_and_is_told_so(tmp_path: Path, kind: Kind, language: Language) -> None:
    path = kept(PAPERS.template(kind, language, WORDS, "csv"), tmp_path / f"{kind}.csv")
    records, findings = said(path, Known(choices=WORDS))
    assert (records, codes(findings)) == ([], ["nothing_said"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_example_of_every_sheet_is_read_once_its_mark_is_gone(tmp_path: Path, language: Language) -> None:
    book = opened(PAPERS.template(None, language, WORDS, "xlsx"))
    for sheet in SHEETS.values():
        page(book, getattr(sheet.name, language))["A2"] = None
    book.save(tmp_path / "a.xlsx")
    records, findings = said(tmp_path / "a.xlsx", Known(choices=WORDS))
    assert findings == []
    assert len(records) == len(SHEETS)


def test_an_example_typed_over_under_its_mark_is_not_lost_in_silence(tmp_path: Path) -> None:
    book = opened(PAPERS.template(Kind.RESIDENTS, "zh", WORDS, "xlsx"))
    page(book, "住户")["D2"] = "李强"
    book.save(tmp_path / "a.xlsx")
    records, findings = said(tmp_path / "a.xlsx")
    assert (records, codes(findings)) == ([], ["example_altered"])


def test_rows_typed_below_the_example_are_read_with_rooms_and_phones_as_text(tmp_path: Path) -> None:
    book = opened(PAPERS.template(Kind.RESIDENTS, "zh", WORDS, "xlsx"))
    sheet = page(book, "住户")
    for place, value in enumerate([None, None, "1-101", "王芳", "0755-83991234转801", "租户"], start=1):
        sheet.cell(3, place).value = value
    assert sheet.column_dimensions["C"].width
    book.save(tmp_path / "a.xlsx")
    (record,), findings = said(tmp_path / "a.xlsx")
    assert (record.id, record.at.row, findings) == ("1-101/王芳", 3, [])


def test_headings_stay_in_sight_and_closed_words_are_offered() -> None:
    book = opened(PAPERS.template(None, "zh", WORDS, "xlsx"))
    matters = page(book, "未结事项")
    assert matters.freeze_panes == "A2"
    rules = {str(rule.sqref): str(rule.formula1) for rule in matters.data_validations.dataValidation if rule.formula1}
    offered = [
        [str(cell.value) for (cell,) in book["选项 Lists"][area.split("!")[1].replace("$", "")]]
        for area in rules.values()
    ]
    assert ["投诉"] in offered
    assert [f"部门{n}" for n in range(100)] in offered
    assert ["已登记", "已签收", "办理中", "已处理，待回访"] in offered


def test_a_word_that_begins_like_a_formula_is_text_in_a_template() -> None:
    book = opened(PAPERS.template(Kind.MATTERS, "zh", WORDS, "xlsx"))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "=噪音" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}


def test_a_csv_of_all_kinds_is_refused() -> None:
    with pytest.raises(ValueError, match="one kind"):
        PAPERS.template(None, "zh", WORDS, "csv")


def test_the_mark_stands_in_the_example_and_nowhere_else() -> None:
    rows = list(csv.reader(io.StringIO(PAPERS.template(Kind.KEYS, "en", WORDS, "csv").decode("utf-8-sig"))))
    assert rows[0][:4] == ["#", "No. *", "Unit *", "Copies *"]
    assert rows[1][0] == EXAMPLE_MARK
    assert rows[1][1:] == [example(column, "en", WORDS) for column in SHEETS[Kind.KEYS].columns]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_report_names_the_place_and_the_remedy_and_runs_nothing(language: Language) -> None:
    wrong = Finding("住户", 7, "D", Named("电话", "Phone"), "=1+1", "x", Named("错", "Wrong"), Named("改", "Mend"))
    rows = list(csv.reader(io.StringIO(PAPERS.report([wrong], language, "csv").decode("utf-8-sig"))))
    assert rows[1][:3] == ["住户", "7", "D"]
    assert rows[1][4] == "'=1+1"
    book = opened(PAPERS.report([wrong], language, "xlsx"))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells[-3:]] == ["=1+1", *(("错", "改") if language == "zh" else ("Wrong", "Mend"))]
