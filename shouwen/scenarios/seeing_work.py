"""Steps of a case, its money, its rolls and numbers, as dispatch keeps them."""

from services.dispatch.policy.standing import SiteState
from services.dispatch.state import hindered, procedure, progress, purse, site_entity
from shared.contracts.dispatch import StepTaken
from shared.rules.forms import FieldKind
from shared.rules.ledger import due, held, owing
from shared.rules.rolls import Listed
from shared.rules.steps import RollScope
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
        wrong = hindered(rule, state, stage.world.book, at=stage.world.now)
        taken = far.taken.get(rule.id)
        if taken is None and not rule.when.holds(far.now):
            continue
        why = wrong.why if wrong else None
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
    """Every name on a roll of the case, then every name on a roll of its site."""
    state = stage.case_state(name)
    if state is None or not state.pack:
        return []
    own = [
        {"roll": roll, "name": one, "scope": RollScope.CASE.value}
        for roll, names in state.work.rolls.items()
        for one in names
    ]
    standing = stage.world.machines["dispatch"].state(site_entity(state.site))
    listed = standing.rolls.items() if isinstance(standing, SiteState) else ()
    return own + [_listed(stage, roll, one) for roll, names in listed for one in names]


def _listed(stage: Stage, roll: str, one: Listed) -> Record:
    names = {entity: case for case, entity in stage.entities.items()}
    who = {"case": names.get(one.case, one.case), "by": names_of(stage, one.by), "at": one.at}
    return {"roll": roll, "name": one.name, "scope": RollScope.SITE.value} | who


def serials(stage: Stage, name: str) -> list[Record]:
    """Every serial number a step of the case was given, in the order given."""
    state = stage.case_state(name)
    if state is None or not state.pack:
        return []
    steps = procedure(state, stage.world.book).steps
    fields = {field.id for step in steps for field in step.form if field.kind is FieldKind.SERIAL}
    facts = (said.fact for said in stage.world.log if said.heading.entity == state.case)
    forms = (fact.form for fact in facts if isinstance(fact, StepTaken))
    return [{"field": id_, "number": value} for form in forms for id_, value in form.items() if id_ in fields]
