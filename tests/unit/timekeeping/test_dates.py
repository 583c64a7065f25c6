from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from shared.timekeeping.calendar import (
    add_elapsed,
    add_months,
    add_weeks,
    cutoff_window,
    end_of_local_day,
    fixed_month_day,
    local_date,
    month_window,
    zone_named,
)

SHANGHAI = "Asia/Shanghai"


def local(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_named(zone))


def test_hours_run_through_the_night() -> None:
    assert add_elapsed(local("2025-03-04T22:40"), timedelta(hours=3)) == local("2025-03-05T01:40")


def test_hours_across_a_clock_change_are_elapsed_hours() -> None:
    start = local("2025-03-30T00:30", "Europe/Berlin")

    assert add_elapsed(start, timedelta(hours=3)) == local("2025-03-30T04:30", "Europe/Berlin")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        pytest.param("2025-03-04T10:00", 0, "2025-03-05T00:00", id="same day is due at its 24:00"),
        pytest.param("2025-03-04T00:00", 0, "2025-03-05T00:00", id="midnight belongs to the day it begins"),
        pytest.param("2025-03-04T10:00", 3, "2025-03-08T00:00", id="the start day is not counted"),
        pytest.param("2025-04-01T09:10", 3, "2025-04-05T00:00", id="AS-109 a key lent for three days"),
        pytest.param("2024-12-30T23:59", 2, "2025-01-02T00:00", id="over new year"),
    ],
)
def test_days_are_due_at_24_00(start: str, days: int, due: str) -> None:
    assert end_of_local_day(local(start), SHANGHAI, days) == local(due)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param("2025-03-30T00:00", 23, id="clock put forward"),
        pytest.param("2025-10-26T00:00", 25, id="clock put back"),
    ],
)
def test_a_day_of_a_clock_change_ends_at_its_own_24_00(day: str, hours: int) -> None:
    start = local(day, "Europe/Berlin")

    assert end_of_local_day(start, "Europe/Berlin") - start.astimezone(UTC) == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_at_the_end_of_the_gap() -> None:
    before = datetime(2015, 10, 17, 15, tzinfo=UTC)

    assert end_of_local_day(before, "America/Sao_Paulo") == datetime(2015, 10, 18, 3, tzinfo=UTC)


def test_a_week_is_due_on_the_same_weekday() -> None:
    assert add_weeks(local("2025-03-04T10:00"), 2, SHANGHAI) == local("2025-03-19T00:00")


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        pytest.param("2025-01-31T09:00", 1, "2025-03-01T00:00", id="AS-019 no 31 February"),
        pytest.param("2024-01-30T09:00", 1, "2024-03-01T00:00", id="AS-043 leap year"),
        pytest.param("2025-03-04T09:00", 1, "2025-04-05T00:00", id="same day number"),
        pytest.param("2025-12-15T09:00", 1, "2026-01-16T00:00", id="over new year"),
        pytest.param("2025-03-31T09:00", 14, "2026-06-01T00:00", id="more than a year"),
    ],
)
def test_months_are_due_on_the_same_day_number(start: str, n: int, due: str) -> None:
    assert add_months(local(start), n, SHANGHAI) == local(due)


@pytest.mark.parametrize(
    ("year", "due"),
    [
        pytest.param(2025, "2025-03-01T00:00", id="AS-007 2025 has no 30 February"),
        pytest.param(2024, "2024-03-01T00:00", id="AS-007 2024 ends on the 29th"),
    ],
)
def test_a_fixed_day_a_month_lacks_is_its_last_day(year: int, due: str) -> None:
    assert fixed_month_day(year, 2, 30, SHANGHAI) == local(due)


def test_a_fixed_month_day_is_inclusive() -> None:
    assert fixed_month_day(2025, 5, 5, SHANGHAI) == local("2025-05-06T00:00")


def test_a_month_is_half_open_in_the_zone_of_the_site() -> None:
    assert month_window(2025, 12, SHANGHAI) == (local("2025-12-01T00:00"), local("2026-01-01T00:00"))


@pytest.mark.parametrize(
    ("month", "window"),
    [
        pytest.param(4, ("2025-03-30T00:00", "2025-04-30T00:00"), id="AS-008 the April report"),
        pytest.param(3, ("2025-02-28T00:00", "2025-03-30T00:00"), id="after a short month"),
        pytest.param(1, ("2024-12-30T00:00", "2025-01-30T00:00"), id="over new year"),
    ],
)
def test_a_report_window_runs_from_cut_off_to_cut_off(month: int, window: tuple[str, str]) -> None:
    assert cutoff_window(2025, month, 30, SHANGHAI) == tuple(map(local, window))


def test_as_008_a_complaint_after_the_march_cut_off_is_counted_once_in_april() -> None:
    received = local("2025-03-31T09:00")
    windows = [cutoff_window(2025, month, 30, SHANGHAI) for month in range(1, 13)]

    assert [n for n, (frm, to) in enumerate(windows, 1) if frm <= received < to] == [4]
    start, end = month_window(2025, 3, SHANGHAI)
    assert start <= received < end


@pytest.mark.parametrize("due_day", range(1, 32))
def test_report_windows_leave_no_instant_out(due_day: int) -> None:
    windows = [cutoff_window(year, month, due_day, SHANGHAI) for year in (2024, 2025) for month in range(1, 13)]

    assert all(before[1] == after[0] for before, after in pairwise(windows))


def test_the_date_is_that_of_the_site() -> None:
    assert local_date(datetime(2025, 3, 4, 16, tzinfo=UTC), SHANGHAI).isoformat() == "2025-03-05"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        local_date(datetime(2025, 3, 4), SHANGHAI)  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "Asia"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        zone_named(zone)
