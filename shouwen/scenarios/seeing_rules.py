"""Duties that come round, matters that come back, and cases a rule has opened."""

from services.intake.policy.planning import AHEAD, Duty, waiting
from shared.contracts.intake import MatterRecurred, RequestReceived
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.minutes import Record, facts_of


def planned(stage: Stage, _name: str) -> list[Record]:
    """Duties of the running plans a quarter ahead, those begun included; of every plan that waits, what for."""
    ruling, now = stage.world.ruling, stage.world.now
    duties = [_duty(duty, opened=ruling.is_opened(duty)) for duty in ruling.duties(now + AHEAD)]
    waits = [
        {"rule": wait.plan.id, "waits": list(wait.lacks), "name": f"{wait.plan.name.zh} {wait.plan.name.en}"}
        for wait in waiting(ruling.rules(), now)
    ]
    return [*duties, *waits]


def _duty(duty: Duty, *, opened: bool) -> Record:
    plan, time = duty.plan, duty.time
    return {
        "rule": plan.id,
        "period": time.period,
        "opens": time.opens_at,
        "due": time.due_at,
        "remind": time.remind_at,
        "opened": opened,
        "role": plan.role,
        "waits": [],
        "case_type": plan.case_type,
        "name": f"{plan.name.zh} {plan.name.en}",
        "source": plan.source,
        "product_default": plan.product_default,
    }


def recurred(stage: Stage, name: str) -> list[Record]:
    """What was said of the case that completed a number."""
    return [
        {
            "rule": said.fact.rule,
            "count": said.fact.count,
            "at": said.heading.at,
            "window": said.fact.window,
            "same": list(said.fact.same),
        }
        for said in facts_of(stage, name, MatterRecurred)
        if isinstance(said.fact, MatterRecurred)
    ]


def linked(stage: Stage, name: str) -> list[Record]:
    """Cases that a rule has opened because of this one."""
    entity = stage.entities.get(name, "")
    found = [said.fact for said in stage.world.log if isinstance(said.fact, RequestReceived)]
    return [
        {
            "case_type": fact.case_type,
            "category": fact.category,
            "rule": fact.opened_by.rule,
            "severity": fact.severity,
            "at": fact.received_at,
            "text": fact.private.content,
        }
        for fact in found
        if fact.opened_by is not None and entity in fact.opened_by.cases
    ]
