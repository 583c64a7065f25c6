"""Telling people outside the house: who they are, how they are told, and the form that records it.

Source: requirements section 4.
"""

from services.console.policy.acts import Act
from services.console.policy.blanks import Blank, Kind

OUTSIDE = {
    "customer": "客户",
    "affected": "受影响住户",
    "owners": "业主",
    "staff": "员工",
    "borrower": "借用人",
    "recipient": "收件人",
    "contractor": "施工单位",
    "superior": "上级单位",
    "authority": "主管部门",
    "departments": "各部门",
}
MEANS = {
    "phone": "电话",
    "visit": "上门",
    "paper": "书面",
    "mailbox": "信箱",
    "board": "公告栏",
    "post": "邮寄",
    "radio": "对讲",
    "meeting": "会议",
    "screen": "显示屏",
    "task": "待办任务",
}
BLANKS = (
    Blank("outcome", Kind.HIDDEN, "结果"),
    Blank("means", Kind.CHOICE, "方式", options=tuple(MEANS.items())),
    Blank("told_at", Kind.INSTANT, "告知时间"),
    Blank("to", Kind.LINE, "告知了谁"),
    Blank("text", Kind.PROSE, "备注"),
)


def telling(notice: str) -> Act:
    """Recording that those a notice is for were told, or need not be."""
    path = f"/api/notify/cases/{{case}}/outward/{notice}/seen-to"
    return Act("seen_to", "登记告知", path, ("view",), BLANKS)
