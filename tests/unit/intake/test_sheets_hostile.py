"""Files meant badly, or made badly: each is refused by name, with the place and the remedy, in bounded work."""

import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from services.intake.views.archive import PARTS_MOST
from tests.support.sheet_builders import RESIDENTS, by_hand, codes, row, said, spot, text, workbook

HEAD = row("房号", "姓名", "电话")
WANG = row("1-101", "王芳", "13800138000")


def compound(stream: str) -> bytes:
    """The beginning of an OLE file whose directory names *stream*."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(b" \r\n\n", "empty_file", id="blank lines"),
        pytest.param(compound("EncryptedPackage"), "password", id="a password"),
        pytest.param(compound("Workbook"), "old_excel", id="Excel 97"),
        pytest.param(b"<html><table><tr><td>\xe6\x88\xbf", "web_page", id="a web page called .xls"),
        pytest.param(b"%PDF-1.7\n", "not_a_sheet", id="PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "not_a_sheet", id="a photo"),
        pytest.param(b"PK\x03\x04 and no more", "damaged", id="half an archive"),
        pytest.param("房号,姓名\r\n1-101,".encode() + b"\xff\xff\xff\r\n", "unknown_encoding", id="no encoding fits"),
        pytest.param('房号,姓名\r\n1-101,"王芳\r\n'.encode(), "bad_csv", id="an open quote"),
        pytest.param(b"a," * 700_000, "bad_csv", id="a line without end"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "upload.xlsx"
    path.write_bytes(content)
    records, (finding,) = said(path)
    assert (records, finding.code) == ([], code)
    assert finding.wrong.zh
    assert finding.right.en


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "macros"),
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", "macros"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "not_a_sheet"),
    ],
)
def test_workbooks_with_macros_and_other_documents_are_refused(tmp_path: Path, kind: str, code: str) -> None:
    types = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    path = by_hand(tmp_path / "a.xlsx", HEAD, parts={"[Content_Types].xml": types})
    assert codes(said(path)[1]) == [code]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + " " * (64 << 20))
    assert path.stat().st_size < 200_000
    assert codes(said(path)[1]) == ["zip_bomb"]


def test_many_parts_of_harmless_size_are_no_way_around(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD, parts={f"xl/media/{n}": "x" for n in range(PARTS_MOST + 1)})
    assert codes(said(path)[1]) == ["too_many_parts"]


def test_an_archive_whose_list_of_parts_is_huge_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD)
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.rfind(b"PK\x05\x06") + 12, 1 << 30)
    path.write_bytes(content)
    assert codes(said(path)[1]) == ["too_many_parts"]


def test_an_archive_with_a_password_of_its_own_is_refused(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    assert codes(said(path)[1]) == ["password"]


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://localhost:1/x.dtd">',
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"])
def test_entities_are_never_resolved(tmp_path: Path, dtd: str, part: str) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD, parts={part: f"{dtd}<x>&e;</x>"})
    assert codes(said(path)[1]) == ["declares_entities"]


def test_a_sheet_that_breaks_off_names_where(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + WANG + "<row><c>")
    (finding,) = said(path)[1]
    assert (finding.code, finding.sheet, finding.row) == ("damaged", "住户", 3)


def test_bytes_damaged_inside_the_archive_are_noticed(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + WANG * 50)
    content = bytearray(path.read_bytes())
    at = content.rfind(b"sheet1.xml", 0, content.find(b"PK\x01\x02")) + 40
    content[at] ^= 0xFF
    path.write_bytes(content)
    assert "damaged" in codes(said(path)[1])


@pytest.mark.parametrize("encoding", ["gbk", "klingon", "utf-32"])
def test_xml_in_an_encoding_the_format_does_not_allow_is_damage(tmp_path: Path, encoding: str) -> None:
    sheet = f'<?xml version="1.0" encoding="{encoding}"?><worksheet/>'
    path = by_hand(tmp_path / "a.xlsx", HEAD, parts={"xl/worksheets/sheet1.xml": sheet})
    assert codes(said(path)[1]) == ["damaged"]


def test_parts_that_are_not_where_the_archive_says_are_damage(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 42, 0xF0000000)
    path.write_bytes(content)
    assert codes(said(path)[1]) == ["damaged"]


def test_merged_cells_are_named_by_their_range_but_not_in_a_title(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet("住户")
    page.merge_range("A1:C1", "某小区住户")
    page.write_row(1, 0, ["房号", "姓名", "电话"])
    page.merge_range("A3:A4", "1-101")
    page.write_column(2, 1, ["王芳", "李强"])
    book.close()
    _, findings = said(tmp_path / "a.xlsx")
    assert [(finding.code, finding.row) for finding in findings] == [("missing", 4), ("merged_cells", 3)]
    assert findings[1].value == "A3:A4"


def test_formulas_are_named_by_their_cell_and_never_believed(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet("住户")
    page.write_row(0, 0, ["房号", "姓名"])
    page.write_string("A2", "1-101")
    page.write_formula("B2", '=WEBSERVICE("http://localhost:1/"&A2)', None, "王芳")
    book.close()
    records, (finding,) = said(tmp_path / "a.xlsx")
    assert (records, spot(finding), finding.code) == ([], "住户!B2", "formula")
    assert finding.value.startswith("=WEBSERVICE")


def test_a_formula_in_a_csv_is_a_formula_too(tmp_path: Path) -> None:
    _, (finding,) = said(text(tmp_path / "a.csv", [["房号", "姓名"], ["1-101", "=cmd|' /C calc'!A0"]]))
    assert (spot(finding), finding.code) == ("a.csv!B2", "formula")


def test_a_million_empty_rows_are_passed_over(tmp_path: Path) -> None:
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_048_577))
    path = by_hand(tmp_path / "a.xlsx", HEAD + WANG + empty)
    records, findings = said(path)
    assert (len(records), findings) == (1, [])


def test_a_row_far_down_costs_nothing_for_those_between(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + row("1-101", "王芳", number=1_048_576))
    (record,), findings = said(path)
    assert (record.at.row, findings) == (1_048_576, [])


@pytest.mark.parametrize("place", ["1048577", "99999999999", "-1", "x"])
def test_rows_no_spreadsheet_has_are_damage(tmp_path: Path, place: str) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + f'<row r="{place}"><c><v>1</v></c></row>')
    assert codes(said(path)[1]) == ["damaged"]


@pytest.mark.parametrize("place", ["AAAA1", "1", "a1", "Ä1"])
def test_columns_no_spreadsheet_has_are_damage(tmp_path: Path, place: str) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + f'<row r="2"><c r="{place}"><v>1</v></c></row>')
    assert codes(said(path)[1]) == ["damaged"]


def test_too_many_columns_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"住户": [[*RESIDENTS, *(f"c{n}" for n in range(200))]]})
    (finding,) = said(path)[1]
    assert (finding.code, spot(finding)) == ("too_many_columns", "住户!CW1")


def test_hidden_sheets_with_data_are_named_and_empty_ones_are_not(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    book.add_worksheet("封面")
    page, empty = book.add_worksheet("住户"), book.add_worksheet("空")
    page.write_row(0, 0, ["房号", "姓名"])
    page.hide()
    empty.hide()
    book.close()
    _, findings = said(tmp_path / "a.xlsx")
    assert [(finding.sheet, finding.code) for finding in findings] == [("住户", "sheet_hidden")]


def test_a_reference_to_a_text_that_is_not_there_is_damage(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + '<row r="2"><c r="A2" t="s"><v>7</v></c></row>')
    assert codes(said(path)[1]) == ["damaged"]


def test_a_cell_longer_than_any_spreadsheet_allows_is_not_kept(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + row("1-101", "王" * 200_000, ""))
    (finding,) = said(path)[1]
    assert (finding.code, spot(finding)) == ("too_long", "住户!B2")
    assert len(finding.value) <= 200


def test_a_part_that_unpacks_to_more_than_it_says_is_damage(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", HEAD + WANG)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    at = content.rfind(struct.pack("<I", size), content.find(b"PK\x01\x02"))
    struct.pack_into("<I", content, at, size // 2)
    path.write_bytes(content)
    assert codes(said(path)[1]) == ["damaged"]
