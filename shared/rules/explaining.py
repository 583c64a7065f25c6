"""The reckoning of a due instant in words a person can check, Chinese first."""

from datetime import datetime

from shared.organisation.records import Named
from shared.rules.model import ClockRule
from shared.rules.words import Basis
from shared.timekeeping.zones import limit_shown, zone_named

_STEPS: dict[Basis, Named] = {
    Basis.MINUTES: Named("加{n}分钟，昼夜节假日照计", "plus {n} minutes, nights and holidays included"),
    Basis.HOURS: Named("加{n}小时，昼夜节假日照计", "plus {n} hours, nights and holidays included"),
    Basis.DAYS: Named(
        "起算日不计，数{n}日，至末日24:00", "the first day not counted, {n} days, until 24:00 of the last"
    ),
    Basis.WEEKS: Named("数{n}周，至同一星期日24:00", "{n} weeks, until 24:00 of the same weekday"),
    Basis.MONTHS: Named(
        "数{n}个月，至同日24:00，无此日则为月末",
        "{n} months, until 24:00 of the same day number, or of the last day of the month",
    ),
    Basis.SAME_DAY: Named("至当日24:00", "until 24:00 of the same day"),
    Basis.WORKING_HOURS: Named("加{n}个工作小时，只计开放时间", "plus {n} working hours, opening hours only"),
    Basis.WORKING_DAYS: Named(
        "自下一工作日起数{n}个工作日，至末日24:00",
        "{n} working days from the next working day, until 24:00 of the last",
    ),
    Basis.NEXT_SHIFT: Named("至其后第一个白班开始（{begin}）", "until the next day shift begins ({begin})"),
    Basis.NEXT_DAY_SHIFT: Named("至次日白班开始（{begin}）", "until the day shift of the next day begins ({begin})"),
    Basis.SHIFT_END: Named("至白班下班（{end}）", "until the day shift ends ({end})"),
    Basis.MONTH_END: Named("至当月最后一日24:00", "until 24:00 of the last day of the month"),
    Basis.QUARTER_END: Named("至当季最后一日24:00", "until 24:00 of the last day of the quarter"),
    Basis.YEAR_END: Named("至当年最后一日24:00", "until 24:00 of the last day of the year"),
    Basis.MIDPOINT: Named("至两日期正中一日24:00（{between}）", "until 24:00 of the day halfway between {between}"),
}
_BACKWARDS = Named("向前数{n}日，至该日24:00", "{n} days back, until 24:00 of that day")
_BY_SITE = Named("本项目自定的时限", "the site's own limit")

_LIMITS: dict[str, Named] = {
    "owner_limit": Named("业主限定：{at}", "the owner's limit: {at}"),
    "department_limit": Named("责任部门所定期限：{at}", "the department's own deadline: {at}"),
    "form_date": Named("表单所填期限：{at}", "the date on the form: {at}"),
    "planned": Named("计划完成期限：{at}", "due by plan: {at}"),
    "outside_deadline": Named("外部来件要求的期限：{at}", "the deadline of the outside line: {at}"),
}

_FROM = Named("自{at}起", "from {at}")
_NO_NUMBER = Named("制度未定时限，只显示已历时间", "the manual sets no number; only the age is shown")
_QUIET = Named("夜间不打扰，提前到{at}", "no calls at night, pulled back to {at}")
_NO_DATE = Named("尚未约定时间", "no date has been agreed yet")


def because_counted(
    rule: ClockRule,
    *,
    start: datetime,
    due_at: datetime,
    zone: str,
    day_shift: tuple[int, int] = (0, 0),
    between: str = "",
    by_site: bool = False,
) -> tuple[Named, ...]:
    """Start, count and end of a counted clock; *day_shift* and *between* for the bases that count by them."""
    backwards = rule.basis is Basis.DAYS and (rule.amount or 0) < 0
    begin, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in day_shift)
    counted = _BACKWARDS if backwards else _STEPS[rule.basis]
    steps = (
        _filled(_FROM, at=_local(start, zone)),
        _filled(counted, n=str(abs(rule.amount or 0)), begin=begin, end=end, between=between),
        _filled(Named("到{at}为止（含）", "until {at}, inclusive"), at=limit_shown(due_at, zone, seconds=True)),
    )
    return (_BY_SITE, *steps) if by_site else steps


def because_rostered(*, start: datetime, begins: datetime, zone: str) -> tuple[Named, ...]:
    """Start of the clock and of the shift it waits for."""
    shown = _local(begins, zone)
    return (
        _filled(_FROM, at=_local(start, zone)),
        _filled(Named("至排班表上其后的下一班开始：{at}", "until the next shift on the roster begins: {at}"), at=shown),
    )


def because_number(rule: ClockRule) -> Named:
    """What a number in the form is judged by."""
    return _filled(Named("不超过{n}为合格", "up to {n} is within the rule"), n=str(rule.amount))


def because_limit(why: str, at: datetime, zone: str) -> tuple[Named, ...]:
    """Whose limit replaced the counted instant; *why* is a `DueWhy` of a person's limit."""
    return (_filled(_LIMITS[why], at=limit_shown(at, zone, seconds=True)),)


def because_open(rule: ClockRule) -> tuple[Named, ...]:
    """Why there is no instant; the manual's own wording where the pack quotes it."""
    plain = _NO_NUMBER if rule.basis is Basis.UNSET else _NO_DATE
    return (plain, rule.unset) if rule.unset else (plain,)


def because_pulled(at: datetime, zone: str) -> Named:
    """That a call was pulled back before the quiet hours."""
    return _filled(_QUIET, at=limit_shown(at, zone, seconds=True))


def _filled(pattern: Named, **gaps: str) -> Named:
    return Named(pattern.zh.format(**gaps), pattern.en.format(**gaps))


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(zone_named(zone)):%Y-%m-%d %H:%M:%S}"
