"""From a calendar as a file writes it to the calendar that reckons, or to everything that is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from shared.timekeeping.calendar import Calendar, Span, StartDay, Statutory, day_at
from shared.timekeeping.holidays import StatutoryYear
from shouwen.calendars.findings import Finding, Unreadable, noted, shown
from shouwen.calendars.values import WEEKDAYS, date_of, listed, mapped, month_day_of, span_of, year_of
from shouwen.words import Words

Spans = tuple[Span, ...]
Kind = Literal["off", "make_up"]

READ = ("weekly", "holidays", "overrides", "breaks", "statutory", "notices")
TOLD = ("about", "comment", "description", "name", "note", "origin", "source", "tags")
"""Fields that say something to a person and nothing to the reckoning."""
MONTH_DAY_LONG = len("MM-DD")


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar without its zone, which every row names for itself."""

    name: str
    weekly: tuple[Spans, ...]
    overrides: dict[date, Spans] = field(default_factory=dict)
    yearly: frozenset[tuple[int, int]] = frozenset()
    statutory: Statutory = "none"
    notices: dict[int, StatutoryYear] = field(default_factory=dict)

    def calendar(self, zone: str, start_day: StartDay) -> Calendar:
        """The calendar that reckons in *zone*."""
        return Calendar(
            version=self.name,
            zone=zone,
            weekly=self.weekly,
            overrides=self.overrides,
            start_day=start_day,
            statutory=self.statutory,
            announced=self.notices,
            closed_every_year=self.yearly,
        )


def hours_of(name: str, given: object) -> Hours | tuple[Finding, ...]:
    """The calendar *name* of a file's ``calendars``, or every mistake in it with its place and remedy.

    ``weekly`` lists the open stretches of each weekday, a holiday closes a whole day and wins over an override, an
    override replaces the weekly hours of one date, a break is cut out of the hours of one date.
    """
    place, found = f"calendars.{name}", list[Finding]()
    with noted(found):
        hours = _read(name, mapped(given, place), place, found)
    return tuple(found) if found else hours


def _read(name: str, given: dict[str, object], place: str, found: list[Finding]) -> Hours:
    found += [_unknown(f"{place}.{each}", each, READ) for each in given if each not in READ + TOLD]
    weekly = _weekly(given.get("weekly", {}), f"{place}.weekly", found)
    overrides = _dated(given.get("overrides", {}), f"{place}.overrides", found)
    breaks = _dated(given.get("breaks", {}), f"{place}.breaks", found)
    once, yearly = _holidays(given.get("holidays", []), f"{place}.holidays", found)
    hours = Hours(
        name=name,
        weekly=weekly,
        overrides=overrides | dict.fromkeys(once, ()),
        yearly=yearly,
        statutory=_statutory(given.get("statutory", "none"), f"{place}.statutory", found),
        notices=_notices(given.get("notices", {}), f"{place}.notices", found),
    )
    return hours if found else _interrupted(hours, breaks)


def _interrupted(hours: Hours, breaks: dict[date, Spans]) -> Hours:
    calendar = hours.calendar("UTC", "next_working_day")
    cut = {day: without(day_at(calendar, day).spans, spans) for day, spans in breaks.items()}
    return replace(hours, overrides=hours.overrides | cut)


def _unknown(place: str, what: object, known: Iterable[str]) -> Finding:
    return Finding(
        place,
        Words(f"不认识 {shown(what)}。", f"{shown(what)} is unknown."),
        Words(f"可写：{'、'.join(known)}。", f"Known here: {', '.join(known)}."),
    )


def _weekly(given: object, place: str, found: list[Finding]) -> tuple[Spans, ...]:
    week: dict[str, Spans] = {}
    with noted(found):
        for weekday, spans in mapped(given, place).items():
            if weekday not in WEEKDAYS:
                found.append(_unknown(f"{place}.{weekday}", weekday, WEEKDAYS))
            week[weekday] = _spans(spans, f"{place}.{weekday}", found)
    hours = tuple(week.get(weekday, ()) for weekday in WEEKDAYS)
    # Where a stretch could not be read, that is what must be mended.
    if not any(hours) and not any(each.place.startswith(place) for each in found):
        found.append(
            Finding(
                place,
                Words(
                    "一周没有营业时间，期限永远到不了。", "No hour of the week is open; no deadline would ever come."
                ),
                Words(
                    '至少写一段，如 "mon": [["08:30", "12:00"]]。',
                    'Write at least one stretch, such as "mon": [["08:30", "12:00"]].',
                ),
            )
        )
    return hours


def _spans(given: object, place: str, found: list[Finding]) -> Spans:
    spans: list[Span] = []
    with noted(found):
        for n, each in enumerate(listed(given, place)):
            with noted(found):
                spans.append(span_of(each, f"{place}[{n}]"))
    spans.sort()
    if any(later.start < earlier.end for earlier, later in pairwise(spans)):
        found.append(
            Finding(
                place,
                Words(f"时段重叠：{_listing(spans)}。", f"Stretches overlap: {_listing(spans)}."),
                Words("合并或分开。", "Join them or draw them apart."),
            )
        )
    return tuple(spans)


def _listing(spans: Iterable[Span]) -> str:
    return ", ".join(
        f"{span.start // 60:02}:{span.start % 60:02}–{span.end // 60:02}:{span.end % 60:02}" for span in spans
    )


def _dated(given: object, place: str, found: list[Finding]) -> dict[date, Spans]:
    dated: dict[date, Spans] = {}
    with noted(found):
        for text, spans in mapped(given, place).items():
            with noted(found):
                dated[date_of(text, f"{place}.{text}")] = _spans(spans, f"{place}.{text}", found)
    return dated


def without(hours: Spans, breaks: Spans) -> Spans:
    """What is left of *hours* when *breaks* are cut out."""
    for pause in breaks:
        cut = [(each.start, min(each.end, pause.start)) for each in hours]
        cut += [(max(each.start, pause.end), each.end) for each in hours]
        hours = tuple(Span(start, end) for start, end in sorted(cut) if start < end)
    return hours


def _holidays(given: object, place: str, found: list[Finding]) -> tuple[set[date], frozenset[tuple[int, int]]]:
    once, yearly = set[date](), set[tuple[int, int]]()
    with noted(found):
        for n, each in enumerate(listed(given, place)):
            with noted(found):
                if isinstance(each, str) and len(each) > MONTH_DAY_LONG:
                    once.add(date_of(each, f"{place}[{n}]"))
                else:
                    yearly.add(month_day_of(each, f"{place}[{n}]"))
    return once, frozenset(yearly)


def _statutory(given: object, place: str, found: list[Finding]) -> Statutory:
    if given not in ("cn", "none"):
        found.append(_unknown(place, given, ("cn", "none")))
    return "cn" if given == "cn" else "none"


def _notices(given: object, place: str, found: list[Finding]) -> dict[int, StatutoryYear]:
    notices: dict[int, StatutoryYear] = {}
    with noted(found):
        for text, notice in mapped(given, place).items():
            with noted(found):
                here = f"{place}.{text}"
                number, days = year_of(text, here), mapped(notice, here)
                notices[number] = StatutoryYear(
                    known=True, off=_of_year(number, days, "off", here), make_up=_of_year(number, days, "make_up", here)
                )
    return notices


def _of_year(number: int, notice: dict[str, object], kind: Kind, place: str) -> frozenset[date]:
    days = [date_of(each, f"{place}.{kind}[{n}]") for n, each in enumerate(listed(notice.get(kind, []), place))]
    for day in days:
        if day.year != number:
            raise Unreadable(
                f"{place}.{kind}",
                Words(f"{day} 不在 {number} 年。", f"{day} is not of {number}."),
                Words(f"写到 {day.year} 年的通知里。", f"Write it into the notice of {day.year}."),
            )
    return frozenset(days)
