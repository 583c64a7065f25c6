"""What a step waits for beside other steps: days that have to come, and money for every name that is given out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from shared.organisation.records import Named
from shared.rules.dating import Floor, Floors
from shared.rules.ledger import Barred, Sums, held
from shared.rules.model import CaseType
from shared.rules.money import MoneyItem, MoneyKind, Move
from shared.rules.rolls import Rolls
from shared.rules.stepping import Hindrance
from shared.rules.steps import RollMove, StepRule
from shared.timekeeping.zones import instant_at, zone_named

_DAY = 10
"""Characters of a canonical date; an instant has more."""
_MINUTE = 16
_HELD = frozenset({MoneyKind.DEPOSIT, MoneyKind.PREPAYMENT})


def too_soon(rule: StepRule, floors: Floors, *, at: datetime, zone: str) -> Hindrance | None:
    """Which dates of *rule* are not over, or have not come, yet; None for none.

    Source: requirements CK-FUP-06, AS-085; 002/3 (9).
    """
    over = [(_over(floors[word].value, zone), word, _OVER) for word in rule.once_over if word in floors]
    come = [(_come(floors[word].value, zone), word, _COME) for word in rule.once_come if word in floors]
    ahead = [one for one in (*over, *come) if at < one[0]]
    if not ahead:
        return None
    since, last, what = max(ahead)
    wait = _wait(rule, floors[last], what, since.astimezone(zone_named(zone)))
    return Hindrance("too_soon", tuple(word for _, word, _ in ahead), refusal=wait)


def unpaid(case_type: CaseType, rule: StepRule, rolls: Rolls, sums: Mapping[str, Sums]) -> Barred | None:
    """Why a step may not give out, or pay back, so much: more names stand on a roll after it than are paid for.

    Source: requirements 3.26 (fees for each pass), X-24 (its deposit goes back when the pass does).
    """
    items = {item.id: item for item in case_type.money}
    for move in rule.rolls:
        if move.move is RollMove.PUT and move.paid_by is not None:
            item, names = items[move.paid_by], len(rolls.get(move.roll, ()))
            paid = _pieces(item, sums.get(item.id) or Sums(item.id))
            if names > paid:
                return Barred("not_paid_for", item.id, move.field, _too_many(item, paid, names), _pay(case_type, item))
    return next(_paid_back_early(case_type, rule, rolls, sums), None)


def _paid_back_early(case_type: CaseType, rule: StepRule, rolls: Rolls, sums: Mapping[str, Sums]) -> Iterator[Barred]:
    """Refunds that leave less in the house than is held for the names still on a roll; for what is kept nothing is."""
    items = {item.id: item for item in case_type.money}
    for back in (one for one in rule.money if one.move is Move.REFUND):
        item, moved = items[back.item], sums.get(back.item) or Sums(back.item)
        for roll in _rolls_paid_by(case_type, item.id):
            assert item.amount is not None
            out = len(rolls.get(roll, ())) - int(moved.deducted // item.amount)
            short = out * item.amount - held(item, moved)
            if short > 0:
                wrong, right = _still_out(item, out, held(item, moved) + short), _get_back(case_type, roll, item.id)
                yield Barred("still_out", item.id, back.amount, wrong, right)


def _rolls_paid_by(case_type: CaseType, item: str) -> Iterable[str]:
    return {move.roll for step in case_type.steps for move in step.rolls if move.paid_by == item}


_OVER, _COME = ("过后", "is over"), ("到来", "has come")


def _over(value: str, zone: str) -> datetime:
    """When a date or an instant has passed: a date with the end of its day at the site."""
    return _come(value, zone, days=1)


def _come(value: str, zone: str, *, days: int = 0) -> datetime:
    """When a date or an instant has come: a date with the beginning of its day at the site."""
    if len(value) > _DAY:
        return datetime.fromisoformat(value)
    return instant_at(date.fromisoformat(value) + timedelta(days=days), 0, zone)


def _wait(rule: StepRule, floor: Floor, what: tuple[str, str], since: datetime) -> Named:
    (zh, en), shown = what, since.isoformat().replace("T", " ")[:_MINUTE]
    return Named(
        f"“{rule.text.zh}”须等“{floor.name.zh}”{zh}，{shown} 起方可办理",
        f'"{rule.text.en}" waits until "{floor.name.en}" {en}, from {shown} on',
    )


def _pieces(item: MoneyItem, sums: Sums) -> int:
    """How many are paid for: of a deposit, as long as the house holds it."""
    assert item.amount is not None
    standing: Decimal = held(item, sums) if item.kind in _HELD else sums.paid
    return int(standing // item.amount)


def _too_many(item: MoneyItem, paid: int, names: int) -> Named:
    return Named(
        f"“{item.name.zh}”已缴 {paid} 份，这样就发到 {names} 份，还差 {names - paid} 份",
        f"{item.name.en}: {paid} paid for, this would make {names}, {names - paid} are still to be paid",
    )


def _still_out(item: MoneyItem, out: int, kept: Decimal) -> Named:
    return Named(
        f"还有 {out} 份未交回，“{item.name.zh}”至少须留 {kept:.2f} 元",
        f"{item.name.en}: {out} have not come back, at least {kept:.2f} yuan stay in the house",
    )


def _get_back(case_type: CaseType, roll: str, item: str) -> Named:
    steps = [
        step
        for step in case_type.steps
        if any((move.roll, move.move) == (roll, RollMove.TAKE) for move in step.rolls)
        or any((move.item, move.move) == (item, Move.DEDUCT) for move in step.money)
    ]
    zh, en = "；".join(step.text.zh for step in steps), "; ".join(step.text.en for step in steps)
    return Named(f"请少退一些，或先办理：{zh}", f"pay back less, or first: {en}")


def _pay(case_type: CaseType, item: MoneyItem) -> Named:
    steps = list(_paying(case_type, item.id))
    zh, en = "；".join(step.text.zh for step in steps), "; ".join(step.text.en for step in steps)
    return Named(f"请先补缴：{zh}", f"first collect the rest: {en}")


def _paying(case_type: CaseType, item: str) -> Iterable[StepRule]:
    """The steps by which more of it is paid: those that repeat, else every one that takes it."""
    taking = [rule for rule in case_type.steps if any((m.item, m.move) == (item, Move.PAY) for m in rule.money)]
    return [rule for rule in taking if rule.repeats] or taking
