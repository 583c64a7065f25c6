"""A file of rows as it lies on the disk: untrusted, bounded, read whole."""

import json
from pathlib import Path
from typing import Any, NoReturn

from shouwen.words import Refused

BYTES_MOST = 32 * 1024 * 1024
SCHEMA_VERSION = 1


def document_at(path: Path) -> dict[str, Any]:
    """The JSON object in *path*.

    Raises:
        Refused: No such file, too large, no UTF-8, no JSON, nested too deeply, a name twice, or another version.
    """
    given = _parsed(_text_of(path), path)
    if not isinstance(given, dict):
        raise Refused(f"{path} 里不是 JSON 对象 {{…}}。", f"{path} does not hold a JSON object {{…}}.")
    if given.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise Refused(
            f"{path} 的 schema_version 不是 {SCHEMA_VERSION}，这个版本读不懂。",
            f"The schema_version of {path} is not {SCHEMA_VERSION}, the one that is read here.",
        )
    return given


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(BYTES_MOST + 1)
    except OSError as trouble:
        raise Refused(
            f"读不到文件 {path}：{trouble.strerror}。", f"The file {path} cannot be read: {trouble.strerror}."
        ) from None
    if len(raw) > BYTES_MOST:
        raise Refused(
            f"{path} 超过 {BYTES_MOST:,} 字节，请分成几个文件。", f"{path} exceeds {BYTES_MOST:,} bytes; split it."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise Refused(
            f"{path} 不是 UTF-8 文本（第 {trouble.start} 字节）。", f"{path} is no UTF-8 text (byte {trouble.start})."
        ) from None


def _parsed(text: str, path: Path) -> object:
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_each_once)
    except json.JSONDecodeError as trouble:
        place = f"{trouble.lineno}:{trouble.colno}"
        raise Refused(
            f"{path} 第 {place} 处不是 JSON：{trouble.msg}。", f"{path}:{place} is no JSON: {trouble.msg}."
        ) from None
    except RecursionError:
        raise Refused(f"{path} 嵌套太深。", f"{path} is nested too deeply.") from None
    except ValueError as trouble:
        raise Refused(f"{path} 不能读：{trouble}。", f"{path} cannot be read: {trouble}.") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number 不是数")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} 写了两次 stands twice in one object")
    return found
