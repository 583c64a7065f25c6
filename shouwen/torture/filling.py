"""Forms filled in by chance, the way the rules want them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from random import Random

from shared.rules.conditions import Matter
from shared.rules.filling import fill
from shared.rules.forms import FieldKind, Filled, FormField

ZONE = "Asia/Shanghai"
NUMBERS = frozenset({FieldKind.COUNT, FieldKind.RATING, FieldKind.MONEY})
WORDS: Mapping[FieldKind, str] = {
    FieldKind.TEXT: "张三",
    FieldKind.LINES: "张三",
    FieldKind.DATE: "2025-03-10",
    FieldKind.INSTANT: "2025-03-10 10:00",
}


def plausible(form: tuple[FormField, ...], matter: Matter, random: Random, hints: Filled | None = None) -> Filled:
    """A form filled in as somebody might who knows the rules: required fields, and some of the others.

    Args:
        form: What is asked.
        matter: The case.
        random: Chooses.
        hints: Values for fields that cannot be guessed, such as a name on a roll.
    """
    given: Filled = {}
    for number, one in enumerate(form):
        if one.kind is FieldKind.SERIAL:
            continue
        trial = fill(form[: number + 1], given | {one.id: _value(one, random, hints or {})}, matter=matter, zone=ZONE)
        asked = not any(fault.rule == "not_asked" for fault in trial.faults)
        if asked and (one.required or one.id in (hints or {}) or random.random() < 1 / 2):
            assert not trial.faults, trial.faults
            given[one.id] = trial.values[one.id]
    return given


def _value(one: FormField, random: Random, hints: Filled) -> str:
    if one.id in hints:
        return hints[one.id]
    if one.kind is FieldKind.CHOICE:
        return random.choice([choice.id for choice in one.choices if choice.id not in one.refused])
    if one.kind is FieldKind.YES_NO:
        return random.choice([word for word in ("yes", "no") if word not in one.refused])
    if one.kind in NUMBERS:
        return str(random.choice([least for least in _bounds(one) if least is not None]))
    return WORDS[one.kind]


def _bounds(one: FormField) -> Iterator[Decimal | None]:
    """Numbers at the edges of what is allowed, those that begin a mark among them."""
    yield one.at_least if one.at_least is not None else Decimal(1)
    yield one.at_most
    for mark in one.marks:
        inside = (one.at_least is None or mark.at_least >= one.at_least) and (
            one.at_most is None or mark.at_least <= one.at_most
        )
        yield mark.at_least if inside else None
