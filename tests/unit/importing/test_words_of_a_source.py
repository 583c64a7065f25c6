"""The words a source has for places, departments and the rest, its limits, its odd times, as the mapping reads them."""

from typing import Any

import pytest

from shouwen.importing.dates import SKIPPED, TWICE
from shouwen.importing.judging import OPEN_WITH_END, OVER_WITHOUT_END
from shouwen.importing.places import Place
from shouwen.importing.survey import Survey
from shouwen.words import Words
from tests.support.importing_builders import COLUMNS, HEADER, row, sorted_rows

MORE = {
    "status": "state",
    "department": "who",
    "due": "due",
    "channel": "how",
    "severity": "grave",
    "caller": "name",
    "phone": "tel",
}


def told(cells: dict[str, str], **more: Any) -> Survey:
    """A survey of one row of a source that says more about its matters."""
    header = (*HEADER, *MORE.values())
    return sorted_rows(row(header, **cells), header=header, columns=COLUMNS | MORE, **more)


@pytest.mark.parametrize(
    ("rules", "place", "site"),
    [
        pytest.param({"map": {"A1": "haijing"}}, "A1", Place("haijing"), id="a site that is there"),
        pytest.param({}, "A1", Place("a1", "A1"), id="a site by its code"),
        pytest.param({"nowhere": ["?"], "other": "NONE"}, "?", Place("none", "NONE"), id="nowhere has a site"),
        pytest.param({"other": "NONE"}, "", Place("none", "NONE"), id="and so has a blank"),
        pytest.param({"other": "x", "map": {"x": "haijing"}}, "", Place("haijing"), id="which may be there"),
    ],
)
def test_a_place_follows_the_mapping(rules: dict[str, object], place: str, site: Place) -> None:
    survey = sorted_rows(row(office=place), sites=rules)
    assert ([case.place for case in survey.cases], survey.places) == ([site], [site])
    assert survey.cases[0].body["site"] == site.id


def test_a_word_for_nowhere_is_rejected_with_the_remedy() -> None:
    [reject] = sorted_rows(row(office="?"), sites={"nowhere": ["?"]}).rejects
    assert (reject.column, "sites.other" in reject.words.en) == ("office", True)


@pytest.mark.parametrize(
    ("rules", "word", "department"),
    [
        pytest.param({"map": {"NYPD": "nypd"}}, "NYPD", "nypd", id="named"),
        pytest.param({"map": {"NYPD": "nypd"}}, "", None, id="blank is routed"),
        pytest.param({"other": "route"}, "DOT", None, id="others are routed"),
        pytest.param({"other": "desk"}, "DOT", "desk", id="others go to one"),
    ],
)
def test_a_department_follows_the_mapping(rules: dict[str, object], word: str, department: str | None) -> None:
    survey = told({"who": word}, departments=rules)
    assert survey.cases[0].body.get("department") == department
    assert survey.departments == ([("a1", department)] if department else [])


@pytest.mark.parametrize(
    ("rules", "word", "severity"),
    [
        pytest.param({"map": {"high": "major"}}, "high", "major", id="named"),
        pytest.param({"other": "default"}, "odd", "minor", id="others as usual"),
        pytest.param({"other": "major"}, "odd", "major", id="others are grave"),
        pytest.param({}, "", "minor", id="blank as usual"),
    ],
)
def test_a_severity_follows_the_mapping(rules: dict[str, object], word: str, severity: str) -> None:
    assert told({"grave": word}, severities=rules, severity="minor").cases[0].body["severity"] == severity


@pytest.mark.parametrize(
    ("cells", "column", "remedy"),
    [
        pytest.param({"who": "DOT"}, "who", "departments.map", id="department"),
        pytest.param({"grave": "high"}, "grave", "severities.map", id="severity"),
    ],
)
def test_a_word_nobody_mapped_is_rejected_with_the_remedy(cells: dict[str, str], column: str, remedy: str) -> None:
    [reject] = told(cells).rejects
    assert (reject.column, remedy in reject.words.en) == (column, True)


@pytest.mark.parametrize(("word", "channel"), [("P", "phone"), ("X", "visit"), ("", "visit")])
def test_a_channel_nobody_mapped_is_the_other_one(word: str, channel: str) -> None:
    survey = told({"how": word}, channels={"map": {"P": "phone"}, "other": "visit"})
    assert survey.cases[0].body["channel"] == channel


def test_the_caller_comes_along_on_one_line() -> None:
    survey = told({"name": "Ann\nLee", "tel": "555"})
    assert survey.cases[0].body["caller"] == {"name": "Ann Lee", "phone": "555"}
    assert "caller" not in told({}).cases[0].body


@pytest.mark.parametrize(
    ("written", "limit", "doubt"),
    [
        pytest.param("2024-06-26T00:36:05", "2024-06-26T04:36:05+00:00", None, id="to the second"),
        pytest.param("2024-06-26", "2024-06-27T03:59:59+00:00", None, id="a day ends at its end"),
        pytest.param("2026-06-26T00:36:05", "2026-06-26T04:36:05+00:00", None, id="a limit may lie ahead"),
        pytest.param("2024-01-05T00:00:00", "2024-01-06T04:59:59+00:00", None, id="midnight that is no time"),
        pytest.param("2024-01-04", None, "due no later than it was received", id="before the receipt"),
        pytest.param("soon", None, "not a date this mapping can read; imported without a limit", id="unreadable"),
        pytest.param("2999-01-01", None, "an impossible year", id="a year mistyped"),
    ],
)
def test_a_limit_is_kept_or_named(written: str, limit: str | None, doubt: str | None) -> None:
    survey = told({"due": written})
    assert survey.cases[0].body.get("department_limit") == limit
    assert [doubt in w.doubt.words.en for w in survey.warnings if doubt] == ([True] if doubt else [])
    assert len(survey.warnings) == (1 if doubt else 0)


def test_a_limit_is_whose_the_mapping_says() -> None:
    body = told({"due": "2024-06-26"}, due_is="customer_limit").cases[0].body
    assert ("customer_limit" in body, "department_limit" in body) == (True, False)


@pytest.mark.parametrize(
    ("cells", "doubts"),
    [
        pytest.param({"state": "Closed", "ended": "2024-01-06"}, [], id="over, with an end"),
        pytest.param({"state": "Open"}, [], id="open, without"),
        pytest.param({"state": "Closed"}, [OVER_WITHOUT_END], id="over, without"),
        pytest.param({"state": "Open", "ended": "2024-01-06"}, [OPEN_WITH_END], id="open, with an end"),
        pytest.param({"state": "Odd", "ended": "2024-01-06"}, [], id="a word nobody compares"),
    ],
)
def test_a_status_that_says_otherwise_is_named(cells: dict[str, str], doubts: list[Words]) -> None:
    survey = told(cells, statuses={"closed": ["Closed"], "open": ["Open"]})
    assert [w.doubt.words for w in survey.warnings] == doubts
    assert bool(survey.cases[0].body["history"]["acts"]) == ("ended" in cells)


@pytest.mark.parametrize(
    ("opened", "received", "doubt"),
    [
        pytest.param("2024-11-03T01:30:00", "2024-11-03T05:30:00+00:00", TWICE, id="shown twice"),
        pytest.param("2024-03-10T02:30:00", "2024-03-10T07:00:00+00:00", SKIPPED, id="never shown"),
        pytest.param("2024-11-03T03:30:00", "2024-11-03T08:30:00+00:00", None, id="later that day"),
        pytest.param("2024-11-03", "2024-11-03T04:00:00+00:00", None, id="a day without a time"),
        pytest.param("2024-11-03T01:30:00-05:00", "2024-11-03T06:30:00+00:00", None, id="with its offset"),
    ],
)
def test_a_time_the_clock_shows_twice_or_never_is_named(opened: str, received: str, doubt: Words | None) -> None:
    survey = sorted_rows(row(opened=opened))
    assert survey.cases[0].body["received_at"] == received
    assert [w.doubt.words for w in survey.warnings] == ([doubt] if doubt else [])


def test_an_end_shown_twice_is_the_one_after_the_receipt() -> None:
    survey = sorted_rows(row(opened="2024-11-03T01:50:00", ended="2024-11-03T01:10:00"))
    assert survey.cases[0].body["history"]["acts"][0]["at"] == "2024-11-03T06:10:00+00:00"
    assert [w.column for w in survey.warnings] == ["opened"]
