"""Window rows: which instants a stretch that comes back holds."""

from typing import Any

import pytest

from shouwen.calendars.checking import Verdict, opened

MON, TUE = "2025-03-03T", "2025-03-04T"


def checked(**row: Any) -> Verdict:
    (verdict,) = opened({"window_cases": [{"id": "w", "tz": "UTC", **row}]}).verdicts()
    return verdict


@pytest.mark.parametrize(
    ("rule", "active", "inactive"),
    [
        pytest.param(
            {"days": ["mon"], "from": "08:00", "to": "20:00"},
            [MON + "08:00:00Z", MON + "19:59:59.999999Z"],
            [MON + "07:59:59Z", MON + "20:00:00Z", TUE + "09:00:00Z"],
            id="the end is not in",
        ),
        pytest.param(
            {"days": ["mon"], "from": "20:00", "to": "08:00"},
            [MON + "20:00:00Z", TUE + "07:59:59Z"],
            [MON + "07:00:00Z", TUE + "08:00:00Z", TUE + "20:00:00Z"],
            id="overnight belongs to the day it begins on",
        ),
        pytest.param(
            {"days": ["mon"], "from": "08:00", "to": "08:00"},
            [MON + "08:00:00Z", TUE + "07:59:59Z"],
            [MON + "07:59:59Z", TUE + "08:00:00Z"],
            id="the same time is a whole day",
        ),
        pytest.param({"days": ["mon"]}, [MON + "00:00:00Z", MON + "23:59:59Z"], [TUE + "00:00:00Z"], id="days alone"),
        pytest.param(
            {"days_of_month": [-1, -1]}, ["2024-02-29T12:00:00Z"], ["2024-02-28T12:00:00Z"], id="the last of a month"
        ),
        pytest.param(
            {"days_of_month": [[1, 2], [30, 31]]},
            ["2025-03-02T12:00:00Z", "2025-03-31T12:00:00Z"],
            ["2025-03-03T12:00:00Z", "2025-02-28T12:00:00Z"],
            id="two ranges",
        ),
        pytest.param(
            {"days_of_month": [-31, 31], "months": [2, 2], "years": [2025, 2025]},
            ["2025-02-01T00:00:00Z", "2025-02-28T23:00:00Z"],
            ["2025-03-01T00:00:00Z", "2024-02-05T00:00:00Z"],
            id="a range wider than the month",
        ),
    ],
)
def test_a_window_is_active_where_its_rule_says(
    rule: dict[str, object], active: list[str], inactive: list[str]
) -> None:
    assert checked(rule=rule, active_at=active, inactive_at=inactive).ok
    assert not any(checked(rule=rule, inactive_at=[at]).ok for at in active)
    assert not any(checked(rule=rule, active_at=[at]).ok for at in inactive)


def test_a_window_over_a_clock_change_ends_by_the_wall() -> None:
    rule = {"days": ["sat"], "from": "22:00", "to": "06:00"}
    inside, after = "2025-03-30T05:59:00+02:00", "2025-03-30T06:00:00+02:00"

    assert checked(rule=rule, tz="Europe/Berlin", active_at=[inside], inactive_at=[after]).ok


@pytest.mark.parametrize(
    ("row", "place"),
    [
        pytest.param({"active_at": []}, "window_cases[0].rule", id="no rule"),
        pytest.param({"rule": {}, "active_at": []}, "window_cases[0]", id="no instant"),
        pytest.param({"rule": {"weekdays": ["mon"]}}, "window_cases[0].rule.weekdays", id="unknown field"),
        pytest.param({"rule": {"days": ["monday"]}}, "window_cases[0].rule.days[0]", id="unknown weekday"),
        pytest.param({"rule": {"days": [["mon"]]}}, "window_cases[0].rule.days[0]", id="no weekday"),
        pytest.param({"rule": {"from": "25:00"}}, "window_cases[0].rule.from", id="hour 25"),
        pytest.param({"rule": {"months": [0, 13]}}, "window_cases[0].rule.months", id="month 13"),
        pytest.param({"rule": {"days_of_month": [1]}}, "window_cases[0].rule.days_of_month", id="half a range"),
        pytest.param({"rule": {"days_of_month": [0, 5]}}, "window_cases[0].rule.days_of_month", id="day nought"),
        pytest.param({"rule": {"days_of_month": [-1, -3]}}, "window_cases[0].rule.days_of_month", id="backwards"),
        pytest.param({"rule": {"months": [11, 2]}}, "window_cases[0].rule.months", id="over the end of a year"),
        pytest.param({"rule": {"months": [-2, -1]}}, "window_cases[0].rule.months", id="months from the end"),
        pytest.param({"rule": {"years": [2026, 2025]}}, "window_cases[0].rule.years", id="years backwards"),
        pytest.param({"rule": {}, "tz": "Mars"}, "window_cases[0].tz", id="unknown zone"),
        pytest.param({"rule": {}, "active_at": ["now"]}, "window_cases[0].active_at[0]", id="no instant at all"),
    ],
)
def test_a_window_row_that_cannot_be_read_is_wrong_and_says_where(row: dict[str, object], place: str) -> None:
    (finding,) = checked(**row).findings

    assert finding.place == place
