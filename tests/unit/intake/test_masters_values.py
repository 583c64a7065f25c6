"""Cells of master data: what is taken, what it becomes, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.masters.cells import Cell, Figure, Moment, letter_of
from services.intake.policy.masters.columns import Value
from services.intake.policy.masters.known import Choices
from services.intake.policy.masters.parsing import parser
from services.intake.policy.masters.records import Kind
from services.intake.policy.masters.sheets import SHEETS
from services.intake.policy.masters.wrongs import Wrong
from services.intake.views.xlsx_cells import moment
from tests.support.sheet_builders import TODAY, ZONE, codes, said, text


def read(kind: Kind, column: str, cell: Cell, zone: str = ZONE) -> Any:
    (found,) = (each for each in SHEETS[kind].columns if each.id == column)
    return parser(found, Choices(), TODAY, zone)(cell)


def code(kind: Kind, column: str, cell: Cell, zone: str = ZONE) -> str:
    with pytest.raises(Wrong) as refused:
        read(kind, column, cell, zone)
    assert refused.value.wrong.zh
    assert refused.value.right.en
    return refused.value.code


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1000", "1000.00"),
        ("1,000.50", "1000.50"),
        ("￥1000", "1000.00"),
        ("1000元", "1000.00"),
        ("$1,000.50", "1000.50"),
        (Figure("1000.1"), "1000.10"),
        (Figure("1E3"), "1000.00"),
        (Figure("0.30000000000000004"), "0.30"),
        ("99999999.99", "99999999.99"),
    ],
)
def test_money_is_exact(cell: Cell, amount: str) -> None:
    assert str(read(Kind.DEPOSITS, "amount", cell)) == amount


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("0", "money_range"),
        ("-5", "money_range"),
        (Figure("-5"), "money_range"),
        ("100000000", "money_range"),
        ("1.005", "decimals"),
        (Figure("0.001"), "decimals"),
        ("1,00.5", "no_number"),
        ("1000块", "no_number"),
        ("NaN", "no_number"),
        (Figure("Infinity"), "no_number"),
        (Figure("1E999999"), "no_number"),
        ("1e3", "no_number"),
        (Moment(datetime(2024, 5, 1), timed=False), "became_date"),  # noqa: DTZ001  sheets know no zone
    ],
)
def test_what_is_no_amount_is_refused(cell: Cell, why: str) -> None:
    assert code(Kind.DEPOSITS, "amount", cell) == why


@pytest.mark.parametrize(
    "cell",
    [
        "2020-05-01",
        "2020/5/1",
        "2020.5.1",
        "2020年5月1日",
        "20200501",
        Figure("20200501"),
        Moment(datetime(2020, 5, 1), timed=False),  # noqa: DTZ001  sheets know no zone
    ],
)
def test_a_date_may_be_written_in_every_way_that_cannot_be_misread(cell: Cell) -> None:
    assert read(Kind.RESIDENTS, "moved_in", cell) == date(2020, 5, 1)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2025-02-30", "impossible_date"),
        ("2024-13-01", "impossible_date"),
        ("01/05/2020", "date_ambiguous"),
        ("1-5-20", "date_ambiguous"),
        ("五月一日", "no_date"),
        ("2020-05", "no_date"),
        ("2020-5/1", "no_date"),
        (Figure("43952"), "date_as_number"),
        ("2099-01-01", "date_late"),
        ("1900-01-01", "date_early"),
        ("0000-01-01", "impossible_date"),
        ("9999-12-31", "date_late"),
    ],
)
def test_a_date_that_is_none_or_means_two_is_refused(cell: Cell, why: str) -> None:
    assert code(Kind.RESIDENTS, "moved_in", cell) == why


@pytest.mark.parametrize(
    ("column", "cell", "instant"),
    [
        ("received_at", "2024-05-01 09:30", datetime(2024, 5, 1, 1, 30, tzinfo=UTC)),
        ("received_at", "2024/5/1 9:30:05", datetime(2024, 5, 1, 1, 30, 5, tzinfo=UTC)),
        ("received_at", "2024-05-01T09:30:00", datetime(2024, 5, 1, 1, 30, tzinfo=UTC)),
        ("received_at", "2024-05-01", datetime(2024, 4, 30, 16, tzinfo=UTC)),
        ("due_at", "2024-05-01", datetime(2024, 5, 1, 16, tzinfo=UTC)),
        ("due_at", "2024-05-01 24:00", datetime(2024, 5, 1, 16, tzinfo=UTC)),
    ],
)
def test_a_time_is_the_sites_wall_clock(column: str, cell: str, instant: datetime) -> None:
    assert read(Kind.MATTERS, column, cell) == instant


@pytest.mark.parametrize("cell", ["2024-05-01 25:00", "2024-05-01 24:01", "2024-05-01 9:60", "2024-05-01 noon"])
def test_a_time_no_clock_shows_is_refused(cell: str) -> None:
    assert code(Kind.MATTERS, "received_at", cell) == "no_time"


def test_a_time_that_summer_time_skipped_is_refused_and_one_shown_twice_is_the_first() -> None:
    zone = "America/New_York"
    assert code(Kind.MATTERS, "received_at", "2024-03-10 02:30", zone) == "skipped_time"
    assert read(Kind.MATTERS, "received_at", "2023-11-05 01:30", zone) == datetime(2023, 11, 5, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "room"),
    [
        ("1-101", "1-101"),
        (" １－１０１ ", "1-101"),
        (Figure("101"), "101"),
        (Figure("1.01E2"), "101"),
        ("\u202a1-101\u202c", "1-101"),
    ],
)
def test_a_room_is_kept_as_typed_in_one_width(cell: Cell, room: str) -> None:
    assert read(Kind.UNITS, "id", cell) == room


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (Moment(datetime(2024, 1, 12), timed=False), "became_date"),  # noqa: DTZ001  sheets know no zone
        ("1月12日", "became_date"),
        ("12-Jan", "became_date"),
        ("Jan-01", "became_date"),
        ("2024/1/12", "became_date"),
        (Figure("1.1"), "fraction"),
        ("3E+10", "digits_lost"),
        (Figure("12345678901234567"), "digits_lost"),
        ("1-101\n1-102", "several_lines"),
        ("1-\x07101", "control_character"),
        ("9" * 61, "too_long"),
    ],
)
def test_a_room_the_spreadsheet_changed_is_refused(cell: Cell, why: str) -> None:
    assert code(Kind.UNITS, "id", cell) == why


@pytest.mark.parametrize(
    ("cell", "name"), [("王 芳", "王芳"), (" Ann  Lee ", "Ann Lee"), ("王　芳", "王芳"), ("𠮷田", "𠮷田")]
)
def test_a_name_is_aligned_by_no_spaces(cell: str, name: str) -> None:
    assert read(Kind.RESIDENTS, "name", cell) == name


@pytest.mark.parametrize("cell", ["0", "-1", "2.5", Figure("1000001"), "二"])
def test_copies_are_a_whole_number_of_at_least_one(cell: Cell) -> None:
    assert code(Kind.KEYS, "copies", cell) in {"no_count", "no_number"}


@pytest.mark.parametrize(("cell", "area"), [("89.5㎡", "89.5"), ("89.5 平方米", "89.5"), (Figure("89.5"), "89.5")])
def test_an_area_may_carry_its_unit(cell: Cell, area: str) -> None:
    assert read(Kind.UNITS, "area", cell) == Decimal(area)


@pytest.mark.parametrize("word", ["租户", "Tenant", "tenant", " TENANT ", "租 户"])
def test_a_word_is_understood_in_both_languages(word: str) -> None:
    assert read(Kind.RESIDENTS, "kind", word) == "tenant"


def test_a_word_nobody_knows_names_the_nearest_or_all(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv", [["房号", "姓名", "身份"], ["1-101", "王芳", "租客户"], ["1-102", "李强", "飞行员"]]
    )
    _, findings = said(path)
    assert codes(findings) == ["word_unknown", "word_unknown"]
    assert findings[0].right.zh == "是不是“租户”？"
    assert findings[1].right.en == "Choose from: Owner, Tenant, Family, Other"


@pytest.mark.parametrize(
    ("serial", "day"),
    [("1", date(1900, 1, 1)), ("59", date(1900, 2, 28)), ("61", date(1900, 3, 1)), ("45413", date(2024, 5, 1))],
)
def test_serial_numbers_of_days_mean_what_spreadsheets_show(serial: str, day: date) -> None:
    found = moment(serial, since_1904=False)
    assert isinstance(found, Moment)
    assert found.at.date() == day


@pytest.mark.parametrize("serial", ["0", "0.5", "60", "-1", "2958466", "13800138000", "1E300", "nan"])
def test_serial_numbers_out_of_range_are_no_day(serial: str) -> None:
    assert type(moment(serial, since_1904=False)).__name__ == "Odd"


@given(st.integers(min_value=0, max_value=16_383))
def test_columns_are_named_as_spreadsheets_name_them(index: int) -> None:
    number = 0
    for letter in letter_of(index):
        number = number * 26 + ord(letter) - 64
    assert number == index + 1


def test_every_example_of_a_template_is_right_itself() -> None:
    for kind, sheet in SHEETS.items():
        for column in sheet.columns:
            if column.example and column.value is not Value.GIVEN:
                assert read(kind, column.id, column.example)
