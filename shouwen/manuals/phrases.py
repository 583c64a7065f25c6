"""The closed words of a pack as people say them."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.organisation.records import Named
from shared.rules.model import CaseType, ClockRule, Pack
from shared.rules.phrases import EVERY, MEANS, OUTSIDE, STOPS, length_said, start_said
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER, INFORMED
from shouwen.words import Words

__all__ = ["EVERY", "OURS", "begin", "both", "ends", "length", "people"]

FIELDS: dict[str, Words] = {
    "text": Words("文字", "text"),
    "lines": Words("多行", "lines"),
    "count": Words("数量", "count"),
    "rating": Words("评分", "rating"),
    "money": Words("金额", "money"),
    "date": Words("日期", "date"),
    "instant": Words("时间", "date and time"),
    "choice": Words("选一", "one of"),
    "yes_no": Words("是否", "yes or no"),
    "serial": Words("编号，由系统给出", "a number the system gives"),
}
GATES: dict[str, Words] = {
    "accept": Words("接单", "accept"),
    "start": Words("开工", "start"),
    "reply": Words("答复", "reply"),
    "complete": Words("完成", "complete"),
    "follow_up": Words("回访", "follow up"),
    "close": Words("结案", "close"),
}
WAYS: Mapping[str, Named] = {"any": Named("方式不限", "any way"), **MEANS}
"""How a customer is asked."""
SUMS: dict[str, Words] = {
    "pay": Words("收", "take"),
    "deduct": Words("扣", "deduct"),
    "refund": Words("退", "refund"),
    "settle": Words("结算", "settle"),
}
ROLLS: dict[str, Words] = {
    "put": Words("登上名册", "put on the roll"),
    "take": Words("从名册除名", "taken off the roll"),
    "need": Words("须在名册", "has to be on the roll"),
    "bar": Words("不得在名册", "must not be on the roll"),
}
TALLIES: dict[str, Words] = {"add": Words("加入", "added to"), "take": Words("取自", "taken from")}
LIMITS: dict[str, Words] = {
    "customer_limit": Words("客户约定", "the customer's limit"),
    "department_limit": Words("部门时限", "the department's limit"),
    "outside_deadline": Words("外部期限", "an outside deadline"),
    "planned": Words("计划日期", "the plan"),
    "field": Words("表单", "form"),
    "site_parameter": Words("项目参数", "site parameter"),
}
PAYERS: Mapping[str, Named] = {**OUTSIDE, "owner": Named("业主", "owner"), "user": Named("用户", "user")}
WINDOWS: dict[str, Words] = {
    "calendar_month": Words("按月", "calendar month"),
    "calendar_week": Words("按周", "calendar week"),
    "calendar_quarter": Words("按季", "calendar quarter"),
    "cutoff": Words("每月 {day} 日截止", "cut off for the {day}th"),
    "running": Words("不分期", "running"),
}
OURS = Words("产品默认", "product default")
OR = Words("可改为", "unless set by")
_PERSONS = {
    ASSIGNEE: Words("经办人", "assignee"),
    FIRST_RECEIVER: Words("首问人", "first receiver"),
    INFORMED: Words("此前已被通知的人", "everybody told before"),
}


def both(named: Named | Words) -> str:
    """Chinese, then English."""
    return named.zh if named.zh == named.en else f"{named.zh} / {named.en}"


def people(pack: Pack, roles: Iterable[str]) -> str:
    """Roles by name."""
    return "、".join(both(pack.roles.get(role) or _PERSONS.get(role) or Words(role, role)) for role in roles)


def begin(case_type: CaseType, start: str, after: str | None) -> str:
    """What starts a clock or sets off a notice."""
    return both(start_said(case_type, start, after))


def length(rule: ClockRule) -> str:
    """How long a clock runs, in words; the manual's own where it gives no number."""
    counted = both(length_said(rule))
    quoted = f"（{both(rule.unset)}）" if rule.unset else ""
    return f"{counted}{quoted} {ours(rule)}".strip()


def limits_of(rule: ClockRule) -> str:
    """Who may put another limit in the place of the manual's; empty for nobody."""
    named = []
    for word in rule.overridable_by:
        kind, _, of = word.partition(":")
        named.append(both(LIMITS[kind]) + (f" `{of}`" if of else ""))
    return f"{both(OR)} {'、'.join(named)}" if named else ""


def ends(rule: ClockRule) -> str:
    """What meets a clock, steps apart."""
    return "；".join(both(STOPS[stop]) for stop in rule.stop)


def ours(part: Any) -> str:
    """The label of what is not the manual's."""
    return f"[{both(OURS)}]" if part.product_default else ""
