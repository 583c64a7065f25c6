"""Cells as dates and instants of the site's wall clock."""

import re
from datetime import UTC, date, datetime, timedelta

from services.intake.policy.masters.cells import Cell, Figure, Moment
from services.intake.policy.masters.columns import Column
from services.intake.policy.masters.text_values import refuse_odd, text_of
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named
from shared.timekeeping.calendar import zone_named
from shared.timekeeping.zones import midnight

FIRST_YEAR = 1950
"""Nothing of a site is older."""
SERIAL_EPOCH = date(1899, 12, 30)
"""Day zero of the numbers by which spreadsheets count days."""

_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})[日号]?")
_PACKED = re.compile(r"(?:19|20)[0-9]{6}")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_TIME = re.compile(r"([0-9]{1,2})[::]([0-9]{2})(?:[::]([0-9]{2})(?:\.0+)?)?")
_YEAR_LAST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}")


def day_of(cell: Cell, column: Column, today: date) -> date:
    """The cell as a date.

    Raises:
        Wrong: It is none, is written so that day and month may be confused, or is not plausible at *today*.
    """
    return _plausible(_wall(cell, column)[0].date(), column, today)


def instant_of(cell: Cell, column: Column, today: date, zone: str) -> datetime:
    """The cell as an instant in UTC; a day alone means its beginning, or its end where the column says so.

    Raises:
        Wrong: As :func:`day_of`, or the clock of *zone* skipped this time.
    """
    wall, timed = _wall(cell, column)
    day = _plausible(wall.date(), column, today)
    if not timed:
        return midnight(day + timedelta(days=1) if column.ends_day else day, zone)
    local = wall.replace(tzinfo=zone_named(zone))
    instant = local.astimezone(UTC)
    if instant.astimezone(local.tzinfo).replace(tzinfo=None) != wall:
        raise Wrong("skipped_time", _SKIPPED, column.hint)
    return instant


def _wall(cell: Cell, column: Column) -> tuple[datetime, bool]:
    """What the wall clock shows, and whether the cell says a time."""
    if isinstance(cell, Moment):
        return cell.at, cell.timed
    refuse_odd(cell)
    said = cell.text if isinstance(cell, Figure) else text_of(cell, column)
    if isinstance(cell, Figure) and _SERIAL.fullmatch(said):
        raise _serial(float(said), column)
    day, _, hour = said.replace("T", " ").partition(" ")
    return datetime.combine(_written(day, column), datetime.min.time()) + _clock(hour.strip(), column), bool(hour)


def _written(said: str, column: Column) -> date:
    if _PACKED.fullmatch(said):
        return _real(int(said[:4]), int(said[4:6]), int(said[6:]), column)
    if found := _DAY.fullmatch(said):
        year, *months, day = found.groups()
        return _real(int(year), int(next(filter(None, months))), int(day), column)
    if _YEAR_LAST.fullmatch(said):
        raise Wrong("date_ambiguous", _AMBIGUOUS, column.hint)
    raise Wrong("no_date", _NO_DATE, column.hint)


def _real(year: int, month: int, day: int, column: Column) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong("impossible_date", _IMPOSSIBLE, column.hint) from None


def _clock(said: str, column: Column) -> timedelta:
    if not said:
        return timedelta()
    found = _TIME.fullmatch(said)
    if not found:
        raise Wrong("no_time", Named("时间写法不对", "The time cannot be read"), column.hint)
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if (hours, minutes, seconds) > (24, 0, 0) or minutes >= _SIXTY or seconds >= _SIXTY:
        raise Wrong("no_time", Named("没有这个时间", "No clock shows this time"), column.hint)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _plausible(day: date, column: Column, today: date) -> date:
    if day.year < FIRST_YEAR:
        raise Wrong("date_early", Named(f"早于 {FIRST_YEAR} 年", f"Before {FIRST_YEAR}"), column.hint)
    if day > today + timedelta(days=column.ahead):
        raise Wrong("date_late", _FUTURE if not column.ahead else _FAR, column.hint)
    return day


def _serial(number: float, column: Column) -> Wrong:
    meant = SERIAL_EPOCH + timedelta(days=int(number))
    wrong = Named(
        f"这是数字，不是日期（表格软件会把它显示为 {meant}）",
        f"A number, not a date (a spreadsheet shows it as {meant})",
    )
    right = Named(f"把该列设为“日期”格式；{column.hint.zh}", f"Format the column as a date; {column.hint.en}")
    return Wrong("date_as_number", wrong, right)


_SIXTY = 60
_AMBIGUOUS = Named("分不清哪个是日、哪个是月", "Day and month cannot be told apart")
_NO_DATE = Named("不是日期", "Not a date")
_IMPOSSIBLE = Named("日历上没有这一天", "No calendar has this day")
_FUTURE = Named("日期不能在将来", "The date lies in the future")
_FAR = Named("日期太遥远", "The date is too far ahead")
_SKIPPED = Named("夏令时拨快时跳过了这个时间", "The clock skipped this time when summer time began")
