"""Window rules: is a stretch that comes back on certain days running at an instant?

A stretch belongs to the day it begins on, also when it passes midnight; one whose ends are the same time of day lasts
until the next day's.  Within ``days_of_month`` a negative number counts from the end of the month.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.timekeeping.calendar import local_date
from shared.timekeeping.zones import instant_at
from shouwen.calendars.findings import Unreadable, shown
from shouwen.calendars.judging import Judged, instant_in
from shouwen.calendars.rows import Row
from shouwen.calendars.values import MINUTES_A_DAY, WEEKDAYS, listed, minute_of, pair_of, whole_of
from shouwen.words import Words

_DAY = timedelta(days=1)
YEAR_MOST, MONTHS, DAYS_A_MONTH = 9999, 12, 31
FIELDS = ("days", "from", "to", "days_of_month", "months", "years")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of local time on certain days.

    Attributes:
        weekdays: 0 = Monday.
        start: Minutes from midnight.
        end: Minutes from midnight; of the next day when it is not after *start*.
        days_of_month: First and last, both included; negative from the end of the month.
        months: First and last, both included.
        years: First and last, both included.
    """

    weekdays: frozenset[int]
    start: int
    end: int
    days_of_month: tuple[Range, ...]
    months: tuple[Range, ...]
    years: tuple[Range, ...]

    def active(self, instant: datetime, zone: str) -> bool:
        """Whether the stretch runs at *instant*: its beginning is in, its end is not."""
        today = local_date(instant, zone)
        return any(
            begins <= instant < ends
            for day in (today - _DAY, today, today + _DAY)
            if self._on(day)
            for begins, ends in [self._stretch(day, zone)]
        )

    def _on(self, day: date) -> bool:
        last = monthrange(day.year, day.month)[1]
        return (
            day.weekday() in self.weekdays
            and any(_from_end(a, last) <= day.day <= _from_end(b, last) for a, b in self.days_of_month)
            and any(first <= day.month <= final for first, final in self.months)
            and any(first <= day.year <= final for first, final in self.years)
        )

    def _stretch(self, day: date, zone: str) -> tuple[datetime, datetime]:
        closes = day if self.end > self.start else day + _DAY
        return instant_at(day, self.start, zone), instant_at(closes, self.end, zone)


def _from_end(day: int, last: int) -> int:
    return day if day > 0 else last + 1 + day


def window_of(rule: Row) -> Window:
    """The window a ``rule`` writes down; what it leaves out does not restrict it."""
    for name in rule.given:
        if name not in FIELDS:
            raise Unreadable(
                f"{rule.place}.{name}",
                Words(f"不认识 {shown(name)}。", f"{shown(name)} is unknown."),
                Words(f"可写：{'、'.join(FIELDS)}。", f"Known here: {', '.join(FIELDS)}."),
            )
    return Window(
        weekdays=frozenset(_weekdays(rule)),
        start=minute_of(rule.given.get("from", "00:00"), f"{rule.place}.from") % MINUTES_A_DAY,
        end=minute_of(rule.given.get("to", "24:00"), f"{rule.place}.to"),
        days_of_month=_ranges(rule, "days_of_month", DAYS_A_MONTH, backwards=True),
        months=_ranges(rule, "months", MONTHS),
        years=_ranges(rule, "years", YEAR_MOST),
    )


def _weekdays(rule: Row) -> Iterator[int]:
    place = f"{rule.place}.days"
    for n, each in enumerate(listed(rule.given.get("days", list(WEEKDAYS)), place)):
        if each not in WEEKDAYS:
            raise Unreadable(
                f"{place}[{n}]",
                Words(f"不认识 {shown(each)}。", f"{shown(each)} is unknown."),
                Words(f"可写：{'、'.join(WEEKDAYS)}。", f"Known here: {', '.join(WEEKDAYS)}."),
            )
        yield WEEKDAYS.index(each)


def _ranges(rule: Row, name: str, most: int, *, backwards: bool = False) -> tuple[Range, ...]:
    place, given = f"{rule.place}.{name}", listed(rule.given.get(name, [1, most]), f"{rule.place}.{name}")
    pairs = given if given and isinstance(given[0], list) else [given]
    return tuple(_range(each, place, most, backwards=backwards) for each in pairs)


def _range(given: object, place: str, most: int, *, backwards: bool) -> Range:
    first, last = (whole_of(each, place, most) for each in pair_of(given, place))
    apart = backwards and (first < 0) != (last < 0)  # which of the two comes first depends on the month
    if (apart or first <= last) and 0 not in (first, last) and (backwards or first > 0):
        return first, last
    raise Unreadable(
        place,
        Words(f"{shown([first, last])} 里什么也没有。", f"Nothing lies in {shown([first, last])}."),
        Words(
            f"写 [首, 末]，从 1 到 {most}，先小后大；跨年的分成两段。",
            f"Write [first, last] from 1 to {most}, the smaller first; split what passes the end of a year.",
        ),
    )


def judged(row: Row) -> Judged:
    """A window row: active at every instant of ``active_at``, at none of ``inactive_at``."""
    zone, window = row.zone(), window_of(row.part("rule"))
    wanted = [(at, True) for at in row.instants("active_at")] + [(at, False) for at in row.instants("inactive_at")]
    if not wanted:
        raise Unreadable(
            row.place,
            Words("没有列出时间，什么也没核对。", "No instant is listed; nothing would be checked."),
            Words("写 active_at 或 inactive_at。", "Write active_at or inactive_at."),
        )
    wrong = [(at, active) for at, active in wanted if window.active(at, zone) != active]
    last = max(at for at, _ in wanted)
    if not wrong:
        counts = f"{sum(active for _, active in wanted)} active, {sum(not active for _, active in wanted)} inactive"
        return Judged(ok=True, expected=counts, actual=counts, last=last)
    other = [(at, not active) for at, active in wrong]
    return Judged(ok=False, expected=_states(wrong, zone), actual=_states(other, zone), last=last)


def _states(instants: list[tuple[datetime, bool]], zone: str) -> str:
    return ", ".join(f"{instant_in(at, zone)} {'active' if active else 'inactive'}" for at, active in instants)
