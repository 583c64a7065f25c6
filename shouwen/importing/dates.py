"""A date as a source writes it, as an instant."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.timekeeping.zones import local_date, wall_instant
from shouwen.importing.mapping import Mapping
from shouwen.words import Words

ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?")
FIRST_YEAR = 1900
UNREADABLE = Words("不是可识别的日期", "not a date this mapping can read")
IMPOSSIBLE = Words("年份不可能", "an impossible year")
FUTURE = Words("时间在将来", "in the future")


class BadDate(ValueError):
    """A date that cannot be meant; ``words`` say why."""

    def __init__(self, words: Words) -> None:
        """Carry *words* to the row."""
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the dates of one import.

    Attributes:
        now: When the import began, aware; nothing of the past lies after it.
    """

    mapping: Mapping
    now: datetime

    def received(self, written: str) -> datetime:
        """The instant of receipt, UTC.

        Raises:
            BadDate: Unreadable, impossible or in the future.
        """
        return self._instant(written, self.mapping.without_time.received)

    def closed(self, written: str) -> datetime:
        """The closing instant, UTC; a case closed today is closed by now.

        Raises:
            BadDate: Unreadable, impossible or in the future.
        """
        return self._instant(written, self.mapping.without_time.closed)

    def _instant(self, written: str, without_time: time) -> datetime:
        stated, has_time = self._read(written)
        if not FIRST_YEAR <= stated.year < self.now.year + 2:
            raise BadDate(FUTURE if stated.year > self.now.year else IMPOSSIBLE)
        if stated.tzinfo is not None:
            instant = stated.astimezone(UTC)
        else:
            instant = self._on_the_wall(stated.date(), stated.time() if has_time else without_time)
        if instant <= self.now:
            return instant
        if not has_time and stated.date() == local_date(self.now, self.mapping.zone):
            return self.now
        raise BadDate(FUTURE)

    def _on_the_wall(self, day: date, at: time) -> datetime:
        wall = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
        return wall_instant(day, wall, self.mapping.zone)

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
