"""A date as a source writes it, as an instant."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from shared.timekeeping.zones import local_date, odd_days, wall_instant, zone_named
from shouwen.importing.mapping import Mapping
from shouwen.words import Words

ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?")
FIRST_YEAR, LAST_YEAR = 1900, 2200
UNREADABLE = Words("不是可识别的日期", "not a date this mapping can read")
IMPOSSIBLE = Words("年份不可能", "an impossible year")
FUTURE = Words("时间在将来", "in the future")
TWICE = Words("当地钟表两次走到这个时间，取第一次", "the clock showed this twice; taken as the first time")
SKIPPED = Words("当地钟表跳过了这个时间，取跳过之后", "the clock skipped this; taken as the end of the gap")


class BadDate(ValueError):
    """A date that cannot be meant; ``words`` say why."""

    def __init__(self, words: Words) -> None:
        """Carry *words* to the row."""
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Stated:
    """An instant as read.

    Attributes:
        at: In UTC.
        doubt: Set where the clock on the wall showed the written time twice, or never.
    """

    at: datetime
    doubt: Words | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the dates of one import.

    Attributes:
        now: When the import began, aware; nothing of the past lies after it.
    """

    mapping: Mapping
    now: datetime

    def received(self, written: str) -> Stated:
        """The instant of receipt.

        Raises:
            BadDate: Unreadable, impossible or in the future.
        """
        return self._instant(written, self.mapping.without_time.received)

    def closed(self, written: str, received_at: datetime) -> Stated:
        """The closing instant; a case closed today is closed by now.

        Where the clock showed the time twice, and only the second is after *received_at*, the second is meant.

        Raises:
            BadDate: Unreadable, impossible or in the future.
        """
        found = self._instant(written, self.mapping.without_time.closed)
        if found.doubt is not TWICE or found.at >= received_at:
            return found
        again = self._second_time(found.at)
        return Stated(again) if received_at <= again <= self.now else found

    def due(self, written: str) -> Stated:
        """A limit, which may lie ahead; without a time it is the end of its day.

        Raises:
            BadDate: Unreadable or impossible.
        """
        stated, has_time = self._read(written)
        if not FIRST_YEAR <= stated.year < LAST_YEAR:
            raise BadDate(IMPOSSIBLE)
        return self._placed(stated, None if has_time else self.mapping.without_time.closed)

    def _instant(self, written: str, without_time: time) -> Stated:
        stated, has_time = self._read(written)
        if not FIRST_YEAR <= stated.year < self.now.year + 2:
            raise BadDate(FUTURE if stated.year > self.now.year else IMPOSSIBLE)
        found = self._placed(stated, None if has_time else without_time)
        if found.at <= self.now:
            return found
        if not has_time and stated.date() == local_date(self.now, self.mapping.zone):
            return Stated(self.now)
        raise BadDate(FUTURE)

    def _placed(self, stated: datetime, without_time: time | None) -> Stated:
        """*stated* as an instant; where *without_time* is given, that time of its day."""
        if stated.tzinfo is not None:
            return Stated(stated.astimezone(UTC))
        day, at = stated.date(), without_time or stated.time()
        wall = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
        instant = wall_instant(day, wall, self.mapping.zone)
        odd = without_time is None and day in odd_days(self.mapping.zone, day.year)
        return Stated(instant, self._doubt(instant, at) if odd else None)

    def _doubt(self, instant: datetime, at: time) -> Words | None:
        shown = instant.astimezone(zone_named(self.mapping.zone))
        if shown.time() != at:
            return SKIPPED
        return TWICE if shown.replace(fold=1).utcoffset() != shown.utcoffset() else None

    def _second_time(self, first: datetime) -> datetime:
        return first.astimezone(zone_named(self.mapping.zone)).replace(fold=1).astimezone(UTC)

    def _read(self, written: str) -> tuple[datetime, bool]:
        """What is written, and whether it states a time."""
        stated, has_time = self._parsed(written)
        midnight = stated.tzinfo is None and stated.time() == time.min
        return stated, has_time and not (midnight and self.mapping.midnight_means_no_time)

    def _parsed(self, written: str) -> tuple[datetime, bool]:
        try:
            if (iso := ISO.fullmatch(written)) is not None:
                return datetime.fromisoformat(written.replace(",", ".")), iso[1] is not None
        except ValueError:
            raise BadDate(UNREADABLE) from None
        for pattern in self.mapping.dates:
            try:
                found = datetime.strptime(written, pattern)  # noqa: DTZ007  the zone is the mapping's
            except ValueError:
                continue
            return found, "%H" in pattern or "%I" in pattern
        raise BadDate(UNREADABLE)
