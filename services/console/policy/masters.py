"""How pages speak of master data: its sheets, what a load does to them, its fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a file.

    Attributes:
        measure: What one counts its rows by.
    """

    id: str
    label: str
    measure: str


SHEETS = (
    Sheet("buildings", "楼栋", "栋"),
    Sheet("units", "房屋", "套"),
    Sheet("residents", "住户", "户"),
    Sheet("equipment", "设备", "台"),
    Sheet("keys", "钥匙", "把"),
    Sheet("deposits", "押金", "笔"),
    Sheet("matters", "未结事项", "件"),
)
"""In the order of a file."""
ACTS = {
    "new": "新增 {count} {measure}",
    "changed": "变更 {count} {measure}",
    "ended": "终止 {count} {measure}",
    "back": "恢复 {count} {measure}",
}
"""What a load does to records, in the order it is told."""
HEADINGS = {"new": "新增", "changed": "变更", "ended": "终止", "back": "恢复", "same": "不变", "wrong": "有误"}
STATES = {
    "reading": "正在读取",
    "checked": "已核对",
    "refused": "有错误",
    "applying": "正在写入",
    "applied": "已写入",
    "undone": "已撤销",
    "failed": "没有完成",
    "discarded": "已放弃",
}
UNDER_WAY = frozenset({"reading", "applying"})
FIELDS = {
    "id": "编号",
    "name": "名称",
    "floors": "层数",
    "note": "备注",
    "building": "楼栋",
    "area": "面积",
    "state": "状态",
    "unit": "房号",
    "phone": "电话",
    "reach": "拨打号码",
    "kind": "身份",
    "moved_in": "入住日期",
    "moved_out": "搬离日期",
    "category": "类别",
    "location": "位置",
    "service_days": "保养周期（天）",
    "copies": "把数",
    "cabinet": "柜号",
    "entrusted_by": "委托人",
    "received_on": "收取日期",
    "borrower": "借用人",
    "lent_at": "借出时间",
    "payer": "缴款人",
    "amount": "金额",
    "refunded_on": "退还日期",
    "received_at": "受理时间",
    "case_type": "事项类型",
    "severity": "级别",
    "content": "内容",
    "contact": "联系人",
    "department": "责任部门",
    "handler": "经办人",
    "due_at": "期限",
    "until": "终止日期",
}
PERSONAL = {("residents", "name"): "姓名"}
"""Fields that are called otherwise in one sheet."""
WORDS = {
    "own": "自住",
    "let": "出租",
    "vacant": "空置",
    "renovating": "装修",
    "unsold": "未售",
    "retired": "注销",
    "owner": "业主",
    "tenant": "租户",
    "family": "家属",
    "other": "其他",
    "in_use": "在用",
    "stopped": "停用",
    "scrapped": "报废",
    "in_cabinet": "在柜",
    "lent": "借出",
    "given_back": "已退还",
    "renovation": "装修",
    "pass": "出入证",
    "key": "钥匙",
    "received": "已登记",
    "accepted": "已签收",
    "started": "办理中",
    "completed": "已处理，待回访",
}
"""Words of closed columns."""
CHOSEN = frozenset({"state", "kind", "category"})
"""Fields that may hold one of :data:`WORDS`."""


@dataclass(frozen=True, slots=True)
class Altered:
    """One field of a record; what is blank shows as such."""

    label: str
    before: str
    after: str


def label_of(kind: str, say: Say) -> str:
    """What a sheet is called."""
    return say(next((sheet.label for sheet in SHEETS if sheet.id == kind), kind))


def told(counts: Mapping[str, Mapping[str, int]], say: Say) -> list[str]:
    """What a load does, a sentence a sheet (``住户：新增 120 户，变更 3 户``); sheets it leaves alone are left out."""
    sentences = []
    for sheet in SHEETS:
        of = counts.get(sheet.id, {})
        done = [
            say(words).format(count=of[act], measure=say(sheet.measure)) for act, words in ACTS.items() if of.get(act)
        ]
        if done:
            sentences.append(say("{sheet}：{done}").format(sheet=say(sheet.label), done=say("，").join(done)))
    return sentences


def altered(change: Mapping[str, Any], say: Say) -> list[Altered]:
    """The fields of a record a load changes; for a new one all that are filled in."""
    before, after = _whole(change, "before"), _whole(change, "after")
    names = [*after, *(name for name in before if name not in after)]
    return [
        Altered(
            say(PERSONAL.get((change["kind"], name)) or FIELDS.get(name, name)),
            _shown(name, before, say),
            _shown(name, after, say),
        )
        for name in names
        if before.get(name) != after.get(name) and name not in UNSEEN
    ]


UNSEEN = frozenset({"numbered"})


def _whole(change: Mapping[str, Any], side: str) -> dict[str, Any]:
    until = change.get(f"until_{side}")
    return dict(change.get(side) or {}) | ({"until": until} if until else {})


def _shown(name: str, values: Mapping[str, Any], say: Say) -> str:
    value = values.get(name)
    if value in (None, ""):
        return ""
    return say(WORDS[value]) if name in CHOSEN and value in WORDS else str(value)


def many(counts: Mapping[str, Mapping[str, int]], living: int) -> bool:
    """Whether a load ends so many residents that somebody must say that he means it: more than a fifth."""
    return counts.get("residents", {}).get("ended", 0) * 5 > living


def columns(counts: Mapping[str, Mapping[str, int]]) -> Sequence[Sheet]:
    """The sheets a file has."""
    return [sheet for sheet in SHEETS if sheet.id in counts]
