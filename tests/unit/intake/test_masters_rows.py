"""Rows beside other rows: ids given twice, namesakes, what refers to nothing; headings; the cap on findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.intake.policy.masters.findings import FINDINGS_MOST
from services.intake.policy.masters.known import CaseChoice, Choice, Choices, Known
from services.intake.policy.masters.records import Matter, Resident
from shared.organisation.records import Named
from tests.support.sheet_builders import codes, said, spot, text, workbook

HERE = Known(buildings=frozenset({"1栋"}), units=frozenset({"1-101", "1-102"}))
WORDS = Choices(
    case_types=(
        CaseChoice(
            "complaint",
            Named("投诉", "Complaint"),
            (Choice("noise", Named("噪音", "Noise")),),
            (Choice("minor", Named("一般", "Minor")),),
        ),
    ),
    departments=(Choice("works", Named("工程部", "Works")),),
    people=(Choice("p1", Named("王芳", "Wang Fang")), Choice("p2", Named("王芳", "Wang Fang"))),
)


def residents(tmp_path: Path, *rows: list[str], known: Known = HERE) -> tuple[list[str], list[str]]:
    path = text(tmp_path / "a.csv", [["编号", "房号", "姓名", "电话"], *rows])
    records, findings = said(path, known)
    return [record.id for record in records], [f"{finding.code} {spot(finding)}" for finding in findings]


def test_two_of_one_name_in_one_unit_need_numbers(tmp_path: Path) -> None:
    found = residents(tmp_path, ["", "1-101", "王芳", "13800138000"], ["", "1-101", "王芳", "13900139000"])
    assert found[1] == ["namesake a.csv!C3"]


def test_a_number_for_one_of_two_namesakes_is_not_enough(tmp_path: Path) -> None:
    found = residents(tmp_path, ["Z1", "1-101", "王芳", ""], ["", "1-101", "王芳", ""])
    assert found[1] == ["namesake a.csv!C3"]


def test_namesakes_with_numbers_of_their_own_or_in_other_units_are_fine(tmp_path: Path) -> None:
    found = residents(tmp_path, ["Z1", "1-101", "王芳", ""], ["Z2", "1-101", "王芳", ""], ["", "1-102", "王芳", ""])
    assert found == (["Z1", "Z2", "1-102/王芳"], [])


def test_a_row_given_twice_says_which_it_repeats(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", [["编号", "房号", "姓名"], ["Z1", "1-101", "王芳"], ["Z1", "1-101", "王芳"]])
    (finding,) = said(path, HERE)[1]
    assert (finding.code, finding.wrong.en) == ("row_twice", "The same as row 2 of a.csv")


def test_one_number_for_two_people_is_named(tmp_path: Path) -> None:
    assert residents(tmp_path, ["Z1", "1-101", "王芳", ""], ["Z1", "1-102", "李强", ""])[1] == ["id_twice a.csv!A3"]


def test_a_unit_nobody_knows_is_named_with_the_one_that_is_meant(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", [["房号", "姓名"], ["1栋101室", "王芳"], ["9-999", "李强"]])
    _, findings = said(path, HERE)
    assert codes(findings) == ["units_unknown", "units_unknown"]
    assert findings[0].right.zh.startswith("是不是“1-101”？")
    assert findings[1].right.en.startswith("Add it to the sheet Units")


def test_a_unit_may_stand_later_in_the_file_or_be_known_already(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "a.xlsx",
        {
            "一期": [["房号", "姓名"], ["2-201", "王芳"], ["1-101", "李强"]],
            "二期": [["房号", "楼栋", "面积"], ["2-201", "2栋", "80"]],
            "三期": [["楼栋", "名称", "层数"], ["2栋", "听海阁", "3"]],
        },
    )
    records, findings = said(book, HERE)
    assert (len(records), findings) == (4, [])


def test_a_site_without_units_is_founded_by_its_residents_but_not_by_its_keys(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "a.xlsx",
        {
            "住户": [["房号", "姓名"], ["5-5", "王芳"]],
            "钥匙": [["编号", "房号", "把数"], ["K1", "5-5", 1], ["K2", "5-6", 1]],
        },
    )
    _, findings = said(book, Known())
    assert [(finding.code, spot(finding)) for finding in findings] == [("units_unknown", "钥匙!B3")]


def test_a_building_nobody_knows_is_named(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", [["房号", "楼栋", "面积"], ["9-1", "9栋", "80"], ["1-1", "1栋", "80"]])
    _, findings = said(path, HERE)
    assert [(finding.code, spot(finding)) for finding in findings] == [("buildings_unknown", "a.csv!B2")]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["借出", "李强", "2024-05-02 10:00"], []),
        (["借出", "", ""], ["loan_incomplete E2", "loan_incomplete F2"]),
        (["在柜", "李强", ""], ["loan_not_lent E2"]),
        (["", "", "2024-05-02 10:00"], ["loan_not_lent F2"]),
        (["借出", "李强", "2024-04-30 10:00"], ["out_of_order F2"]),
    ],
)
def test_a_loan_is_told_wholly_or_not_at_all(tmp_path: Path, cells: list[str], found: list[str]) -> None:
    head = ["编号", "房号", "收取日期", "状态", "借用人", "借出时间", "把数"]
    path = text(tmp_path / "a.csv", [head, ["K1", "1-101", "2024-05-01", *cells, "1"]])
    assert [f"{one.code} {one.letter}{one.row}" for one in said(path, HERE)[1]] == found


def test_a_loan_without_columns_for_it_is_found_too(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", [["编号", "房号", "把数", "状态"], ["K1", "1-101", "1", "借出"]])
    assert codes(said(path, HERE)[1]) == ["loan_incomplete", "loan_incomplete"]


def test_nobody_leaves_before_moving_in(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv", [["房号", "姓名", "入住日期", "搬离日期"], ["1-101", "王芳", "2024-05-01", "2024-04-30"]]
    )
    (finding,) = said(path, HERE)[1]
    assert (finding.code, spot(finding)) == ("out_of_order", "a.csv!D2")


def test_the_words_of_a_matter_are_the_sites_own(tmp_path: Path) -> None:
    head = ["原编号", "受理时间", "类型", "内容", "类别", "级别", "责任部门"]
    rows = [
        ["1", "2024-05-01", "投诉", "吵", "噪音", "Minor", "工程部"],
        ["2", "2024-05-01", "投诉", "吵", "漏水", "", "工务部"],
        ["3", "2024-05-01", "表彰", "吵", "噪音", "", ""],
    ]
    (matter,), findings = said(text(tmp_path / "a.csv", [head, *rows]), Known(choices=WORDS))
    assert isinstance(matter, Matter)
    words = (matter.case_type, matter.category, matter.severity, matter.department)
    assert words == ("complaint", "noise", "minor", "works")
    assert [(one.code, f"{one.letter}{one.row}") for one in findings] == [
        ("word_unknown", "G3"),
        ("word_unknown", "E3"),
        ("word_unknown", "C4"),
    ]
    assert findings[0].right.zh == "是不是“工程部”？"


def test_a_blank_category_is_other_and_missing_where_the_type_knows_no_other(tmp_path: Path) -> None:
    rows = [["原编号", "受理时间", "类型", "内容", "类别"], ["1", "2024-05-01", "投诉", "吵", ""]]
    records, (finding,) = said(text(tmp_path / "a.csv", rows), Known(choices=WORDS))
    assert (records, finding.code, spot(finding), finding.right.zh) == ([], "missing", "a.csv!E2", "可写：噪音")

    (kind,) = WORDS.case_types
    with_other = replace(kind, categories=(*kind.categories, Choice("other", Named("其他", "Other"))))
    known = Known(choices=replace(WORDS, case_types=(with_other,)))
    (matter,), findings = said(text(tmp_path / "a.csv", rows), known)
    assert isinstance(matter, Matter)
    assert (matter.category, findings) == (None, [])


def test_a_name_two_people_bear_is_not_guessed(tmp_path: Path) -> None:
    head = ["原编号", "受理时间", "类型", "类别", "内容", "经办人"]
    rows = [["1", "2024-05-01", "投诉", "噪音", "吵", "王芳"], ["2", "2024-05-01", "投诉", "噪音", "吵", "p2"]]
    (matter,), findings = said(text(tmp_path / "a.csv", [head, *rows]), Known(choices=WORDS))
    assert codes(findings) == ["word_ambiguous"]
    assert isinstance(matter, Matter)
    assert matter.handler == "p2"


def test_headings_nobody_knows_are_named_with_the_nearest(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", [["房号", "姓名", "身份证", "入住日"], ["1-101", "王芳", "", ""]])
    _, findings = said(path, HERE)
    assert [(one.code, one.letter) for one in findings] == [("column_unknown", "C"), ("column_unknown", "D")]
    assert findings[1].right.zh == "是不是“入住日期”？改名或删去这一列"


def test_a_needed_column_that_is_missing_is_named(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "a.xlsx", {"押金": [["收据号", "类别", "缴款人", "收取日期"], ["S1", "装修", "王芳", "2024-05-01"]]}
    )
    records, (finding,) = said(book, HERE)
    assert (records, finding.code, finding.column) == ([], "column_missing", Named("金额", "Amount"))


def test_two_columns_of_one_meaning_are_named(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", [["房号", "姓名", "电话", "手机"], ["1-101", "王芳", "", ""]])
    assert codes(said(path, HERE)[1]) == ["column_twice"]


def test_cells_beside_the_headings_are_named_once_a_column(tmp_path: Path) -> None:
    rows = [["房号", "姓名", "", "电话"], ["1-101", "王芳", "x", "", "y"], ["1-102", "李强", "x", "", "y"]]
    _, findings = said(text(tmp_path / "a.csv", rows), HERE)
    assert [f"{one.code} {one.letter}{one.row}" for one in findings] == ["no_heading C2", "no_heading E2"]


def test_a_sheet_that_might_be_anything_is_named(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "a.xlsx", {"Sheet1": [["水", "电"], [1, 2]], "住户": [["房号", "姓名"], ["1-101", "王芳"]]}
    )
    records, findings = said(book, HERE)
    assert ([finding.sheet for finding in findings], codes(findings)) == (["Sheet1"], ["sheet_unknown"])
    assert len(records) == 1


def test_a_mistake_made_in_every_row_is_listed_in_part_and_counted_in_full(tmp_path: Path) -> None:
    rows = [
        ["房号", "姓名", "电话"],
        *(["1-101", f"人{n}", "110"] for n in range(FINDINGS_MOST + 345)),
        ["1-101", "", ""],
    ]
    _, findings = said(text(tmp_path / "a.csv", rows), HERE)
    assert len(findings) == FINDINGS_MOST + 2
    assert sum(finding.count for finding in findings) == FINDINGS_MOST + 346
    assert findings[-1].wrong.en.startswith("and 345 more of this kind, from row 1002 on")
    assert {finding.code for finding in findings} == {"phone_short", "missing"}


def test_the_same_row_of_two_files_is_the_same_record(tmp_path: Path) -> None:
    one = text(tmp_path / "a.csv", [["房号", "姓名"], ["1-101", "王芳"]])
    other = text(tmp_path / "b.csv", [[], ["姓名", "房号"], ["王 芳", "１-101"]])
    assert said(one, HERE)[0] == said(other, HERE)[0]
    assert isinstance(said(one, HERE)[0][0], Resident)
