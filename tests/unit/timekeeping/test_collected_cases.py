"""Every collected working-time row holds, read by the conventions written in the file itself."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from shared.timekeeping.calendar import (
    CountedDay,
    Piece,
    add_working_time,
    explain_working_days,
    explain_working_time,
    working_days_later,
    working_time_between,
)
from shouwen.calendars.checking import File, Verdict, opened
from shouwen.calendars.documents import Hours
from shouwen.calendars.reading import document_at
from shouwen.calendars.rows import Row

PATH = Path(__file__).parent / "business_time_cases.json"
FILE: File = opened(document_at(PATH))
CASES: list[dict[str, Any]] = list(FILE.document["cases"])


def rows(*kinds: str) -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in CASES if row["kind"] in kinds]


def read(given: dict[str, Any]) -> Row:
    return Row(given["id"], given)


def calendar(row: Row) -> Any:
    hours = FILE.hours[row.text("calendar")]
    assert isinstance(hours, Hours)
    return hours.calendar(row.zone(), row.start_day())


def counted(pieces: tuple[Piece, ...]) -> timedelta:
    return sum((piece.length for piece in pieces if piece.counted), timedelta(0))


def without_gap(pieces: tuple[Piece, ...]) -> bool:
    return all(one.end == other.start for one, other in pairwise(pieces))


@pytest.mark.parametrize("verdict", [pytest.param(each, id=each.row) for each in FILE.verdicts()])
def test_the_row_holds(verdict: Verdict) -> None:
    assert verdict.ok, (verdict.findings, verdict.judged)


def test_no_row_is_left_out_in_silence() -> None:
    assert len(list(FILE.verdicts())) == 252
    assert {name: count for name, (count, _) in FILE.left_out.items()} == {
        "rota_handoff_cases": 7,
        "rota_shift_cases": 9,
        "roster_cases": 16,
    }
    assert not FILE.findings


@pytest.mark.parametrize("given", rows("deadline"))
def test_the_counted_pieces_of_a_deadline_add_up(given: dict[str, Any]) -> None:
    row = read(given)
    start, due, pauses = row.instant("start"), row.expected(), row.pauses()
    pieces = explain_working_time(calendar(row), start, due, pauses=pauses)

    assert counted(pieces) == abs(row.seconds("duration_s"))
    assert sum((piece.length for piece in pieces), timedelta(0)) == abs(due - start)
    assert without_gap(pieces)


@pytest.mark.parametrize("given", [each for each in rows("deadline") if each.values[0].get("pauses")])
def test_what_a_deadline_was_paused_for_stands_apart(given: dict[str, Any]) -> None:
    row = read(given)
    start, due = row.instant("start"), row.expected()
    told = explain_working_time(calendar(row), start, due, pauses=row.pauses())

    paused = [(piece.start, piece.end) for piece in told if piece.because == "paused"]
    assert paused == [(max(frm, start), to) for frm, to in row.pauses() if start < to and frm < due]


@pytest.mark.parametrize("given", rows("elapsed"))
def test_the_counted_pieces_of_a_stretch_add_up(given: dict[str, Any]) -> None:
    row = read(given)
    pieces = explain_working_time(calendar(row), row.instant("start"), row.instant("end"), pauses=row.pauses())

    assert counted(pieces) == row.seconds("expected_s") or row.instant("end") < row.instant("start")


@pytest.mark.parametrize("given", rows("working_days"))
def test_the_counted_days_of_a_deadline_are_as_many(given: dict[str, Any]) -> None:
    row = read(given)
    days = explain_working_days(calendar(row), row.instant("start"), row.days("working_days"))

    assert sum(day.counted for day in days) == abs(row.days("working_days"))
    assert [day.day for day in days] == [days[0].day + timedelta(days=n) for n in range(len(days))]


@pytest.mark.parametrize("given", [each for each in rows("working_days") if each.values[0].get("pauses")])
def test_what_pauses_add_to_a_count_of_days_adds_up(given: dict[str, Any]) -> None:
    row = read(given)
    paused = row.seconds("expected_pause_working_s")
    counted_to = add_working_time(calendar(row), row.expected(), -paused)

    assert counted(explain_working_time(calendar(row), counted_to, row.expected())) == paused


@pytest.mark.parametrize("given", rows("escalation_offset"))
def test_the_parts_of_a_step_beside_a_deadline_add_up(given: dict[str, Any]) -> None:
    row, deadline = read(given), read(given).instant("deadline")
    if "offset_working_days" in given:
        days: tuple[CountedDay, ...] = explain_working_days(calendar(row), deadline, row.days("offset_working_days"))
        assert sum(day.counted for day in days) == abs(row.days("offset_working_days"))
        assert working_days_later(calendar(row), deadline, row.days("offset_working_days")) == row.expected()
    else:
        pieces = explain_working_time(calendar(row), deadline, row.expected())
        assert counted(pieces) == abs(row.seconds("offset_working_s"))


@pytest.mark.parametrize("given", rows("open_periods"))
def test_the_stretches_of_a_row_are_all_that_is_open(given: dict[str, Any]) -> None:
    row, periods = read(given), read(given).stretches("expected_periods")
    opened_for = sum((end - start for start, end in periods), timedelta(0))

    assert working_time_between(calendar(row), row.instant("start"), periods[-1][1]) == opened_for
