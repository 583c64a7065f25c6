"""The forms by which the desk logs a matter and opens an incident.

Source: design.md §3, requirements §3, §9.7.
"""

from services.console.policy.blanks import Blank, Kind

OUTER_LINES = (
    ("12345", "12345 热线"),
    ("street_office", "街道办"),
    ("owners_committee", "业委会"),
    ("media", "媒体"),
    ("superior", "上级"),
)
CALLER = (
    Blank("unit", Kind.LINE, "房号"),
    Blank("caller.name", Kind.LINE, "姓名"),
    Blank("caller.phone", Kind.LINE, "电话"),
    Blank("caller.resident", Kind.HIDDEN, "住户"),
    Blank("caller.anonymous", Kind.CHECK, "匿名"),
)
"""Who says it, and from where."""
LOG = (
    Blank("site", Kind.CHOICE, "项目", required=True),
    Blank("case_type", Kind.CHOICE, "类型", required=True),
    Blank("category", Kind.CHOICE, "类别", required=True),
    Blank("criteria", Kind.BOXES, "情形"),
    Blank("severity", Kind.CHOICE, "等级"),
    Blank("channel", Kind.CHOICE, "方式", required=True),
    *CALLER,
    Blank("content", Kind.PROSE, "内容", required=True),
    Blank("demand", Kind.PROSE, "要求"),
    Blank("place", Kind.LINE, "地点"),
    Blank("received_at", Kind.INSTANT, "接报时间"),
    Blank("customer_limit", Kind.INSTANT, "客户时限"),
    Blank("flags", Kind.BOXES, "情况"),
    Blank("incident", Kind.CHOICE, "事件"),
    Blank("split_from", Kind.HIDDEN, "拆自"),
    Blank("drill", Kind.CHECK, "演练"),
    Blank("outer.line", Kind.CHOICE, "外部来件", options=OUTER_LINES),
    Blank("outer.number", Kind.LINE, "对方编号"),
    Blank("outer.deadline", Kind.INSTANT, "对方期限"),
)
"""The intake form."""

OPEN_INCIDENT = (
    Blank("site", Kind.CHOICE, "项目", required=True),
    Blank("case_type", Kind.CHOICE, "类型"),
    Blank("category", Kind.CHOICE, "类别", required=True),
    Blank("area", Kind.LINE, "范围", required=True),
    Blank("cause", Kind.LINE, "原因", required=True),
    Blank("content", Kind.PROSE, "内容", required=True),
    Blank("from_case", Kind.HIDDEN, "来自"),
    Blank("drill", Kind.CHECK, "演练"),
)
"""The form that opens an incident."""
