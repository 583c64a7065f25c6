from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.organisation.records import (
    Absence,
    Activation,
    Appointment,
    NoPackYet,
    Person,
    Roster,
    Shift,
    Site,
    SpecialDay,
)
from shared.organisation.site_calendar import calendar_of
from shared.timekeeping.calendar import Span, is_open
from tests.support.organisation import EVER, OFFICE_HOURS, away, daily, local, person, roster, site

CHANGE = datetime(2025, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "pack"),
    [
        pytest.param(CHANGE - timedelta(microseconds=1), "P001/3", id="just before the switch"),
        pytest.param(CHANGE, "P004", id="at the switch"),
        pytest.param(CHANGE + timedelta(days=900), "P004", id="long after it"),
    ],
)
def test_the_pack_in_force_is_the_one_activated_last(at: datetime, pack: str) -> None:
    two = (Activation("P004", 2, CHANGE), Activation("P001/3", 1, EVER))

    assert replace(site(), packs=two).pack_at(at).pack == pack


def test_before_the_first_activation_there_is_no_pack() -> None:
    with pytest.raises(NoPackYet, match="SZ1"):
        site().pack_at(EVER - timedelta(seconds=1))


def test_of_two_absences_the_one_begun_last_counts() -> None:
    both = away("2025-03-01T00:00", "2025-03-31T00:00", "b") + away("2025-03-04T00:00", "2025-03-06T00:00", "c")
    absent = person("a", away=both).absence_at(local("2025-03-05T00:00"))

    assert absent is not None
    assert absent.substitute == "c"


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        pytest.param(lambda: Shift(7, 0, 60, "a"), "weekday", id="no eighth weekday"),
        pytest.param(lambda: Shift(0, 1440, 60, "a"), "1439", id="a shift starts within its day"),
        pytest.param(lambda: Absence(CHANGE, CHANGE), "after it begins", id="an empty absence"),
        pytest.param(lambda: Appointment("s1", "r", CHANGE, EVER), "after it begins", id="ends before it begins"),
        pytest.param(lambda: Activation("P", 1, CHANGE.replace(tzinfo=None)), "time zone", id="a naive instant"),
        pytest.param(lambda: replace(site(), zone="Mars/Base"), "time zone", id="an unknown zone"),
    ],
)
def test_a_record_that_cannot_be_meant_is_refused(make: Callable[[], object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        make()


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        pytest.param(Site, replace(site(), phone="0755-1", parameters={"immediate_ack_minutes": 10}), id="site"),
        pytest.param(Person, person("a", away=away("2025-03-04T00:00", "2025-03-06T00:00", "b")), id="person"),
        pytest.param(Roster, roster(*daily("a", "20:00", "08:00"), until=CHANGE), id="roster"),
    ],
)
def test_a_record_survives_the_wire(kind: type[object], record: object) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(kind)

    assert adapter.validate_json(adapter.dump_json(record)) == record


def test_the_wire_refuses_what_the_record_refuses() -> None:
    with pytest.raises(ValidationError, match="weekday"):
        TypeAdapter(Shift).validate_python({"weekday": 9, "start_minute": 0, "end_minute": 60, "person": "a"})


def test_the_calendar_of_a_site_knows_its_special_days() -> None:
    closed, moved = SpecialDay(date(2025, 3, 4)), SpecialDay(date(2025, 3, 8), (Span(600, 660),), "补班")
    record = replace(site().calendar, special_days=(closed, moved))
    calendar = calendar_of(replace(site(), calendar=record))

    assert not is_open(calendar, local("2025-03-04T10:00"))
    assert is_open(calendar, local("2025-03-08T10:30"))
    assert calendar.weekly[0] == OFFICE_HOURS
    assert calendar_of(replace(site(), calendar=record)) is calendar
