from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.timekeeping.calendar import (
    Calendar,
    DayKind,
    Span,
    Statutory,
    add_working_days,
    add_working_time,
    apart,
    day_at,
    explain_working_time,
    is_open,
    next_open,
    provisional_years,
    working_day,
    working_time_between,
    zone_named,
)

SHANGHAI = "Asia/Shanghai"
MORNING, AFTERNOON = Span(8 * 60 + 30, 12 * 60), Span(13 * 60 + 30, 17 * 60 + 30)
OFFICE = (MORNING, AFTERNOON)
WEEKDAYS = (OFFICE,) * 5 + ((), ())


def local(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_named(zone))


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


def office(*, zone: str = SHANGHAI, statutory: Statutory = "cn") -> Calendar:
    return Calendar(version="1", zone=zone, weekly=WEEKDAYS, statutory=statutory)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        pytest.param("2025-09-26T10:00", 5, "2025-10-11T00:00", id="AS-003 make-up Sunday and National Day"),
        pytest.param("2025-01-23T16:00", 5, "2025-02-07T00:00", id="AS-004 Spring Festival"),
        pytest.param("2025-03-08T10:00", 1, "2025-03-11T00:00", id="from a Saturday the first is Monday"),
        pytest.param("2023-12-28T10:00", 1, "2023-12-30T00:00", id="to the last working day of a year"),
        pytest.param("2025-12-31T10:00", 1, "2026-01-05T00:00", id="over new year to a make-up Sunday"),
    ],
)
def test_working_days_end_at_24_00_of_the_last(start: str, n: int, due: str) -> None:
    assert add_working_days(office(), local(start), n) == local(due)


def test_rolling_from_a_closed_day_counts_from_the_day_rolled_to() -> None:
    rolling = Calendar(version="1", zone=SHANGHAI, weekly=WEEKDAYS, start_day="roll_then_add")

    assert add_working_days(rolling, local("2025-03-08T10:00"), 1) == local("2025-03-12T00:00")


@pytest.mark.parametrize("n", [0, -1])
def test_fewer_than_one_working_day_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        add_working_days(office(), local("2025-03-04T10:00"), n)


def test_as_009_the_last_working_day_before_a_holiday() -> None:
    assert working_day(office(), date(2025, 5, 5), -1) == date(2025, 4, 30)


def test_the_last_working_day_before_new_year_may_be_days_away() -> None:
    assert working_day(office(), date(2024, 1, 1), -1) == date(2023, 12, 29)


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        pytest.param("2025-03-04T16:30", hours(1), "2025-03-04T17:30", id="used up at closing time"),
        pytest.param("2025-03-04T11:00", hours(1), "2025-03-04T12:00", id="used up at the lunch break"),
        pytest.param("2025-03-04T17:30", hours(0), "2025-03-05T08:30", id="nothing left opens next morning"),
        pytest.param("2025-03-04T11:30", hours(1), "2025-03-04T14:00", id="over lunch"),
        pytest.param("2025-03-07T17:00", hours(1), "2025-03-10T09:00", id="over a weekend"),
        pytest.param("2025-03-04T17:29:59.5", timedelta(seconds=1), "2025-03-05T08:30:00.5", id="to the microsecond"),
    ],
)
def test_working_time_runs_only_while_open(start: str, length: timedelta, due: str) -> None:
    assert add_working_time(office(), local(start), length) == local(due)


@pytest.mark.parametrize(
    ("pause", "due"),
    [
        pytest.param(("2025-03-04T10:00", "2025-03-04T11:00"), "2025-03-04T10:00", id="begins at the deadline"),
        pytest.param(("2025-03-04T09:59", "2025-03-04T11:00"), "2025-03-04T11:01", id="begins before it"),
        pytest.param(("2025-03-04T10:30", "2025-03-04T11:00"), "2025-03-04T10:00", id="begins after it"),
        pytest.param(("2025-03-04T08:00", "2025-03-04T09:00"), "2025-03-04T10:00", id="is over at the start"),
        pytest.param(("2025-03-04T08:00", "2025-03-04T09:10"), "2025-03-04T10:10", id="runs at the start"),
    ],
)
def test_a_pause_moves_a_deadline_by_what_it_covers(pause: tuple[str, str], due: str) -> None:
    frm, to = map(local, pause)

    assert add_working_time(office(), local("2025-03-04T09:00"), hours(1), pauses=[(frm, to)]) == local(due)


@pytest.mark.parametrize(
    ("pause", "due"),
    [
        pytest.param(("2025-03-04T10:30", "2025-03-04T11:00"), "2025-03-04T11:00", id="ends at the step"),
        pytest.param(("2025-03-04T10:30", "2025-03-04T11:01"), "2025-03-04T10:29", id="ends after it"),
        pytest.param(("2025-03-04T11:30", "2025-03-04T13:00"), "2025-03-04T10:30", id="runs at the start"),
        pytest.param(("2025-03-04T12:00", "2025-03-04T13:00"), "2025-03-04T11:00", id="begins at the start"),
    ],
)
def test_a_pause_is_passed_over_when_counting_backwards(pause: tuple[str, str], due: str) -> None:
    frm, to = map(local, pause)

    assert add_working_time(office(), local("2025-03-04T12:00"), hours(-1), pauses=[(frm, to)]) == local(due)


def test_nothing_left_within_a_pause_opens_at_its_end() -> None:
    pause = (local("2025-03-04T09:00"), local("2025-03-04T12:00"))

    assert add_working_time(office(), local("2025-03-04T10:00"), hours(0), pauses=[pause]) == local("2025-03-04T13:30")


def test_pauses_may_come_in_any_order_overlap_and_touch() -> None:
    at = [local(f"2025-03-04T{text}") for text in ("09:00", "09:20", "09:30", "09:40", "09:50")]
    untidy = [(at[2], at[3]), (at[0], at[2]), (at[1], at[1]), (at[0], at[1]), (at[4], at[3])]

    assert apart(untidy) == ((at[0], at[3]),)
    assert add_working_time(office(), local("2025-03-04T08:30"), hours(1), pauses=untidy) == local("2025-03-04T10:10")


@pytest.mark.parametrize(
    ("day", "open_hours"),
    [
        pytest.param("2025-03-30", 23, id="clock put forward"),
        pytest.param("2025-10-26", 25, id="clock put back"),
        pytest.param("2025-06-01", 24, id="an ordinary day"),
    ],
)
def test_a_day_open_round_the_clock_lasts_as_long_as_it_does(day: str, open_hours: int) -> None:
    always = Calendar(version="1", zone="Europe/Berlin", weekly=((Span(0, 1440),),) * 7)
    midnight = local(f"{day}T00:00", "Europe/Berlin").astimezone(UTC)
    end = midnight + timedelta(hours=open_hours)

    assert working_time_between(always, midnight, end) == timedelta(hours=open_hours)
    assert not working_time_between(always, end, midnight)


def test_an_hour_the_clock_shows_twice_counts_twice() -> None:
    always = Calendar(version="1", zone="Europe/Berlin", weekly=((Span(0, 1440),),) * 7)
    first = local("2025-10-26T02:30", "Europe/Berlin")
    second = first.replace(fold=1)

    assert working_time_between(always, first, second) == hours(1)
    assert [piece.length for piece in explain_working_time(always, first, second)] == [hours(1)]


def test_an_evening_shown_again_after_midnight_belongs_to_the_new_day() -> None:
    # St John's went back from 00:01 on 7 November 2010 to 23:01 of the day before.
    always = Calendar(version="1", zone="America/St_Johns", weekly=((Span(0, 1440),),) * 7)
    before, after = datetime(2010, 11, 7, 2, tzinfo=UTC), datetime(2010, 11, 7, 3, 15, tzinfo=UTC)

    assert working_time_between(always, before, after) == hours(1.25)
    assert add_working_time(always, before, hours(1.25)) == after


def test_opening_time_is_open_and_closing_time_is_not() -> None:
    assert is_open(office(), local("2025-03-04T08:30"))
    assert not is_open(office(), local("2025-03-04T17:30"))
    assert next_open(office(), local("2025-03-04T17:30")) == local("2025-03-05T08:30")


def test_a_special_day_wins_over_a_public_holiday() -> None:
    opened = Calendar("1", SHANGHAI, WEEKDAYS, {date(2025, 10, 1): (MORNING,)}, statutory="cn")

    assert day_at(opened, date(2025, 10, 1)).spans == (MORNING,)
    assert working_time_between(opened, local("2025-09-30T20:00"), local("2025-10-09T00:00")) == hours(3.5)


def test_a_make_up_day_has_the_hours_of_a_working_day() -> None:
    day = day_at(office(), date(2025, 9, 28))

    assert (day.kind, day.spans) == (DayKind.MAKE_UP_DAY, OFFICE)


def test_a_year_not_announced_yet_is_provisional() -> None:
    start, end = local("2025-12-30T00:00"), local("2099-01-01T00:00")

    assert provisional_years(office(), start, end)[-1] == 2099
    assert 2025 not in provisional_years(office(), start, end)
    assert provisional_years(office(statutory="none"), start, end) == ()


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        pytest.param(lambda: Span(0, 0), "00:00-24:00", id="0:00-0:00 is not a whole day"),
        pytest.param(lambda: Span(600, 540), "pass midnight", id="hours past midnight are two spans"),
        pytest.param(lambda: Span(0, 1441), "1440", id="a day ends at 24:00"),
        pytest.param(lambda: Calendar("1", SHANGHAI, ((),) * 7), "open hour", id="never open"),
        pytest.param(lambda: Calendar("1", SHANGHAI, (OFFICE,)), "seven", id="one weekday"),
        pytest.param(lambda: Calendar("1", "Mars/Base", WEEKDAYS), "time zone", id="unknown zone"),
        pytest.param(lambda: Calendar("1", SHANGHAI, ((AFTERNOON, MORNING),) * 7), "in order", id="afternoon first"),
    ],
)
def test_a_calendar_that_cannot_be_meant_is_refused(make: Callable[[], object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        make()


def test_a_deadline_explains_itself_without_a_gap() -> None:
    start, due = local("2025-09-30T17:00"), local("2025-10-09T09:00")
    pieces = explain_working_time(office(), start, due)

    assert [(piece.counted, piece.because, piece.length) for piece in pieces] == [
        (True, DayKind.WEEKLY, hours(0.5)),
        (False, DayKind.WEEKLY, hours(6.5)),
        (False, DayKind.STATUTORY_HOLIDAY, timedelta(days=8)),
        (False, DayKind.WEEKLY, hours(8.5)),
        (True, DayKind.WEEKLY, hours(0.5)),
    ]


ZONES = st.sampled_from([SHANGHAI, "Europe/Berlin", "America/Sao_Paulo", "Asia/Tehran", "America/St_Johns"])
INSTANTS = st.datetimes(datetime(2004, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
LENGTHS = st.timedeltas(timedelta(microseconds=1), timedelta(days=400))


@given(zone=ZONES, start=INSTANTS, length=LENGTHS)
def test_a_deadline_lies_exactly_its_duration_ahead(zone: str, start: datetime, length: timedelta) -> None:
    due = add_working_time(office(zone=zone), start, length)

    assert working_time_between(office(zone=zone), start, due) == length
    assert working_time_between(office(zone=zone), start, due - timedelta(microseconds=1)) < length


@given(zone=ZONES, end=INSTANTS, length=LENGTHS)
def test_counting_back_is_the_mirror_image(zone: str, end: datetime, length: timedelta) -> None:
    start = add_working_time(office(zone=zone), end, -length)

    assert working_time_between(office(zone=zone), start, end) == length
    assert working_time_between(office(zone=zone), start + timedelta(microseconds=1), end) < length


@given(zone=ZONES, start=INSTANTS, one=LENGTHS, other=LENGTHS)
def test_two_stretches_add_up(zone: str, start: datetime, one: timedelta, other: timedelta) -> None:
    calendar = office(zone=zone)

    at_once = add_working_time(calendar, start, one + other)
    assert add_working_time(calendar, add_working_time(calendar, start, one), other) == at_once


@given(zone=ZONES, start=INSTANTS, length=st.timedeltas(timedelta(0), timedelta(days=20)))
def test_the_pieces_of_an_explanation_cover_it_and_add_up(zone: str, start: datetime, length: timedelta) -> None:
    calendar = office(zone=zone)
    due = add_working_time(calendar, start, length)
    pieces = explain_working_time(calendar, start, due)

    assert sum((piece.length for piece in pieces if piece.counted), timedelta(0)) == length
    assert sum((piece.length for piece in pieces), timedelta(0)) == due - start


@given(day=st.dates(date(2004, 1, 1), date(2026, 12, 31)), n=st.integers(1, 600))
def test_the_way_back_over_working_days_is_as_long(day: date, n: int) -> None:
    calendar = office()
    start = working_day(calendar, day, 1)

    assert working_day(calendar, working_day(calendar, start, n), -n) == start
