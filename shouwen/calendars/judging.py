"""Each kind of row reckoned on its calendar and compared with what the row expects.

Source: design section 7; the conventions stand in docs/working-time.md.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from shared.timekeeping.calendar import (
    Calendar,
    CountedDay,
    Pause,
    Piece,
    add_working_time,
    apart,
    as_utc,
    closing_time,
    explain_working_days,
    explain_working_time,
    local_date,
    midnight,
    open_intervals,
    working_days_later,
    working_time_between,
    zone_named,
)
from shouwen.calendars.findings import Finding, Unreadable
from shouwen.calendars.rows import Row
from shouwen.words import Words

EXPLAINED_MOST = timedelta(days=7400)
"""Twenty years; what is longer would be a list nobody reads."""
_LOOKS, _LOOK_DAYS = 75, timedelta(days=100)
Reckoning = tuple[Piece | CountedDay, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What one row came to.

    Attributes:
        expected: As the row says it, in words or instants of its zone.
        actual: As it was reckoned.
        last: The latest instant reckoned with.
        reckoning: How it was reckoned, interval by interval; only of a wrong row.
        findings: What is wrong beside the comparison.
    """

    ok: bool
    expected: str
    actual: str
    last: datetime
    reckoning: Reckoning = ()
    findings: tuple[Finding, ...] = ()


def _deadline(row: Row, calendar: Calendar) -> Judged:
    start, length, pauses = row.instant("start"), row.seconds("duration_s"), row.pauses()
    due = add_working_time(calendar, start, length, pauses=pauses)
    return _compared(row, calendar, due, lambda: _pieces(calendar, start, due, pauses))


def _elapsed(row: Row, calendar: Calendar) -> Judged:
    start, end, pauses = row.instant("start"), row.instant("end"), row.pauses()
    found, wanted = working_time_between(calendar, start, end, pauses=pauses), row.seconds("expected_s")
    weighed = _weighed(row, calendar, pauses)
    ok = found == wanted
    return Judged(
        ok=ok and not weighed,
        expected=f"{wanted.total_seconds():g} s",
        actual=f"{found.total_seconds():g} s",
        last=max(start, end),
        reckoning=() if ok else _pieces(calendar, start, end, pauses),
        findings=weighed,
    )


def _working_days(row: Row, calendar: Calendar) -> Judged:
    start, n = row.instant("start"), row.days("working_days")
    day = working_days_later(calendar, start, n)
    if row.flag("end_of_working_day"):
        day = _closing(row, calendar, day)
    due = _after_pauses(calendar, start, day, row.pauses())
    return _compared(
        row,
        calendar,
        due,
        lambda: (*explain_working_days(calendar, start, n), *_pieces(calendar, day, due, [])),
        dates_only=_counts_dates(row, calendar),
    )


def _closing(row: Row, calendar: Calendar, due: datetime) -> datetime:
    closing = closing_time(calendar, local_date(due, calendar.zone))
    if closing is None:
        raise Unreadable(
            row.place,
            Words("那一天不营业，没有下班时间。", "That day is closed and has no closing time."),
            Words(
                "工作日数不要写 0，或去掉 end_of_working_day。",
                "Count at least one day or leave end_of_working_day out.",
            ),
        )
    return closing


def _after_pauses(calendar: Calendar, start: datetime, due: datetime, pauses: list[Pause]) -> datetime:
    """Days are counted first; then the working time paused before the deadline is added."""
    for frm, to in apart(pauses):
        if frm >= due:
            break
        paused = working_time_between(calendar, max(frm, as_utc(start)), to)
        due = add_working_time(calendar, due, paused) if paused else due
    return due


def _counts_dates(row: Row, calendar: Calendar) -> bool:
    # Who adds days to a date without a time writes it as midnight on both sides.
    if row.flag("end_of_working_day") or row.pauses():
        return False
    zone = zone_named(calendar.zone)
    return {row.instant(name).astimezone(zone).time() for name in ("start", "expected")} == {time.min}


def _escalation_offset(row: Row, calendar: Calendar) -> Judged:
    deadline = row.instant("deadline")
    if "offset_working_days" in row.given:
        n = row.days("offset_working_days")
        step = working_days_later(calendar, deadline, n)
        return _compared(row, calendar, step, lambda: explain_working_days(calendar, deadline, n))
    pauses = row.pauses()
    step = add_working_time(calendar, deadline, row.seconds("offset_working_s"), pauses=pauses)
    return _compared(row, calendar, step, lambda: _pieces(calendar, deadline, step, pauses))


def _open_periods(row: Row, calendar: Calendar) -> Judged:
    start, wanted = as_utc(row.instant("start")), row.stretches("expected_periods")
    if not wanted:
        raise Unreadable(
            f"{row.place}.expected_periods",
            Words("没有列出时段，什么也没核对。", "No stretch is listed; nothing would be checked."),
            Words("至少写一段 [[开始, 结束]]。", "List at least one: [[start, end]]."),
        )
    found = list(islice(_opening(calendar, start), len(wanted)))
    # A file may draw stretches that meet at midnight together.
    joined = found if found == wanted else list(islice(_joined(_opening(calendar, start)), len(wanted)))
    ok = wanted in (found, joined)
    zone = calendar.zone
    last = max((end for _, end in found), default=start)
    return Judged(ok, _stretches(wanted, zone), _stretches(found, zone), last)


def _opening(calendar: Calendar, start: datetime) -> Iterator[Pause]:
    # A calendar may be closed on every day it could be open: the search must end.
    for _ in range(_LOOKS):
        closes = midnight(local_date(start, calendar.zone) + _LOOK_DAYS, calendar.zone)
        yield from open_intervals(calendar, start, closes)
        start = closes


def _joined(stretches: Iterator[Pause]) -> Iterator[Pause]:
    joined: Pause | None = None
    for frm, to in stretches:
        if joined and frm > joined[1]:
            yield joined
            joined = None
        joined = (joined[0] if joined else frm, to)


def _compared(
    row: Row, calendar: Calendar, actual: datetime, explained: Callable[[], Reckoning], *, dates_only: bool = False
) -> Judged:
    expected, zone = row.expected(), calendar.zone
    weighed = _weighed(row, calendar, row.pauses())
    shown = _date_in if dates_only else instant_in
    ok = shown(actual, zone) == shown(expected, zone)
    return Judged(
        ok=ok and not weighed,
        expected=shown(expected, zone),
        actual=shown(actual, zone),
        last=actual,
        reckoning=() if ok else explained(),
        findings=weighed,
    )


def _weighed(row: Row, calendar: Calendar, pauses: list[Pause]) -> tuple[Finding, ...]:
    """What the pauses weigh in working time, where the row says it and is wrong about it."""
    if "expected_pause_working_s" not in row.given:
        return ()
    wanted = row.seconds("expected_pause_working_s")
    found = sum((working_time_between(calendar, frm, to) for frm, to in apart(pauses)), timedelta(0))
    if found == wanted:
        return ()
    seconds = f"{found.total_seconds():g} s"
    return (
        Finding(
            f"{row.place}.expected_pause_working_s",
            Words(f"暂停共占工作时间 {seconds}。", f"The pauses cover {seconds} of working time."),
            Words("核对 pauses 与营业时间。", "Compare pauses and opening hours."),
        ),
    )


def _pieces(calendar: Calendar, start: datetime, end: datetime, pauses: list[Pause]) -> Reckoning:
    if abs(as_utc(end) - as_utc(start)) > EXPLAINED_MOST:
        return ()
    return explain_working_time(calendar, start, end, pauses=pauses)


def _stretches(pairs: list[Pause], zone: str) -> str:
    return ", ".join(f"{instant_in(start, zone)}/{instant_in(end, zone)}" for start, end in pairs)


def _date_in(instant: datetime, zone: str) -> str:
    return local_date(instant, zone).isoformat()


def instant_in(instant: datetime, zone: str) -> str:
    """*instant* as *zone* writes it."""
    return instant.astimezone(zone_named(zone)).isoformat()


KINDS: Mapping[str, Callable[[Row, Calendar], Judged]] = {
    "deadline": _deadline,
    "elapsed": _elapsed,
    "working_days": _working_days,
    "escalation_offset": _escalation_offset,
    "open_periods": _open_periods,
}
