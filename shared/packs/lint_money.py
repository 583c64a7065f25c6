"""Sums of money that nobody pays, or that move as money cannot."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import Lexicon, lexicons
from shared.packs.lint_clocks import field_findings
from shared.packs.lint_words import unknown
from shared.rules.forms import FieldKind
from shared.rules.model import Pack
from shared.rules.money import MoneyItem, MoneyKind, MoneyMove, Move
from shared.rules.steps import StepRule

_CENT = Decimal("0.01")
_POSSIBLE = {
    MoneyKind.FEE: frozenset({Move.PAY}),
    MoneyKind.COST: frozenset({Move.PAY}),
    MoneyKind.DEPOSIT: frozenset({Move.PAY, Move.DEDUCT, Move.REFUND}),
    MoneyKind.PREPAYMENT: frozenset({Move.PAY, Move.SETTLE, Move.REFUND}),
}


def money_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the sums of the pack and how steps move them."""
    for words in lexicons(pack):
        items = {item.id: item for item in words.case_type.money}
        for item in words.case_type.money:
            yield from _item(words, item, f"{words.top}.money.{item.id}")
        for id_, times in Counter(item.id for item in words.case_type.money).items():
            if times > 1:
                yield Finding("duplicate_id", f"{words.top}.money.{id_}", _TWICE, _ONCE)
        for step in words.case_type.steps:
            for move in step.money:
                yield from _move(words, step, move, items)


def _item(words: Lexicon, item: MoneyItem, path: str) -> Iterator[Finding]:
    if item.amount is not None and (item.amount <= 0 or item.amount % _CENT):
        yield Finding("money_amount", f"{path}.amount", _ODD_AMOUNT, _EXACT)
    if item.per is not None:
        yield from field_findings(words, item.per, frozenset({FieldKind.COUNT}), f"{path}.per")
    if item.per is not None and item.amount is None:
        yield Finding("money_amount", f"{path}.per", _PER_NOTHING, _GIVE_AMOUNT)
    moved = {move.item for step in words.case_type.steps for move in step.money if move.move is Move.PAY}
    if item.id not in moved:
        yield Finding("money_never_paid", path, _UNPAID, _PAY_IT)
    back = {m.item for step in words.case_type.steps for m in step.money if m.move is Move.REFUND and m.amount is None}
    if Move.REFUND in _POSSIBLE[item.kind] and item.id not in back:
        yield Finding("money_never_back", path, _KEPT, _GIVE_BACK)


def _move(words: Lexicon, step: StepRule, move: MoneyMove, items: dict[str, MoneyItem]) -> Iterator[Finding]:
    path = f"{words.top}.steps.{step.id}.money"
    yield from unknown("money_unknown", ("款项", "sum"), path, (move.item,), items)
    if move.amount is not None:
        yield from field_findings(words, move.amount, frozenset({FieldKind.MONEY}), path)
    item = items.get(move.item)
    if item is None:
        return
    if move.move not in _POSSIBLE[item.kind]:
        yield Finding("money_move", path, _impossible(item.kind, move.move), _AS_KIND)
    named = move.amount is not None
    if not named and (move.move is Move.DEDUCT or (move.move is Move.PAY and item.amount is None)):
        yield Finding("money_amount", path, _HOW_MUCH, _NAME_AMOUNT)


def _impossible(kind: MoneyKind, move: Move) -> Named:
    return Named(f"{kind} 类款项不能 {move}", f"a {kind} cannot be moved by {move}")


_TWICE = Named("款项编号重复", "this sum appears more than once")
_ONCE = Named("只保留一处", "keep it once")
_ODD_AMOUNT = Named("金额须为正数，至多两位小数", "an amount is positive and has two decimals at most")
_EXACT = Named('请写成 "1000.00"', 'write it like "1000.00"')
_PER_NOTHING = Named("有单位数量却没有单价", "counted by a number, but without a price for one")
_GIVE_AMOUNT = Named("请填 amount", "give an amount")
_UNPAID = Named("没有步骤收取此款", "no step takes this sum in")
_PAY_IT = Named("请在某个步骤的 money 中加上 move: pay，或删去此款", "let a step pay it, or remove it")
_KEPT = Named("没有步骤把余下的全部退还，事项便不能撤回", "no step gives back all that is left; nobody could withdraw")
_GIVE_BACK = Named("请加上不带 amount 的 move: refund", "add a move: refund without an amount")
_AS_KIND = Named(
    "费用只收不退；押金可扣、可退；预付款可结算、可退",
    "fees and costs are paid only; deposits deducted or refunded; prepayments settled or refunded",
)
_HOW_MUCH = Named("没有说明是多少", "it does not say how much")
_NAME_AMOUNT = Named("请在 amount 中填金额字段", "name a money field under amount")
