"""Forms: which fields a case type, a step or a follow-up asks for, and what a well-filled field is.

Values travel as text in one canonical form: a count ``4``, money ``1000.00``, a date ``2025-03-04``, an instant in
ISO 8601 with zone, ``yes`` or ``no``, a choice by its id, several lines joined by line feeds, a serial number as given.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from shared.organisation.records import Named
from shared.rules.conditions import ALWAYS, Condition

Filled = dict[str, str]
"""A filled form: canonical text by field id; fields left empty are absent."""


class FieldKind(StrEnum):
    """What a field of a form takes."""

    TEXT = "text"
    LINES = "lines"
    COUNT = "count"
    RATING = "rating"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    YES_NO = "yes_no"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a field of kind choice."""

    id: str
    name: Named


@dataclass(frozen=True, slots=True)
class Mark:
    """A circumstance that a number brings about: the case carries the flag ``<field>=<id>`` from *at_least* on.

    Of several marks of one field the one with the greatest *at_least* reached holds. The number itself counts (TS-8).
    """

    id: str
    at_least: Decimal


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form. Ids are unique within the case type, steps and follow-up included.

    A choice or a yes/no puts the flag ``<field>=<value>`` on the case, which conditions may ask for.

    Attributes:
        required: Whether it may be left empty, where *when* holds.
        when: Where the field is asked for at all; sees what the fields before it brought about.
        personal: Says something about a person: kept apart, masked, erasable; never a flag or a key.
        refused: For a choice or yes/no: value to the sentence why the matter cannot go on with it.
        at_least: For numbers and money, the least allowed; money and counts are never negative anyway.
        at_most: The greatest allowed.
        not_before: For a date or an instant: the fields it must not lie before, filled in earlier in this form or in a
            form taken before it; ``received``: when the case was received; ``now``: when it is filled in.
        pattern: For a serial number, which nobody types in: ``GS-{site}-{year}-{number:4}`` counts at each site from
            1 without gaps, anew each year; ``{site}`` is the site's code, ``{month}`` may stand there too.
        source: Manual and section.
    """

    id: str
    name: Named
    kind: FieldKind
    required: bool = False
    when: Condition = ALWAYS
    choices: tuple[Choice, ...] = ()
    personal: bool = False
    refused: dict[str, Named] = field(default_factory=dict)
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    marks: tuple[Mark, ...] = ()
    not_before: tuple[str, ...] = ()
    pattern: str = ""
    source: str = ""
    product_default: bool = False
