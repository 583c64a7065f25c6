"""When a person is on duty for a role: by the roster, or by the site's opening hours where there is none.

Absences play no part here: who answers instead of an absent person is asked of ``people``.  The search ends
after fourteen days; a person without duty in that time, such as a substitute from outside the roster, is
treated as always on duty.

Source: requirements section 0.4 (ESC-3a, ESC-6), TS-9.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.organisation.records import Site
from shared.organisation.shifts import Interval, on_shift, shifts_between
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


def next_shift_start(
    *, site: Site, role: str, after: datetime, staff: Staff, person: str | None = None
) -> datetime | None:
    """Return when the next shift of *role* begins after that instant, or the next one of *person* in it, as UTC.

    None where no roster knows of one within the horizon.

    Source: TS-9.
    """

    def find() -> datetime | None:
        for reach in (NEAR, HORIZON):
            of_post = staff.rosters_between(site.id, role, after, after + reach)
            for start, end, roster in of_post:
                shifts = shifts_between(roster, start, end, zone=site.zone) if roster else ()
                begun = [begins for shift, (begins, _) in shifts if begins > after and person in (None, shift.person)]
                if begun:
                    return min(begun)
        return None

    return staff.once(("next shift", person, role, site.id, after), site, find)


def relieved_at(person: str, *, site: Site, role: str, at: datetime, staff: Staff) -> datetime:
    """Return when whoever takes over from *person* in *role* is there.

    That is *at* where he is off duty by then or where no roster is in force, else the end of his duty, or the first
    shift that begins after it.

    Source: requirements section 3.31 (N-50).
    """
    if staff.roster(site.id, role, at) is None:
        return at
    duty = duty_intervals(person, site=site, role=role, frm=at, to=at + HORIZON, staff=staff)
    if not duty or duty[0][0] > at:
        return at
    end, roster = duty[0][1], staff.roster(site.id, role, duty[0][1])
    if roster is None or on_shift(roster, end, zone=site.zone):
        return end
    return next_shift_start(site=site, role=role, after=end, staff=staff) or end


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
