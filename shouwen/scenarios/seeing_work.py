"""Steps of a case and its money, as dispatch keeps them."""

from services.dispatch.commands.stepping import OUT_OF_REACH
from services.dispatch.state import procedure, progress, purse
from shared.rules.ledger import due, held, owing
from shared.rules.stepping import hindrance
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.minutes import Record, names_of


def steps(stage: Stage, name: str) -> list[Record]:
    """Steps that apply or were taken, in the order of the manual."""
    state = stage.case_state(name)
    if state is None or not state.pack:
        return []
    far = progress(state)
    found = []
    for rule in procedure(state, stage.world.book).steps:
        taken, wrong = far.taken.get(rule.id), hindrance(rule, far)
        if taken is None and not rule.when.holds(far.now):
            continue
        why = "not_now" if state.status in OUT_OF_REACH else wrong.why if wrong else None
        found.append(
            {
                "id": rule.id,
                "text": f"{rule.text.zh} {rule.text.en}",
                "minutes": rule.minutes,
                "source": rule.source,
                "taken": far.stands(rule.id),
                "possible": why is None,
                "why": why,
                "outcome": taken.outcome if taken else None,
                "count": taken.count if taken else 0,
                "by": names_of(stage, taken.by) if taken else None,
                "at": taken.at if taken else None,
            }
        )
    return found


def ledger(stage: Stage, name: str) -> list[Record]:
    """Every sum of the case: due by the manual, moved so far, held."""
    state = stage.case_state(name)
    if state is None or not state.pack:
        return []
    money = purse(state, stage.world.book)
    return [
        {
            "item": item.id,
            "due": due(item, money.counts),
            "owing": owing(item, money),
            "paid": money.of(item.id).paid,
            "deducted": money.of(item.id).deducted,
            "refunded": money.of(item.id).refunded,
            "settled": money.of(item.id).settled,
            "held": held(item, money.of(item.id)),
        }
        for item in money.items
    ]


def rolls(stage: Stage, name: str) -> list[Record]:
    """Every name on a roll of the case."""
    state = stage.case_state(name)
    found = state.work.rolls if state else {}
    return [{"roll": roll, "name": one} for roll, names in found.items() for one in names]
