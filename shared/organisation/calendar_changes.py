"""A change to a site's calendar as a notice or a decision asks for it, and the record that comes of it.

Source: design section 7.
"""

from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from shared.organisation.records import CalendarRecord, Notice, Site, SpecialDay
from shared.timekeeping.calendar import Span, StartDay, Statutory


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What is to be different; what is None or empty stays as it is.

    Attributes:
        notices: Each takes the place of the site's notice of that year.
        special_days: Each takes the place of what the site had for that day.
        dropped_days: Days that follow the week and the notices again.
    """

    weekly: tuple[tuple[Span, ...], ...] | None = None
    statutory: Statutory | None = None
    start_day: StartDay | None = None
    notices: tuple[Notice, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    dropped_days: tuple[date, ...] = ()


def changed_calendar(site: Site, change: CalendarChange, *, dated: date) -> CalendarRecord:
    """The calendar of *site* with *change*, under a version of its own named after the evidence's date.

    The very record in force where the change asks for nothing new. Who approves it, and when, is not known here.
    """
    now = site.calendar
    wanted = replace(
        now,
        weekly=now.weekly if change.weekly is None else change.weekly,
        statutory=change.statutory or now.statutory,
        start_day=change.start_day or now.start_day,
        notices=_notices(now, change),
        special_days=_special_days(now, change),
    )
    return now if wanted == now else replace(wanted, version=_free_version(site, dated), evidence=None)


def _notices(now: CalendarRecord, change: CalendarChange) -> tuple[Notice, ...]:
    if not change.notices:
        return now.notices
    by_year = {notice.year: notice for notice in (*now.notices, *change.notices)}
    return tuple(by_year[year] for year in sorted(by_year))


def _special_days(now: CalendarRecord, change: CalendarChange) -> tuple[SpecialDay, ...]:
    if not change.special_days and not change.dropped_days:
        return now.special_days
    by_day = {special.day: special for special in (*now.special_days, *change.special_days)}
    return tuple(by_day[day] for day in sorted(by_day) if day not in change.dropped_days)


def _free_version(site: Site, dated: date) -> str:
    taken = {site.calendar.version, *(past.version for past in site.past_calendars)}
    names = (f"{dated}" if number == 1 else f"{dated}.{number}" for number in count(1))
    return next(name for name in names if name not in taken)
