"""What a person reads of a check: a line a row, a wrong one interval by interval, and the count at the end."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from shared.timekeeping.calendar import CountedDay, Piece, zone_named
from shouwen.calendars.checking import Verdict
from shouwen.calendars.findings import Finding
from shouwen.words import Words

LINES_MOST = 60
OK, WRONG = Words("对", "ok"), Words("错", "wrong")
BECAUSE: Mapping[str, Words] = {
    "weekly": Words("每周工时", "weekly hours"),
    "statutory_holiday": Words("法定节假日", "public holiday"),
    "make_up_day": Words("调休上班", "make-up working day"),
    "special_day": Words("当日另定", "special day"),
    "paused": Words("暂停", "paused"),
    "start_day": Words("起算日不计", "the day counted from"),
}


def lines_of(verdict: Verdict) -> Iterator[str]:
    """The lines of one row."""
    judged = verdict.judged
    if verdict.ok and judged:
        both = f"应为 expected {judged.expected}  算得 actual {judged.actual}"
        yield f"{OK}  {verdict.row}  {verdict.kind}  {both}"
        return
    yield f"{WRONG}  {verdict.row}  {verdict.kind}"
    if judged:
        yield f"    应为 expected  {judged.expected}"
        yield f"    算得 actual    {judged.actual}"
    for finding in verdict.findings:
        yield from findings_of(finding)
    if judged and judged.reckoning:
        yield "    逐段 interval by interval:"
        yield from _reckoned(judged.reckoning, verdict.zone)


def findings_of(finding: Finding) -> Iterator[str]:
    """The lines of one finding: place and mistake, then the remedy."""
    yield f"    {finding.place}: {finding.wrong}"
    yield f"      → {finding.right}"


def _reckoned(reckoning: tuple[Piece | CountedDay, ...], zone: str) -> Iterator[str]:
    left_out = len(reckoning) - LINES_MOST
    for n, each in enumerate(reckoning):
        if left_out > 0 and n == LINES_MOST // 2:
            yield f"      … 另有 {left_out} 段 {left_out} more …"
        if left_out <= 0 or not LINES_MOST // 2 <= n < LINES_MOST // 2 + left_out:
            yield f"      {_piece(each, zone) if isinstance(each, Piece) else _day(each)}"


def _piece(piece: Piece, zone: str) -> str:
    stretch = f"{_local(piece.start, zone)} – {_local(piece.end, zone)}"
    return f"{stretch}  {piece.length}  {_counted(counted=piece.counted)}  {BECAUSE[piece.because]}"


def _day(day: CountedDay) -> str:
    return f"{day.day} {day.day:%a}  {_counted(counted=day.counted)}  {BECAUSE[day.because]}"


def _counted(*, counted: bool) -> str:
    return "计入 counted" if counted else "不计 not counted"


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(zone_named(zone)):%Y-%m-%d %H:%M:%S}"


def closing_of(right: int, wrong: int, left_out: Mapping[str, tuple[int, Words]], findings: int) -> Iterator[str]:
    """The last lines: what was left out and why, what is wrong beside the rows, and the count."""
    for name, (count, why) in left_out.items():
        yield f"未检查 left out  {name}  {count} 行 rows  {why}"
    mistakes = f"，日历或结构错误 {findings} 处 and {findings} mistakes in calendars or sections" if findings else ""
    yield f"{right + wrong} 行 rows：{right} 对 ok，{wrong} 错 wrong{mistakes}"
