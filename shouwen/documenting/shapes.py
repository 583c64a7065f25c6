"""The fields of a contract, pydantic model or dataclass, and their types in words."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel

PLAIN: dict[Any, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "yes/no",
    AwareDatetime: "instant",
    datetime: "instant",
    date: "date",
    Any: "any",
    NoneType: "none",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One field.

    Attributes:
        required: A message without it cannot be read.
    """

    name: str
    annotation: Any
    required: bool


def members(kind: Any) -> tuple[Member, ...]:
    """The fields of a model or dataclass in their order; none of anything else."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return tuple(Member(name, f.annotation, f.is_required()) for name, f in kind.model_fields.items())
    if not dataclasses.is_dataclass(kind) or not isinstance(kind, type):
        return ()
    hints = get_type_hints(kind)
    return tuple(Member(each.name, hints[each.name], _required(each)) for each in dataclasses.fields(kind))


def _required(each: "dataclasses.Field[Any]") -> bool:
    return each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING


def parts(annotation: Any) -> tuple[type, ...]:
    """Models and dataclasses named inside *annotation*, outermost first."""
    if members(annotation):
        return (annotation,)
    return tuple(part for argument in get_args(annotation) for part in parts(argument))


def words(annotation: Any) -> str:
    """A type as a reader of the page says it."""
    if annotation in PLAIN:
        return PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _one_of(annotation)
    if get_args(annotation):
        return _composed(get_origin(annotation), get_args(annotation))
    return f"[{annotation.__name__}](#{annotation.__name__.lower()})"


def _composed(origin: Any, arguments: tuple[Any, ...]) -> str:
    if origin is Literal:
        return _one_of(arguments)
    if origin in (Union, UnionType):
        return " or ".join(words(one) for one in arguments)
    if origin is dict:
        return f"map of {words(arguments[0])} to {words(arguments[1])}"
    return f"list of {words(arguments[0])}"


def _one_of(options: Iterable[str]) -> str:
    return " · ".join(f"`{option}`" for option in options)
