"""Every collected working-time row holds, read by the conventions written in the file itself."""

import json
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.timekeeping.calendar import (
    Calendar,
    Span,
    StartDay,
    add_working_time,
    closing_time,
    explain_working_time,
    local_date,
    open_intervals,
    working_days_later,
    working_time_between,
)

Row = dict[str, Any]
Spans = tuple[Span, ...]

FILE = json.loads((Path(__file__).parent / "business_time_cases.json").read_text("utf-8"))
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# "MM-DD" holidays repeat every year; the rows lie within these.
YEARS = range(2000, 2040)


def rows(kind: str) -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in FILE["cases"] if row["kind"] == kind]


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def spans(pairs: list[list[str]]) -> Spans:
    return tuple(Span(minutes(start), minutes(end)) for start, end in pairs)


def without(hours: Spans, breaks: Spans) -> Spans:
    for pause in breaks:
        cut = [(s.start, min(s.end, pause.start)) for s in hours] + [(max(s.start, pause.end), s.end) for s in hours]
        hours = tuple(sorted(Span(*pair) for pair in cut if pair[0] < pair[1]))
    return hours


def closed_dates(holiday: str) -> list[date]:
    if len(holiday) > len("MM-DD"):
        return [date.fromisoformat(holiday)]
    return [date.fromisoformat(f"{year}-{holiday}") for year in YEARS]


@cache
def calendar(name: str, zone: str, start_day: StartDay = "next_working_day") -> Calendar:
    given = FILE["calendars"][name]
    weekly = tuple(spans(given["weekly"].get(day, [])) for day in WEEK)
    special = {date.fromisoformat(day): spans(pairs) for day, pairs in given.get("overrides", {}).items()}
    for text, pairs in given.get("breaks", {}).items():
        day = date.fromisoformat(text)
        special[day] = without(special.get(day, weekly[day.weekday()]), spans(pairs))
    # A holiday wins over an override, says the file.
    special |= {day: () for holiday in given.get("holidays", []) for day in closed_dates(holiday)}
    return Calendar(version=name, zone=zone, weekly=weekly, overrides=special, start_day=start_day)


def of(row: Row) -> Calendar:
    rolls = row.get("start_on_non_working_day") == "roll_then_add"
    return calendar(row["calendar"], row["tz"], "roll_then_add" if rolls else "next_working_day")


def at(row: Row, key: str) -> datetime:
    return datetime.fromisoformat(row[key])


def pauses(row: Row) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in row.get("pauses", [])]


def expected(row: Row) -> datetime:
    ours = row.get("boundary") != "start_of_next_interval"
    return at(row, "expected" if ours else "expected_if_other_boundary")


@pytest.mark.parametrize("row", rows("deadline"))
def test_a_deadline_falls_where_the_row_says(row: Row) -> None:
    length = timedelta(seconds=row["duration_s"])

    assert add_working_time(of(row), at(row, "start"), length, pauses=pauses(row)) == expected(row)


@pytest.mark.parametrize("row", [r for r in rows("deadline") if not r.values[0].get("pauses")])
def test_the_counted_pieces_of_a_deadline_add_up(row: Row) -> None:
    pieces = explain_working_time(of(row), at(row, "start"), expected(row))

    counted = sum((piece.length for piece in pieces if piece.counted), timedelta(0))
    assert counted == max(timedelta(seconds=row["duration_s"]), timedelta(0))


@pytest.mark.parametrize("row", rows("elapsed"))
def test_working_time_between_two_instants_is_exact(row: Row) -> None:
    found = working_time_between(of(row), at(row, "start"), at(row, "end"), pauses=pauses(row))

    assert found == timedelta(seconds=row["expected_s"])


@pytest.mark.parametrize("row", [r for r in rows("deadline") if "expected_pause_working_s" in r.values[0]])
def test_a_pause_weighs_as_much_as_the_working_time_it_covers(row: Row) -> None:
    covered = [working_time_between(of(row), frm, to) for frm, to in pauses(row)]

    assert sum(covered, timedelta(0)) == timedelta(seconds=row["expected_pause_working_s"])


@pytest.mark.parametrize("row", rows("working_days"))
def test_working_days_are_counted_as_the_row_says(row: Row) -> None:
    due = working_days_later(of(row), at(row, "start"), row["working_days"])
    if row.get("end_of_working_day"):
        closing = closing_time(of(row), local_date(due, row["tz"]))
        assert closing is not None
        due = closing
    paused = sum((working_time_between(of(row), frm, to) for frm, to in pauses(row)), timedelta(0))
    due = add_working_time(of(row), due, paused) if paused else due

    if counts_dates_only(row):
        assert local_date(due, row["tz"]) == at(row, "expected").date()
    else:
        assert due == at(row, "expected")


def counts_dates_only(row: Row) -> bool:
    # A library that adds days to a date without a time writes it as midnight on both sides.
    zone = ZoneInfo(row["tz"])
    return {at(row, key).astimezone(zone).time() for key in ("start", "expected")} == {time.min}


@pytest.mark.parametrize("row", rows("escalation_offset"))
def test_a_step_before_or_after_a_deadline_falls_where_the_row_says(row: Row) -> None:
    deadline = at(row, "deadline")
    if "offset_working_days" in row:
        step = working_days_later(of(row), deadline, row["offset_working_days"])
    else:
        step = add_working_time(of(row), deadline, timedelta(seconds=row["offset_working_s"]))

    assert step == at(row, "expected")


@pytest.mark.parametrize("row", rows("open_periods"))
def test_the_first_open_stretches_are_those_of_the_row(row: Row) -> None:
    wanted = [tuple(map(datetime.fromisoformat, pair)) for pair in row["expected_periods"]]
    last = wanted[-1][1]

    assert list(open_intervals(of(row), at(row, "start"), last)) == wanted


def test_no_row_is_of_a_kind_nobody_reads() -> None:
    kinds = ("deadline", "elapsed", "working_days", "escalation_offset", "open_periods")

    assert sum(len(rows(kind)) for kind in kinds) == len(FILE["cases"]) == 246
