from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.organisation.records import Named
from shared.rules.planning import Occurrence, Parameters, missing, occurrences, standing
from shared.rules.plans import Every, PlanRule, Round, Season
from shared.timekeeping.calendar import midnight
from tests.support.packs import CALENDAR, SHANGHAI, local

NAME = Named("计划", "Plan")
AM, PM = Round("am", NAME, 8 * 60, 12 * 60), Round("pm", NAME, 13 * 60, 1440)
EVERY: dict[Every, dict[str, Any]] = {
    Every.DAY: {"rounds": (AM, PM)},
    Every.WEEK: {"weekday": 5},
    Every.MONTH: {"day": 31},
    Every.QUARTER: {"day": 25},
    Every.YEAR: {"day": 29, "month": 2},
}
A_QUARTER_AND_MORE = timedelta(days=100)


def plan(every: Every, **more: object) -> PlanRule:
    return PlanRule("PLAN-X", NAME, "report_due", "other", every, "test", **more)  # type: ignore[arg-type]  # by name


def found(
    rule: PlanRule, start: str, end: str, zone: str = SHANGHAI, parameters: Parameters | None = None
) -> tuple[Occurrence, ...]:
    begin, stop = (midnight(date.fromisoformat(day), zone) for day in (start, end))
    return occurrences(rule, zone=zone, parameters=parameters or {}, calendar=CALENDAR, start=begin, end=stop)


def test_a_table_due_on_a_holiday_stays_due_and_is_reminded_of_on_the_last_working_day_before() -> None:
    (one,) = (o for o in found(plan(Every.MONTH, day=5), "2025-04-02", "2025-05-02") if o.period == "2025-05")
    assert one.due_at == local("2025-05-06 00:00")  # AS-009: 24:00 of 05-05
    assert one.remind_at == local("2025-04-30 08:30")
    assert one.opens_at == local("2025-04-30 00:00")  # else nobody could be reminded of it


@pytest.mark.parametrize(
    ("day", "month", "due"),
    [
        pytest.param(30, "2025-02", "2025-03-01 00:00", id="AS-007 February"),
        pytest.param(30, "2024-02", "2024-03-01 00:00", id="AS-007 leap year"),
        pytest.param(29, "2024-02", "2024-03-01 00:00", id="the 29th is there"),
        pytest.param(31, "2025-04", "2025-05-01 00:00", id="last day of a short month"),
        pytest.param(31, "2025-12", "2026-01-01 00:00", id="last day of the year"),
    ],
)
def test_a_day_a_month_lacks_is_its_last(day: int, month: str, due: str) -> None:
    year = month[:4]
    (one,) = (
        o for o in found(plan(Every.MONTH, day=day), f"{int(year) - 1}-12-01", f"{year}-12-31") if o.period == month
    )
    assert one.due_at == local(due)


@pytest.mark.parametrize(
    ("every", "more", "period", "opens", "due"),
    [
        (Every.WEEK, {"weekday": 5}, "2025-W01", "2024-12-30 00:00", "2025-01-04 00:00"),
        (Every.QUARTER, {"day": 31}, "2025-Q1", "2025-01-01 00:00", "2025-04-01 00:00"),
        (Every.QUARTER, {"day": 25}, "2024-Q4", "2024-10-01 00:00", "2024-12-26 00:00"),
        (Every.YEAR, {"day": 31, "month": 12}, "2025", "2025-01-01 00:00", "2026-01-01 00:00"),
        (Every.MONTH, {"day": 25, "opens_days_before": 5}, "2025-03", "2025-03-20 00:00", "2025-03-26 00:00"),
        (Every.MONTH, {"day": 2, "opens_days_before": 5}, "2025-03", "2025-02-25 00:00", "2025-03-03 00:00"),
        (Every.MONTH, {}, "2025-03", "2025-03-01 00:00", "2025-04-01 00:00"),
        (Every.DAY, {}, "2025-03-04", "2025-03-04 00:00", "2025-03-05 00:00"),
    ],
)
def test_periods_open_at_their_beginning_unless_the_plan_says_otherwise(
    every: Every, more: dict[str, object], period: str, opens: str, due: str
) -> None:
    rule = plan(every, remind=False, **more)
    (one,) = (each for each in found(rule, "2024-08-01", "2025-06-01") if each.period == period)
    assert (one.opens_at, one.due_at, one.remind_at) == (local(opens), local(due), None)


def test_two_rounds_a_day_are_two_periods_and_the_second_ends_with_the_day() -> None:
    both = found(plan(Every.DAY, rounds=(AM, PM)), "2025-03-04", "2025-03-05")
    assert [each.period for each in both] == ["2025-03-04.am", "2025-03-04.pm"]
    assert both[1].due_at == local("2025-03-05 00:00")  # AS-183


def test_a_round_that_ends_before_it_begins_ends_the_next_day() -> None:
    (night,) = found(plan(Every.DAY, rounds=(Round("n", NAME, 22 * 60, 2 * 60),)), "2025-03-04", "2025-03-05")
    assert (night.opens_at, night.due_at) == (local("2025-03-04 22:00"), local("2025-03-05 02:00"))


@pytest.mark.parametrize(
    ("begins", "ends", "in_july", "in_january"), [("05-01", "10-01", 31, 0), ("10-01", "05-01", 0, 31)]
)
def test_a_season_runs_from_its_first_day_to_the_day_before_its_end_also_over_new_year(
    begins: str, ends: str, in_july: int, in_january: int
) -> None:
    rule = plan(Every.DAY, rounds=(AM,), season=Season("begins", "ends"))
    given_dates: Parameters = {"begins": begins, "ends": ends}
    assert len(found(rule, "2025-07-01", "2025-08-01", parameters=given_dates)) == in_july
    assert len(found(rule, "2025-01-01", "2025-02-01", parameters=given_dates)) == in_january
    edge = [one.period for one in found(rule, "2025-09-29", "2025-10-03", parameters=given_dates)]
    assert ("2025-09-30.am" in edge) is (begins == "05-01")
    assert ("2025-10-01.am" in edge) is (begins == "10-01")


@pytest.mark.parametrize("stated", [None, "", "13-01", "02-30", "spring", 5])
def test_a_season_without_dates_waits_and_says_for_what(stated: int | str | None) -> None:
    rule = plan(Every.DAY, rounds=(AM,), season=Season("begins", "ends"))
    parameters: Parameters = {"begins": stated, "ends": "10-01"}
    assert missing(rule, parameters) == ("begins",)
    assert found(rule, "2025-07-01", "2025-08-01", parameters=parameters) == ()


@pytest.mark.parametrize(
    ("stated", "waits"), [(None, True), ("x", True), (0, True), (8, True), ("5", False), (1, False)]
)
def test_a_weekday_of_the_site_is_waited_for_until_it_is_one(stated: int | str | None, *, waits: bool) -> None:
    rule = plan(Every.WEEK, day_parameter="weekly_day")
    assert bool(missing(rule, {"weekly_day": stated})) is waits
    assert bool(found(rule, "2025-03-01", "2025-04-01", parameters={"weekly_day": stated})) is not waits


def test_a_duty_without_any_time_waits_in_the_manuals_words() -> None:
    rule = plan(Every.MONTH, unset=Named("定期", "regularly"))
    assert missing(rule, {}) == ("unset",)
    assert found(rule, "2025-03-01", "2025-04-01") == ()


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2025-03-30", 23), ("2025-10-26", 25)],
)
def test_days_on_which_the_clock_changes_have_their_rounds_once(day: str, hours: int) -> None:
    berlin = "Europe/Berlin"
    following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    whole = found(plan(Every.DAY), day, following, berlin)
    rounds = found(plan(Every.DAY, rounds=(Round("n", NAME, 150, 240), PM)), day, following, berlin)
    assert [one.due_at - one.opens_at for one in whole] == [timedelta(hours=hours)]
    assert [one.period for one in rounds] == [f"{day}.n", f"{day}.pm"]


def test_what_has_begun_and_is_not_due_yet_stands() -> None:
    at = local("2025-03-04 10:00")
    rules = (plan(Every.DAY, rounds=(AM, PM)), plan(Every.MONTH, day=3), plan(Every.YEAR, month=12))
    asked = {"zone": SHANGHAI, "parameters": {}, "calendar": CALENDAR, "at": at}
    names = [[one.period for one in standing(rule, **asked)] for rule in rules]  # type: ignore[arg-type]  # by name
    assert names == [["2025-03-04.am"], [], ["2025"]]


@given(
    every=st.sampled_from(list(Every)),
    zone=st.sampled_from([SHANGHAI, "Europe/Berlin", "America/New_York", "Pacific/Apia", "Africa/Cairo"]),
    start=st.dates(date(2019, 1, 1), date(2030, 1, 1)),
    cuts=st.lists(st.integers(1, 400), max_size=6),
    before=st.sampled_from([None, 0, 3, 20]),
)
def test_however_time_is_cut_every_period_comes_once_and_none_is_left_out(
    every: Every, zone: str, start: date, cuts: list[int], before: int | None
) -> None:
    rule = plan(every, opens_days_before=before, **EVERY[every])
    days = sorted({0, *cuts, 420})
    edges = [datetime(start.year, start.month, start.day, 7, tzinfo=UTC) + timedelta(days=n) for n in days]
    asked = {"zone": zone, "parameters": {}, "calendar": CALENDAR}
    whole = occurrences(rule, start=edges[0], end=edges[-1], **asked)  # type: ignore[arg-type]  # by name
    parts = [one for a, b in pairwise(edges) for one in occurrences(rule, start=a, end=b, **asked)]  # type: ignore[arg-type]  # by name
    assert list(whole) == parts
    assert len({one.period for one in whole}) == len(whole)
    assert all(one.opens_at < one.due_at for one in whole)
    dues = [one.due_at for one in sorted(whole, key=lambda one: one.due_at)]
    longest = {Every.DAY: 2, Every.WEEK: 8, Every.MONTH: 32, Every.QUARTER: 93, Every.YEAR: 367}[every]
    assert all(later - earlier <= timedelta(days=longest) for earlier, later in pairwise(dues))
    assert len(whole) >= 420 // longest
