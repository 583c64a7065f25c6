"""The closed words of a pack as people say them."""

from collections.abc import Mapping

from shared.organisation.records import Named
from shared.rules.model import CaseType, ClockRule, Parameter
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
    "withdrawn": Named("撤回时", "when withdrawn"),
    "closed": Named("结案时", "when closed"),
    "missed": Named("{after} 超时时", "when {after} is missed"),
    "step": Named("办理“{after}”时", "when “{after}” is taken"),
    "date": Named("表单“{after}”所填日期", "on the date in “{after}”"),
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
    Basis.COUNT: Named("不超过 {n}", "at most {n}"),
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
OUTSIDE: Mapping[str, Named] = {
    "customer": Named("客户", "customer"),
    "affected": Named("受影响住户", "households affected"),
    "owners": Named("业主", "owners"),
    "staff": Named("员工", "staff"),
    "borrower": Named("借用人", "borrower"),
    "recipient": Named("收件人", "recipient"),
    "contractor": Named("施工单位", "contractor"),
    "superior": Named("上级单位", "superior"),
    "authority": Named("主管部门", "authority"),
    "departments": Named("各部门", "departments"),
}
MEANS: Mapping[str, Named] = {
    "task": Named("待办任务", "task"),
    "phone": Named("电话", "phone"),
    "visit": Named("上门", "visit"),
    "mailbox": Named("信箱", "mailbox"),
    "board": Named("公告栏", "notice board"),
    "post": Named("邮寄", "post"),
    "paper": Named("书面", "on paper"),
    "radio": Named("对讲", "radio"),
    "meeting": Named("会议", "meeting"),
    "screen": Named("显示屏", "screen"),
}
PARAMETERS: Mapping[str, Named] = {
    "several_times": Named("几次算“多次”", "how often is “several times”"),
    "immediate_ack_minutes": Named("“立即”须几分钟内确认", "minutes to acknowledge what is told at once"),
    "late_entry_minutes": Named("晚几分钟登记算迟录", "minutes after which an entry is late"),
    "stated_time_cap_minutes": Named(
        "补报的办理时间最多早几分钟", "minutes an act may be stated to have happened earlier"
    ),
    "call_from_minute": Named("电话时段开始（当日第几分钟）", "calls from this minute of the day"),
    "call_to_minute": Named("电话时段结束（当日第几分钟）", "calls until this minute of the day"),
    "day_shift_from_minute": Named("白班开始（当日第几分钟）", "day shift from this minute of the day"),
    "day_shift_to_minute": Named("白班结束（当日第几分钟）", "day shift until this minute of the day"),
    "extension_cap_days": Named("延期最多几日", "days an extension may last"),
    "planned_back_days": Named("停机后补开几日内的计划事项", "days back for which missed duties are opened"),
    "occupied_units": Named("入住户数", "occupied units"),
    "plans": Named("计划事项（off 为停用）", "planned duties (off rests them all)"),
}
"""What the product reads itself, where a pack does not give the name."""


def parameter_said(id_: str, parameter: Parameter | None = None) -> Named | None:
    """What a parameter is; None where neither its pack nor the product gives it a name."""
    own = parameter.name if parameter is not None else None
    return own or PARAMETERS.get(id_)


def start_said(case_type: CaseType, start: str, after: str | None) -> Named:
    """What starts a clock or sets off a notice: a step, its outcome and a date by their names."""
    words, named = STARTS[start], _named(case_type, after or "")
    return Named(words.zh.format(after=named.zh), words.en.format(after=named.en))


def length_said(rule: ClockRule) -> Named:
    """How long a clock runs; the manual's own words stand beside where it gives no number."""
    return _filled(BASES[rule.basis], n="" if rule.amount is None else str(rule.amount))


def _named(case_type: CaseType, word: str) -> Named:
    """A step, with the outcome it may carry, or a date field; a clock keeps its id."""
    id_, _, outcome = word.partition("=")
    for step in case_type.steps:
        if step.id == id_:
            turned = [step.text, *(one.name for one in step.outcomes if one.id == outcome)]
            return Named("：".join(one.zh for one in turned), ": ".join(one.en for one in turned))
    forms = (case_type.form, *(step.form for step in case_type.steps))
    return next((field.name for form in forms for field in form if field.id == word), Named(word, word))


def _filled(named: Named, **gaps: str) -> Named:
    return Named(named.zh.format_map(gaps), named.en.format_map(gaps))
