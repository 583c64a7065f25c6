"""Tallies: how many of something a case has, such as keys in the cabinet, as steps add to it and take from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.organisation.records import Named
from shared.rules.forms import Filled

Tallies = Mapping[str, int]
"""How many there are, by tally; one that nothing was added to yet has none."""


class TallyMove(StrEnum):
    """``add`` so many; ``take`` so many away, which is refused when fewer are there."""

    ADD = "add"
    TAKE = "take"


@dataclass(frozen=True, slots=True)
class TallyRule:
    """What a step does to a tally.

    Attributes:
        field: Count field of the step that says how many.
        refusal: For take, why so many cannot be taken; None: the usual sentence. How many are there is told besides.
    """

    tally: str
    field: str
    move: TallyMove
    refusal: Named | None = None


@dataclass(frozen=True, slots=True)
class TooFew:
    """Why a step cannot take so many.

    Attributes:
        field: The field that says how many.
    """

    field: str
    wrong: Named
    right: Named


def tallied(rules: Iterable[TallyRule], filled: Filled, tallies: Tallies) -> Tallies | TooFew:
    """The tallies after a step filled in like that, or why it takes more than there are; all moves or none.

    Source: requirements 3.19 (loans; 004 ch3-六 二)5).
    """
    for rule in rules:
        there, wanted = tallies.get(rule.tally, 0), int(filled.get(rule.field, "0"))
        if rule.move is TallyMove.TAKE and wanted > there:
            return TooFew(rule.field, _too_few(rule, there), _at_most(there))
        tallies = {**tallies, rule.tally: there - wanted if rule.move is TallyMove.TAKE else there + wanted}
    return tallies


_USUAL = Named("没有这么多", "there are not so many")


def _too_few(rule: TallyRule, there: int) -> Named:
    why = rule.refusal or _USUAL
    return Named(f"{why.zh}（现有 {there}）", f"{why.en} (there are {there})")


def _at_most(there: int) -> Named:
    return Named(f"最多填 {there}", f"at most {there}") if there else Named("现在没有可填的", "there is none now")
