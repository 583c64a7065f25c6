"""From a site's calendar record to the calendar that counts with it."""

from collections.abc import Iterator
from functools import lru_cache

from shared.organisation.records import CalendarRecord, Notice, Site
from shared.timekeeping.calendar import Calendar
from shared.timekeeping.holidays import StatutoryYear


def calendar_of(site: Site) -> Calendar:
    """Return the working calendar of *site*; the same object while the record does not change.

    Looking the record up costs in proportion to its special days: keep the answer where many are asked for.

    Raises:
        ValueError: No open hour, overlapping or unordered hours, or not seven weekdays.

    Source: design section 7.
    """
    return calendar_from(site.calendar, site.zone)


def calendar_records(site: Site) -> Iterator[CalendarRecord]:
    """Every calendar the site has had, the one in force first, then backwards."""
    yield site.calendar
    yield from reversed(site.past_calendars)


@lru_cache(maxsize=2048)
def calendar_from(record: CalendarRecord, zone: str) -> Calendar:
    """Return the calendar that counts as *record* says; raises as :func:`calendar_of`."""
    return Calendar(
        version=record.version,
        zone=zone,
        weekly=record.weekly,
        overrides={special.day: special.hours for special in record.special_days},
        start_day=record.start_day,
        statutory=record.statutory,
        announced={notice.year: _announced(notice) for notice in record.notices},
    )


def _announced(notice: Notice) -> StatutoryYear:
    return StatutoryYear(known=True, off=frozenset(notice.off), make_up=frozenset(notice.make_up))
