"""Money of a case: what is due, what may move, and that the books balance."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.organisation.records import Named
from shared.rules.conditions import Condition, Matter
from shared.rules.ledger import Barred, Moved, Posting, Purse, due, held, moved, owing
from shared.rules.money import MoneyItem, MoneyKind, MoneyMove, Move

MATTER = Matter("ordinary")
DEPOSIT = MoneyItem("deposit", Named("押金", "Deposit"), MoneyKind.DEPOSIT, "owner", "x", Decimal("1000.00"))
PASSES = MoneyItem("passes", Named("证件押金", "Passes"), MoneyKind.DEPOSIT, "firm", "x", Decimal(50), per="workers")
PREPAID = MoneyItem("prepaid", Named("预付款", "Prepayment"), MoneyKind.PREPAYMENT, "owner", "x")
FEE = MoneyItem("fee", Named("工本费", "Fee"), MoneyKind.FEE, "owner", "x", Decimal(20))
FOR_FIRMS = MoneyItem(
    "extra", Named("附加", "Extra"), MoneyKind.FEE, "firm", "x", Decimal(5), when=Condition(flags=("firm=yes",))
)
ITEMS = (DEPOSIT, PASSES, PREPAID, FEE, FOR_FIRMS)


def purse(counts: dict[str, str] | None = None, **sums: Any) -> Purse:
    return Purse(ITEMS, MATTER, counts or {}, sums)


def after(*moves: tuple[str, Move, str | None], counts: dict[str, str] | None = None) -> Purse | Barred:
    """The purse after moves of amounts, or what barred the first that was not possible."""
    now = purse(counts)
    for item, move, amount in moves:
        rule = MoneyMove(item, move, None if amount is None else "sum")
        done = moved((rule,), {} if amount is None else {"sum": amount}, now)
        if isinstance(done, Barred):
            return done
        now = purse(counts, **done.sums)
    return now


def test_a_deposit_is_held_and_goes_back_whole() -> None:
    whole = after(("deposit", Move.PAY, None), ("deposit", Move.DEDUCT, "200.00"), ("deposit", Move.REFUND, None))

    assert isinstance(whole, Purse)
    sums = whole.of("deposit")
    assert (sums.paid, sums.deducted, sums.refunded, sums.left) == tuple(map(Decimal, (1000, 200, 800, 0)))


@pytest.mark.parametrize(
    ("moves", "rule", "named"),
    [
        pytest.param((("deposit", Move.PAY, "1000.01"),), "above_due", "1000.00", id="more than is due"),
        pytest.param(
            (("deposit", Move.PAY, "1000.00"), ("deposit", Move.PAY, "0.01")), "above_due", "0.00", id="paid twice"
        ),
        pytest.param((("deposit", Move.REFUND, "0.01"),), "above_held", "0.00", id="a refund of nothing"),
        pytest.param(
            (("deposit", Move.PAY, "300.00"), ("deposit", Move.REFUND, "300.01")),
            "above_held",
            "300.00",
            id="a refund above what was paid",
        ),
        pytest.param(
            (("prepaid", Move.PAY, "80.00"), ("prepaid", Move.SETTLE, "80.01")), "above_held", "80.00", id="settled"
        ),
        pytest.param((("fee", Move.PAY, None), ("fee", Move.REFUND, "1.00")), "not_refundable", "", id="a fee"),
        pytest.param((("passes", Move.PAY, None),), "count_missing", "", id="how many passes?"),
    ],
)
def test_money_that_may_not_move_is_refused_and_the_sum_left_is_named(moves: Any, rule: str, named: str) -> None:
    barred = after(*moves)

    assert isinstance(barred, Barred)
    assert barred.rule == rule
    assert named in barred.wrong.zh
    assert named in barred.right.en


def test_what_is_due_is_counted_for_each() -> None:
    counts = {"workers": "4"}

    assert due(PASSES, {}) is None
    assert due(PASSES, counts) == 200
    assert owing(FOR_FIRMS, purse(counts)) == 0
    assert isinstance(after(("extra", Move.PAY, "5.00")), Barred)


def test_nothing_moves_where_nothing_was_filled_in() -> None:
    done = moved((MoneyMove("deposit", Move.PAY, "sum"), MoneyMove("fee", Move.PAY, "sum")), {}, purse())

    assert done == Moved((), {})


def test_a_step_that_may_not_move_one_sum_moves_none() -> None:
    rules = (MoneyMove("fee", Move.PAY), MoneyMove("deposit", Move.REFUND, "sum"))

    assert isinstance(moved(rules, {"sum": "1.00"}, purse()), Barred)


def test_a_fee_is_earned_at_once_and_a_deposit_is_not() -> None:
    rules = (MoneyMove("fee", Move.PAY), MoneyMove("deposit", Move.PAY))
    done = moved(rules, {}, purse())

    assert isinstance(done, Moved)
    assert [(one.debit, one.credit) for one in done.postings] == [("cash", "income:fee"), ("cash", "held:deposit")]
    assert held(FEE, done.sums["fee"]) == 0
    assert held(DEPOSIT, done.sums["deposit"]) == 1000


AMOUNTS = st.decimals(min_value=0, max_value=1200, places=2).map(str)
STEPS = st.lists(st.tuples(st.sampled_from(ITEMS), st.sampled_from(Move), st.none() | AMOUNTS), max_size=25)


@given(STEPS)
def test_the_books_balance_whatever_is_tried(tried: list[tuple[MoneyItem, Move, str | None]]) -> None:
    now, postings = purse({"workers": "3"}), list[Posting]()
    for item, move, amount in tried:
        rule = MoneyMove(item.id, move, None if amount is None else "sum")
        done = moved((rule,), {} if amount is None else {"sum": amount}, now)
        if isinstance(done, Moved):
            postings += done.postings
            now = purse({"workers": "3"}, **done.sums)

    accounts: Counter[str] = Counter()
    for one in postings:
        assert one.amount > 0
        assert one.amount == one.amount.quantize(Decimal("0.01"))
        accounts[one.debit] += one.amount  # type: ignore[assignment]  # a Counter of sums
        accounts[one.credit] -= one.amount  # type: ignore[assignment]  # a Counter of sums
    assert sum(accounts.values()) == 0
    for item in ITEMS:
        sums = now.of(item.id)
        assert min(sums.paid, sums.deducted, sums.refunded, sums.settled, sums.left) >= 0
        assert -accounts[f"held:{item.id}"] == held(item, sums)
