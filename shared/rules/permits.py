"""What a step waits for beside other steps: days that have to be over, and money for every name it gives out."""

from collections.abc import Iterable, Mapping
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
    """Which dates of *rule* are not over yet; None for none.

    Source: requirements CK-FUP-06, AS-085.
    """
    known = [(word, floors[word]) for word in rule.once_over if word in floors]
    ahead = [(word, floor) for word, floor in known if at < _over(floor.value, zone)]
    if not ahead:
        return None
    _, last = max(ahead, key=lambda one: _over(one[1].value, zone))
    return Hindrance("too_soon", tuple(word for word, _ in ahead), refusal=_wait(rule, last, zone))


def unpaid(case_type: CaseType, rule: StepRule, rolls: Rolls, sums: Mapping[str, Sums]) -> Barred | None:
    """Why a step may not give out so much: its rolls, as they stand after it, have more names than were paid for.

    Source: requirements 3.26 (fees for each pass).
    """
    items = {item.id: item for item in case_type.money}
    for move in rule.rolls:
        if move.move is RollMove.PUT and move.paid_by is not None:
            item, names = items[move.paid_by], len(rolls.get(move.roll, ()))
            paid = _pieces(item, sums.get(item.id) or Sums(item.id))
            if names > paid:
                return Barred("not_paid_for", item.id, move.field, _too_many(item, paid, names), _pay(case_type, item))
    return None


def _over(value: str, zone: str) -> datetime:
    """When a date or an instant has passed: a date with the end of its day at the site."""
    if len(value) > _DAY:
        return datetime.fromisoformat(value)
    return instant_at(date.fromisoformat(value) + timedelta(days=1), 0, zone)


def _wait(rule: StepRule, floor: Floor, zone: str) -> Named:
    since = _over(floor.value, zone).astimezone(zone_named(zone)).isoformat().replace("T", " ")[:_MINUTE]
    return Named(
        f"“{rule.text.zh}”须等“{floor.name.zh}”过后，{since} 起方可办理",
        f'"{rule.text.en}" waits until "{floor.name.en}" is over, from {since} on',
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


def _pay(case_type: CaseType, item: MoneyItem) -> Named:
    steps = list(_paying(case_type, item.id))
    zh, en = "；".join(step.text.zh for step in steps), "; ".join(step.text.en for step in steps)
    return Named(f"请先补缴：{zh}", f"first collect the rest: {en}")


def _paying(case_type: CaseType, item: str) -> Iterable[StepRule]:
    """The steps by which more of it is paid: those that repeat, else every one that takes it."""
    taking = [rule for rule in case_type.steps if any((m.item, m.move) == (item, Move.PAY) for m in rule.money)]
    return [rule for rule in taking if rule.repeats] or taking
