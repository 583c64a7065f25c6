"""Single values of a file: times on the dial, dates, instants and numbers, each from untrusted JSON."""

import re
from datetime import date, datetime, timedelta

from shared.timekeeping.calendar import Span, zone_named
from shouwen.calendars.findings import Unreadable, shown
from shouwen.words import Words

CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)
MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
MINUTES_AN_HOUR = 60
MINUTES_A_DAY = 1440
LEAP_YEAR = 2000
PAIR = 2
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minute_of(given: object, place: str) -> int:
    """Minutes from midnight of ``HH:MM``, 00:00 to 24:00."""
    found = CLOCK.fullmatch(given) if isinstance(given, str) else None
    hour, minute = map(int, found.groups()) if found else (0, MINUTES_AN_HOUR)
    total = hour * MINUTES_AN_HOUR + minute
    if minute >= MINUTES_AN_HOUR or total > MINUTES_A_DAY:
        raise Unreadable(
            place,
            Words(f"{shown(given)} 不是时刻。", f"{shown(given)} is no time of day."),
            Words('写 "HH:MM"，00:00 到 24:00，不写秒。', 'Write "HH:MM", 00:00 to 24:00, without seconds.'),
        )
    return total


def span_of(given: object, place: str) -> Span:
    """One open stretch of a day, ``["08:30", "12:00"]``."""
    start, end = (minute_of(each, f"{place}[{n}]") for n, each in enumerate(pair_of(given, place)))
    stretch = f"{_clock(start)}–{_clock(end)}"
    if start == end:
        raise Unreadable(
            place,
            Words(f"{stretch} 没有长度。", f"{stretch} has no length."),
            Words(
                '不营业就删去这一段；全天写 ["00:00", "24:00"]。',
                'Leave it out where closed; write a whole day as ["00:00", "24:00"].',
            ),
        )
    if end < start:
        raise Unreadable(
            place,
            Words(f"{stretch} 结束早于开始。", f"{stretch} ends before it begins."),
            Words(
                f"跨过午夜的分两段：当天 {_clock(start)}–24:00，次日 00:00–{_clock(end)}。",
                f"Split what passes midnight: {_clock(start)}–24:00 on this day, 00:00–{_clock(end)} on the next.",
            ),
        )
    return Span(start, end)


def _clock(minute: int) -> str:
    return f"{minute // MINUTES_AN_HOUR:02}:{minute % MINUTES_AN_HOUR:02}"


def pair_of(given: object, place: str) -> tuple[object, object]:
    """The two values of a list that must have two."""
    if not isinstance(given, list) or len(given) != PAIR:
        raise Unreadable(
            place,
            Words(f"{shown(given)} 不是一对值。", f"{shown(given)} is no pair."),
            Words("写 [开始, 结束]。", "Write [start, end]."),
        )
    return given[0], given[1]


def date_of(given: object, place: str) -> date:
    """A date, ``YYYY-MM-DD``."""
    try:
        return date.fromisoformat(given if isinstance(given, str) and DAY.fullmatch(given) else "")
    except ValueError:
        raise Unreadable(
            place,
            Words(f"没有 {shown(given)} 这一天。", f"There is no date {shown(given)}."),
            Words("写 YYYY-MM-DD，年份 0001 到 9999。", "Write YYYY-MM-DD with a year from 0001 to 9999."),
        ) from None


def year_of(given: object, place: str) -> int:
    """A year, ``YYYY``."""
    if isinstance(given, str) and YEAR.fullmatch(given) and int(given):
        return int(given)
    raise Unreadable(
        place,
        Words(f"没有 {shown(given)} 这一年。", f"There is no year {shown(given)}."),
        Words("写 0001 到 9999 的四位年份。", "Write four digits from 0001 to 9999."),
    )


def month_day_of(given: object, place: str) -> tuple[int, int]:
    """A day of every year, ``MM-DD``; 02-29 is one."""
    found = MONTH_DAY.fullmatch(given) if isinstance(given, str) else None
    month, day = map(int, found.groups()) if found else (0, 0)
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        raise Unreadable(
            place,
            Words(f"没有 {shown(given)} 这一天。", f"There is no day {shown(given)}."),
            Words("写 MM-DD（每年）或 YYYY-MM-DD（一次）。", "Write MM-DD (every year) or YYYY-MM-DD (once)."),
        ) from None
    return month, day


def instant_of(given: object, place: str) -> datetime:
    """An instant with its offset."""
    try:
        instant = datetime.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise Unreadable(
            place, Words(f"{shown(given)} 不是时间。", f"{shown(given)} is no instant."), _INSTANT
        ) from None
    if instant.tzinfo is None:
        raise Unreadable(
            place, Words(f"{shown(given)} 没有时区偏移。", f"{shown(given)} carries no offset from UTC."), _INSTANT
        )
    return instant


_INSTANT = Words("写 2025-09-26T17:00:00+08:00 这样的。", "Write it like 2025-09-26T17:00:00+08:00.")


def seconds_of(given: object, place: str) -> timedelta:
    """A duration in seconds, fractions to the microsecond."""
    try:
        if isinstance(given, int | float) and not isinstance(given, bool):
            return timedelta(seconds=given)
    except OverflowError:
        pass
    raise Unreadable(
        place,
        Words(f"{shown(given)} 不是可计的秒数。", f"{shown(given)} is no number of seconds that can be reckoned with."),
        Words("写秒数，如 7200；向前倒算写负数。", "Write seconds, such as 7200; negative counts backwards."),
    )


def whole_of(given: object, place: str, most: int) -> int:
    """A whole number from ``-most`` to *most*."""
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) <= most:
        return given
    raise Unreadable(
        place,
        Words(f"{shown(given)} 不是可用的整数。", f"{shown(given)} is no whole number that fits here."),
        Words(f"写 -{most} 到 {most} 的整数。", f"Write a whole number from -{most} to {most}."),
    )


def zone_of(given: object, place: str) -> str:
    """The IANA name of a zone that exists."""
    try:
        return zone_named(given if isinstance(given, str) else "").key
    except ValueError:
        raise Unreadable(
            place,
            Words(f"没有 {shown(given)} 这个时区。", f"There is no zone {shown(given)}."),
            Words("写 IANA 名称，如 Asia/Shanghai。", "Write an IANA name such as Asia/Shanghai."),
        ) from None


def listed(given: object, place: str) -> list[object]:
    """A list."""
    if isinstance(given, list):
        return given
    raise Unreadable(
        place, Words(f"{shown(given)} 不是列表。", f"{shown(given)} is no list."), Words("写 […]。", "Write […].")
    )


def mapped(given: object, place: str) -> dict[str, object]:
    """An object with names."""
    if isinstance(given, dict):
        return given
    raise Unreadable(
        place, Words(f"{shown(given)} 不是对象。", f"{shown(given)} is no object."), Words("写 {…}。", "Write {…}.")
    )
