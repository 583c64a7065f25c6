"""Money of a case: what is due by the manual and how it moves. Amounts are exact, in yuan with two decimals."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.organisation.records import Named
from shared.rules.conditions import ALWAYS, Condition


class MoneyKind(StrEnum):
    """What a sum is: a ``deposit`` is held and goes back, a ``prepayment`` is settled, the others are earned."""

    FEE = "fee"
    COST = "cost"
    DEPOSIT = "deposit"
    PREPAYMENT = "prepayment"


class Move(StrEnum):
    """How a sum moves: ``pay`` in; ``deduct`` keeps part of what is held; ``refund`` gives it back;
    ``settle`` spends a prepayment on what it was paid for.
    """

    PAY = "pay"
    DEDUCT = "deduct"
    REFUND = "refund"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class MoneyItem:
    """One sum the manual names.

    Attributes:
        payer: Who pays, in one word, such as ``owner`` or ``contractor``.
        amount: Yuan; for each one of *per* where that is given. None: as a field of the step says.
        per: Id of the count field it is multiplied with.
    """

    id: str
    name: Named
    kind: MoneyKind
    payer: str
    source: str
    amount: Decimal | None = None
    per: str | None = None
    when: Condition = ALWAYS
    product_default: bool = False


@dataclass(frozen=True, slots=True)
class MoneyMove:
    """What taking a step does to one sum.

    Attributes:
        amount: Id of the money field that says how much; None: pay all that is due, refund or settle all that is left.
    """

    item: str
    move: Move
    amount: str | None = None
