"""The steps, the money and the rolls of a case as an answer shows them to one reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.dispatch.api.showing import with_offset
from services.dispatch.commands.entitled import may_take, works_on
from services.dispatch.commands.hindering import NOT_YOURS, hindrance_said, not_yours
from services.dispatch.policy.standing import UNTOUCHED, SiteState
from services.dispatch.state import CaseState, hindered, procedure, progress, purse
from shared.contracts.fold import Actor
from shared.organisation.records import Named
from shared.rules.book import Book
from shared.rules.forms import FormField
from shared.rules.ledger import Purse, due, held, owing
from shared.rules.model import CaseType
from shared.rules.money import MoneyItem
from shared.rules.stepping import Hindrance, Progress, Taken
from shared.rules.steps import RollScope, StepRule
from shared.web.wording import Voice


@dataclass(frozen=True, slots=True)
class Viewing:
    """A case with what its site keeps, and who looks at it, when."""

    state: CaseState
    book: Book
    actor: Actor
    voice: Voice
    at: datetime
    standing: SiteState = UNTOUCHED


def steps_shown(view: Viewing) -> dict[str, Any]:
    """Steps that apply or were taken, the ledger, the rolls, and the consents on record."""
    state, case_type = view.state, procedure(view.state, view.book)
    far, money = progress(state), purse(state, view.book)
    applying = (rule for rule in case_type.steps if rule.id in far.taken or rule.when.holds(far.now))
    return {
        "steps": [_step(rule, far, case_type, view) for rule in applying],
        "ledger": [_sum(item, money) for item in case_type.money if _matters(item, money)],
        "rolls": _rolls(case_type, view),
        "consents": sorted(state.work.consents),
    }


def _step(rule: StepRule, far: Progress, case_type: CaseType, view: Viewing) -> dict[str, Any]:
    found = _hindrance(rule, view)
    return {
        "id": rule.id,
        "text": _named(rule.text),
        "possible": found is None,
        "why": None if found is None else _why(rule, found, case_type, view),
        "by": list(rule.by),
        "before": [gate.value for gate in rule.before],
        "needs": list(rule.needs),
        "repeats": rule.repeats,
        "takes_over": rule.takes_over,
        "copies": rule.copies,
        "minutes": rule.minutes,
        "label": None if rule.label is None else _named(rule.label),
        "source": rule.source,
        "product_default": rule.product_default,
        "outcomes": [{"id": outcome.id, "name": _named(outcome.name)} for outcome in rule.outcomes],
        "form": [_field(field) for field in rule.form],
        "taken": _taken(far.taken.get(rule.id), view),
    }


def _hindrance(rule: StepRule, view: Viewing) -> Hindrance | None:
    found = hindered(rule, view.state, view.book, at=view.at)
    if found is None and not may_take(rule, view.state, view.actor, view.book, at=view.at):
        return Hindrance(NOT_YOURS, rule.by)
    return found


def _why(rule: StepRule, found: Hindrance, case_type: CaseType, view: Viewing) -> dict[str, Any]:
    if found.why == NOT_YOURS:
        sentence = not_yours(rule, view.state, view.book).text
    else:
        sentence = hindrance_said(rule, found, case_type)
    return {"word": found.why, "missing": list(found.missing), "text": view.voice.say(sentence)}


def _taken(taken: Taken | None, view: Viewing) -> dict[str, Any] | None:
    if taken is None:
        return None
    return {
        "at": with_offset(taken.at, view.state.site, view.book),
        "by": taken.by,
        "outcome": taken.outcome,
        "count": taken.count,
        "again": taken.again,
    }


def _field(field: FormField) -> dict[str, Any]:
    """A field as a page needs it to ask for it."""
    return {
        "id": field.id,
        "name": _named(field.name),
        "kind": field.kind.value,
        "required": field.required,
        "personal": field.personal,
        "choices": [{"id": choice.id, "name": _named(choice.name)} for choice in field.choices],
        "refused": {value: _named(sentence) for value, sentence in field.refused.items()},
        "at_least": _number(field.at_least),
        "at_most": _number(field.at_most),
        "not_before": list(field.not_before),
        "pattern": field.pattern or None,
        "when": {"flags": list(field.when.flags), "without": list(field.when.without)},
    }


def _matters(item: MoneyItem, money: Purse) -> bool:
    return item.id in money.sums or item.when.holds(money.matter)


def _sum(item: MoneyItem, money: Purse) -> dict[str, Any]:
    sums = money.of(item.id)
    return {
        "item": item.id,
        "name": _named(item.name),
        "kind": item.kind.value,
        "payer": item.payer,
        "due": _number(due(item, money.counts)),
        "owing": _number(owing(item, money)),
        "paid": _number(sums.paid),
        "deducted": _number(sums.deducted),
        "refunded": _number(sums.refunded),
        "settled": _number(sums.settled),
        "held": _number(held(item, sums)),
        "source": item.source,
        "product_default": item.product_default,
    }


def _rolls(case_type: CaseType, view: Viewing) -> dict[str, dict[str, Any]]:
    """Names on each roll of the case, and of its site as far as its steps look there.

    Those of persons only for whoever works on the case.
    """
    hidden = frozenset() if works_on(view.state, view.actor) else frozenset(_personal_rolls(case_type))
    moves = [move for rule in case_type.steps for move in rule.rolls]
    reached = {move.roll for move in moves if move.scope is RollScope.SITE} & view.standing.rolls.keys()
    site = {roll: [one.name for one in view.standing.rolls[roll]] for roll in sorted(reached)}
    return {
        roll: {"count": len(names), "names": None if roll in hidden else list(names), "scope": scope.value}
        for scope, rolls in ((RollScope.CASE, view.state.work.rolls), (RollScope.SITE, site))
        for roll, names in rolls.items()
    }


def _personal_rolls(case_type: CaseType) -> Iterable[str]:
    for rule in case_type.steps:
        personal = {field.id for field in rule.form if field.personal}
        yield from (move.roll for move in rule.rolls if move.field in personal)


def _named(name: Named) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value}"
