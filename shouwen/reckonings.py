"""A reckoning as `shouwen explain` prints it: one clock, in one language or in both."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

from shared.organisation.calendar_words import days_written
from shared.timekeeping.zones import limit_shown, zone_named

Tongue = Literal["zh", "en"]
Told = Mapping[Tongue, Mapping[str, Any]]

STATES: Mapping[str, tuple[str, str]] = {
    "running": ("进行中", "running"),
    "breached": ("已超时", "overdue"),
    "met": ("按时完成", "met in time"),
    "late": ("超时完成", "met late"),
    "cancelled": ("已取消", "cancelled"),
    "unset": ("不设时点", "no instant set"),
}


def reckoning_lines(told: Told, zone: str) -> Iterator[str]:
    """Everything about one clock, line by line, instants in *zone*; *told* is the answer by language."""
    one = next(iter(told.values()))
    name = " ".join(str(answer["name"]) for answer in told.values() if "name" in answer)
    yield f"{one['clock']}  {name}  {_said(told, *STATES.get(one['state'], (one['state'],) * 2))}"
    if "pieces" not in one:
        yield "  " + _said(told, "规则包里已没有这条时限", "the pack has no such clock any more")
        return
    default = _said(told, "（产品默认值）", "(product default)") if one["product_default"] else ""
    yield f"  {_said(told, '规则', 'rule')}: {one['source']} {default}".rstrip()
    yield from _reasons(told)
    yield from _decision(told, zone)
    yield from _pieces(told, zone)
    yield from _sum(told)
    yield from _calendar(told)
    yield from _hearers(told)


def _said(told: Told, zh: str, en: str) -> str:
    words: Mapping[Tongue, str] = {"zh": zh, "en": en}
    return " ".join(words[tongue] for tongue in told)


def _both(told: Told, names: Mapping[str, str]) -> str:
    return _said(told, names["zh"], names["en"])


def _reasons(told: Told) -> Iterator[str]:
    for steps in zip(*(answer["because"] for answer in told.values()), strict=False):
        yield "  " + " / ".join(dict.fromkeys(steps))


def _decision(told: Told, zone: str) -> Iterator[str]:
    decided = next(iter(told.values()))["decided"]
    if decided is None:
        return
    who = f"  {_said(told, '决定人', 'by')}: {decided['by']['name']}" if decided["by"] else ""
    yield f"  {_both(told, decided)}: {_until(decided['until'], zone)}{who}"


def _pieces(told: Told, zone: str) -> Iterator[str]:
    one = next(iter(told.values()))
    for piece in one["pieces"]:
        mark, length = "+" if piece["counted"] else " ", duration(piece["seconds"])
        stretch = f"{_from(piece['start'], zone)} → {_until(piece['end'], zone)}"
        yield f"  {mark} {stretch}  {length:>12}  {_both(told, piece['because'])}"
    if one["brought_forward_from"]:
        words = _said(told, "夜间不打扰，提前", "no calls at night, brought forward")
        yield f"    {words}: {_until(one['brought_forward_from'], zone)} → {_until(one['due_at'], zone)}"


def _sum(told: Told) -> Iterator[str]:
    one = next(iter(told.values()))
    if not one["pieces"]:
        return
    total = duration(one["counted_seconds"])
    if one["counted_days"] is not None:
        days = [date.fromisoformat(day["day"]) for day in one["days"] if day["counted"]]
        words = _said(told, f"{len(days)} 个工作日", f"{len(days)} working day{'s' * (len(days) != 1)}")
        total = f"{words}: {days_written(days)}"
    yield f"  = {_said(told, '合计', 'in all')} {total}"


def _calendar(told: Told) -> Iterator[str]:
    one = next(iter(told.values()))
    if one["calendar"]:
        proof = one["calendar"]["evidence"]
        evidence = f"{proof['source']}（{proof['dated']}），{proof['approved_by']}" if proof else ""
        without = _said(told, "未附依据", "entered without evidence")
        yield f"  {_said(told, '日历', 'calendar')}: {one['calendar']['version']}  {evidence or without}"
    for year in one["provisional"]:
        yield "  ⚠ " + _said(
            told,
            f"{year} 年的放假通知还没有录入，期限是暂定的",
            f"the notice of {year} is not entered yet; this deadline is provisional",
        )


def _hearers(told: Told) -> Iterator[str]:
    one = next(iter(told.values()))
    if one["ended_at"] is not None:
        return
    people = ", ".join(f"{person['name']}（{_both(told, person['post'])}）" for person in one["told"])
    empty = ", ".join(_both(told, post) for post in one["empty_posts"])
    yield f"  {_said(told, '现在超时会通知', 'a breach now would be told to')}: {people or '—'}"
    if empty:
        yield f"  {_said(told, '无人在岗', 'nobody answers for')}: {empty}"


def duration(seconds: float) -> str:
    """A length of time, exact: ``1:30:00``, days in front, fractions only where there are any."""
    whole, rest = divmod(timedelta(seconds=seconds), timedelta(seconds=1))
    days, left = divmod(whole, 86400)
    clock = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
    return (f"{days}d " if days else "") + clock + _fraction(rest // timedelta(microseconds=1))


def _until(stamp: str, zone: str) -> str:
    instant = datetime.fromisoformat(stamp)
    return limit_shown(instant, zone, seconds=True) + _fraction(instant.microsecond)


def _from(stamp: str, zone: str) -> str:
    instant = datetime.fromisoformat(stamp).astimezone(zone_named(zone))
    return f"{instant:%Y-%m-%d %H:%M:%S}{_fraction(instant.microsecond)}"


def _fraction(microseconds: int) -> str:
    return f".{microseconds:06}".rstrip("0") if microseconds else ""
