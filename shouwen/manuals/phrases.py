"""The closed words of a pack as people say them."""

from collections.abc import Iterable

from shared.organisation.records import Named
from shared.rules.model import ClockRule, Pack
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER, Basis
from shouwen.words import Words

STARTS: dict[str, Words] = {
    "received": Words("受理时", "when received"),
    "invalidated": Words("判为无效时", "when found invalid"),
    "issued": Words("派单时", "when the order is issued"),
    "transferred": Words("转派时", "when transferred"),
    "agreed": Words("约定时", "when a time is agreed"),
    "completed": Words("完成时", "when completed"),
    "replied": Words("答复时", "when replied"),
    "followed_up": Words("回访时", "when followed up"),
    "closed": Words("结案时", "when closed"),
    "missed": Words("{after} 超时时", "when {after} is missed"),
    "step": Words("办理“{after}”时", "when step {after} is taken"),
    "date": Words("表单“{after}”所填日期", "on the date in {after}"),
}
STOPS: dict[str, Words] = {
    "issued": Words("派单", "order issued"),
    "accepted": Words("接单", "accepted"),
    "assigned": Words("指派", "assigned"),
    "started": Words("开始", "started"),
    "replied": Words("答复", "replied"),
    "agreed": Words("约定时间", "time agreed"),
    "completed": Words("完成", "completed"),
    "followed_up": Words("回访", "followed up"),
    "told": Words("通知到人", "people told"),
    "closed": Words("结案", "closed"),
}
BASES: dict[Basis, Words] = {
    Basis.MINUTES: Words("{n} 分钟", "{n} min"),
    Basis.HOURS: Words("{n} 小时", "{n} h"),
    Basis.DAYS: Words("{n} 日", "{n} days"),
    Basis.WEEKS: Words("{n} 周", "{n} weeks"),
    Basis.MONTHS: Words("{n} 个月", "{n} months"),
    Basis.SAME_DAY: Words("当日", "same day"),
    Basis.WORKING_HOURS: Words("{n} 工作小时", "{n} working h"),
    Basis.WORKING_DAYS: Words("{n} 个工作日", "{n} working days"),
    Basis.NEXT_SHIFT: Words("下一当班", "next shift"),
    Basis.NEXT_DAY_SHIFT: Words("次日上班", "next day's shift"),
    Basis.SHIFT_END: Words("落班前", "end of shift"),
    Basis.MONTH_END: Words("月末", "month end"),
    Basis.QUARTER_END: Words("季末", "quarter end"),
    Basis.YEAR_END: Words("年末", "year end"),
    Basis.MIDPOINT: Words("期间过半", "midpoint"),
    Basis.COUNT: Words("不超过 {n} 次", "at most {n}"),
    Basis.AGREED: Words("约定的时间", "as agreed"),
    Basis.UNSET: Words("未定时限", "no number"),
}
EVERY: dict[str, Words] = {
    "day": Words("每日", "daily"),
    "week": Words("每周", "weekly"),
    "month": Words("每月", "monthly"),
    "quarter": Words("每季", "quarterly"),
    "year": Words("每年", "yearly"),
}
OURS = Words("产品默认", "product default")
_PERSONS = {
    ASSIGNEE: Words("经办人", "assignee"),
    FIRST_RECEIVER: Words("首问人", "first receiver"),
}


def both(named: Named | Words) -> str:
    """Chinese, then English."""
    return named.zh if named.zh == named.en else f"{named.zh} / {named.en}"


def people(pack: Pack, roles: Iterable[str]) -> str:
    """Roles by name."""
    return "、".join(both(pack.roles.get(role) or _PERSONS.get(role) or Words(role, role)) for role in roles)


def begin(start: str, after: str | None) -> str:
    """What starts a clock or sets off a notice."""
    words = STARTS[start]
    return both(Words(words.zh.format(after=after), words.en.format(after=after)))


def length(rule: ClockRule) -> str:
    """How long a clock runs, in words; the manual's own where it gives no number."""
    words = BASES[rule.basis]
    counted = both(Words(words.zh.format(n=rule.amount), words.en.format(n=rule.amount)))
    quoted = f"（{both(rule.unset)}）" if rule.unset else ""
    return counted + quoted + (f" [{both(OURS)}]" if rule.product_default else "")


def ends(rule: ClockRule) -> str:
    """What meets a clock."""
    return "；".join([*(both(STOPS[stop]) for stop in rule.stop), *rule.steps])
