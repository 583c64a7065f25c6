"""When a person is on duty for a role: by the roster, or by the site's opening hours where there is none.

Absences play no part here: who answers instead of an absent person is asked of ``people``.  The search ends
after fourteen days; a person without duty in that time, such as a substitute from outside the roster, is
treated as always on duty.

Source: requirements section 0.4 (ESC-3a, ESC-6), TS-9.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.organisation.records import Site
from shared.organisation.shifts import Interval, shifts_between
from shared.organisation.site_calendar import calendar_of
from shared.organisation.staff import Staff
from shared.timekeeping.calendar import add_elapsed, as_utc, open_intervals

HORIZON = timedelta(days=14)
"""How far ahead or back duty is looked for."""
NEAR = timedelta(days=1)
"""Looked through first: most questions are answered within it, at a small part of the cost."""


def duty_intervals(
    person: str, *, site: Site, role: str, frm: datetime, to: datetime, staff: Staff
) -> tuple[Interval, ...]:
    """Return the stretches of duty of *person* (an id) from *frm* to *to*, cut to them, in order.

    UTC pairs, the second not included; stretches that touch or overlap are one.
    """
    frm, to = as_utc(frm), as_utc(to)
    found: list[Interval] = []
    for start, end, roster in staff.rosters_between(site.id, role, frm, to):
        if roster is None:
            found.extend(open_intervals(calendar_of(site), start, end))
        else:
            shifts = shifts_between(roster, start, end, zone=site.zone)
            found.extend(interval for shift, interval in shifts if shift.person == person)
    return _joined(sorted(found))


def next_duty_start(person: str, *, site: Site, role: str, at: datetime, staff: Staff) -> datetime:
    """Return *at* itself if *person* is on duty then, else the start of his next duty.

    Without duty within the horizon: *at*.

    Source: ESC-6, TS-9.
    """

    def find() -> datetime:
        for reach in (NEAR, HORIZON):
            if coming := duty_intervals(person, site=site, role=role, frm=at, to=at + reach, staff=staff):
                return coming[0][0]
        return at

    return staff.once(("start", person, role, site.id, at), site, find)


def add_duty_time(person: str, *, site: Site, role: str, start: datetime, minutes: int, staff: Staff) -> datetime:
    """Return the instant at which *person* has been on duty for *minutes* since *start*, as UTC.

    Used up exactly at the end of a duty means the end of that duty.  If the horizon comes first: *minutes* of
    elapsed time after *start*, so that silence never waits for somebody who is not coming.

    Source: ESC-3a.
    """
    wanted = timedelta(minutes=minutes)

    def find() -> datetime:
        for reach in (NEAR, HORIZON):
            left = wanted
            for frm, to in duty_intervals(person, site=site, role=role, frm=start, to=start + reach, staff=staff):
                if left <= to - frm:
                    return add_elapsed(frm, left)
                left -= to - frm
        return add_elapsed(start, wanted)

    return staff.once(("spent", person, role, site.id, start, minutes), site, find)


def last_shift_end_before(person: str, *, site: Site, role: str, instant: datetime, staff: Staff) -> datetime:
    """Return the end of the last duty of *person* before *instant*; a duty still running then ends there.

    Without duty within the horizon: *instant*.

    Source: ESC-6 (the last call goes out two hours before it).
    """

    def find() -> datetime:
        for reach in (NEAR, HORIZON):
            if past := duty_intervals(person, site=site, role=role, frm=instant - reach, to=instant, staff=staff):
                return past[-1][1]
        return instant

    return staff.once(("last", person, role, site.id, instant), site, find)


def _joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for start, end in intervals:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
