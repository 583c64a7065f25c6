"""What intake learns from dispatch and escalation: only what later commands have to be refused by."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.intake.policy.acts import Status
from services.intake.policy.holding import held_after
from services.intake.saying import open_wanted, promises_of, rules_of
from services.intake.state import Case
from shared.contracts.dispatch import CaseClosed, CaseReopened, OrderCompleted, StepTaken
from shared.contracts.envelope import Heard
from shared.contracts.escalation import SeverityUpgraded, UpgradeAnnulled
from shared.contracts.fold import Moment, Step
from shared.contracts.ids import step_words
from shared.rules.stepping import linked


def react(state: Case | None, heard: Heard, moment: Moment) -> Step:
    """Take note of a fact about a case; everything else passes by."""
    reaction = REACTIONS.get(type(heard.fact))
    if reaction is None:
        return Step(why="not_mine", state=state)
    if state is None:
        return Step(why="case_unknown", state=state)
    return reaction(state, heard, moment)


def _closed(state: Case, heard: Heard, _moment: Moment) -> Step:
    assert isinstance(heard.fact, CaseClosed)
    withdrawn = heard.fact.ending == "withdrawn"
    return Step(why="ended", state=replace(state, status=Status.WITHDRAWN if withdrawn else Status.CLOSED))


def _completed(state: Case, _heard: Heard, _moment: Moment) -> Step:
    if state.status is not Status.OPEN:
        return Step(why="already_ended", state=state)
    return Step(why="resolved", state=replace(state, status=Status.RESOLVED))


def _reopened(state: Case, _heard: Heard, _moment: Moment) -> Step:
    return Step(why="reopened", state=replace(state, status=Status.OPEN))


def _step_taken(state: Case, heard: Heard, moment: Moment) -> Step:
    fact = heard.fact
    assert isinstance(fact, StepTaken)
    filled = replace(state, form={**state.form, **fact.form})
    wanted = tuple(
        open_wanted(
            filled,
            opens,
            rule=fact.step,
            parent=heard.heading.entity,
            cases=(heard.heading.entity,),
            named=step_words(heard.heading.entity, heard.heading.version, number),
            at=moment.at,
        )
        for number, opens in enumerate(linked(rules_of(state, moment).case_type, fact.step, fact.outcome))
    )
    # Promises stay as they were told; whoever classifies or amends next sees what the steps have brought about.
    booked = tuple((entry.item, Decimal(entry.amount), entry.debit, entry.credit) for entry in fact.money)
    held = held_after(state.held, booked) if booked else state.held
    return Step(why="step_taken", state=replace(state, taken=fact.marks, held=held), want=wanted)


def _upgraded(state: Case, heard: Heard, moment: Moment) -> Step:
    fact = heard.fact
    assert isinstance(fact, SeverityUpgraded)
    if fact.effective_at < state.severity_at:
        return Step(why="classified_later", state=state)
    upgraded = replace(state, severity=fact.severity, severity_at=fact.effective_at, counted_from=fact.effective_at)
    given = promises_of(upgraded, rules_of(upgraded, moment), moment)
    return Step(why="severity_upgraded", state=replace(upgraded, promises=given))


def _upgrade_annulled(state: Case, heard: Heard, moment: Moment) -> Step:
    fact = heard.fact
    assert isinstance(fact, UpgradeAnnulled)
    if fact.effective_at < state.severity_at:
        return Step(why="classified_later", state=state)
    as_before = replace(state, severity=fact.severity, counted_from=state.received_at)
    given = promises_of(as_before, rules_of(as_before, moment), moment)
    return Step(why="upgrade_annulled", state=replace(as_before, promises=given))


REACTIONS: Mapping[type[Any], Callable[[Case, Heard, Moment], Step]] = {
    CaseClosed: _closed,
    OrderCompleted: _completed,
    CaseReopened: _reopened,
    SeverityUpgraded: _upgraded,
    UpgradeAnnulled: _upgrade_annulled,
    StepTaken: _step_taken,
}
