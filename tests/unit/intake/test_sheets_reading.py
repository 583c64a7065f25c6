"""Files as people save them: every spelling of a sheet gives the same records."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from services.intake.policy.masters.records import Building, Deposit, Equipment, Key, Matter, Resident, Unit
from services.intake.views.expecting import expected_rows
from tests.support.sheet_builders import RESIDENTS, UNITS, by_hand, codes, row, said, spot, text, workbook

WANG = ["Z1", "1-101", "王芳", "13800138000", "业主", "2020-05-01", ""]


def test_a_workbook_of_every_kind_becomes_records_what_others_refer_to_first(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "a.xlsx",
        {
            "未结事项": [
                ["原编号", "受理时间", "类型", "内容", "期限"],
                ["9", "2024-05-01 09:30", "投诉", "漏水", "2024-05-03"],
            ],
            "押金": [
                ["收据号", "类别", "缴款人", "金额", "收取日期"],
                ["S1", "装修", "王芳", 1000.1, date(2024, 5, 1)],
            ],
            "钥匙": [["编号", "房号", "把数"], ["K1", "1-1201", 2]],
            "设备": [["编号", "名称", "保养周期(天)"], ["DT1", "客梯", 15]],
            "住户": [["房号", "姓名", "身份"], ["1-1201", "王芳", "租户"]],
            "房屋": [UNITS, ["1-1201", "1栋", 89.5, "自住"]],
            "楼栋": [["楼栋", "层数"], ["1栋", 32]],
        },
    )
    records, findings = said(book)
    assert findings == []
    assert [type(record) for record in records] == [Building, Unit, Resident, Equipment, Key, Deposit, Matter]
    unit, resident, deposit, matter = records[1], records[2], records[5], records[6]
    assert isinstance(unit, Unit)
    assert (unit.id, unit.building, unit.area, unit.state) == ("1-1201", "1栋", Decimal("89.5"), "own")
    assert isinstance(resident, Resident)
    assert (resident.id, resident.kind, resident.numbered) == ("1-1201/王芳", "tenant", False)
    assert isinstance(deposit, Deposit)
    assert (deposit.amount, deposit.received_on) == (Decimal("1000.10"), date(2024, 5, 1))
    assert isinstance(matter, Matter)
    assert matter.received_at == datetime(2024, 5, 1, 1, 30, tzinfo=UTC)
    assert matter.due_at == datetime(2024, 5, 3, 16, tzinfo=UTC)  # 24:00 of the day in Shanghai


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_every_encoding_and_with_every_delimiter_spreadsheets_write(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = text(tmp_path / "住户.csv", [RESIDENTS, WANG], encoding=encoding, delimiter=delimiter)
    records, findings = said(path)
    assert findings == []
    assert [(record.id, record.at.sheet, record.at.row) for record in records] == [("Z1", "住户.csv", 2)]


@pytest.mark.parametrize(
    "headings",
    [
        ["编号", "房号", "姓名", "电话", "身份", "入住日期", "搬离日期"],
        ["No.", "Unit", "Name", "Phone", "Role", "Moved in", "Moved out"],
        ["id", "unit", "name", "phone", "kind", "moved_in", "moved_out"],
        ["编号 No.", "房号 Unit *", "姓名＊", "手机号", " 身 份 ", "入住日期", "搬离日期"],
    ],
)
def test_headings_may_be_chinese_english_ids_or_both(tmp_path: Path, headings: list[str]) -> None:
    records, findings = said(text(tmp_path / "upload.csv", [headings, WANG]))
    assert findings == []
    assert [record.id for record in records] == ["Z1"]


def test_the_order_of_columns_is_free_and_a_title_may_stand_above(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", [["某小区住户资料"], [], RESIDENTS[::-1], WANG[::-1]])
    records, findings = said(path)
    assert findings == []
    assert [(record.id, record.at.row) for record in records] == [("Z1", 4)]


def test_a_file_by_openpyxl_with_shared_texts_dates_and_numbers_reads_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "住户"
    page.append(RESIDENTS)
    page.append(["Z1", 101, "王芳", 13800138000, "业主", datetime(2020, 5, 1), None])  # noqa: DTZ001  sheets know no zone
    book.save(tmp_path / "a.xlsx")
    records, findings = said(tmp_path / "a.xlsx")
    assert codes(findings) == ["units_unknown"]
    (resident,) = records
    assert isinstance(resident, Resident)
    assert (resident.unit, resident.phone, resident.moved_in) == ("101", "13800138000", date(2020, 5, 1))


def test_a_workbook_that_counts_days_from_1904_means_the_same_dates(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        {"住户": [["房号", "姓名", "入住日期"], ["1-101", "王芳", date(2020, 5, 1)]]},
        date_1904=True,
    )
    records, findings = said(path)
    assert findings == []
    assert [record.moved_in for record in records if isinstance(record, Resident)] == [date(2020, 5, 1)]


def test_prefixes_rich_texts_and_readings_inside_the_xml_change_nothing(tmp_path: Path) -> None:
    cells = (
        '<x:c r="A2" t="inlineStr"><x:is><x:t>1-101</x:t></x:is></x:c>'
        '<x:c r="C2" t="inlineStr"><x:is><x:r><x:t>王</x:t></x:r><x:r><x:t>芳</x:t></x:r>'
        '<x:rPh sb="0" eb="1"><x:t>ワン</x:t></x:rPh></x:is></x:c>'
    )
    heads = "".join(
        f'<x:c r="{at}1" t="inlineStr"><x:is><x:t>{said}</x:t></x:is></x:c>'
        for at, said in (("A", "房号"), ("C", "姓名"))
    )
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        f'<x:row r="1">{heads}</x:row><x:row r="2">{cells}</x:row></x:sheetData></x:worksheet>'
    )
    records, findings = said(by_hand(tmp_path / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": sheet}))
    assert findings == []
    assert [record.name for record in records if isinstance(record, Resident)] == ["王芳"]


def test_rows_and_cells_without_references_are_counted(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", row("房号", "姓名") + row("1-101", "") + row("", "李强"))
    _, findings = said(path)
    assert [(spot(finding), finding.code) for finding in findings] == [("住户!B2", "missing"), ("住户!A3", "missing")]


def test_texts_that_spreadsheets_write_with_escapes_are_as_typed(tmp_path: Path) -> None:
    path = by_hand(
        tmp_path / "a.xlsx", row("房号", "姓名", "备注") + row("1-101", "王芳", "上_x000D_\n下 &amp; 左_x005F_")
    )
    (resident,), findings = said(path)
    assert findings == []
    assert isinstance(resident, Resident)
    assert resident.note == "上\n下 & 左_"


def test_a_column_left_out_is_told_apart_from_an_empty_cell(tmp_path: Path) -> None:
    (resident,), _ = said(text(tmp_path / "a.csv", [["房号", "姓名", "备注"], ["1-101", "王芳", ""]]))
    assert resident.at.columns == {"unit", "name", "note"}


def test_sheets_nobody_filled_in_are_passed_over(tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx", {"Sheet1": [], "住户": [RESIDENTS, WANG], "Sheet3": []})
    records, findings = said(book)
    assert (len(records), findings) == (1, [])


def test_how_many_rows_to_expect_is_known_before_reading(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "a.xlsx", {"住户": [RESIDENTS, *[WANG] * 70], "房屋": [UNITS, *[["1-1", "", "", ""]] * 30]}
    )
    assert expected_rows(book) == 102
    assert expected_rows(text(tmp_path / "a.csv", [RESIDENTS, *[WANG] * 70])) == 70


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_of_what_cannot_be_read_nothing_is_expected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert expected_rows(path) == 0
    assert expected_rows(by_hand(tmp_path / "b.xlsx", row("房号", "姓名"))) == 0
