"""Rows that cannot be reckoned are wrong rows that say why; none is passed over, none ends the check."""

from typing import Any

import pytest

from shouwen.calendars.checking import Verdict, opened
from shouwen.calendars.telling import lines_of
from shouwen.words import Refused

OFFICE = {"weekly": {key: [["08:30", "12:00"], ["13:30", "17:30"]] for key in ("mon", "tue", "wed", "thu", "fri")}}
CALENDARS = {
    "office": OFFICE,
    "broken": {"weekly": {}},
    "statutory": {**OFFICE, "statutory": "cn"},
    "shut": {**OFFICE, "holidays": [f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 30)]},
    "always": {"weekly": {key: [["00:00", "24:00"]] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}},
}
DEADLINE = {
    "id": "d",
    "kind": "deadline",
    "calendar": "office",
    "tz": "Asia/Shanghai",
    "start": "2025-03-04T16:30:00+08:00",
    "duration_s": 3600,
    "expected": "2025-03-04T17:30:00+08:00",
}
DAYS = {
    "id": "w",
    "kind": "working_days",
    "calendar": "office",
    "tz": "Asia/Shanghai",
    "start": "2025-03-08T10:00:00+08:00",
    "working_days": 1,
    "expected": "2025-03-10T10:00:00+08:00",
}
PAUSE = ["2025-03-04T17:00:00+08:00", "2025-03-05T08:45:00+08:00"]


def checked(row: object) -> Verdict:
    (verdict,) = opened({"calendars": CALENDARS, "cases": [row]}).verdicts()
    return verdict


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in DEADLINE.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="ends at closing time"),
        pytest.param({"start": "2025-03-04T08:30:00Z"}, id="another offset names the same instant"),
        pytest.param(
            {
                "boundary": "start_of_next_interval",
                "expected": "2025-03-05T08:30:00+08:00",
                "expected_if_other_boundary": "2025-03-04T17:30:00+08:00",
            },
            id="their answer at closing time is not ours",
        ),
        pytest.param({"duration_s": 0.25, "expected": "2025-03-04T16:30:00.250000+08:00"}, id="a quarter second"),
        pytest.param({"duration_s": -3600, "expected": "2025-03-04T15:30:00+08:00"}, id="backwards"),
        pytest.param({"duration_s": 0, "expected": "2025-03-04T16:30:00+08:00"}, id="nothing"),
        pytest.param({"pauses": [PAUSE], "expected": "2025-03-05T09:15:00+08:00"}, id="paused overnight"),
        pytest.param({"pauses": [PAUSE] * 2, "expected": "2025-03-05T09:15:00+08:00"}, id="the same pause twice"),
        pytest.param(
            {"pauses": [PAUSE], "expected": "2025-03-05T09:15:00+08:00", "expected_pause_working_s": 2700},
            id="a pause weighs what it covers",
        ),
    ],
)
def test_a_row_that_holds_is_ok(change: dict[str, object]) -> None:
    assert checked({**DEADLINE, **change}).ok


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        pytest.param({"kind": "deadlines"}, "kind", "deadline, elapsed", id="unknown kind"),
        pytest.param({"kind": 3}, "kind", "quotation", id="a kind that is no text"),
        pytest.param({"calendar": "none"}, "calendar", "Write it under calendars", id="unknown calendar"),
        pytest.param({"tz": "Mars/Base"}, "tz", "IANA", id="unknown zone"),
        pytest.param({"tz": "../../etc/passwd"}, "tz", "IANA", id="a zone that is a path"),
        pytest.param({"tz": 8}, "tz", "IANA", id="a zone that is a number"),
        pytest.param({"start": "2025-03-04T16:30:00"}, "start", "+08:00", id="no offset"),
        pytest.param({"start": "2025-02-30T16:30:00+08:00"}, "start", "+08:00", id="30 February"),
        pytest.param({"start": 1741077000}, "start", "+08:00", id="a number for an instant"),
        pytest.param({"duration_s": "3600"}, "duration_s", "seconds", id="text for a number"),
        pytest.param({"duration_s": True}, "duration_s", "seconds", id="true for a number"),
        pytest.param({"duration_s": 1e300}, "duration_s", "seconds", id="longer than time"),
        pytest.param({"duration_s": None}, "duration_s", "seconds", id="null"),
        pytest.param({"pauses": [PAUSE[::-1]]}, "pauses[0]", "Swap", id="a pause that ends first"),
        pytest.param({"pauses": [PAUSE[:1]]}, "pauses[0]", "[start, end]", id="half a pause"),
        pytest.param({"pauses": "none"}, "pauses", "[…]", id="pauses that are no list"),
        pytest.param({"boundary": "sometimes"}, "boundary", "end_of_interval", id="unknown boundary"),
        pytest.param(
            {"boundary": "start_of_next_interval"},
            "expected_if_other_boundary",
            "Add expected_if_other_boundary",
            id="without our answer",
        ),
        pytest.param({"start_on_non_working_day": "skip"}, "start_on_non_working_day", "roll_then_add", id="setting"),
        pytest.param({"expected_pause_working_s": 1}, "expected_pause_working_s", "pauses", id="no such pause"),
    ],
)
def test_a_field_that_cannot_be_read_makes_a_wrong_row(change: dict[str, object], place: str, words: str) -> None:
    verdict = checked({**DEADLINE, **change})

    assert not verdict.ok
    (finding,) = verdict.findings
    assert finding.place == f"cases[0].{place}"
    assert words in finding.right.en


@pytest.mark.parametrize("name", [name for name in DEADLINE if name != "id"])
def test_a_field_that_is_missing_is_named(name: str) -> None:
    (finding,) = checked(without(name)).findings

    assert finding.place == f"cases[0].{name}"
    assert name in finding.wrong.en


def test_a_row_without_an_id_is_known_by_its_place() -> None:
    assert checked(without("id")).row == "cases[0]"
    assert checked("no row").findings[0].place == "cases[0]"


def test_a_row_of_a_broken_calendar_says_what_is_wrong_with_that() -> None:
    (finding,) = checked({**DEADLINE, "calendar": "broken"}).findings

    assert finding.place == "calendars.broken.weekly"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"duration_s": 10**14}, id="past the year 9999"),
        pytest.param({"duration_s": -(10**11)}, id="before the year 1"),
        pytest.param({"start": "0001-01-01T00:00:00+14:00"}, id="an instant before the year 1"),
        pytest.param({"start": "9999-12-31T23:59:59-12:00"}, id="an instant after the year 9999"),
        pytest.param({"calendar": "shut", "duration_s": 10**9}, id="a calendar that opens a few days a year"),
    ],
)
def test_what_leaves_the_years_is_told_and_not_thrown(change: dict[str, object]) -> None:
    verdict = checked({**DEADLINE, **change})

    assert not verdict.ok
    assert list(lines_of(verdict))


def test_a_row_that_reaches_into_a_year_without_notice_is_not_confirmed() -> None:
    row = {
        **DEADLINE,
        "calendar": "statutory",
        "start": "2998-03-04T16:30:00+08:00",
        "expected": "2998-03-04T17:30:00+08:00",
    }
    (finding,) = checked(row).findings

    assert "2998" in finding.wrong.zh
    assert "notices" in finding.right.en


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        pytest.param({}, True, id="the first counted day is the next working day"),
        pytest.param({"start_on_non_working_day": "count_next_working_day"}, True, id="the same, said"),
        pytest.param({"start_on_non_working_day": "roll_then_add"}, False, id="rolled first, it is a day later"),
        pytest.param(
            {"start_on_non_working_day": "roll_then_add", "expected": "2025-03-11T08:30:00+08:00"}, True, id="rolled"
        ),
        pytest.param({"working_days": -1, "expected": "2025-03-07T10:00:00+08:00"}, True, id="backwards"),
        pytest.param({"working_days": 1.0}, False, id="a fraction"),
        pytest.param({"working_days": 10**9}, False, id="more days than years hold"),
        pytest.param({"end_of_working_day": True, "expected": "2025-03-10T17:30:00+08:00"}, True, id="to closing time"),
        pytest.param({"end_of_working_day": True, "working_days": 0}, False, id="no closing time on a closed day"),
        pytest.param({"end_of_working_day": "yes"}, False, id="a flag that is text"),
        pytest.param(
            {"start": "2025-03-08T00:00:00+08:00", "expected": "2025-03-11T00:00:00+08:00",
             "start_on_non_working_day": "roll_then_add"},
            True,
            id="midnight on both sides compares dates",
        ),
        pytest.param(
            {"start": "2025-03-08T00:00:00+08:00", "expected": "2025-03-12T00:00:00+08:00",
             "start_on_non_working_day": "roll_then_add"},
            False,
            id="the date must hold",
        ),
    ],
)  # fmt: skip
def test_working_days_are_judged_by_the_setting_of_the_row(change: dict[str, object], ok: bool) -> None:  # noqa: FBT001 - a column
    assert checked({**DAYS, **change}).ok is ok


def test_a_pause_after_a_deadline_in_days_does_not_move_it() -> None:
    pause = ["2025-03-10T10:00:00+08:00", "2025-03-10T12:00:00+08:00"]

    assert checked({**DAYS, "pauses": [pause]}).ok
    earlier = ["2025-03-10T09:00:00+08:00", "2025-03-10T09:30:00+08:00"]
    assert checked({**DAYS, "pauses": [earlier], "expected": "2025-03-10T10:30:00+08:00"}).ok


@pytest.mark.parametrize(
    ("periods", "ok"),
    [
        pytest.param([["08:30", "12:00"]], True, id="the first"),
        pytest.param([["08:30", "12:00"], ["13:30", "17:30"]], True, id="both"),
        pytest.param([["08:30", "11:00"]], False, id="cut short"),
        pytest.param([["13:30", "17:30"]], False, id="not the first"),
        pytest.param([], False, id="none"),
    ],
)
def test_open_periods_are_compared_whole(periods: list[list[str]], ok: bool) -> None:  # noqa: FBT001 - a column
    pairs = [[f"2025-03-04T{text}:00+08:00" for text in pair] for pair in periods]
    row = {**without("duration_s"), "kind": "open_periods", "start": "2025-03-04T00:00:00+08:00"}

    assert checked({**row, "expected_periods": pairs}).ok is ok


def test_stretches_that_meet_at_midnight_may_be_drawn_together() -> None:
    days = [f"2025-03-{day:02}T00:00:00+08:00" for day in (4, 5, 6)]
    row = {**DEADLINE, "kind": "open_periods", "calendar": "always", "start": days[0]}
    apart = [[days[0], days[1]], [days[1], days[2]]]

    assert checked({**row, "expected_periods": apart}).ok
    assert not checked({**row, "expected_periods": [[days[0], days[2]]]}).ok


def test_a_wrong_deadline_is_told_interval_by_interval() -> None:
    told = "\n".join(lines_of(checked({**DEADLINE, "duration_s": 5400, "pauses": [PAUSE]})))

    assert "应为 expected  2025-03-04T17:30:00+08:00" in told
    assert "算得 actual    2025-03-05T09:45:00+08:00" in told
    assert "2025-03-04 16:30:00 – 2025-03-04 17:00:00  0:30:00  计入 counted" in told
    assert "2025-03-04 17:00:00 – 2025-03-05 08:45:00  15:45:00  不计 not counted  暂停 paused" in told


def test_a_wrong_count_of_days_is_told_day_by_day() -> None:
    told = "\n".join(lines_of(checked({**DAYS, "working_days": 2})))

    assert "2025-03-09 Sun  不计 not counted" in told
    assert "2025-03-11 Tue  计入 counted" in told


def test_a_long_reckoning_is_told_from_both_ends() -> None:
    lines = list(lines_of(checked({**DEADLINE, "duration_s": 3600 * 2000})))

    assert len(lines) < 70
    assert "more" in "".join(lines)


def test_a_whole_section_that_is_unknown_is_a_mistake() -> None:
    file = opened({"calendars": CALENDARS, "case": [DEADLINE], "rota_shift_cases": [1, 2]})

    assert {finding.place for finding in file.findings} == {"case", "calendars.broken.weekly"}
    assert file.left_out["rota_shift_cases"][0] == 2


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="empty"),
        pytest.param({"cases": [], "calendars": {}}, id="nothing in it"),
        pytest.param({"cases": {}}, id="cases that are no list"),
        pytest.param({"calendars": [], "cases": [DEADLINE]}, id="calendars that are no object"),
    ],
)
def test_a_file_with_nothing_to_check_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        opened(document)
