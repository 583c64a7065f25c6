"""What is wrong with a calendar before it is saved: hours that cannot be, and notices that contradict themselves.

Hours are looked at as they were sent, because a span that cannot be has no place in a record; whatever is not of the
right kind at all is left to the shape of the record.

Source: design section 7.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from shared.organisation.records import CalendarRecord, Notice

_DAYS_A_WEEK = 7
_MINUTES_A_DAY = 1440
_SATURDAY = 5
VERSION_MOST = 80

Minutes = tuple[int, int]


class CalendarFaultKind(StrEnum):
    """What can be wrong with a calendar."""

    NOT_SEVEN_DAYS = "not_seven_days"
    NEVER_OPEN = "never_open"
    EMPTY = "empty"
    BACKWARDS = "backwards"
    OUTSIDE_THE_DAY = "outside_the_day"
    OVERLAPPING = "overlapping"
    UNORDERED = "unordered"
    DAY_TWICE = "day_twice"
    YEAR_TWICE = "year_twice"
    OTHER_YEAR = "other_year"
    NO_WEEKEND_DAY = "no_weekend_day"
    OFF_AND_MADE_UP = "off_and_made_up"
    NO_DAYS_OFF = "no_days_off"
    NO_SOURCE = "no_source"
    BAD_VERSION = "bad_version"


@dataclass(frozen=True, slots=True)
class CalendarFault:
    """One thing that is wrong.

    Attributes:
        path: JSON pointer within the calendar.
        weekday: 0 = Monday, where a day of the week is at fault.
        shown: Spans, dates and years the sentence about it names.
    """

    path: str
    kind: CalendarFaultKind
    weekday: int | None = None
    shown: Mapping[str, str | int] = field(default_factory=dict)


def wrong_hours(calendar: Mapping[str, Any]) -> Iterator[CalendarFault]:
    """Every weekly or special opening hour that cannot be, in the order written."""
    weekly = calendar.get("weekly")
    if isinstance(weekly, list):
        yield from _wrong_week(weekly)
    special_days = calendar.get("special_days")
    for place, special in enumerate(special_days if isinstance(special_days, list) else ()):
        if isinstance(special, Mapping):
            yield from _wrong_day(special.get("hours"), f"/special_days/{place}/hours", None, str(special.get("day")))


def wrong_record(record: CalendarRecord) -> Iterator[CalendarFault]:
    """Everything else that is wrong: special days, notices, the name of the version."""
    if not 0 < len(record.version.strip()) <= VERSION_MOST:
        yield CalendarFault("/version", CalendarFaultKind.BAD_VERSION, shown={"most": VERSION_MOST})
    for day in _twice(special.day for special in record.special_days):
        yield CalendarFault("/special_days", CalendarFaultKind.DAY_TWICE, shown={"day": str(day)})
    for year in _twice(notice.year for notice in record.notices):
        yield CalendarFault("/notices", CalendarFaultKind.YEAR_TWICE, shown={"year": year})
    for place, notice in enumerate(record.notices):
        yield from _wrong_notice(notice, f"/notices/{place}")


def _wrong_week(weekly: list[Any]) -> Iterator[CalendarFault]:
    if len(weekly) != _DAYS_A_WEEK:
        yield CalendarFault("/weekly", CalendarFaultKind.NOT_SEVEN_DAYS, shown={"count": len(weekly)})
    if not any(weekly):
        yield CalendarFault("/weekly", CalendarFaultKind.NEVER_OPEN)
    for weekday, hours in enumerate(weekly[:_DAYS_A_WEEK]):
        yield from _wrong_day(hours, f"/weekly/{weekday}", weekday, "")


def _wrong_day(hours: Any, path: str, weekday: int | None, day: str) -> Iterator[CalendarFault]:
    spans = [_minutes(span) for span in hours] if isinstance(hours, list) else []
    for place, span in enumerate(spans):
        kind = _wrong_span(span) if span else None
        if span and kind:
            yield CalendarFault(f"{path}/{place}", kind, weekday, {"day": day, "span": _shown(span)})
    for place, (earlier, later) in enumerate(pairwise(spans), start=1):
        if earlier and later and later[0] < earlier[1] and not (_wrong_span(earlier) or _wrong_span(later)):
            apart = later[1] <= earlier[0]
            kind = CalendarFaultKind.UNORDERED if apart else CalendarFaultKind.OVERLAPPING
            shown = {"day": day, "span": _shown(later), "other": _shown(earlier)}
            yield CalendarFault(f"{path}/{place}", kind, weekday, shown)


def _minutes(span: Any) -> Minutes | None:
    if not isinstance(span, Mapping):
        return None
    start, end = span.get("start"), span.get("end")
    return (start, end) if type(start) is int and type(end) is int else None


def _wrong_span(span: Minutes) -> CalendarFaultKind | None:
    start, end = span
    if start < 0 or max(start, end) > _MINUTES_A_DAY or end < 0:
        return CalendarFaultKind.OUTSIDE_THE_DAY
    if start == end:
        return CalendarFaultKind.EMPTY
    return CalendarFaultKind.BACKWARDS if end < start else None


def _shown(span: Minutes) -> str:
    return "–".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def _wrong_notice(notice: Notice, path: str) -> Iterator[CalendarFault]:
    if not notice.source.strip():
        yield CalendarFault(f"{path}/source", CalendarFaultKind.NO_SOURCE, shown={"year": notice.year})
    if not notice.off:
        yield CalendarFault(f"{path}/off", CalendarFaultKind.NO_DAYS_OFF, shown={"year": notice.year})
    yield from _wrong_days(notice, notice.off, f"{path}/off")
    yield from _wrong_days(notice, notice.make_up, f"{path}/make_up")
    for place, day in enumerate(notice.make_up):
        if day.weekday() < _SATURDAY:
            where = f"{path}/make_up/{place}"
            yield CalendarFault(where, CalendarFaultKind.NO_WEEKEND_DAY, day.weekday(), {"day": str(day)})
        if day in notice.off:
            yield CalendarFault(f"{path}/make_up/{place}", CalendarFaultKind.OFF_AND_MADE_UP, shown={"day": str(day)})


def _wrong_days(notice: Notice, days: tuple[date, ...], path: str) -> Iterator[CalendarFault]:
    for place, day in enumerate(days):
        if day.year != notice.year:
            shown: dict[str, str | int] = {"day": str(day), "year": notice.year, "own": day.year}
            yield CalendarFault(f"{path}/{place}", CalendarFaultKind.OTHER_YEAR, shown=shown)
    for day in _twice(days):
        yield CalendarFault(path, CalendarFaultKind.DAY_TWICE, shown={"day": str(day)})


def _twice(values: Any) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]
