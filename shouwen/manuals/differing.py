"""What changed from one pack to another, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.packs.schema import to_wire
from shared.rules.model import Pack
from shouwen.words import Words

Path = tuple[str, ...]
_GONE = object()

FIELDS: Mapping[str, Words] = {
    "amount": Words("数量", "amount"),
    "basis": Words("计法", "basis"),
    "start": Words("起算", "start"),
    "stop": Words("终点", "stop"),
    "tell": Words("告知", "told"),
    "copy": Words("抄送", "copied"),
    "extend": Words("延期批准", "extension"),
    "department": Words("部门", "department"),
    "name": Words("名称", "name"),
    "source": Words("出处", "source"),
    "when": Words("适用", "applies when"),
    "required": Words("必填", "required"),
    "who": Words("谁", "who"),
    "value": Words("值", "value"),
    "chain": Words("责任链", "chain"),
    "criteria": Words("标准", "criteria"),
    "promise": Words("承诺", "promise"),
    "target_percent": Words("目标", "target"),
    "version": Words("版本", "version"),
    "steps": Words("步骤", "steps"),
    "clocks": Words("时限", "clocks"),
    "form": Words("表单", "form"),
    "follow_up": Words("回访", "follow-up"),
    "case_types": Words("事项类型", "case types"),
    "registers": Words("登记表", "registers"),
    "plans": Words("计划", "plans"),
    "parameters": Words("参数", "parameters"),
    "raises_at_intake": Words("通知", "notices"),
    "categories": Words("类别", "categories"),
    "severities": Words("等级", "severities"),
    "upgrades": Words("升级", "upgrades"),
    "roles": Words("角色", "roles"),
    "variants": Words("变体", "variants"),
    "money": Words("费用", "money"),
    "prompts": Words("提示卡", "prompt cards"),
    "measures": Words("指标", "measures"),
    "columns": Words("列", "columns"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is there now, gone, or different.

    Attributes:
        path: Keys and ids from the top.
        was: Its value before, ``now`` after; None where it was or is not there.
        name: What the thing is called, in both languages, where it has a name.
    """

    path: Path
    was: str | None
    now: str | None
    name: str = ""

    def __str__(self) -> str:
        place = " › ".join(_said(part) for part in self.path) + (f" {self.name}" if self.name else "")
        if self.was is None:
            return f"+ {place}: {_or_new(self.now)}"
        if self.now is None:
            return f"- {place}: {_or_gone(self.was)}"
        return f"~ {place}: {self.was} → {self.now}"


def differences(old: Pack, new: Pack) -> tuple[Change, ...]:
    """Every change, in the order of the file; a thing that came or went is one change."""
    return tuple(_compared((), to_wire(old), to_wire(new), ""))


def _compared(path: Path, old: Any, new: Any, name: str) -> Iterator[Change]:
    if old == new:
        return
    was, now = _parts(old), _parts(new)
    if was is None or now is None:
        yield Change(path, _shown(old), _shown(new), name)
        return
    for key in [*was, *(key for key in now if key not in was)]:
        yield from _part((*path, key), was.get(key, _GONE), now.get(key, _GONE), name)


def _part(path: Path, old: Any, new: Any, name: str) -> Iterator[Change]:
    called = _name(new if old is _GONE else old) or name
    if old is _GONE or new is _GONE:
        came, went = (None if old is _GONE else ""), (None if new is _GONE else "")
        yield Change(path, came, went, called)
        return
    yield from _compared(path, old, new, called)


def _parts(value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict) and not {"zh", "en"} >= value.keys():
        return {str(key): part for key, part in value.items() if key != "id"}
    if isinstance(value, list) and value and all(isinstance(one, dict) and "id" in one for one in value):
        return {str(one["id"]): one for one in value}
    return {} if value in ([], {}) else None


def _name(value: Any) -> str:
    named = value.get("name") or value.get("text") if isinstance(value, dict) else None
    return f"（{_shown(named)}）" if isinstance(named, dict) else ""


def _shown(value: Any) -> str:
    if isinstance(value, dict) and {"zh", "en"} >= value.keys() and value:
        return f"{value['zh']} / {value['en']}"
    if isinstance(value, list):
        return "、".join(_shown(one) for one in value) or "无 / none"
    return "未设定 / unset" if value is None else str(value)


def _said(part: str) -> str:
    words = FIELDS.get(part)
    return f"{words.zh} {words.en}" if words else part


def _or_new(value: str | None) -> str:
    return value or "新增 / new"


def _or_gone(value: str) -> str:
    return value or "删去 / gone"
