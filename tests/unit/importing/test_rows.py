"""What becomes of one row, and of several rows of one key."""

from datetime import UTC, datetime

import pytest

from shouwen.importing.judging import CLOSED_EARLY
from tests.support.importing_builders import mapping, row, sorted_rows


def instants(**cells: str) -> tuple[str, str | None]:
    history = (case := sorted_rows(row(**cells)).cases[0].body)["history"]
    return case["received_at"], history["acts"][0]["at"] if history["acts"] else None


@pytest.mark.parametrize(
    ("written", "received"),
    [
        pytest.param("2024-01-05", "2024-01-05T05:00:00+00:00", id="ISO date"),
        pytest.param("2024-07-05", "2024-07-05T04:00:00+00:00", id="ISO date in summer time"),
        pytest.param("2024-01-05T09:30:00", "2024-01-05T14:30:00+00:00", id="ISO with a local time"),
        pytest.param("2024-01-05T09:30:00Z", "2024-01-05T09:30:00+00:00", id="ISO with a zone"),
        pytest.param("2024-01-05T00:00:00.000", "2024-01-05T05:00:00+00:00", id="export that writes midnight"),
        pytest.param("01/05/2024", "2024-01-05T05:00:00+00:00", id="a pattern of the mapping"),
        pytest.param("1/5/2024", "2024-01-05T05:00:00+00:00", id="the same without zeros"),
        pytest.param("01/05/2024 12:00:00 AM", "2024-01-05T05:00:00+00:00", id="midnight written out"),
        pytest.param("01/05/2024 03:15:00 PM", "2024-01-05T20:15:00+00:00", id="a pattern with a time"),
        pytest.param("2024-03-10T02:30:00", "2024-03-10T07:00:00+00:00", id="a time the clock skipped"),
    ],
)
def test_a_date_is_read_as_the_mapping_says(written: str, received: str) -> None:
    assert instants(opened=written)[0] == received


@pytest.mark.parametrize(
    ("opened", "ended", "closed"),
    [
        pytest.param("2024-01-05", "2024-01-05", "2024-01-06T04:59:59+00:00", id="closed the day it came"),
        pytest.param("2024-01-05", "", None, id="still open"),
        pytest.param("2025-03-01", "2025-03-04", "2025-03-04T17:00:00+00:00", id="closed today is closed by now"),
    ],
)
def test_an_end_without_time_is_the_end_of_its_day(opened: str, ended: str, closed: str | None) -> None:
    assert instants(opened=opened, ended=ended)[1] == closed


def test_an_end_before_the_beginning_is_taken_at_the_beginning_and_listed() -> None:
    survey = sorted_rows(row(opened="2024-01-05", ended="2023-12-31"))
    body = survey.cases[0].body
    assert body["history"]["acts"][0]["at"] == body["received_at"]
    assert [(w.line, w.column, w.doubt.words) for w in survey.warnings] == [(2, "ended", CLOSED_EARLY)]


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        pytest.param("2025-03-05", "in the future; imported as still open", id="in the future"),
        pytest.param("0201-01-05", "an impossible year; imported as still open", id="a year mistyped"),
        pytest.param("?", "not a date this mapping can read; imported as still open", id="no date"),
    ],
)
def test_an_end_nobody_can_read_costs_no_case_and_is_listed(ended: str, reason: str) -> None:
    survey = sorted_rows(row(ended=ended))
    assert [(case.key, case.body["history"]["acts"]) for case in survey.cases] == [("k1", [])]
    assert [(w.column, w.doubt.value, w.doubt.words.en) for w in survey.warnings] == [("ended", ended, reason)]
    assert survey.rejects == []


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        pytest.param({"id": ""}, "id", "must not be blank", id="no key"),
        pytest.param({"id": "k\x001"}, "id", "control character", id="a key no form may carry"),
        pytest.param({"office": ""}, "office", "must not be blank", id="no site"),
        pytest.param({"topic": ""}, "topic", "must not be blank", id="no category"),
        pytest.param({"topic": "x" * 201}, "topic", "at most 200", id="a category too long"),
        pytest.param({"topic": "caf\udce9"}, "topic", "UTF-8", id="a category with a byte that is no UTF-8"),
        pytest.param({"opened": ""}, "opened", "must not be blank", id="no date"),
        pytest.param({"opened": "soon"}, "opened", "not a date", id="no date at all"),
        pytest.param({"opened": "2024-02-30"}, "opened", "not a date", id="a day that never was"),
        pytest.param({"opened": "13/13/2024"}, "opened", "not a date", id="a thirteenth month"),
        pytest.param({"opened": "2025-03-05"}, "opened", "future", id="tomorrow"),
        pytest.param({"opened": "9999-12-31"}, "opened", "future", id="the end of days"),
        pytest.param({"opened": "0222-01-05"}, "opened", "impossible", id="a year mistyped"),
        pytest.param({"opened": "1901-01-05"}, "opened", "impossible", id="before any calendar here"),
    ],
)
def test_an_unusable_row_is_rejected_with_line_field_and_reason(
    cells: dict[str, str], column: str, reason: str
) -> None:
    survey = sorted_rows(row(id="fine"), row(**cells))
    assert [(r.line, r.column) for r in survey.rejects] == [(3, column)]
    assert reason in survey.rejects[0].words.en
    assert len(survey.cases) == 1


@pytest.mark.parametrize(
    ("cells", "rejected"),
    [
        pytest.param(["k1", "A1"], True, id="too few"),
        pytest.param([*row(), "more"], True, id="too many"),
        pytest.param([*row(), "", ""], False, id="blank ones behind the last column"),
    ],
)
def test_a_row_has_as_many_cells_as_the_header(cells: list[str], *, rejected: bool) -> None:
    survey = sorted_rows(cells)
    assert (len(survey.rejects), len(survey.cases)) == (int(rejected), int(not rejected))


def test_the_first_row_of_a_key_is_the_case_and_later_ones_name_what_differs() -> None:
    survey = sorted_rows(row(zip="1"), row(zip="2", topic="Health"), row(zip="1"))
    assert [case.line for case in survey.cases] == [2]
    assert [(c.line, c.first_line, c.differs) for c in survey.conflicts] == [
        (3, 2, (("topic", "Parks", "Health"), ("zip", "1", "2")))
    ]
    assert [c.line for c in survey.repeats] == [4]


def test_the_first_usable_row_of_a_key_is_the_case() -> None:
    survey = sorted_rows(row(topic=""), row())
    assert ([r.line for r in survey.rejects], [c.line for c in survey.cases]) == ([2], [3])


def test_a_later_row_of_a_key_is_a_conflict_whatever_else_is_wrong_with_it() -> None:
    survey = sorted_rows(row(), row(topic="", opened="never"))
    assert ([c.line for c in survey.conflicts], survey.rejects) == ([3], [])


def test_every_row_is_in_exactly_one_line_of_the_account() -> None:
    survey = sorted_rows(row(), row(), row(zip="2"), row(id=""), row(id="k2"), ["k3"])
    parts = [len(survey.cases), len(survey.conflicts), len(survey.repeats), len(survey.rejects)]
    assert parts == [2, 1, 1, 2]
    assert sum(parts) == survey.rows == 6


@pytest.mark.parametrize(
    ("rules", "topic", "category"),
    [
        pytest.param({}, "Please choose an issue...", "Please choose an issue...", id="a placeholder is a word"),
        pytest.param({"map": {"Parks": "greening"}}, "Parks", "greening", id="a word the mapping names"),
        pytest.param({"map": {"Parks": "greening"}}, "Health", "Health", id="a word it keeps"),
        pytest.param({"blank": "other"}, "", "other", id="a blank it names"),
    ],
)
def test_a_category_follows_the_mapping(rules: dict[str, object], topic: str, category: str) -> None:
    assert sorted_rows(row(topic=topic), categories=rules).cases[0].body["category"] == category


def test_a_word_that_is_neither_mapped_nor_kept_is_rejected() -> None:
    survey = sorted_rows(row(), categories={"keep": False, "map": {"Health": "other"}})
    assert [r.column for r in survey.rejects] == ["topic"]


def test_free_text_never_costs_a_case() -> None:
    survey = sorted_rows(row(words="a\x07b\udcff𠮷" + "x" * 5000))
    content = survey.cases[0].body["content"]
    assert content.startswith("a b?𠮷xx")
    assert len(content) == 4000
    assert [w.column for w in survey.warnings] == ["words"]


def test_a_line_end_of_another_system_is_no_damage() -> None:
    survey = sorted_rows(row(words="one\r\ntwo\rthree"))
    assert (survey.cases[0].body["content"], survey.warnings) == ("one\ntwo\nthree", [])


def test_nobody_is_told_of_what_fell_due_before_the_import_began() -> None:
    now = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert sorted_rows(row(), now=now).cases[0].body["history"]["quiet_until"] == now.isoformat()


def test_the_case_type_and_severity_come_from_the_mapping() -> None:
    body = sorted_rows(row(), case_type="repair", severity="major").cases[0].body
    assert (body["case_type"], body["severity"]) == ("repair", "major")
    assert "severity" not in sorted_rows(row()).cases[0].body
    assert mapping().case_type == "complaint"
