"""A small estate to ask questions of: builders with defaults."""

from datetime import UTC, datetime

from shared.organisation.records import (
    Absence,
    Activation,
    Appointment,
    CalendarRecord,
    Named,
    Person,
    Roster,
    Shift,
    Site,
)
from shared.timekeeping.calendar import Span, zone_named

EVER = datetime(2020, 1, 1, tzinfo=UTC)
ENGINEER = "engineering_dept"
OFFICE_HOURS = (Span(9 * 60, 17 * 60),)


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """Return what the wall clock in *zone* means by *text*."""
    return datetime.fromisoformat(text).replace(tzinfo=zone_named(zone))


def site(*, zone: str = "Asia/Shanghai") -> Site:
    """Return site ``s1``, open Monday to Friday 9 to 17."""
    hours = CalendarRecord(version="1", weekly=(OFFICE_HOURS,) * 5 + ((), ()), statutory="none")
    pack = Activation(pack="P001/3", version=2, since=EVER)
    return Site("s1", "SZ1", Named("一号苑", "Estate One"), zone, packs=(pack,), calendar=hours)


def person(
    person_id: str, *, role: str = ENGINEER, until: datetime | None = None, away: tuple[Absence, ...] = ()
) -> Person:
    """Return somebody appointed to *role* at ``s1``."""
    held = Appointment(site="s1", role=role, since=EVER, until=until)
    return Person(person_id, name=person_id.title(), appointments=(held,), absences=away)


def away(frm: str, to: str, substitute: str | None = None) -> tuple[Absence, ...]:
    """Return one absence between two local times."""
    return (Absence(local(frm), local(to), substitute),)


def roster(*shifts: Shift, since: datetime = EVER, until: datetime | None = None) -> Roster:
    """Return a roster of the engineers of ``s1``."""
    return Roster("r1", site="s1", role=ENGINEER, shifts=shifts, since=since, until=until)


def daily(person_id: str, start: str, end: str, *, days: range = range(7)) -> tuple[Shift, ...]:
    """Return a shift from *start* to *end* (``HH:MM``) on each of *days*."""
    return tuple(Shift(day, _minute(start), _minute(end), person_id) for day in days)


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
