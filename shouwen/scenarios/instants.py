"""How a scenario writes instants: by the wall clock of the site, to the microsecond, ``24:00`` allowed.

``2025-03-04 10:00``, ``03-04 10:00:00.001`` (year of the file), ``10:00`` (day of the act before), ``+1h30m`` (after
the act before), ``2025-03-04 10:00+08:00`` (another zone's wall clock).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.timekeeping.zones import local_date, wall_instant, zone_named
from shouwen.words import Words

_CLOCK = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{1,6}))?)?"
_OFFSET = r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
_FULL = re.compile(rf"(?:(?P<year>[0-9]{{4}})-)?(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})[ T]+{_CLOCK}{_OFFSET}")
_TIME = re.compile(_CLOCK)
_AFTER = re.compile(
    r"\+ *(?=[0-9])(?:(?P<d>[0-9]{1,9})d)? *(?:(?P<h>[0-9]{1,9})h)? *(?:(?P<m>[0-9]{1,9})m(?:in)?)? *"
    r"(?:(?P<s>[0-9]{1,9})s)? *(?:(?P<ms>[0-9]{1,9})ms)?"
)
_DATE = re.compile(r"(?:[0-9]{4}-)?[0-9]{1,2}-[0-9]{1,2}")
FORMS = Words(
    "写法如 2025-03-04 10:00、03-04 24:00、10:00:00.001、+1h30m",
    "write 2025-03-04 10:00, 03-04 24:00, 10:00:00.001 or +1h30m",
)
EARLIEST, LATEST_YEAR = 1970, 2200
"""Years every calendar of ours reaches lie between."""


class BadInstant(ValueError):
    """A text that names no instant; ``right`` says what would."""

    def __init__(self, wrong: Words, right: Words = FORMS) -> None:
        """Refuse with both sentences."""
        super().__init__(str(wrong))
        self.wrong, self.right = wrong, right


@dataclass(frozen=True, slots=True, order=True)
class Written:
    """An instant as a file wrote it.

    Attributes:
        at: Aware UTC.
        next_day: Written as 00:00, so the day before is over; 24:00 of that day is the same instant, still in it.
    """

    at: datetime
    next_day: bool = False


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What an instant may leave out.

    Attributes:
        year: Taken where none is written.
        before: The act before, for times of day and ``+…``; None where there is none.
    """

    zone: str
    year: int
    before: datetime | None = None

    def read(self, text: str) -> Written:
        """The instant *text* names.

        Raises:
            BadInstant: It names none.
        """
        typed = text.strip()
        if full := _FULL.fullmatch(typed):
            return self._full(full)
        if time := _TIME.fullmatch(typed):
            return self._written(local_date(self._before(typed), self.zone), time, None)
        if typed.startswith("+") and (after := _AFTER.fullmatch(typed)):
            return Written(self._after(typed, after))
        if _DATE.fullmatch(typed):
            right = Words(f"请写明时刻，如 {typed} 24:00", f"say at what time, such as {typed} 24:00")
            raise BadInstant(Words(f"只有日期：{typed}", f"only a date: {typed}"), right)
        raise BadInstant(Words(f"不是时间：{typed}", f"not an instant: {typed}"))

    def _before(self, typed: str) -> datetime:
        if self.before is None:
            raise BadInstant(Words(f"{typed} 之前没有任何时间", f"nothing comes before {typed}"))
        return self.before

    def _after(self, typed: str, found: re.Match[str]) -> datetime:
        before, far = self._before(typed), BadInstant(Words(f"时间太远：{typed}", f"too far away: {typed}"))
        try:
            later = before + _length(found)
        except OverflowError:
            raise far from None
        if later.year >= LATEST_YEAR:
            raise far
        return later

    def _full(self, found: re.Match[str]) -> Written:
        year, month, day = int(found["year"] or self.year), int(found["month"]), int(found["day"])
        try:
            on = date(year, month, day)
        except ValueError:
            raise BadInstant(Words(f"没有这一天：{found[0]}", f"no such day: {found[0]}")) from None
        if not EARLIEST < year < LATEST_YEAR:
            raise BadInstant(Words(f"年份超出范围：{year}", f"year out of range: {year}"))
        return self._written(on, found, found["offset"])

    def _written(self, day: date, found: re.Match[str], offset: str | None) -> Written:
        wall = _wall(found)
        if offset is None:
            return Written(wall_instant(day, wall, self.zone).astimezone(UTC), wall == timedelta(0))
        zone = datetime.fromisoformat(f"2000-01-01T00:00:00{offset.replace('Z', '+00:00')}").tzinfo
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        return Written((midnight + wall).astimezone(UTC), wall == timedelta(0))


def shown(at: datetime, zone: str) -> str:
    """An instant as a scenario writes it; midnight is 24:00 of the day that ends."""
    local = at.astimezone(zone_named(zone))
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return f"{local.date() - timedelta(days=1)} 24:00"
    words = local.strftime("%Y-%m-%d %H:%M")
    if local.second or local.microsecond:
        words += f":{local.second:02d}"
    return words + (f".{local.microsecond:06d}".rstrip("0") if local.microsecond else "")


def _wall(found: re.Match[str]) -> timedelta:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    part = int((found["part"] or "0").ljust(6, "0"))
    wall = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=part)
    if minute > 59 or second > 59 or wall > timedelta(days=1):  # noqa: PLR2004  minutes and seconds of a clock
        raise BadInstant(Words(f"没有这个时刻：{found[0]}", f"no such time of day: {found[0]}"))
    return wall


def _length(found: re.Match[str]) -> timedelta:
    days, hours, minutes, seconds, thousandths = (int(found[name] or 0) for name in ("d", "h", "m", "s", "ms"))
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=thousandths)


def month_of(at: datetime, zone: str) -> str:
    """The month in which an instant lies."""
    return f"{at.astimezone(zone_named(zone)):%Y-%m}"
