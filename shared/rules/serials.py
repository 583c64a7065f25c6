"""Serial numbers: the system gives them, nobody types them in.

A field of kind serial has a pattern such as ``GS-{site}-{year}-{number:4}``: the site's code, the local year and month
of the act, and a running number with at least so many digits. Everything but the number names the series; a series
counts from 1 without gaps, and begins anew where a part of it changes, as with the year.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.rules.forms import FieldKind, Filled, FormField

Counters = Mapping[str, int]
"""The last number given, by series."""

_PLACE = re.compile(r"\{(site|year|month|number)(?::([1-9]))?\}")
_NUMBER = re.compile(r"\{number(?::[1-9])?\}")
_GIVEN = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Numbering:
    """What numbers are made of at one site at one time.

    Attributes:
        code: Of the site.
        day: Local day of the act.
        counters: As they stand.
    """

    code: str
    day: date
    counters: Counters


def is_sound(pattern: str) -> bool:
    """Whether *pattern* gives every number once: one running number, no digit beside it, none after it.

    So the last digits of a serial number are its running number, and what stands before them names its series.
    """
    parts = _NUMBER.split(pattern)
    if len(parts) != len(("before", "after")):
        return False
    before, after = _PLACE.sub("0", parts[0]), _PLACE.sub("0", parts[1])
    digits_apart = not any(sign.isdigit() for sign in (before[-1:], *after))
    return digits_apart and not {"{", "}"} & {*before, *after}


def series_of(pattern: str, numbering: Numbering) -> str:
    """The series that *pattern* counts in then and there: all of it but the number, filled in.

    How many digits a number has at least makes no series of its own.
    """
    return _NUMBER.sub("{number}", _spelled(pattern, numbering))


def _spelled(pattern: str, numbering: Numbering) -> str:
    words = {"site": numbering.code, "year": f"{numbering.day:%Y}", "month": f"{numbering.day:%m}"}
    return _PLACE.sub(lambda place: words.get(place[1], place[0]), pattern)


def next_serials(form: tuple[FormField, ...], numbering: Numbering) -> Filled:
    """The number each field of kind serial gets if the form is filled in now."""
    return {field.id: _next(field.pattern, numbering) for field in form if field.kind is FieldKind.SERIAL}


def _next(pattern: str, numbering: Numbering) -> str:
    number = numbering.counters.get(series_of(pattern, numbering), 0) + 1
    return _NUMBER.sub(lambda place: _digits(place[0], number), _spelled(pattern, numbering))


def _digits(place: str, number: int) -> str:
    width = place[-2]
    return f"{number:0{width}}" if width.isdigit() else str(number)


def counted(form: tuple[FormField, ...], filled: Filled, numbering: Numbering) -> dict[str, int]:
    """The counters after a form was filled in."""
    counters = dict(numbering.counters)
    for field in form:
        if field.kind is FieldKind.SERIAL and field.id in filled:
            series = series_of(field.pattern, numbering)
            counters[series] = counters.get(series, 0) + 1
    return counters


def reached(form: tuple[FormField, ...], filled: Filled) -> dict[str, int]:
    """How far each series had come, by the numbers that stand in *filled*: what `counted` says, told by the outcome."""
    given = (filled[field.id] for field in form if field.kind is FieldKind.SERIAL and field.id in filled)
    parts = (found for number in given if (found := _GIVEN.fullmatch(number)) is not None)
    return {f"{found[1]}{{number}}{found[3]}": int(found[2]) for found in parts}
