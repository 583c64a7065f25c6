"""Money the house holds for a case, as far as dispatch has said; whoever takes a matter back gets it back first.

Source: requirements 3.26 (deposits), 001/4 8; decision 0029.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from shared.rules.model import CaseType
from shared.rules.money import Move
from shared.rules.steps import StepRule

Booked = tuple[str, Decimal, str, str]
"""One double entry: the sum of the pack, yuan, the account debited and the one credited."""
NOTHING = Decimal("0.00")
_ACCOUNT = "held:"
_BACK = frozenset({Move.REFUND, Move.SETTLE})


def held_after(held: Mapping[str, Decimal], entries: Iterable[Booked]) -> dict[str, Decimal]:
    """What is held of each sum after *entries*; sums of which nothing is left are absent."""
    left = dict(held)
    for item, amount, debit, credit in entries:
        if credit.startswith(_ACCOUNT):
            left[item] = left.get(item, NOTHING) + amount
        elif debit.startswith(_ACCOUNT):
            left[item] = left.get(item, NOTHING) - amount
    return {item: amount for item, amount in left.items() if amount}


def ways_back(case_type: CaseType, held: Mapping[str, Decimal], marks: Iterable[str]) -> tuple[StepRule, ...]:
    """The steps that give back or settle what is held; those that may be taken as things stand, where there are any."""
    standing = frozenset(marks)
    giving = [rule for rule in case_type.steps if any(m.item in held and m.move in _BACK for m in rule.money)]
    ready = [rule for rule in giving if _ready(rule, standing)]
    return tuple(ready or giving)


def _ready(rule: StepRule, standing: frozenset[str]) -> bool:
    taken = {mark.partition("=")[0] for mark in standing}
    came = all(word in standing if "=" in word else word in taken for word in rule.after)
    return came and standing.issuperset(rule.when.flags) and standing.isdisjoint(rule.when.without)
