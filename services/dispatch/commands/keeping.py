"""Steps that reach beyond their case: what the site keeps is folded in the same transaction as the case.

The case decides, and sees what the site keeps; the site then takes over what the case has said.
"""

from typing import Any

from services.dispatch.commands.asked import TakeStep
from services.dispatch.commands.obeying import obey
from services.dispatch.commands.refusing import unknown
from services.dispatch.policy.standing import UNTOUCHED, SiteState, after_step, reaches_site
from services.dispatch.state import CaseState, procedure, site_entity
from shared.contracts.dispatch import StepTaken
from shared.contracts.fold import Ask, Moment, Refusal, Step
from shared.rules.book import Book
from shared.rules.rolls import Listed
from shared.rules.stepping import step_named


def entities_of(case: str, state: CaseState | None, command: Any, book: Book) -> tuple[str, ...]:
    """The entities a command to *case* is folded with: the case, and its site where a step reaches it."""
    if state is None or state.received_at is None or not isinstance(command, TakeStep):
        return (case,)
    rule = step_named(procedure(state, book), command.step)
    return (case,) if rule is None or not reaches_site(rule) else (case, site_entity(state.site))


def keep(standing: SiteState | None, ask: Ask, moment: Moment) -> Step | Refusal:
    """Take over what the step of a case means for its site; nothing else is ever asked of a site."""
    case = moment.beside.get(ask.entities[0])
    if not isinstance(case, CaseState) or not isinstance(ask.command, TakeStep):
        return unknown()
    verdict = obey(case, ask, moment)
    if isinstance(verdict, Refusal):
        return verdict
    rule = step_named(procedure(case, moment.book), ask.command.step)
    fact = next(say.fact for say in verdict.say if isinstance(say.fact, StepTaken))
    assert rule is not None
    signed = Listed("", case.case, case.number, rule.id, fact.by, moment.at)
    filled = {**fact.form, **fact.private.form}
    kept = after_step(standing or UNTOUCHED, rule, filled, moment.book.site(case.site), signed)
    return Step(why="kept", state=kept)
