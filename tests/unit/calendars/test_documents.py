"""A calendar of a file is read whole, or every mistake in it is named with its place and the way out."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.timekeeping.calendar import DayKind, Span, day_at, working_time_between
from shouwen.calendars.documents import Hours, hours_of
from shouwen.calendars.findings import Finding

OFFICE = [["08:30", "12:00"], ["13:30", "17:30"]]
MORNING, AFTERNOON = Span(510, 720), Span(810, 1050)


def read(**given: Any) -> Hours:
    hours = hours_of("office", {"weekly": {"mon": OFFICE}, **given})
    assert isinstance(hours, Hours), hours
    return hours


def wrong(given: object) -> tuple[Finding, ...]:
    findings = hours_of("office", given)
    assert not isinstance(findings, Hours)
    return findings


def spans(hours: Hours, day: str) -> tuple[Span, ...]:
    return day_at(hours.calendar("Asia/Shanghai", "next_working_day"), date.fromisoformat(day)).spans


@pytest.mark.parametrize(
    ("weekly", "place", "remedy"),
    [
        pytest.param({"mon": [["0:00", "0:00"]]}, "weekly.mon[0]", "00:00", id="0:00 to 0:00"),
        pytest.param({"mon": [["22:00", "06:00"]]}, "weekly.mon[0]", "22:00–24:00", id="past midnight"),
        pytest.param({"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}, "weekly.mon", "draw them apart", id="overlap"),
        pytest.param({"mon": [["08:00", "09:00"]] * 2}, "weekly.mon", "draw them apart", id="the same twice"),
        pytest.param({"mon": [["08:00", "24:01"]]}, "weekly.mon[0][1]", "24:00", id="after the end of the day"),
        pytest.param({"mon": [["08:00:30", "09:00"]]}, "weekly.mon[0][0]", "without seconds", id="seconds"),
        pytest.param({"mon": [["08:60", "09:00"]]}, "weekly.mon[0][0]", "HH:MM", id="60 minutes"),
        pytest.param({"mon": [[8, 9]]}, "weekly.mon[0][0]", "HH:MM", id="numbers"),
        pytest.param({"mon": [["08:00"]]}, "weekly.mon[0]", "[start, end]", id="no end"),
        pytest.param({"mon": "08:00-12:00"}, "weekly.mon", "[…]", id="no list"),
        pytest.param({"monday": OFFICE}, "weekly.monday", "mon, tue", id="unknown weekday"),
        pytest.param({}, "weekly", "at least one", id="no open hour"),
        pytest.param({"mon": [], "tue": []}, "weekly", "at least one", id="days without an hour"),
        pytest.param([], "weekly", "{…}", id="a list of days"),
    ],
)
def test_hours_that_cannot_be_meant_are_named(weekly: object, place: str, remedy: str) -> None:
    (finding,) = wrong({"weekly": weekly})

    assert finding.place == f"calendars.office.{place}"
    assert remedy in finding.right.en
    assert finding.wrong.zh != finding.wrong.en


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        pytest.param("holidays", ["02-30"], "holidays[0]", id="30 February"),
        pytest.param("holidays", ["2025-02-29"], "holidays[0]", id="no leap year"),
        pytest.param("holidays", ["0000-01-01"], "holidays[0]", id="year 0"),
        pytest.param("holidays", ["20250101"], "holidays[0]", id="without hyphens"),
        pytest.param("holidays", "05-01", "holidays", id="no list"),
        pytest.param("overrides", {"05-01": OFFICE}, "overrides.05-01", id="an override is of one date"),
        pytest.param("overrides", {"2025-13-01": []}, "overrides.2025-13-01", id="month 13"),
        pytest.param("overrides", {"2025-05-01": [["9:00", "8:00"]]}, "overrides.2025-05-01[0]", id="backwards"),
        pytest.param("breaks", {"2025-05-01": [["9:00", "9:00"]]}, "breaks.2025-05-01[0]", id="an empty break"),
        pytest.param("statutory", "us", "statutory", id="unknown country"),
        pytest.param("statutory", ["cn"], "statutory", id="no text"),
        pytest.param("notices", {"27": {}}, "notices.27", id="a year of two digits"),
        pytest.param("notices", {"9" * 9999: {}}, f"notices.{'9' * 9999}", id="an endless year"),
        pytest.param("notices", {"2027": {"off": ["2026-01-01"]}}, "notices.2027.off", id="of another year"),
        pytest.param("holiday", ["05-01"], "holiday", id="a field misspelt"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(field: str, value: object, place: str) -> None:
    (finding,) = wrong({"weekly": {"mon": OFFICE}, field: value})

    assert finding.place == f"calendars.office.{place}"


def test_every_mistake_is_told_at_once() -> None:
    findings = wrong({"weekly": {"mon": [["0:00", "0:00"], ["9", "10"]], "x": []}, "holidays": ["1", "2"]})

    assert [finding.place.removeprefix("calendars.office.") for finding in findings] == [
        "weekly.mon[0]",
        "weekly.mon[1][0]",
        "weekly.x",
        "holidays[0]",
        "holidays[1]",
    ]


def test_what_is_no_object_is_no_calendar() -> None:
    assert [finding.place for finding in wrong("mon-fri")] == ["calendars.office"]


def test_stretches_may_stand_in_any_order_and_touch() -> None:
    given = [["13:30", "17:30"], ["12:00", "13:30"], ["08:30", "12:00"]]

    assert spans(read(weekly={"mon": given}), "2025-03-03") == (MORNING, Span(720, 810), AFTERNOON)


def test_a_holiday_wins_over_an_override_and_a_break() -> None:
    day = "2025-03-03"
    hours = read(holidays=[day], overrides={day: OFFICE}, breaks={day: [["09:00", "10:00"]]})

    assert spans(hours, day) == ()
    assert spans(read(holidays=["03-03"], overrides={day: OFFICE}), day) == ()


def test_a_break_is_cut_out_of_the_hours_of_its_date() -> None:
    breaks = {"2025-03-03": [["08:00", "09:00"], ["11:00", "14:00"]]}

    assert spans(read(breaks=breaks), "2025-03-03") == (Span(540, 660), Span(840, 1050))
    assert spans(read(breaks=breaks, overrides={"2025-03-03": [["10:00", "12:00"]]}), "2025-03-03") == (Span(600, 660),)
    assert spans(read(breaks=breaks), "2025-03-10") == (MORNING, AFTERNOON)


def test_a_break_opens_no_public_holiday() -> None:
    breaks = {"2025-10-01": [["09:00", "10:00"]], "2025-09-28": [["09:00", "10:00"]]}
    hours = read(statutory="cn", breaks=breaks)

    assert spans(hours, "2025-10-01") == ()
    assert spans(hours, "2025-09-28") == (Span(510, 540), Span(600, 720), AFTERNOON)


def test_29_february_comes_round_in_leap_years_only() -> None:
    every_day = {key: [["00:00", "24:00"]] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    calendar = read(weekly=every_day, holidays=["02-29"]).calendar("UTC", "next_working_day")
    opened = [
        working_time_between(calendar, datetime(year, 2, 1, tzinfo=UTC), datetime(year, 3, 1, tzinfo=UTC))
        for year in (2023, 2024, 2100)
    ]

    assert opened == [timedelta(days=28)] * 3


def test_statutory_days_come_from_the_table_and_a_notice_replaces_its_year() -> None:
    hours = read(statutory="cn", notices={"2030": {"off": ["2030-03-04"], "make_up": ["2030-03-03"]}})
    calendar = hours.calendar("Asia/Shanghai", "next_working_day")

    kinds = [day_at(calendar, date.fromisoformat(day)).kind for day in ("2025-10-01", "2030-03-04", "2030-03-03")]
    assert kinds == [DayKind.STATUTORY_HOLIDAY, DayKind.STATUTORY_HOLIDAY, DayKind.MAKE_UP_DAY]


def test_words_for_people_change_nothing() -> None:
    assert read(note="see the notice", source="x") == read()
