"""Clocks of a case as they stand, and what became of them."""

from services.escalation.policy.clockwork import Clock, Ending
from shared.contracts.escalation import (
    BreachAnnulled,
    ClockBreached,
    ExtensionDecided,
    SeverityUpgraded,
    UpgradeAnnulled,
)
from shared.rules.model import ClockRule
from shared.rules.words import Basis
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.minutes import Record, escalated, facts_of, names_of, rules_of


def clocks(stage: Stage, name: str) -> list[Record]:
    """The clocks of a case, ended ones included."""
    case = escalated(stage, name)
    if case is None:
        return []
    rules = rules_of(stage, case)
    said = (one.fact for one in facts_of(stage, name, ExtensionDecided))
    decided = {fact.clock: fact for fact in said if isinstance(fact, ExtensionDecided) and _approved(fact)}
    by = {clock: names_of(stage, fact.by) for clock, fact in decided.items()}
    return [{**_clock(one, rules.get(one.id)), "extended_by": by.get(one.id)} for one in case.clocks]


def _approved(fact: ExtensionDecided) -> bool:
    return fact.decision in ("approved", "approved_late")


def _clock(clock: Clock, rule: ClockRule | None) -> Record:
    return {
        "id": clock.id,
        "state": _state(clock, rule),
        "start": clock.start_at,
        "due": clock.due_at,
        "warn": clock.warn_at,
        "last_call": clock.last_call_at,
        "why": clock.why,
        "basis": str(rule.basis) if rule else None,
        "promise": str(rule.promise) if rule and rule.promise else None,
        "product_default": bool(rule and rule.product_default),
        "approved_late_until": clock.late_until,
        "ended": clock.ended_at,
        "ended_by": clock.ended_by or None,
        "breached": clock.breached,
        "name": f"{rule.name.zh} {rule.name.en}" if rule else "",
        "source": rule.source if rule else "",
    }


def _state(clock: Clock, rule: ClockRule | None) -> str:
    if clock.running:
        if clock.due_at is None:
            return "awaiting_date" if rule and rule.basis in {Basis.AGREED, Basis.MIDPOINT} else "unset"
        return "breached" if clock.breached else "running"
    ended = {Ending.MET: "met", Ending.LATE: "late", Ending.CANCELLED: "cancelled", Ending.UNSET: "done"}
    return ended[clock.ending]


def breaches(stage: Stage, name: str) -> list[Record]:
    """Breaches that count: those a later word has disproved are left out."""
    taken_back = [said.fact for said in facts_of(stage, name, BreachAnnulled)]
    gone = [(fact.clock, fact.due_at) for fact in taken_back if isinstance(fact, BreachAnnulled)]
    found = []
    for said in facts_of(stage, name, ClockBreached):
        fact = said.fact
        assert isinstance(fact, ClockBreached)
        if (fact.clock, fact.due_at) in gone:
            gone.remove((fact.clock, fact.due_at))
            continue
        found.append(
            {
                "clock": fact.clock,
                "due": fact.due_at,
                "at": said.heading.at,
                "severity": fact.severity,
                "silent": fact.silent,
                "soft": fact.soft,
            }
        )
    return found


def annulled(stage: Stage, name: str) -> list[Record]:
    """Breaches taken back."""
    said_back = [(said, said.fact) for said in facts_of(stage, name, BreachAnnulled)]
    return [
        {
            "clock": fact.clock,
            "due": fact.due_at,
            "at": said.heading.at,
            "people": [names_of(stage, one.person, said.heading.at) for one in fact.people],
        }
        for said, fact in said_back
        if isinstance(fact, BreachAnnulled)
    ]


def upgrades(stage: Stage, name: str) -> list[Record]:
    """Severities reached by time that stand; those a later word has disproved are left out."""
    taken_back = [said.fact for said in facts_of(stage, name, UpgradeAnnulled)]
    gone = [(fact.rule, fact.effective_at) for fact in taken_back if isinstance(fact, UpgradeAnnulled)]
    found = []
    for said in facts_of(stage, name, SeverityUpgraded):
        fact = said.fact
        assert isinstance(fact, SeverityUpgraded)
        if (fact.rule, fact.effective_at) in gone:
            gone.remove((fact.rule, fact.effective_at))
            continue
        found.append(
            {"to": fact.severity, "was": fact.was, "rule": fact.rule, "at": fact.effective_at, "silent": fact.silent}
        )
    return found


def upgrades_annulled(stage: Stage, name: str) -> list[Record]:
    """Upgrades taken back."""
    found = [(said, said.fact) for said in facts_of(stage, name, UpgradeAnnulled)]
    return [
        {
            "rule": fact.rule,
            "was": fact.was,
            "to": fact.severity,
            "at": said.heading.at,
            "people": [names_of(stage, one.person, said.heading.at) for one in fact.people],
        }
        for said, fact in found
        if isinstance(fact, UpgradeAnnulled)
    ]
