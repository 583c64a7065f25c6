"""Between an instant and what the clock on a site's wall shows.

Source: design section 7.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
# Morocco's summer time pauses for a month; no zone is known to change its offset and back within a week.
_LOOK_EVERY_DAYS = 7
_WEEKS = tuple(timedelta(days=n) for n in range(0, 366 + _LOOK_EVERY_DAYS, _LOOK_EVERY_DAYS))


def zone_named(zone: str) -> ZoneInfo:
    """Return the IANA zone *zone*.

    Raises:
        ValueError: No such zone is known.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"unknown time zone {zone!r}; use an IANA name such as Asia/Shanghai") from unknown


def as_utc(instant: datetime) -> datetime:
    """Return *instant* in UTC; within any other zone Python compares and subtracts what the clock shows.

    Raises:
        ValueError: *instant* is naive.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} carries no time zone")
    return instant.astimezone(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """Return the date a wall calendar in *zone* shows at *instant*."""
    return as_utc(instant).astimezone(zone_named(zone)).date()


def limit_shown(instant: datetime, zone: str, *, seconds: bool = False) -> str:
    """Return a limit as people in *zone* write it: midnight is 24:00 of the day that ends, never 00:00 of the next."""
    local = as_utc(instant).astimezone(zone_named(zone))
    if local.time() == time.min:
        return f"{(local - _DAY).date()} 24:00" + (":00" if seconds else "")
    return local.isoformat(" ")[: 19 if seconds else 16]


def midnight(day: date, zone: str) -> datetime:
    """Return the UTC instant at which *day* begins in *zone* (24:00 of the day before)."""
    return instant_at(day, 0, zone)


@lru_cache(maxsize=8192)
def instant_at(day: date, minute: int, zone: str) -> datetime:
    """Return the UTC instant of *minute* (0 to 1440, from midnight) on *day* in *zone*.

    A minute the clock shows twice means the first time; one it skips means the end of the gap.
    """
    return wall_instant(day, timedelta(minutes=minute), zone)


def wall_instant(day: date, wall: timedelta, zone: str) -> datetime:
    """Return the UTC instant at which *zone* shows *wall* (time since 00:00 on the dial) on *day*.

    Twice-shown and skipped times are read as in :func:`instant_at`.
    """
    # Adding to an aware datetime moves the hands of the clock, not the elapsed time: wanted here.
    shown = datetime.combine(day, time.min, zone_named(zone)) + wall
    instant = shown.astimezone(UTC)
    # Two datetimes of one zone compare by what the clock shows.
    return instant if instant.astimezone(shown.tzinfo) == shown else _end_of_gap(shown)


def _end_of_gap(skipped: datetime) -> datetime:
    before, after = (skipped.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = before.astimezone(skipped.tzinfo).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2 // _SECOND * _SECOND
        same = middle.astimezone(skipped.tzinfo).utcoffset() == offset
        before, after = (middle, after) if same else (before, middle)
    return after


def day_of(instant: datetime, zone: str) -> date:
    """Return the day whose midnights enclose *instant*, the first included.

    Differs from :func:`local_date` only where the clock was set back across midnight and the wall shows
    yesterday again: for adding up, a day must be one stretch of time.
    """
    shown = local_date(instant, zone)
    return shown + _DAY if instant >= midnight(shown + _DAY, zone) else shown


@lru_cache(maxsize=4096)
def odd_days(zone: str, year: int) -> tuple[date, ...]:
    """Return the days of *year* on which *zone* changes its offset: they do not last 24 hours."""
    new_year, known = datetime(year, 1, 1, tzinfo=zone_named(zone)), zone_named(zone)
    # Adding to an aware datetime keeps the hands of the clock: these are midnights.
    offsets = [known.utcoffset(new_year + mark) for mark in _WEEKS]
    weeks = [n for n, (one, other) in enumerate(pairwise(offsets)) if one != other]
    return tuple(day for n in weeks if (day := _day_of_change(new_year + _WEEKS[n], _LOOK_EVERY_DAYS)).year == year)


def _day_of_change(after: datetime, days: int) -> date:
    offset, first = after.utcoffset(), 0
    while days - first > 1:
        middle = first + (days - first) // 2
        same = (after + timedelta(days=middle)).utcoffset() == offset
        first, days = (middle, days) if same else (first, middle)
    return (after + timedelta(days=first)).date()
