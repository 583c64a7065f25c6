"""Phones of residents: kept as they can be dialled, or refused with the reason."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.masters.phones import dialled
from services.intake.policy.masters.wrongs import Wrong
from tests.support.sheet_builders import codes, said, text, workbook


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("19012345678", "+8619012345678"),
        ("0755-83991234", "+8675583991234"),
        ("(0755) 8399 1234", "+8675583991234"),
        ("0755-83991234转801", "+8675583991234;ext=801"),
        ("0755-83991234-801", "+8675583991234;ext=801"),
        ("010-65551234 分机 12", "+861065551234;ext=12"),
        ("400-800-1234", "+864008001234"),
        ("+1 212 555 0100", "+12125550100"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_a_phone_is_kept_as_it_can_be_dialled(typed: str, number: str) -> None:
    assert dialled(typed) == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("110", "phone_short"),
        ("12345", "phone_short"),
        ("10086", "phone_short"),
        ("转801", "phone_extension_alone"),
        ("ext 801", "phone_extension_alone"),
        ("83991234", "phone_no_area"),
        ("8399-1234转801", "phone_wrong"),
        ("13800138000/13900139000", "phone_several"),
        ("13800138000 13900139000", "phone_several"),
        ("1380013800", "phone_wrong"),
        ("138001380001", "phone_wrong"),
        ("1.38E+10", "digits_lost"),
        ("王芳", "phone_wrong"),
        ("-", "phone_wrong"),
        ("110转801", "phone_wrong"),
    ],
)
def test_what_reaches_nobody_is_no_phone(typed: str, why: str) -> None:
    with pytest.raises(Wrong) as refused:
        dialled(typed)
    assert refused.value.code == why


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused(typed: str) -> None:
    try:
        number = dialled(typed)
    except Wrong:
        return
    assert number.startswith("+")
    assert number.partition(";ext=")[0][1:].isdecimal()


def test_a_phone_kept_as_a_number_keeps_its_digits_and_one_cut_to_a_power_does_not(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["房号", "姓名", "电话"], ["1-101", "王芳", 13800138000], ["1-102", "李强", 1.38e10]]
    records, findings = said(workbook(tmp_path / "a.xlsx", {"住户": rows}))
    assert [record.id for record in records] == ["1-101/王芳", "1-102/李强"]
    assert findings == []
    cut = text(tmp_path / "a.csv", [["房号", "姓名", "电话"], ["1-102", "李强", "1.38E+10"]])
    assert codes(said(cut)[1]) == ["digits_lost"]
