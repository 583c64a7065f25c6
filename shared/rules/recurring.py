"""Matters that come back: how many of the same make something more necessary, and what.

Source: requirements UP-6, UP-7, UP-10.
"""

from dataclasses import dataclass

from shared.organisation.records import Named
from shared.rules.registers import Window
from shared.rules.steps import Opens

OR = "|"
"""Between words of ``same`` of which the first that a matter has counts."""


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """So many matters of the same kind within one window open one case more, once for each kind and window.

    Attributes:
        case_types: Whose cases are counted.
        at_least: How many; the number itself counts (TS-8).
        same: What makes two matters the same, all of: ``category``, ``unit`` (unit, else place), ``criteria``,
            ``field:<id>``. A matter that lacks one of them is not counted. ``field:<id>|unit``: the first of them that
            the matter has.
        window: Within which they are counted, by received time.
        windows: In how many windows one after the other it has to happen (UP-10); 1: in one.
        opens: The case that is opened; it names those counted.
        tell: Roles told of it, beside the department of that case.
    """

    id: str
    name: Named
    case_types: tuple[str, ...]
    at_least: int
    same: tuple[str, ...]
    window: Window
    opens: Opens
    source: str
    windows: int = 1
    tell: tuple[str, ...] = ()
    product_default: bool = False
