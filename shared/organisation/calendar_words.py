"""Opening hours and days as people write them: ``08:30-12:00, 13:30-17:30`` and ``2027-10-01..2027-10-07``.

Chinese punctuation is taken like the other, because that is what a Chinese keyboard gives.

Source: design section 7.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from shared.organisation.records import Named
from shared.timekeeping.calendar import Span

CLOSED = frozenset({"closed", "休", "休息", "全天休", "关闭"})
DAYS_MOST = 366
_PLAIN = str.maketrans("０１２３４５６７８９：，；、　～—–－", "0123456789:,,, ~---")
_SPAN = re.compile(r"(\d{1,2}):([0-5]\d)\s*[-~至]\s*(\d{1,2}):([0-5]\d)")
_RANGE = re.compile(r"\s*(?:\.\.|~|至)\s*")
_DAY = re.compile(r"(?:(\d{4})[-/年.])?(\d{1,2})[-/月.](\d{1,2})日?")
_DAY_OF_THE_MONTH = re.compile(r"(\d{1,2})日?")
_BETWEEN_DAYS = re.compile(r"[,;\s]+")


class CannotRead(ValueError):
    """Words that are neither hours nor days; `wrong` says why, `right` what to write."""

    def __init__(self, wrong: Named, right: Named) -> None:
        super().__init__(f"{wrong.zh} {wrong.en}")
        self.wrong = wrong
        self.right = right


def hours_in(written: str) -> tuple[Span, ...]:
    """The opening hours of one day; none for ``closed``.

    Raises:
        CannotRead: Not hours, outside the day, empty, out of order or overlapping.
    """
    plain = written.translate(_PLAIN).strip().lower()
    if plain in CLOSED:
        return ()
    spans = tuple(_span(part.strip()) for part in plain.split(","))
    for earlier, later in pairwise(spans):
        if later.start < earlier.end:
            raise CannotRead(
                Named(f"“{written}”的时段重叠或颠倒", f"the hours of “{written}” overlap or are out of order"),
                Named("按先后写，不要重叠", "write them in order, without overlap"),
            )
    return spans


def _span(part: str) -> Span:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise CannotRead(
            Named(f"“{part}”不是营业时段", f"“{part}” is not a stretch of opening hours"),
            Named("例如 08:30-12:00, 13:30-17:30；整天休写 closed", "such as 08:30-12:00, 13:30-17:30, or closed"),
        )
    hour, minute, to_hour, to_minute = (int(number) for number in found.groups())
    try:
        return Span(hour * 60 + minute, to_hour * 60 + to_minute)
    except ValueError:
        raise CannotRead(
            Named(f"“{part}”不是一天里的一段时间", f"“{part}” is not a stretch of one day"),
            Named(
                "开始早于结束，最晚 24:00；整天写 00:00-24:00，过夜的分成两天写",
                "the start before the end, 24:00 at the latest; a whole day is 00:00-24:00, a night is split over two",
            ),
        ) from None


def days_in(written: str, *, year: int | None = None) -> tuple[date, ...]:
    """Every day named, stretches written out, in the order written; *year* is meant where none is written.

    Raises:
        CannotRead: Not days, a day no calendar has, a stretch that ends before it begins or is longer than a year.
    """
    plain = _RANGE.sub("..", written.translate(_PLAIN).strip())
    return tuple(day for part in _BETWEEN_DAYS.split(plain) if part for day in _stretch(part, year))


def _stretch(part: str, year: int | None) -> Iterator[date]:
    first, _, last = part.partition("..")
    begin = _day(first, year)
    end = _last_day(last, begin) if last else begin
    if not 0 <= (end - begin).days < DAYS_MOST:
        raise CannotRead(
            Named(f"“{part}”的末日早于首日，或超过一年", f"“{part}” ends before it begins, or is longer than a year"),
            Named("先写首日，再写末日", "write the first day, then the last"),
        )
    return (begin + timedelta(days=number) for number in range((end - begin).days + 1))


def _last_day(written: str, begin: date) -> date:
    """The end of a stretch; notices leave out the year, and often the month."""
    bare = _DAY_OF_THE_MONTH.fullmatch(written)
    return _day(f"{begin.month}-{bare[1]}" if bare else written, begin.year)


def _day(written: str, year: int | None) -> date:
    found = _DAY.fullmatch(written)
    right = Named("例如 2027-10-01，连续几天写 2027-10-01..2027-10-07", "such as 2027-10-01 or 2027-10-01..2027-10-07")
    if found is None or not (found[1] or year):
        raise CannotRead(Named(f"“{written}”不是日期", f"“{written}” is not a day"), right)
    try:
        return date(int(found[1] or year or 0), int(found[2]), int(found[3]))
    except ValueError:
        wrong = Named(f"日历上没有“{written}”这一天", f"no calendar has a day “{written}”")
        raise CannotRead(wrong, right) from None


def hours_written(spans: Sequence[Span]) -> str:
    """Opening hours as `hours_in` reads them; empty for a closed day."""
    return ", ".join(f"{_clock(span.start)}-{_clock(span.end)}" for span in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def days_written(days: Sequence[date]) -> str:
    """Days as `days_in` reads them, those next to each other as stretches."""
    stretches: list[list[date]] = []
    for day in sorted(days):
        if stretches and (day - stretches[-1][-1]).days == 1:
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return ", ".join(f"{one[0]}..{one[-1]}" if len(one) > 1 else str(one[0]) for one in stretches)
