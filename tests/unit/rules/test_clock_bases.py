"""Bases beyond plain durations: shifts, ends of periods, the middle of two dates, days before a date, counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.clocks import Due, DueWhy, Limits, due, is_day_based, opens_at, promises, warn_at
from shared.rules.conditions import Matter
from shared.rules.counting import begins, ends, number_kept
from shared.rules.words import Basis, PromiseKind, StartFact
from tests.support.made_packs import clock, pack_of
from tests.support.packs import CALENDAR, SHANGHAI, local

RECEIVED = StartFact.RECEIVED


def reckoned(basis: Basis, start: str, amount: int | None = None, limits: Limits | None = None) -> Due:
    rule = clock("CK-T", RECEIVED, basis, amount, between=("a", "b"))
    return due(rule, start=local(start), calendar=CALENDAR, limits=limits or Limits())


@pytest.mark.parametrize(
    ("basis", "start", "expected"),
    [
        pytest.param(Basis.NEXT_SHIFT, "2025-03-04 02:15", "2025-03-04 08:30", id="AS-057 this morning"),
        pytest.param(Basis.NEXT_SHIFT, "2025-03-04 08:30", "2025-03-05 08:30", id="the start itself is over"),
        pytest.param(Basis.NEXT_SHIFT, "2025-03-04 23:00", "2025-03-05 08:30", id="AS-059 tomorrow morning"),
        pytest.param(Basis.NEXT_DAY_SHIFT, "2025-03-04 02:15", "2025-03-05 08:30", id="never the same day"),
        pytest.param(Basis.SHIFT_END, "2025-03-04 09:00", "2025-03-04 17:30", id="before leaving work"),
        pytest.param(Basis.SHIFT_END, "2025-03-04 17:30", "2025-03-05 17:30", id="nobody is there any more"),
        pytest.param(Basis.MONTH_END, "2024-02-10 09:00", "2024-03-01 00:00", id="a leap February"),
        pytest.param(Basis.MONTH_END, "2025-12-31 23:59", "2026-01-01 00:00", id="the last minute of a year"),
        pytest.param(Basis.QUARTER_END, "2025-01-01 00:00", "2025-04-01 00:00", id="AS-096 the first quarter"),
        pytest.param(Basis.QUARTER_END, "2025-12-31 10:00", "2026-01-01 00:00", id="the last quarter"),
        pytest.param(Basis.YEAR_END, "2025-06-10 10:00", "2026-01-01 00:00", id="the year"),
    ],
)
def test_a_basis_ends_where_it_says(basis: Basis, start: str, expected: str) -> None:
    found = reckoned(basis, start)
    assert (found.at, found.why) == (local(expected), DueWhy.COUNTED)
    assert all(sentence.zh and sentence.en for sentence in found.because)


def test_as_085_the_middle_of_a_contract() -> None:
    between = Limits(form={"a": "2025-03-01", "b": "2025-05-31"})
    found = reckoned(Basis.MIDPOINT, "2025-02-20 10:00", limits=between)
    assert (found.at, found.day_based) == (local("2025-04-16 00:00"), True)
    assert "2025-03-01 – 2025-05-31" in found.because[1].en


@pytest.mark.parametrize("form", [{}, {"a": "2025-03-01"}, {"a": "2025-03-01", "b": "soon"}])
def test_a_middle_of_dates_nobody_knows_waits_for_them(form: dict[str, str]) -> None:
    found = reckoned(Basis.MIDPOINT, "2025-02-20 10:00", limits=Limits(form=form))
    assert (found.at, found.why) == (None, DueWhy.AWAITING_DATE)


def test_as_103_a_day_before_the_date() -> None:
    rule = clock("CK-NOT-02", StartFact.DATE, Basis.DAYS, -1, after="effective")
    effective = local("2025-06-10 00:00")
    found = due(rule, start=effective, calendar=CALENDAR)
    assert found.at == local("2025-06-10 00:00")
    assert "1 days back" in found.because[1].en
    assert warn_at(rule, start=effective, due_at=found.at, fraction=0.8) is None


def test_a_site_may_have_other_shifts_and_the_products_own_are_labelled() -> None:
    rule = clock("CK-S", RECEIVED, Basis.NEXT_SHIFT, promise=PromiseKind.RESOLVE)
    plain, of_pack = (
        pack_of(rule),
        pack_of(rule, parameters={"day_shift_from_minute": 540, "day_shift_to_minute": 1080}),
    )
    kinds = [(plain, {}), (of_pack, {}), (plain, {"day_shift_from_minute": 420, "day_shift_to_minute": 900})]
    told = [
        promises(
            pack,
            pack.case_types["complaint"],
            Matter("minor"),
            received_at=local("2025-03-04 01:00"),
            calendar=CALENDAR,
            limits=Limits(parameters=parameters),
        )[0]
        for pack, parameters in kinds
    ]
    assert [(one.due_at, one.product_default) for one in told] == [
        (local("2025-03-04 08:30"), True),
        (local("2025-03-04 09:00"), False),
        (local("2025-03-04 07:00"), False),
    ]


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        pytest.param("3", True, id="AS-149 three rings"),
        pytest.param("4", False, id="AS-149 four rings"),
        pytest.param("0", True, id="none at all"),
        pytest.param("many", None, id="no number"),
        pytest.param("NaN", False, id="not a number at all"),
        pytest.param(None, None, id="nothing filled in"),
    ],
)
def test_a_count_is_kept_up_to_its_number(number: str | None, kept: bool | None) -> None:  # noqa: FBT001  a row's column
    rule = clock("CK-TEL-01", RECEIVED, Basis.COUNT, 3, between=("rings",))
    assert number_kept(rule, Limits(form={} if number is None else {"rings": number})) is kept
    assert due(rule, start=local("2025-03-04 10:00"), calendar=CALENDAR).at is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        pytest.param("2025-03-04", "2025-03-04 00:00", "2025-03-05 00:00", id="a date is a whole day"),
        pytest.param("2025-03-04T10:00:00+08:00", "2025-03-04 10:00", "2025-03-04 10:00", id="an instant is itself"),
    ],
)
def test_a_date_begins_at_its_first_instant_and_allows_up_to_its_last(text: str, first: str, last: str) -> None:
    assert (begins(text, SHANGHAI), ends(text, SHANGHAI)) == (local(first), local(last))


@pytest.mark.parametrize("text", ["", "2025-02-30", "2025-03-04T10:00:00", "tomorrow", None])
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert (begins(text, SHANGHAI), ends(text, SHANGHAI)) == (None, None)


def test_as_084_a_window_opens_after_a_month() -> None:
    rule = clock("CK-FUP-05", StartFact.COMPLETED, Basis.MONTHS, 2, opens_after=1)
    start = local("2024-12-31 15:00")
    assert opens_at(rule, start=start, calendar=CALENDAR) == local("2025-02-01 00:00")
    assert due(rule, start=start, calendar=CALENDAR).at == local("2025-03-01 00:00")


@given(
    start=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  bounds are naive by contract
    basis=st.sampled_from([Basis.NEXT_SHIFT, Basis.SHIFT_END, Basis.MONTH_END, Basis.QUARTER_END, Basis.YEAR_END]),
)
def test_what_ends_a_period_or_begins_a_shift_lies_ahead(start: datetime, basis: Basis) -> None:
    rule = clock("CK-T", RECEIVED, basis)
    found = due(rule, start=start, calendar=CALENDAR)
    most = {Basis.MONTH_END: 31, Basis.QUARTER_END: 92, Basis.YEAR_END: 366}.get(basis, 1)
    assert found.at is not None
    assert timedelta(0) < found.at - start <= timedelta(days=most)
    assert found.day_based is is_day_based(rule)
