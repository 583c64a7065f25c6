"""What changed from one pack to another, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.packs.schema import to_wire
from shared.rules.model import Pack
from shouwen.manuals.keys import FIELDS

Path = tuple[str, ...]
_GONE = object()


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
    if isinstance(value, dict):
        stated = [f"{_said(key)} {_shown(part)}" for key, part in value.items() if not _empty(part)]
        return f"（{'，'.join(stated) or '无 / none'}）"
    if isinstance(value, list):
        return "、".join(_shown(one) for one in value) or "无 / none"
    if isinstance(value, bool):
        return "是 / yes" if value else "否 / no"
    return "未设定 / unset" if value is None else str(value)


def _empty(value: Any) -> bool:
    nothing = not isinstance(value, int) or isinstance(value, bool)
    return all(_empty(part) for part in value.values()) if isinstance(value, dict) else nothing and not value


def _said(part: str) -> str:
    words = FIELDS.get(part)
    return f"{words.zh} {words.en}" if words else part


def _or_new(value: str | None) -> str:
    return value or "新增 / new"


def _or_gone(value: str) -> str:
    return value or "删去 / gone"
