"""A site keeps every calendar it has had, and a version never says two things."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.directory.commands import PutRecord, digest_of, obey
from services.directory.policy.calendars import Approval, Kept, VersionTaken, kept_with, same_content
from shared.contracts.fold import SYSTEM, Ask, Moment, Refusal, Step
from shared.organisation.records import CalendarRecord, Evidence
from shared.rules.book import Book
from shared.timekeeping.calendar import Span

AT = datetime(2026, 11, 22, tzinfo=UTC)
SIGNED = Approval("ann", AT)
ONE = CalendarRecord("1", ((Span(510, 1050),),) * 7)
FORGED = Evidence("通知", date(2026, 11, 10), "the director", datetime(2020, 1, 1, tzinfo=UTC))
TWO = replace(ONE, version="2", start_day="roll_then_add", evidence=FORGED)


def test_a_new_calendar_is_signed_by_who_puts_it_in_force_and_the_old_one_is_kept() -> None:
    kept = kept_with(TWO, Kept(ONE), SIGNED)
    assert kept.past == (ONE,)
    assert kept.calendar == replace(TWO, evidence=replace(FORGED, approved_by="ann", approved_at=AT))


def test_the_calendar_in_force_written_again_changes_nothing() -> None:
    kept = kept_with(TWO, Kept(ONE), SIGNED)
    assert kept_with(TWO, kept, Approval("bo", AT)) is kept


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(replace(TWO, version="1"), id="the version in force with another content"),
        pytest.param(replace(ONE, version="0"), id="a version of the past"),
    ],
)
def test_a_version_never_says_two_things(asked: CalendarRecord) -> None:
    with pytest.raises(VersionTaken) as taken:
        kept_with(asked, Kept(ONE, (replace(TWO, version="0"),)), SIGNED)
    assert taken.value.version == asked.version


def test_calendars_count_alike_whatever_they_are_called() -> None:
    assert same_content(ONE, replace(ONE, version="9", evidence=FORGED))
    assert not same_content(ONE, TWO)


def put(body: dict[str, str], follows: str | None) -> Ask:
    command = PutRecord(record="site", key="s1", body=body, sites=("s1",), follows=follows)
    return Ask(entities=(command.entity,), command=command, actor=SYSTEM, at=AT)


def test_a_record_made_from_one_that_has_been_replaced_is_refused() -> None:
    moment = Moment(AT, AT, Book())
    first = obey(None, put({"code": "A"}, ""), moment)
    assert isinstance(first, Step)
    overtaken = [
        obey(None, put({"code": "B"}, digest_of({"code": "A"})), moment),
        obey(first.state, put({"code": "B"}, digest_of({"code": "0"})), moment),
        obey(first.state, put({"code": "B"}, ""), moment),
    ]
    assert [isinstance(one, Refusal) and one.status for one in overtaken] == [412] * 3
    assert isinstance(obey(first.state, put({"code": "B"}, digest_of({"code": "A"})), moment), Step)
