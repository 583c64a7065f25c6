"""Every key a pack file may have, from the very classes that read it: it cannot be out of date."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from shared.organisation.records import Named
from shared.rules.model import Pack
from shouwen.documenting.docstrings import first_sentence, meanings

PAGE = "docs/packs-reference.md"
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`", Named: "`{zh, en}`"}

_COMMON = {
    "id": "Names it; once within its list.",
    "name": "What people call it, in both languages.",
    "source": "Manual and section.",
    "when": "Where it applies; left out: always.",
    "product_default": "The value is ours, not the manual's; labelled so wherever it shows.",
    "severities": "Severity ids, any of which fits; left out: all.",
    "registers": "By register id.",
}


def reference_page() -> str:
    """docs/packs-reference.md."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Packs: every key"
    yield ""
    yield "Written by `make docs` from the classes that read a pack. How to use them: [packs.md](packs.md). Ids are"
    yield 'short words of letters, digits, `_`, `-`, `.`; amounts of money stand in quotes (`"50.00"`).'
    parts, words = _within(Pack)
    for part in parts:
        yield ""
        yield f"## {part.__name__}"
        yield ""
        yield from _part(part)
    yield ""
    yield "# Closed words"
    for word in sorted(words, key=lambda one: one.__name__):
        yield ""
        yield f"**{word.__name__}**: {', '.join(f'`{one.value}`' for one in word)}. {_line(_whole(word))}"


def _part(part: Any) -> Iterator[str]:
    told = meanings(part)
    yield _line(first_sentence(part))
    yield ""
    yield "| key | takes | if left out | meaning |"
    yield "|---|---|---|---|"
    hints = get_type_hints(part)
    for one in fields(part):
        meaning = told.get(one.name) or _COMMON.get(one.name, "")
        yield f"| `{one.name}` | {_kind(hints[one.name])} | {_default(one)} | {_line(meaning)} |"


def _within(top: type) -> tuple[list[type], set[type[StrEnum]]]:
    parts: list[type] = []
    words: set[type[StrEnum]] = set()
    waiting: list[Any] = [top]
    while waiting:
        kind = waiting.pop(0)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            words.add(kind)
        elif is_dataclass(kind) and isinstance(kind, type) and kind is not Named and kind not in parts:
            parts.append(kind)
            waiting += get_type_hints(kind).values()
        waiting += get_args(kind)
    return parts, words


def _kind(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(_kind(one) for one in inner if one is not NoneType)
    if origin is tuple:
        return f"list of {_kind(inner[0])}"
    if origin is dict:
        return f"mapping of id to {_kind(inner[1])}"
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, StrEnum)) and hint is not Named:
        return f"{hint.__name__}"
    return _PLAIN.get(hint) or str(hint.__name__).lower()


def _default(one: "Field[Any]") -> str:
    if one.default is MISSING and one.default_factory is MISSING:
        return "**required**"
    value = one.default_factory() if one.default_factory is not MISSING else one.default
    if value is None or value in ((), {}, ""):
        return "–"
    if is_dataclass(value) or isinstance(value, tuple):
        return "see below"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _whole(word: type) -> str:
    return (word.__doc__ or "").partition("Attributes:")[0]


def _line(text: str) -> str:
    return " ".join(text.replace("``", "`").split()).replace("|", "\\|")
