"""The blanks of a form, and how what was typed becomes the body of a command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.timekeeping.calendar import zone_named

Typed = Mapping[str, Sequence[str]]


class Kind(StrEnum):
    """What a blank takes.

    ``parting`` is a choice in which the empty one means "none" and is sent; any other blank left empty is left out.
    """

    LINE = "line"
    PROSE = "prose"
    INSTANT = "instant"
    CHOICE = "choice"
    PARTING = "parting"
    BOXES = "boxes"
    CHECK = "check"
    SCORE = "score"
    COUNT = "count"
    MONEY = "money"
    DATE = "date"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank.

    Attributes:
        name: Path in the body; ``caller.phone`` is a field of an object.
        options: Value and Chinese label, where they never change.
        offers: Name of the options that depend on the case; empty where ``options`` holds them.
        plain: The words are a pack's, in the reader's language already.
        depends: Asked for under circumstances only, so a browser must not insist on it.
        note: Said beside the label.
    """

    name: str
    kind: Kind
    label: str
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    offers: str = ""
    plain: bool = False
    depends: bool = False
    note: str = ""


def body_of(blanks: Sequence[Blank], typed: Typed, *, zone: str) -> dict[str, Any]:
    """The body of a command from what was typed; times without offset are local to *zone*.

    What cannot be read is passed on as typed, so that the service that owns the rule says what is wrong with it.
    """
    body: dict[str, Any] = {}
    for blank in blanks:
        value = _value(blank, typed.get(blank.name, ()), zone)
        if value is not None or blank.kind is Kind.PARTING:
            _put(body, blank.name.split("."), value)
    return body


def _value(blank: Blank, typed: Sequence[str], zone: str) -> Any:
    kept = [each for each in typed if each.strip()]
    if blank.kind is Kind.BOXES:
        return kept or None
    if blank.kind is Kind.CHECK:
        return True if kept else None
    return _READ.get(blank.kind, _as_typed)(kept[-1], zone) if kept else None


def _as_typed(typed: str, _zone: str) -> str:
    return typed


def _instant(typed: str, zone: str) -> str:
    try:
        stated = datetime.fromisoformat(typed.strip())
    except ValueError:
        return typed
    return (stated if stated.tzinfo else stated.replace(tzinfo=zone_named(zone))).isoformat()


def _score(typed: str, _zone: str) -> int | str:
    return int(typed) if typed.isascii() and typed.isdigit() else typed


_READ = {Kind.INSTANT: _instant, Kind.SCORE: _score}


def _put(body: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        body = body.setdefault(part, {})
    body[path[-1]] = value


def by_blank(errors: Sequence[Mapping[str, Any]], blanks: Sequence[Blank], joint: str = "；") -> dict[str, str]:
    """Errors of a problem by the blank they belong to, with *joint* between two; under ``""`` those of none.

    A choice of a pack's form has no hint: its answers stand in the blank, and the hint names them as programs do.
    """
    names = {blank.name: blank.plain and bool(blank.options) for blank in blanks}
    found: dict[str, str] = {}
    for error in errors:
        pointer = str(error.get("field", "")).strip("/").replace("/", ".")
        name = next((name for name in (pointer, pointer.rpartition(".")[0]) if name in names), "")
        hint = None if names.get(name) else error.get("hint")
        sentence = joint.join(filter(None, (error.get("detail"), hint)))
        found[name] = joint.join(filter(None, (found.get(name), sentence)))
    return found
