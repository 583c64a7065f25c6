"""When a duty that comes round is due: a plan of a pack, reckoned for one site. Pure.

A period belongs to the plan by its name (``2025-03-04.am``, ``2025-W10``, ``2025-03``, ``2025-Q1``, ``2025``); whatever
the clock of the site does, each name comes once.

Source: requirements TS-6, N-47, §3.41.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.rules.model import Pack
from shared.rules.plans import LAST_DAY, Every, PlanRule, Round, Season
from shared.timekeeping.calendar import Calendar, local_date, midnight, month_day, working_day
from shared.timekeeping.zones import instant_at

Parameters = Mapping[str, int | str | None]
"""What the pack and the site say, by name; see :func:`parameters_of`."""

SHIFT_FROM, SHIFT_FROM_MINUTE = "day_shift_from_minute", 510
"""When the day shift starts, in minutes of the local day; the number is ours."""

ONE_DAY = timedelta(days=1)
_A_WEEK, _A_QUARTER, _A_YEAR = 7, 3, 12
_WHOLE_DAY = 1440
_REMINDED_AHEAD = timedelta(days=40)
"""No calendar of ours is closed for longer: so much earlier than its period a case may open for its reminder."""
_LENGTH = {Every.DAY: 1, Every.WEEK: 7, Every.MONTH: 31, Every.QUARTER: 92, Every.YEAR: 366}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time a duty comes round.

    Attributes:
        period: Its name, unique within the plan.
        opens_at: When the case opens.
        due_at: When it has to be done, inclusive.
        remind_at: When a reminder goes out; None: never.
    """

    period: str
    opens_at: datetime
    due_at: datetime
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Period:
    name: str
    first: date
    due: date


def parameters_of(pack: Pack, site: Mapping[str, int | str]) -> Parameters:
    """The pack's parameters, those the *site* sets in their place."""
    return {name: parameter.value for name, parameter in pack.parameters.items()} | dict(site)


def named_by(plan: PlanRule) -> tuple[str, ...]:
    """The site parameters that can change when *plan* is due."""
    own = () if plan.day_parameter is None else (plan.day_parameter,)
    return (*_season_words(plan.season), *own, SHIFT_FROM)


def missing(plan: PlanRule, parameters: Parameters) -> tuple[str, ...]:
    """What the plan waits for: site parameters that are unset or say nothing usable, ``unset`` for the manual's own."""
    lacking = [name for name in _season_words(plan.season) if _month_and_day(parameters.get(name)) is None]
    if plan.day_parameter is not None and _day_stated(plan, parameters) is None:
        lacking.append(plan.day_parameter)
    if plan.unset is not None and plan.day_parameter is None and not _has_time(plan):
        lacking.append("unset")
    return tuple(lacking)


def occurrences(
    plan: PlanRule, *, zone: str, parameters: Parameters, calendar: Calendar, start: datetime, end: datetime
) -> tuple[Occurrence, ...]:
    """Every time *plan* opens a case from *start* (included) to *end* (not included), in the order of opening.

    Args:
        plan: The rule.
        zone: The site's zone; days and times of day are those of its clock.
        parameters: See :func:`parameters_of`; where one the plan needs is unset there is nothing.
        calendar: The site's; it moves reminders only, never what is due (TS-6).
        start: Aware.
        end: Aware.
    """
    if missing(plan, parameters):
        return ()
    ahead = timedelta(days=plan.opens_days_before or 0) + _REMINDED_AHEAD
    first = local_date(start, zone) - ONE_DAY
    last = local_date(end, zone) + ahead
    found = (
        one
        for period in _periods(plan, parameters, first, last)
        for one in _times(plan, period, zone, parameters, calendar)
    )
    return tuple(sorted((one for one in found if start <= one.opens_at < end), key=lambda one: one.opens_at))


def standing(
    plan: PlanRule, *, zone: str, parameters: Parameters, calendar: Calendar, at: datetime
) -> tuple[Occurrence, ...]:
    """Every time that has begun before *at* and is not due yet then."""
    reach = timedelta(days=_LENGTH[plan.every] + (plan.opens_days_before or 0)) + _REMINDED_AHEAD
    begun = occurrences(plan, zone=zone, parameters=parameters, calendar=calendar, start=at - reach, end=at)
    return tuple(one for one in begun if one.due_at > at)


def _periods(plan: PlanRule, parameters: Parameters, first: date, last: date) -> Iterator[_Period]:
    """Periods of which any day lies between, in the plan's season by their due day."""
    start = _start_of(plan.every, first)
    while start <= last:
        following = _start_after(plan.every, start)
        due = _due_day(plan, parameters, start, following - ONE_DAY)
        if _in_season(plan.season, parameters, due):
            yield _Period(_named(plan.every, start), start, due)
        start = following


def _start_of(every: Every, day: date) -> date:
    if every is Every.DAY:
        return day
    if every is Every.WEEK:
        return day - timedelta(days=day.weekday())
    months = {Every.MONTH: 1, Every.QUARTER: _A_QUARTER, Every.YEAR: _A_YEAR}[every]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _start_after(every: Every, start: date) -> date:
    if every is Every.DAY:
        return start + ONE_DAY
    if every is Every.WEEK:
        return start + timedelta(days=_A_WEEK)
    return _start_of(every, start + timedelta(days=_LENGTH[every]))


def _named(every: Every, start: date) -> str:
    if every is Every.WEEK:
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    if every is Every.QUARTER:
        return f"{start.year}-Q{start.month // _A_QUARTER + 1}"
    return {Every.DAY: f"{start:%Y-%m-%d}", Every.MONTH: f"{start:%Y-%m}", Every.YEAR: f"{start:%Y}"}[every]


def _due_day(plan: PlanRule, parameters: Parameters, start: date, last: date) -> date:
    if plan.every is Every.DAY:
        return start
    stated = _day_stated(plan, parameters)
    if plan.every is Every.WEEK:
        return start + timedelta(days=(stated or _A_WEEK) - 1)
    month = plan.month or _A_YEAR if plan.every is Every.YEAR else last.month
    return month_day(last.year, month, stated or LAST_DAY)


def _day_stated(plan: PlanRule, parameters: Parameters) -> int | None:
    """The weekday or day of the month the site or the plan names; None where neither names one there is."""
    own = plan.weekday if plan.every is Every.WEEK else plan.day
    stated = parameters.get(plan.day_parameter) if plan.day_parameter is not None else None
    day = _number(stated) if stated is not None else own
    most = _A_WEEK if plan.every is Every.WEEK else LAST_DAY
    return day if day is not None and 1 <= day <= most else None


def _has_time(plan: PlanRule) -> bool:
    return bool(plan.rounds) or plan.weekday is not None or plan.day is not None


def _number(stated: int | str) -> int | None:
    try:
        return int(stated)
    except ValueError:
        return None


def _season_words(season: Season | None) -> tuple[str, ...]:
    return () if season is None else (season.begins, season.ends)


def _month_and_day(stated: int | str | None) -> tuple[int, int] | None:
    try:
        # In a leap year, so that 02-29 is a day a season may begin on.
        day = date.fromisoformat(f"2024-{stated}")
    except ValueError:
        return None
    return day.month, day.day


def _in_season(season: Season | None, parameters: Parameters, day: date) -> bool:
    if season is None:
        return True
    begins, ends = (_month_and_day(parameters.get(word)) for word in _season_words(season))
    assert begins is not None
    assert ends is not None
    here = (day.month, day.day)
    if begins < ends:
        return begins <= here < ends
    return begins <= here or here < ends


def _times(
    plan: PlanRule, period: _Period, zone: str, parameters: Parameters, calendar: Calendar
) -> Iterator[Occurrence]:
    if plan.rounds:
        yield from (_round(period, each, zone) for each in plan.rounds)
        return
    opens = period.first
    if plan.opens_days_before is not None:
        opens = period.due - timedelta(days=plan.opens_days_before)
    due_at = midnight(period.due + ONE_DAY, zone)
    if not plan.remind or plan.every is Every.DAY:
        yield Occurrence(period.name, midnight(opens, zone), due_at)
        return
    reminded = working_day(calendar, period.due, -1)
    remind_at = instant_at(reminded, _shift_start(parameters), zone)
    # Whoever is reminded before the period begins finds the case there already.
    yield Occurrence(period.name, midnight(min(opens, reminded), zone), due_at, remind_at)


def _round(period: _Period, each: Round, zone: str) -> Occurrence:
    ends = period.due if each.due > each.opens else period.due + ONE_DAY
    name = f"{period.name}.{each.id}"
    return Occurrence(name, instant_at(period.due, each.opens, zone), instant_at(ends, each.due, zone))


def _shift_start(parameters: Parameters) -> int:
    stated = parameters.get(SHIFT_FROM)
    minute = _number(stated) if stated is not None else None
    return minute if minute is not None and 0 <= minute < _WHOLE_DAY else SHIFT_FROM_MINUTE
