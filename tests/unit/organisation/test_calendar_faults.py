"""What is wrong with a calendar is found with its place; a sound one passes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.organisation.calendar_faults import CalendarFaultKind, wrong_hours, wrong_record
from shared.organisation.records import CalendarRecord, Notice, SpecialDay
from shared.timekeeping.calendar import Span
from shared.web.calendars import WRONG
from shared.web.wording import english

DAY = {"start": 510, "end": 720}
SOUND = CalendarRecord("1", ((Span(510, 1050),),) * 7)
NOTICE = Notice(2027, "通知", date(2026, 11, 4), (date(2027, 1, 1),), (date(2027, 1, 9),))


def week(*monday: Any) -> dict[str, Any]:
    return {"weekly": [list(monday), *[[DAY]] * 6]}


@pytest.mark.parametrize(
    ("calendar", "path", "kind"),
    [
        pytest.param({"weekly": [[DAY]] * 6}, "/weekly", CalendarFaultKind.NOT_SEVEN_DAYS, id="six days"),
        pytest.param({"weekly": [[]] * 7}, "/weekly", CalendarFaultKind.NEVER_OPEN, id="never open"),
        pytest.param(week({"start": 0, "end": 0}), "/weekly/0/0", CalendarFaultKind.EMPTY, id="0:00-0:00"),
        pytest.param(week({"start": 1320, "end": 360}), "/weekly/0/0", CalendarFaultKind.BACKWARDS, id="a night"),
        pytest.param(week({"start": 480, "end": 1441}), "/weekly/0/0", CalendarFaultKind.OUTSIDE_THE_DAY, id="24:01"),
        pytest.param(week({"start": -1, "end": 9}), "/weekly/0/0", CalendarFaultKind.OUTSIDE_THE_DAY, id="before 0:00"),
        pytest.param(
            week(DAY, {"start": 700, "end": 800}), "/weekly/0/1", CalendarFaultKind.OVERLAPPING, id="overlapping"
        ),
        pytest.param(week(DAY, {"start": 400, "end": 500}), "/weekly/0/1", CalendarFaultKind.UNORDERED, id="unordered"),
        pytest.param(
            week() | {"special_days": [{"day": "2027-03-08", "hours": [{"start": 9, "end": 9}]}]},
            "/special_days/0/hours/0",
            CalendarFaultKind.EMPTY,
            id="a special day",
        ),
    ],
)
def test_hours_that_cannot_be_are_named_by_their_place(
    calendar: dict[str, Any], path: str, kind: CalendarFaultKind
) -> None:
    assert [(fault.path, fault.kind) for fault in wrong_hours(calendar)] == [(path, kind)]


@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param(week(DAY, {"start": 720, "end": 1440}), id="spans that touch, to 24:00"),
        pytest.param({"weekly": "every day", "special_days": {"day": 1}}, id="the shape says so"),
        pytest.param(week({"start": "8", "end": True}, 5), id="no minutes at all: the shape says so"),
        pytest.param({}, id="nothing: the shape says so"),
    ],
)
def test_other_hours_are_left_alone(calendar: dict[str, Any]) -> None:
    assert list(wrong_hours(calendar)) == []


@pytest.mark.parametrize(
    ("record", "path", "kind"),
    [
        pytest.param(replace(SOUND, version=" "), "/version", CalendarFaultKind.BAD_VERSION, id="no version"),
        pytest.param(replace(SOUND, version="v" * 81), "/version", CalendarFaultKind.BAD_VERSION, id="long version"),
        pytest.param(
            replace(SOUND, special_days=(SpecialDay(date(2027, 3, 8)),) * 2),
            "/special_days",
            CalendarFaultKind.DAY_TWICE,
            id="a special day twice",
        ),
        pytest.param(
            replace(SOUND, notices=(NOTICE, NOTICE)), "/notices", CalendarFaultKind.YEAR_TWICE, id="a year twice"
        ),
    ],
)
def test_a_record_that_contradicts_itself_is_named_by_its_place(
    record: CalendarRecord, path: str, kind: CalendarFaultKind
) -> None:
    assert [(fault.path, fault.kind) for fault in wrong_record(record)] == [(path, kind)]


@pytest.mark.parametrize(
    ("changes", "path", "kind"),
    [
        pytest.param({"source": " "}, "/source", CalendarFaultKind.NO_SOURCE, id="no source"),
        pytest.param({"off": ()}, "/off", CalendarFaultKind.NO_DAYS_OFF, id="no day off"),
        pytest.param(
            {"off": (date(2027, 1, 1), date(2026, 12, 31))}, "/off/1", CalendarFaultKind.OTHER_YEAR, id="last year"
        ),
        pytest.param({"off": (date(2027, 1, 1),) * 2}, "/off", CalendarFaultKind.DAY_TWICE, id="a day off twice"),
        pytest.param(
            {"make_up": (date(2028, 1, 9),)}, "/make_up/0", CalendarFaultKind.OTHER_YEAR, id="next year's Sunday"
        ),
        pytest.param(
            {"make_up": (date(2027, 1, 8),)}, "/make_up/0", CalendarFaultKind.NO_WEEKEND_DAY, id="a Friday made up"
        ),
        pytest.param(
            {"off": (date(2027, 1, 9),)}, "/make_up/0", CalendarFaultKind.OFF_AND_MADE_UP, id="off and made up"
        ),
    ],
)
def test_a_notice_that_contradicts_itself_is_named_by_its_place(
    changes: dict[str, Any], path: str, kind: CalendarFaultKind
) -> None:
    record = replace(SOUND, notices=(replace(NOTICE, **changes),))
    assert [(fault.path, fault.kind) for fault in wrong_record(record)] == [(f"/notices/0{path}", kind)]


def test_a_sound_calendar_has_no_fault() -> None:
    assert list(wrong_record(replace(SOUND, notices=(NOTICE,), special_days=(SpecialDay(date(2027, 3, 8)),)))) == []


def test_every_fault_has_a_sentence_and_a_remedy_in_both_languages() -> None:
    assert set(WRONG) == set(CalendarFaultKind)
    assert all(sentence in english() for pair in WRONG.values() for sentence in pair)
