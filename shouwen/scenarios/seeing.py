"""What can be seen of a case at one instant, kind by kind, as flat records of plain values.

Source: the states and facts of the services; nothing is worked out here that a service decides.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from services.dispatch.state import possible_acts
from services.escalation.state import Case
from services.intake.state import Case as Request
from shared.contracts.dispatch import FollowUpOpened, FollowUpRecorded, OrderIssued
from shared.rules.clocks import opens_at
from shared.rules.model import ClockRule
from shared.rules.words import StartFact, StopFact
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.cast import SITE
from shouwen.scenarios.minutes import Record, escalated, facts_of, names_of, rules_of
from shouwen.scenarios.seeing_clocks import annulled, breaches, clocks, upgrades, upgrades_annulled
from shouwen.scenarios.seeing_intake import graded, lacking, prompts, suggested
from shouwen.scenarios.seeing_people import notices_wanted, raises, reminders, seen_to, still_owed, told
from shouwen.scenarios.seeing_rules import linked, planned, recurred
from shouwen.scenarios.seeing_work import ledger, rolls, serials, steps
from shouwen.scenarios.world import Said

Looking = Callable[[Stage, str], list[Record]]


def orders(stage: Stage, name: str) -> list[Record]:
    """Work orders as they were issued."""
    found = [(said, said.fact) for said in facts_of(stage, name, OrderIssued)]
    return [
        {
            "department": fact.department,
            "number": fact.number,
            "round": fact.round,
            "at": said.heading.at,
            "order": fact.order,
            "copies": fact.copies,
        }
        for said, fact in found
        if isinstance(fact, OrderIssued)
    ]


def follow_ups(stage: Stage, name: str) -> list[Record]:
    """Follow-ups, a record for each round, with the clocks that ask for it."""
    case = escalated(stage, name)
    if case is None:
        return []
    asked = facts_of(stage, name, FollowUpRecorded)
    state = stage.case_state(name)
    waiting = state.round if state and state.follow_up else None
    found = []
    for said in facts_of(stage, name, FollowUpOpened):
        fact = said.fact
        assert isinstance(fact, FollowUpOpened)
        answers = [one for one in asked if isinstance(one.fact, FollowUpRecorded) and one.fact.round == fact.round]
        record: dict[str, Any] = {
            "who": list(fact.who),
            "method": fact.method,
            "round": fact.round,
            "opened": said.heading.at,
            "open": waiting == fact.round,
        }
        found.append(record | _asked(stage, answers) | _follow_up_limits(stage, case, said.heading.at))
    return found


def _asked(stage: Stage, answers: list[Said]) -> Record:
    if not answers:
        return {"answer": None, "attempts": 0, "satisfied": None, "asked_by": None, "asked_at": None}
    last = answers[-1].fact
    assert isinstance(last, FollowUpRecorded)
    return {
        "answer": last.answer,
        "attempts": last.attempt,
        "satisfied": last.answer == "satisfied" if last.answer in ("satisfied", "unsatisfied") else None,
        "asked_by": names_of(stage, last.by),
        "asked_at": answers[-1].heading.at,
    }


def _follow_up_limits(stage: Stage, case: Case, opened: datetime) -> Record:
    """The earliest limit of the clocks that the completion started and the follow-up ends, and when it may begin."""
    rules, calendar = rules_of(stage, case), stage.world.book.calendar(SITE)
    asking = [clock for clock in case.clocks if clock.start_at == opened and _asks(rules.get(clock.id))]
    dues = [clock.due_at for clock in asking if clock.due_at is not None]
    opens = [opens_at(rules[clock.id], start=clock.start_at, calendar=calendar) for clock in asking]
    return {
        "due": min(dues, default=None),
        "opens": max((at for at in opens if at is not None), default=None),
    }


def _asks(rule: ClockRule | None) -> bool:
    return rule is not None and rule.start is StartFact.COMPLETED and StopFact.FOLLOWED_UP in rule.stop


def promises(stage: Stage, name: str) -> list[Record]:
    """What the caller was last told he may expect."""
    request = _request(stage, name)
    given = request.promises if request else ()
    return [
        {
            "clock": one.clock,
            "kind": str(one.kind),
            "due": one.due_at,
            "why": str(one.why),
            "name": f"{one.name.zh} {one.name.en}",
            "product_default": one.product_default,
            "basis": str(one.basis),
            "source": one.source,
        }
        for one in given
    ]


def _request(stage: Stage, name: str) -> Request | None:
    state = stage.world.machines["intake"].state(stage.entities.get(name, ""))
    return state if isinstance(state, Request) else None


def state(stage: Stage, name: str) -> list[Record]:
    """How the case stands; none while nobody has received it."""
    request, work, case = _request(stage, name), stage.case_state(name), escalated(stage, name)
    if request is None:
        return []
    received = facts_of(stage, name)[0].fact
    return [
        {
            "severity": case.severity if case else request.severity,
            "validity": request.validity,
            "category": request.category,
            "case_type": request.case_type,
            "pack": request.pack,
            "version": request.version,
            "flags": list(request.flags),
            "criteria": list(request.criteria),
            "incident": _named(stage, request.incident),
            "split_from": _named(stage, request.split_from),
            "received": request.received_at,
            "logged": request.logged_at,
            "late_entry": request.late_entry,
            "channel": request.channel,
            "unit": request.unit,
            "drill": request.drill,
            "number": request.number,
            "request": str(request.status),
            "first_receiver": names_of(stage, request.first_receiver),
            "registered_by": names_of(stage, getattr(received, "registered_by", None)),
            "customer_limit": request.customer_limit,
            "department_limit": case.department_limit if case else request.department_limit,
            "upgrade_at": min((one.at for one in case.upgrades), default=None) if case else None,
            **_work(stage, work),
        }
    ]


def _work(stage: Stage, work: Any) -> Record:
    if work is None:
        return {"status": "awaited", "possible": [], "orders": 0, "round": 1}
    return {
        "status": str(work.status),
        "department": work.department or None,
        "assignee": names_of(stage, work.assignee),
        "round": work.round,
        "orders": work.orders,
        "ending": work.ending,
        "possible": [str(act) for act in possible_acts(work, stage.world.book)],
    }


def _named(stage: Stage, entity: str | None) -> str | None:
    return next((name for name, id_ in stage.entities.items() if id_ == entity), None)


def facts(stage: Stage, name: str) -> list[Record]:
    """Everything that was said about the case, fields by dotted path."""
    found = []
    for said in facts_of(stage, name):
        body = dict(_flat(said.fact.model_dump()))
        by = body.get("by")
        kinds = {said.heading.kind, said.fact.name}
        found.append({**body, "kind": kinds, "at": said.heading.at, "by": names_of(stage, by or None)})
    return found


def _flat(body: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in body.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            for place, each in enumerate(value):
                yield from _flat(each, f"{before}{key}.{place}.")
        else:
            yield f"{before}{key}", list(value) if isinstance(value, tuple) else value


SIGHT: Mapping[str, Looking] = {
    "clock": clocks,
    "breach": breaches,
    "annulled": annulled,
    "told": told,
    "notice_wanted": notices_wanted,
    "seen_to": seen_to,
    "still_to_tell": still_owed,
    "reminded": reminders,
    "raise": raises,
    "upgrade": upgrades,
    "upgrade_annulled": upgrades_annulled,
    "order": orders,
    "follow_up": follow_ups,
    "promise": promises,
    "state": state,
    "step": steps,
    "ledger": ledger,
    "roll": rolls,
    "serial": serials,
    "planned": planned,
    "recurred": recurred,
    "linked": linked,
    "prompt": prompts,
    "suggested": suggested,
    "graded": graded,
    "lacking": lacking,
    "fact": facts,
}
