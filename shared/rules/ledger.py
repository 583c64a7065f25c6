"""The ledger of a case: what is due, what was paid, what is held, and every move as one double entry. Exact, in yuan.

A fee or a cost is earned when it is paid. A deposit or a prepayment is held until it is refunded, deducted from or
settled; nothing that is not held can leave.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from shared.organisation.records import Named
from shared.rules.conditions import Matter
from shared.rules.forms import Filled
from shared.rules.money import MoneyItem, MoneyKind, MoneyMove, Move

NOTHING = Decimal("0.00")
CASH = "cash"

_HELD = frozenset({MoneyKind.DEPOSIT, MoneyKind.PREPAYMENT})


@dataclass(frozen=True, slots=True)
class Sums:
    """What happened to one sum so far; never negative, and no more left than was paid."""

    item: str
    paid: Decimal = NOTHING
    deducted: Decimal = NOTHING
    refunded: Decimal = NOTHING
    settled: Decimal = NOTHING

    @property
    def left(self) -> Decimal:
        """What was paid and has not gone anywhere."""
        return self.paid - self.deducted - self.refunded - self.settled


@dataclass(frozen=True, slots=True)
class Posting:
    """One double entry: *amount*, always positive, is debited to one account and credited to another.

    Attributes:
        debit: ``cash``, ``held:<item>``, ``income:<item>`` or ``spent:<item>``; *credit* likewise.
    """

    item: str
    move: Move
    amount: Decimal
    payer: str
    debit: str
    credit: str


@dataclass(frozen=True, slots=True)
class Barred:
    """Why money may not move like that.

    Attributes:
        rule: above_due, above_held, not_refundable or count_missing.
        field: Field of the step that names the amount, if one does.
    """

    rule: str
    item: str
    field: str | None
    wrong: Named
    right: Named


@dataclass(frozen=True, slots=True)
class Moved:
    """What a step did to the money of its case.

    Attributes:
        sums: Of every item, after it.
    """

    postings: tuple[Posting, ...]
    sums: Mapping[str, Sums]


@dataclass(frozen=True, slots=True)
class Purse:
    """The money of a case in hand.

    Attributes:
        counts: Values of the count fields that items are multiplied with.
    """

    items: tuple[MoneyItem, ...]
    matter: Matter
    counts: Mapping[str, str]
    sums: Mapping[str, Sums]

    def of(self, item: str) -> Sums:
        """What happened to that item so far."""
        return self.sums.get(item) or Sums(item)


def due(item: MoneyItem, counts: Mapping[str, str]) -> Decimal | None:
    """What the pack asks for altogether; None where it names no amount, or the count is not known yet."""
    if item.amount is None or (item.per is not None and item.per not in counts):
        return None
    return item.amount * Decimal(counts[item.per]) if item.per is not None else item.amount


def owing(item: MoneyItem, purse: Purse) -> Decimal | None:
    """What is still to be paid; None as for `due`, nothing where the item does not apply."""
    whole = due(item, purse.counts) if item.when.holds(purse.matter) else NOTHING
    return None if whole is None else max(whole - purse.of(item.id).paid, NOTHING)


def held(item: MoneyItem, sums: Sums) -> Decimal:
    """What the house holds of it and still has to give an account of."""
    return sums.left if item.kind in _HELD else NOTHING


def moved(moves: Iterable[MoneyMove], filled: Filled, purse: Purse) -> Moved | Barred:
    """Carry out every move of a step with the amounts *filled* in; all of them or none."""
    items, postings = {item.id: item for item in purse.items}, []
    for move in moves:
        item = items[move.item]
        amount = _amount(move, item, filled, purse)
        if isinstance(amount, Barred):
            return amount
        if amount > 0:
            postings.append(_posting(move.move, item, amount))
            purse = replace(purse, sums={**purse.sums, item.id: _ADDED[move.move](purse.of(item.id), amount)})
    return Moved(tuple(postings), purse.sums)


def _amount(move: MoneyMove, item: MoneyItem, filled: Filled, purse: Purse) -> Decimal | Barred:
    """How much moves: a field left empty, or an item that does not apply, moves nothing."""
    if move.move is not Move.PAY and item.kind not in _HELD:
        return Barred("not_refundable", item.id, move.amount, *_earned(item))
    most = owing(item, purse) if move.move is Move.PAY else purse.of(item.id).left
    if move.amount is None:
        return most if most is not None else Barred("count_missing", item.id, None, *_unknown(item))
    wanted = Decimal(filled.get(move.amount, "0"))
    if wanted > 0 and most is not None and wanted > most:
        return _above(move, item, wanted, most)
    return wanted.quantize(NOTHING)


def _above(move: MoneyMove, item: MoneyItem, wanted: Decimal, most: Decimal) -> Barred:
    paying = move.move is Move.PAY
    zh, en = ("尚应收", "is still due") if paying else ("现存", "is held")
    wrong = Named(
        f"“{item.name.zh}”{zh} {most:.2f} 元，不能办理 {wanted:.2f} 元",
        f"{item.name.en}: {most:.2f} yuan {en}, {wanted:.2f} is more",
    )
    right = Named(f"最多 {most:.2f} 元", f"at most {most:.2f} yuan")
    return Barred("above_due" if paying else "above_held", item.id, move.amount, wrong, right)


def _posting(move: Move, item: MoneyItem, amount: Decimal) -> Posting:
    kept, earned = f"held:{item.id}", f"income:{item.id}"
    sides = {
        Move.PAY: (CASH, kept if item.kind in _HELD else earned),
        Move.DEDUCT: (kept, earned),
        Move.REFUND: (kept, CASH),
        Move.SETTLE: (kept, f"spent:{item.id}"),
    }
    return Posting(item.id, move, amount, item.payer, *sides[move])


_ADDED: Mapping[Move, Callable[[Sums, Decimal], Sums]] = {
    Move.PAY: lambda sums, amount: replace(sums, paid=sums.paid + amount),
    Move.DEDUCT: lambda sums, amount: replace(sums, deducted=sums.deducted + amount),
    Move.REFUND: lambda sums, amount: replace(sums, refunded=sums.refunded + amount),
    Move.SETTLE: lambda sums, amount: replace(sums, settled=sums.settled + amount),
}


def _earned(item: MoneyItem) -> tuple[Named, Named]:
    return (
        Named(f"“{item.name.zh}”收取后不退", f"{item.name.en} is earned once it is paid"),
        Named(
            "只有押金和预付款可以退还、扣除或结算", "only deposits and prepayments are refunded, deducted or settled"
        ),
    )


def _unknown(item: MoneyItem) -> tuple[Named, Named]:
    return (
        Named(f"“{item.name.zh}”应收多少还不知道", f"it is not known yet how much {item.name.en} is"),
        Named("请先填写数量", "fill in the number first"),
    )
