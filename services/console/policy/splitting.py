"""One caller, several matters: the blanks of each, in which order they are logged, and where a fault belongs.

Source: requirements CL-3, CL-7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.console.policy.blanks import Blank, Kind, Typed
from services.console.policy.desk_forms import CALLER
from shared.rules.words import CaseKind

MOST = 10
SHARED = (
    Blank("site", Kind.CHOICE, "项目", required=True),
    Blank("channel", Kind.CHOICE, "方式", required=True),
    *CALLER,
    Blank("split_from", Kind.HIDDEN, "拆自"),
)
"""What is asked once."""
MATTER = (
    Blank("case_type", Kind.CHOICE, "类型", required=True, offers="case_type"),
    Blank("category", Kind.CHOICE, "类别", required=True, offers="category"),
    Blank("content", Kind.PROSE, "内容", required=True),
    Blank("demand", Kind.LINE, "要求"),
    Blank("place", Kind.LINE, "地点"),
    Blank("severity", Kind.CHOICE, "等级", offers="severity"),
    Blank("criteria", Kind.BOXES, "符合以下情形", offers="criteria"),
)
"""What is asked of every matter."""
FILLED_BY = ("category", "content")
"""A matter in which none of these was filled in is not there."""


@dataclass(frozen=True, slots=True)
class Turn:
    """When a matter is logged, counted from 1, and why: emergency, graver or as_told."""

    number: int
    why: str


def of_matter(place: int, blanks: Sequence[Blank]) -> tuple[Blank, ...]:
    """The blanks of one matter, named apart from those of the others."""
    return tuple(
        replace(one, name=f"m{place}.{one.name}", offers=one.offers and f"m{place}.{one.offers}") for one in blanks
    )


def given_in(typed: Typed, *, split_from: bool) -> dict[str, Sequence[str]]:
    """What stands in the form; the form of one matter, or a link, begins with that as the first."""
    if "count" in typed:
        return dict(typed)
    names = {one.name for one in SHARED}
    given = {name: values for name, values in typed.items() if name in names}
    first = {f"m0.{name}": values for name, values in typed.items() if name not in names}
    return given | first | {"count": ["1" if split_from else "2"]}


def count_in(given: Typed) -> int:
    """How many matters the form has room for."""
    value = (given.get("count") or ["2"])[-1]
    asked = int(value) if value.isascii() and value.isdigit() and len(value) < MOST else MOST
    return max(1, min(MOST, asked + ("more" in given)))


def filled(given: Typed, count: int) -> tuple[int, ...]:
    """The places of the matters that were told."""
    return tuple(
        place for place in range(count) if any("".join(given.get(f"m{place}.{name}", ())).strip() for name in FILLED_BY)
    )


def turns(graded: Mapping[int, tuple[str, int]]) -> dict[int, Turn]:
    """In which turn each matter is logged, by its kind and the rank of its severity.

    Emergencies come first, then the gravest; equals stay as told.
    """
    keys = {place: (kind != CaseKind.EMERGENCY, -rank) for place, (kind, rank) in graded.items()}
    ordered = sorted(keys, key=lambda place: (keys[place], place))
    return {place: Turn(number, _why(place, keys)) for number, place in enumerate(ordered, start=1)}


def _why(place: int, keys: Mapping[int, tuple[bool, int]]) -> str:
    if not keys[place][0]:
        return "emergency"
    return "graver" if any(other > keys[place] for other in keys.values()) else "as_told"


def errors_in(errors: Sequence[Mapping[str, Any]], places: Sequence[int]) -> list[dict[str, Any]]:
    """Errors of the service with the blank each belongs to; a single matter's own fields belong to its place."""
    return [{**error, "field": _blank(str(error.get("field", "")), places)} for error in errors]


def _blank(field: str, places: Sequence[int]) -> str:
    parts = field.strip("/").split("/")
    if parts[-1] == "unit":
        return parts[-1]
    if parts[0] == "matters" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(places):
        return "/".join((f"m{places[int(parts[1])]}", *parts[2:]))
    shared = {one.name.partition(".")[0] for one in SHARED}
    if parts[0] in shared or not places or len(places) > 1:
        return "/".join(parts)
    return "/".join((f"m{places[0]}", *parts))
