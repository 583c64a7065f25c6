"""The shape of a pack, checked: field by field, nothing unknown, nothing coerced.

A pack file is the model of `shared.rules.model` written as YAML, with one convenience: case types and
registers are mappings whose key is the id. On the wire a pack is the model as JSON.
"""

import json
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.organisation.records import Named
from shared.packs.findings import Finding, PackInvalid
from shared.rules.model import Pack

_KEYED = ("case_types", "registers")


class _PackFile(BaseModel):
    # The configuration of a model reaches the plain dataclasses inside it; on its own a
    # dataclass cannot be told to refuse unknown fields without importing pydantic.
    model_config = ConfigDict(extra="forbid", strict=True)

    pack: Pack


_WIRE = TypeAdapter(Pack)


def checked(body: dict[str, Any]) -> Pack:
    """The pack that *body*, as read from a file or the wire, describes.

    Raises:
        PackInvalid: One finding for every field that is missing, unknown or of the wrong kind.
    """
    text = json.dumps({"pack": _with_ids(body)}, default=str)
    try:
        return _PackFile.model_validate_json(text).pack
    except ValidationError as error:
        raise PackInvalid(tuple(_finding(each) for each in error.errors())) from error


def to_wire(pack: Pack) -> dict[str, Any]:
    """The pack as JSON values, for the DIRECTORY stream; `from_wire` gives an equal pack back."""
    wire: dict[str, Any] = _WIRE.dump_python(pack, mode="json")
    return wire


def from_wire(body: dict[str, Any]) -> Pack:
    """The pack that `to_wire` wrote, or PackInvalid."""
    return checked(body)


def _with_ids(body: dict[str, Any]) -> dict[str, Any]:
    filled = {
        name: {key: _with_id(key, part) for key, part in body[name].items()}
        for name in _KEYED
        if isinstance(body.get(name), dict)
    }
    return body | filled


def _with_id(key: str, part: object) -> object:
    return {"id": key, **part} if isinstance(part, dict) else part


def _finding(error: ErrorDetails) -> Finding:
    path = ".".join(str(step) for step in error["loc"][1:])
    return Finding(error["type"], path, *_said(error))


def _said(error: ErrorDetails) -> tuple[Named, Named]:
    key = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "missing":
        return Named("缺少必填项", "a required field is missing"), Named(f"请补上 {key}", f"add {key}")
    if error["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
        close = get_close_matches(key, _field_names(), n=1)
        hint = Named(f"是否应为 {close[0]}？", f"did you mean {close[0]}?") if close else _REMOVE
        return Named(f"没有名为 {key} 的项", f"there is no field {key}"), hint
    got = repr(str(error["input"])[:80])
    return Named(f"取值 {got} 不符", f"got {got}"), Named(_wanted(error), error["msg"])


def _wanted(error: ErrorDetails) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "enum":
        return f"可选：{str(limits['expected']).replace(' or ', ', ').replace(', ', '、')}"
    named = [words for word, words in _WANTED.items() if kind.startswith(word)]
    return named[0] if named else f"请按提示修改（{error['msg']}）"


_REMOVE = Named("请删去", "remove it")
_WANTED = {
    "int": "应为整数",
    "float": "应为数字",
    "decimal": '应为十进制数，写成 "50.00"',
    "bool": "应为 true 或 false",
    "string": "应为文字，像数字的文字请加引号",
    "tuple": "应为列表",
    "list": "应为列表",
    "dict": "应为键值表",
    "dataclass": "应为键值表",
    "datetime": "应为带时区的时间，如 2025-01-01T00:00:00+08:00",
}
"""By the beginning of pydantic's own word for what is wrong."""


def _field_names() -> tuple[str, ...]:
    return tuple(sorted(_names_within(Pack, set())))


def _names_within(kind: Any, seen: set[type]) -> set[str]:
    if not is_dataclass(kind):
        return {name for argument in get_args(kind) for name in _names_within(argument, seen)}
    if kind in seen or not isinstance(kind, type):
        return set()
    seen.add(kind)
    hints = get_type_hints(kind)
    own = {each.name for each in fields(kind)}
    return own.union(*(_names_within(hint, seen) for hint in hints.values()))
