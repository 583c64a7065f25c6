"""Opening hours and days as people type them, and the record a change leads to."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from shared.organisation.calendar_changes import CalendarChange, changed_calendar
from shared.organisation.calendar_words import CannotRead, days_in, days_written, hours_in, hours_written
from shared.organisation.records import Evidence, Notice, SpecialDay
from shared.timekeeping.calendar import Span
from tests.support.organisation import site

NEW_YEAR = Notice(2027, "通知", date(2026, 11, 4), (date(2027, 1, 1),))
HALF_DAY = SpecialDay(date(2027, 3, 8), (Span(540, 720),), "半天")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("08:30-12:00, 13:30-17:30", (Span(510, 720), Span(810, 1050)), id="split hours"),
        pytest.param("8：30～12：00，13：30—17：30", (Span(510, 720), Span(810, 1050)), id="a Chinese keyboard"),
        pytest.param("00:00-24:00", (Span(0, 1440),), id="a whole day"),
        pytest.param("closed", (), id="closed"),
        pytest.param("休", (), id="closed in Chinese"),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, read: tuple[Span, ...]) -> None:
    assert hours_in(written) == read


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        pytest.param("0:00-0:00", "一天里的一段时间", id="empty"),
        pytest.param("22:00-06:00", "一天里的一段时间", id="over midnight"),
        pytest.param("08:00-24:30", "一天里的一段时间", id="past midnight"),
        pytest.param("09:00-12:00, 11:00-13:00", "重叠", id="overlapping"),
        pytest.param("09:75-12:00", "不是营业时段", id="no such minute"),
        pytest.param("from nine", "不是营业时段", id="prose"),
        pytest.param("", "不是营业时段", id="nothing"),
    ],
)
def test_what_are_no_hours_is_named_with_the_way_out(written: str, wrong: str) -> None:
    with pytest.raises(CannotRead) as caught:
        hours_in(written)
    assert wrong in caught.value.wrong.zh
    assert caught.value.right.zh
    assert caught.value.right.en


@pytest.mark.parametrize(
    ("written", "count", "last"),
    [
        pytest.param("2027-10-01..2027-10-07", 7, date(2027, 10, 7), id="a stretch"),
        pytest.param("10月1日至7日，10月9日", 8, date(2027, 10, 9), id="as notices write"),
        pytest.param("2027-01-01 2027-02-05", 2, date(2027, 2, 5), id="two days"),
        pytest.param("2027/02/26~3/1", 4, date(2027, 3, 1), id="into the next month"),
        pytest.param("", 0, None, id="none"),
    ],
)
def test_days_are_read_as_people_write_them(written: str, count: int, last: date | None) -> None:
    days = days_in(written, year=2027)
    assert (len(days), days[-1] if days else None) == (count, last)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("2027-02-29", id="no leap year"),
        pytest.param("2027-10-07..2027-10-01", id="backwards"),
        pytest.param("2027-01-01..2029-01-01", id="years long"),
        pytest.param("10-01", id="of which year"),
        pytest.param("soon", id="prose"),
    ],
)
def test_what_are_no_days_is_refused(written: str) -> None:
    with pytest.raises(CannotRead):
        days_in(written)


def test_hours_and_days_are_written_as_they_are_read() -> None:
    spans = (Span(510, 720), Span(810, 1440))
    days = (date(2027, 1, 3), date(2027, 1, 1), date(2027, 1, 2), date(2027, 2, 5))
    assert hours_in(hours_written(spans)) == spans
    assert days_written(days) == "2027-01-01..2027-01-03, 2027-02-05"
    assert days_in(days_written(days)) == tuple(sorted(days))


def test_a_change_gets_a_version_of_its_own_and_leaves_the_rest() -> None:
    estate = site()
    changed = changed_calendar(estate, CalendarChange(notices=(NEW_YEAR,)), dated=date(2026, 11, 4))
    assert changed == replace(estate.calendar, version="2026-11-04", notices=(NEW_YEAR,))


def test_a_version_is_never_used_twice() -> None:
    estate = site()
    evidence = Evidence("通知", date(2026, 11, 4), "ann", datetime(2026, 11, 5, tzinfo=UTC))
    first = replace(estate.calendar, version="2026-11-04", evidence=evidence)
    estate = replace(estate, calendar=first, past_calendars=(estate.calendar,))
    again = changed_calendar(estate, CalendarChange(special_days=(HALF_DAY,)), dated=date(2026, 11, 4))
    assert (again.version, again.evidence) == ("2026-11-04.2", None)


def test_a_change_that_asks_for_nothing_new_changes_nothing() -> None:
    estate = site()
    known = replace(estate, calendar=replace(estate.calendar, notices=(NEW_YEAR,), special_days=(HALF_DAY,)))
    same = CalendarChange(notices=(NEW_YEAR,), special_days=(HALF_DAY,), statutory="none")
    assert changed_calendar(known, same, dated=date(2026, 11, 4)) is known.calendar


def test_a_notice_and_a_special_day_take_the_place_of_what_was_there_and_days_can_be_dropped() -> None:
    estate = site()
    known = replace(estate, calendar=replace(estate.calendar, notices=(NEW_YEAR,), special_days=(HALF_DAY,)))
    longer = replace(NEW_YEAR, off=(date(2027, 1, 1), date(2027, 1, 2)))
    changed = changed_calendar(
        known, CalendarChange(notices=(longer,), dropped_days=(HALF_DAY.day,)), dated=date(2026, 12, 1)
    )
    assert changed.notices == (longer,)
    assert changed.special_days == ()
