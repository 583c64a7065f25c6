import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.organisation.duty import (
    add_duty_time,
    duty_intervals,
    last_shift_end_before,
    next_duty_start,
    next_shift_start,
    relieved_at,
)
from shared.organisation.records import CalendarRecord, Roster
from shared.organisation.shifts import on_shift
from shared.organisation.staff import Staff
from shared.timekeeping.calendar import Span
from tests.support.organisation import ENGINEER, daily, local, roster, site

ROSTER = roster(*daily("day", "08:00", "20:00", days=range(5)), *daily("night", "20:00", "08:00"))

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COLLECTED = Path(__file__).parents[1] / "timekeeping" / "business_time_cases.json"
WEEKLY_WINDOWS = [
    pytest.param(row, id=row["description"])
    for row in json.loads(COLLECTED.read_text("utf-8"))["window_cases"]
    if "days" in row["rule"]
]


def hours(opens: int) -> CalendarRecord:
    return CalendarRecord(version="the same", weekly=((Span(opens, 1080),),) * 7, statutory="none")


def asked(*rosters: Roster) -> Staff:
    return Staff.of((), rosters)


@pytest.mark.parametrize(
    ("who", "at", "start"),
    [
        pytest.param("day", "2025-03-04T10:00", "2025-03-04T10:00", id="on duty: now"),
        pytest.param("day", "2025-03-04T20:00", "2025-03-05T08:00", id="just off duty: tomorrow"),
        pytest.param("day", "2025-03-07T21:00", "2025-03-10T08:00", id="Friday night: Monday"),
        pytest.param("night", "2025-03-05T03:00", "2025-03-05T03:00", id="in the middle of the night shift"),
        pytest.param("night", "2025-03-05T09:00", "2025-03-05T20:00", id="before the night shift"),
        pytest.param("stranger", "2025-03-08T03:00", "2025-03-08T03:00", id="never on this roster: now"),
    ],
)
def test_the_next_duty_starts(who: str, at: str, start: str) -> None:
    found = next_duty_start(who, site=site(), role=ENGINEER, at=local(at), staff=asked(ROSTER))

    assert found == local(start)


def test_what_is_known_of_one_record_of_a_site_is_not_said_of_its_next() -> None:
    staff, at = asked(), local("2025-03-04T19:00")
    early, late = (replace(site(), calendar=hours(opens)) for opens in (480, 600))

    starts = [next_duty_start("day", site=each, role=ENGINEER, at=at, staff=staff) for each in (early, late, early)]

    assert starts == [local("2025-03-05T08:00"), local("2025-03-05T10:00"), local("2025-03-05T08:00")]


def test_duty_far_away_is_found_too() -> None:
    fortnightly = asked(roster(*daily("day", "08:00", "20:00", days=range(1))))

    spent = add_duty_time(
        "day", site=site(), role=ENGINEER, start=local("2025-03-04T10:00"), minutes=750, staff=fortnightly
    )

    assert spent == local("2025-03-17T08:30")


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        pytest.param("2025-03-04T10:00", 15, "2025-03-04T10:15", id="while on duty"),
        pytest.param("2025-03-04T19:50", 30, "2025-03-05T08:20", id="over the end of a shift"),
        pytest.param("2025-03-04T19:50", 10, "2025-03-04T20:00", id="used up at the end of a shift"),
        pytest.param("2025-03-07T22:00", 5, "2025-03-10T08:05", id="over the weekend"),
    ],
)
def test_duty_time_runs_only_on_duty(start: str, minutes: int, end: str) -> None:
    found = add_duty_time("day", site=site(), role=ENGINEER, start=local(start), minutes=minutes, staff=asked(ROSTER))

    assert found == local(end)


def test_who_is_never_on_duty_is_given_elapsed_time() -> None:
    start = local("2025-03-08T03:00")
    found = add_duty_time("stranger", site=site(), role=ENGINEER, start=start, minutes=15, staff=asked(ROSTER))

    assert found == start + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("who", "due", "end"),
    [
        pytest.param("day", "2025-03-05T00:00", "2025-03-04T20:00", id="the day shift before 24:00"),
        pytest.param("day", "2025-03-10T00:00", "2025-03-07T20:00", id="due on Sunday: Friday's shift"),
        pytest.param("night", "2025-03-05T00:00", "2025-03-05T00:00", id="a shift over the due instant ends there"),
        pytest.param("stranger", "2025-03-05T00:00", "2025-03-05T00:00", id="no shift: the due instant"),
    ],
)
def test_the_last_duty_before_a_due_instant_ends(who: str, due: str, end: str) -> None:
    found = last_shift_end_before(who, site=site(), role=ENGINEER, instant=local(due), staff=asked(ROSTER))

    assert found == local(end)


def test_without_a_roster_duty_is_the_opening_hours_of_the_site() -> None:
    found = next_duty_start("a", site=site(), role=ENGINEER, at=local("2025-03-08T10:00"), staff=asked())

    assert found == local("2025-03-10T09:00")


def test_duty_changes_over_when_a_roster_begins() -> None:
    begins = local("2025-03-05T00:00")
    staff = asked(roster(*daily("a", "22:00", "06:00"), since=begins))
    found = duty_intervals(
        "a",
        site=site(),
        role=ENGINEER,
        frm=local("2025-03-04T00:00"),
        to=local("2025-03-06T00:00"),
        staff=staff,
    )

    # The first night of the roster begins at its midnight: the shift of the evening before is cut to it.
    assert found == (
        (local("2025-03-04T09:00"), local("2025-03-04T17:00")),
        (begins, local("2025-03-05T06:00")),
        (local("2025-03-05T22:00"), local("2025-03-06T00:00")),
    )


@pytest.mark.parametrize(
    ("evening", "hours"),
    [
        pytest.param("2025-03-29T22:00", 7, id="clock put forward at night"),
        pytest.param("2025-10-25T22:00", 9, id="clock put back at night"),
        pytest.param("2025-06-01T22:00", 8, id="an ordinary night"),
    ],
)
def test_a_night_shift_over_a_clock_change_is_as_long_as_it_is(evening: str, hours: int) -> None:
    start: datetime = local(evening, "Europe/Berlin")
    [(frm, to)] = duty_intervals(
        "a",
        site=site(zone="Europe/Berlin"),
        role=ENGINEER,
        frm=start,
        to=start + timedelta(hours=12),
        staff=asked(roster(*daily("a", "22:00", "06:00"))),
    )

    assert to - frm == timedelta(hours=hours)


def test_shifts_that_touch_are_one_duty() -> None:
    staff = asked(roster(*daily("a", "00:00", "24:00", days=range(2))))
    found = duty_intervals(
        "a",
        site=site(),
        role=ENGINEER,
        frm=local("2025-03-03T00:00"),
        to=local("2025-03-09T00:00"),
        staff=staff,
    )

    assert found == ((local("2025-03-03T00:00"), local("2025-03-05T00:00")),)


@pytest.mark.parametrize("row", WEEKLY_WINDOWS)
def test_a_shift_runs_as_other_projects_expect(row: dict[str, Any]) -> None:
    rule = row["rule"]
    shifts = [
        shift
        for day in map(WEEK.index, rule["days"])
        for shift in daily("a", rule["from"], rule["to"], days=range(day, day + 1))
    ]
    instants = [*row["active_at"], *row["inactive_at"]]
    running = [on_shift(roster(*shifts), datetime.fromisoformat(at), zone=row["tz"]) for at in instants]

    assert running == [("a",)] * len(row["active_at"]) + [()] * len(row["inactive_at"])


@pytest.mark.parametrize(
    ("person", "after", "begins"),
    [
        pytest.param(None, "2025-03-04T17:00", "2025-03-04T20:00", id="in the day shift: the night shift"),
        pytest.param(None, "2025-03-04T20:00", "2025-03-05T08:00", id="as the night shift begins: the day shift"),
        pytest.param(None, "2025-03-07T21:00", "2025-03-08T20:00", id="nobody stands there by day on a Saturday"),
        pytest.param("day", "2025-03-07T17:00", "2025-03-10T08:00", id="his own next one: Monday"),
        pytest.param("night", "2025-03-05T07:00", "2025-03-05T20:00", id="his own next one: tonight"),
        pytest.param("stranger", "2025-03-05T07:00", None, id="never on this roster"),
    ],
)
def test_ts_9_the_next_shift_begins(person: str | None, after: str, begins: str | None) -> None:
    found = next_shift_start(person=person, site=site(), role=ENGINEER, after=local(after), staff=asked(ROSTER))
    assert found == (local(begins) if begins else None)


def test_without_a_roster_nobody_knows_of_a_next_shift() -> None:
    assert next_shift_start(site=site(), role=ENGINEER, after=local("2025-03-04T17:00"), staff=asked()) is None


@pytest.mark.parametrize(
    ("person", "at", "there"),
    [
        pytest.param("day", "2025-03-04T19:30", "2025-03-04T20:00", id="at the end of his duty"),
        pytest.param("day", "2025-03-04T20:00", "2025-03-04T20:00", id="his duty is over: now"),
        pytest.param("day", "2025-03-04T22:00", "2025-03-04T22:00", id="long after it: now"),
        pytest.param("night", "2025-03-08T06:00", "2025-03-08T20:00", id="nobody by day on a Saturday: the next shift"),
        pytest.param("stranger", "2025-03-04T10:00", "2025-03-04T10:00", id="never on this roster: now"),
    ],
)
def test_whoever_takes_over_is_there(person: str, at: str, there: str) -> None:
    assert relieved_at(person, site=site(), role=ENGINEER, at=local(at), staff=asked(ROSTER)) == local(there)


def test_without_a_roster_a_handover_waits_for_nobody() -> None:
    at = local("2025-03-04T17:00")
    assert relieved_at("day", site=site(), role=ENGINEER, at=at, staff=asked()) == at
