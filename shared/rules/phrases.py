"""The closed words of a pack as people say them, for the pages of a manual."""

from collections.abc import Mapping

from shared.organisation.records import Named
from shared.rules.model import ClockRule
from shared.rules.words import Basis

STARTS: Mapping[str, Named] = {
    "received": Named("受理时", "when received"),
    "invalidated": Named("判为无效时", "when found invalid"),
    "issued": Named("派单时", "when the order is issued"),
    "transferred": Named("转派时", "when transferred"),
    "agreed": Named("约定时", "when a time is agreed"),
    "completed": Named("完成时", "when completed"),
    "replied": Named("答复时", "when replied"),
    "followed_up": Named("回访时", "when followed up"),
    "closed": Named("结案时", "when closed"),
    "missed": Named("{after} 超时时", "when {after} is missed"),
    "step": Named("办理“{after}”时", "when step {after} is taken"),
    "date": Named("表单“{after}”所填日期", "on the date in {after}"),
}
STOPS: Mapping[str, Named] = {
    "issued": Named("派单", "order issued"),
    "accepted": Named("接单", "accepted"),
    "assigned": Named("指派", "assigned"),
    "started": Named("开始", "started"),
    "replied": Named("答复", "replied"),
    "agreed": Named("约定时间", "time agreed"),
    "completed": Named("完成", "completed"),
    "followed_up": Named("回访", "followed up"),
    "told": Named("通知到人", "people told"),
    "closed": Named("结案", "closed"),
}
BASES: Mapping[Basis, Named] = {
    Basis.MINUTES: Named("{n} 分钟", "{n} min"),
    Basis.HOURS: Named("{n} 小时", "{n} h"),
    Basis.DAYS: Named("{n} 日", "{n} days"),
    Basis.WEEKS: Named("{n} 周", "{n} weeks"),
    Basis.MONTHS: Named("{n} 个月", "{n} months"),
    Basis.SAME_DAY: Named("当日", "same day"),
    Basis.WORKING_HOURS: Named("{n} 工作小时", "{n} working h"),
    Basis.WORKING_DAYS: Named("{n} 个工作日", "{n} working days"),
    Basis.NEXT_SHIFT: Named("下一当班", "next shift"),
    Basis.NEXT_DAY_SHIFT: Named("次日上班", "next day's shift"),
    Basis.SHIFT_END: Named("落班前", "end of shift"),
    Basis.MONTH_END: Named("月末", "month end"),
    Basis.QUARTER_END: Named("季末", "quarter end"),
    Basis.YEAR_END: Named("年末", "year end"),
    Basis.MIDPOINT: Named("期间过半", "midpoint"),
    Basis.COUNT: Named("不超过 {n} 次", "at most {n}"),
    Basis.AGREED: Named("约定的时间", "as agreed"),
    Basis.UNSET: Named("未定时限", "no number"),
}
EVERY: Mapping[str, Named] = {
    "day": Named("每日", "daily"),
    "week": Named("每周", "weekly"),
    "month": Named("每月", "monthly"),
    "quarter": Named("每季", "quarterly"),
    "year": Named("每年", "yearly"),
}


def start_said(start: str, after: str | None) -> Named:
    """What starts a clock or sets off a notice."""
    return _filled(STARTS[start], after=after or "")


def length_said(rule: ClockRule) -> Named:
    """How long a clock runs; the manual's own words stand beside where it gives no number."""
    return _filled(BASES[rule.basis], n="" if rule.amount is None else str(rule.amount))


def _filled(named: Named, **gaps: str) -> Named:
    return Named(named.zh.format_map(gaps), named.en.format_map(gaps))
