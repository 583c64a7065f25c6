"""Serial numbers: one after another, anew for every series, no number twice."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.organisation.records import Named
from shared.rules.conditions import Condition, Matter
from shared.rules.filling import Beside, fill
from shared.rules.forms import FieldKind, FormField
from shared.rules.serials import Numbering, counted, is_sound, next_serials, series_of

NAME = Named("编号", "Number")
DAY = date(2025, 3, 4)
MATTER = Matter("minor")


def serial(pattern: str, id_: str = "no", when: Condition | None = None) -> FormField:
    return FormField(id_, NAME, FieldKind.SERIAL, pattern=pattern, when=when or Condition())


@pytest.mark.parametrize(
    ("pattern", "sound"),
    [
        ("GS-{site}-{year}-{number:3}", True),
        ("{site}公示〔{year}〕{number}号", True),
        ("{number}", True),
        ("A{number}", True),
        ("", False),
        ("GS-{year}", False),
        ("{year}{number:4}", False),
        ("GS-1{number}", False),
        ("{number}-{month}", False),
        ("{number}-{number}", False),
        ("{numbr}-{number}", False),
        ("{number:0}", False),
        ("GS-{day}-{number}", False),
    ],
)
def test_a_pattern_that_could_give_a_number_twice_is_not_sound(pattern: str, *, sound: bool) -> None:
    assert is_sound(pattern) is sound


def test_numbers_follow_one_another_and_begin_anew_with_the_year() -> None:
    form, given_out = (serial("GS-{site}-{year}-{number:3}"),), []
    counters: dict[str, int] = {}
    for day in (DAY, DAY, date(2026, 1, 1), DAY):
        numbering = Numbering("SZ1", day, counters)
        values = next_serials(form, numbering)
        given_out.append(values["no"])
        counters = counted(form, values, numbering)

    assert given_out == ["GS-SZ1-2025-001", "GS-SZ1-2025-002", "GS-SZ1-2026-001", "GS-SZ1-2025-003"]


def test_a_number_outgrows_its_digits() -> None:
    numbering = Numbering("SZ1", DAY, {"GS-{number}": 99})

    assert next_serials((serial("GS-{number:2}"),), numbering) == {"no": "GS-100"}


def test_a_field_that_is_not_asked_for_takes_no_number() -> None:
    form = (serial("GS-{number}", when=Condition(flags=("sign=approved",))),)
    numbering = Numbering("SZ1", DAY, {})

    filling = fill(form, {}, matter=MATTER, zone="Asia/Shanghai", beside=Beside(serials={"no": "GS-1"}))

    assert filling.values == {}
    assert counted(form, filling.values, numbering) == {}


@pytest.mark.parametrize("typed", ["GS-9", 9, "  x "])
def test_nobody_types_a_number_in(typed: object) -> None:
    filling = fill(
        (serial("GS-{number}"),), {"no": typed}, matter=MATTER, zone="UTC", beside=Beside(serials={"no": "GS-1"})
    )

    assert [fault.rule for fault in filling.faults] == ["given"]
    assert filling.values == {}


BEFORE = st.sampled_from(["", "A", "A-", "号"])
SERIES = st.sampled_from(["{site}-", "{year}-", "{month}-", "7-", "-", "A"])
NUMBERS = st.sampled_from(["{number}", "{number:3}"])
AFTER = st.sampled_from(["", "-", "号", "A"])
PATTERNS = st.tuples(BEFORE, st.lists(SERIES, max_size=2).map("".join), NUMBERS, AFTER).map("".join)


@given(PATTERNS, PATTERNS, st.integers(1, 2000), st.integers(1, 2000), st.dates(), st.dates())
def test_one_number_never_comes_from_two_series(
    one: str, other: str, first: int, second: int, day: date, then: date
) -> None:
    told = []
    for pattern, number, at in ((one, first, day), (other, second, then)):
        assert is_sound(pattern)
        series = series_of(pattern, Numbering("S1", at, {}))
        found = next_serials((serial(pattern),), Numbering("S1", at, {series: number - 1}))["no"]
        told.append((found, (series, number)))

    assert told[0][0] != told[1][0] or told[0][1] == told[1][1]
