"""What can be seen of a case at one instant, kind by kind, as flat records of plain values.

Source: the states and facts of the services; nothing is worked out here that a service decides.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from services.dispatch.state import possible_acts
from services.escalation.policy.clockwork import Clock, Ending
from services.escalation.state import Case, Docket
from services.intake.state import Case as Request
from shared.contracts.dispatch import FollowUpOpened, FollowUpRecorded, OrderIssued
from shared.contracts.escalation import (
    BreachAnnulled,
    CaseRaised,
    ClockBreached,
    ExtensionDecided,
    RaiseAcknowledged,
    SeverityUpgraded,
)
from shared.rules.clocks import opens_at
from shared.rules.model import ClockRule
from shared.rules.words import Basis, StartFact, StopFact
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.cast import SITE
from shouwen.scenarios.world import Message, Said

Record = dict[str, Any]
Looking = Callable[[Stage, str], list[Record]]


def _escalated(stage: Stage, name: str) -> Case | None:
    return (stage.docket(name) or Docket()).case


def _rules(stage: Stage, case: Case) -> dict[str, ClockRule]:
    kind = stage.world.book.pack(case.pack, case.pack_version).case_types[case.case_type]
    return {rule.id: rule for rule in kind.clocks}


def _facts(stage: Stage, name: str, *kinds: Any) -> list[Said]:
    return stage.world.facts(stage.entities.get(name, ""), *kinds)


def clocks(stage: Stage, name: str) -> list[Record]:
    """The clocks of a case, ended ones included."""
    case = _escalated(stage, name)
    if case is None:
        return []
    rules = _rules(stage, case)
    said = (one.fact for one in _facts(stage, name, ExtensionDecided))
    decided = {fact.clock: fact for fact in said if isinstance(fact, ExtensionDecided) and _approved(fact)}
    return [_clock(clock, rules.get(clock.id), decided.get(clock.id)) for clock in case.clocks]


def _approved(fact: ExtensionDecided) -> bool:
    return fact.decision in ("approved", "approved_late")


def _clock(clock: Clock, rule: ClockRule | None, decided: Any) -> Record:
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
        "extended_by": decided.by if decided else None,
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
            return "awaiting_date" if rule and rule.basis is Basis.AGREED else "unset"
        return "breached" if clock.breached else "running"
    ended = {Ending.MET: "met", Ending.LATE: "late", Ending.CANCELLED: "cancelled", Ending.UNSET: "done"}
    return ended[clock.ending]


def breaches(stage: Stage, name: str) -> list[Record]:
    """Breaches that count: those a later word has disproved are left out."""
    taken_back = [said.fact for said in _facts(stage, name, BreachAnnulled)]
    gone = [(fact.clock, fact.due_at) for fact in taken_back if isinstance(fact, BreachAnnulled)]
    found = []
    for said in _facts(stage, name, ClockBreached):
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
            }
        )
    return found


def annulled(stage: Stage, name: str) -> list[Record]:
    """Breaches taken back."""
    said_back = [(said, said.fact) for said in _facts(stage, name, BreachAnnulled)]
    return [
        {"clock": fact.clock, "due": fact.due_at, "at": said.heading.at}
        for said, fact in said_back
        if isinstance(fact, BreachAnnulled)
    ]


def told(stage: Stage, name: str) -> list[Record]:
    """Messages that have left, once a person; the group robots' copies say ``channel: wecom``."""
    case, causes = stage.entities.get(name, ""), {said.heading.id: said for said in stage.world.log}
    return [_told(stage, one, causes.get(one.cause)) for one in stage.world.messages if one.case == case]


def _told(stage: Stage, message: Message, cause: Said | None) -> Record:
    fact = cause.fact if cause else None
    role = _told_as(fact, message.person)
    return {
        "who": {message.person, *_roles(stage, message.person), *([role] if role else [])},
        "role": role,
        "at": message.at,
        "about": message.topic,
        "why": message.reason,
        "clock": getattr(fact, "clock", None),
        "due": getattr(fact, "due_at", None),
        "contains": "\n".join(message.words),
        "channel": message.channel,
        "level": getattr(fact, "level", None),
        "severity": getattr(fact, "severity", None),
    }


def _told_as(fact: Any, person: str) -> str | None:
    people = getattr(fact, "people", ())
    named = next((one.role for one in people if getattr(one, "person", None) == person), None)
    return named or getattr(fact, "department", None)


def _roles(stage: Stage, person: str) -> set[str]:
    known = stage.world.book.staff.person(person)
    held = {post.role for post in known.appointments if post.at(stage.world.now)} if known else set()
    return held | ({known.name} if known else set())


def raises(stage: Stage, name: str) -> list[Record]:
    """Every time the matter was pushed to people, level by level."""
    takings = (one.fact for one in _facts(stage, name, RaiseAcknowledged))
    taken = {fact.raise_id: fact.by for fact in takings if isinstance(fact, RaiseAcknowledged)}
    found = []
    for said in _facts(stage, name, CaseRaised):
        fact = said.fact
        assert isinstance(fact, CaseRaised)
        by = taken.get(fact.raise_id)
        found.append(
            {
                "reason": fact.reason,
                "level": fact.level,
                "clock": fact.clock,
                "at": said.heading.at,
                "roles": list(fact.roles),
                "people": [{one.person, *_roles(stage, one.person)} for one in fact.people],
                "empty_chairs": list(fact.empty_chairs),
                "severity": fact.severity,
                "acknowledge_by": fact.acknowledge_by,
                "acknowledged": by is not None,
                "acknowledged_by": _names(stage, by),
                "due": fact.due_at,
            }
        )
    return found


def _names(stage: Stage, person: str | None) -> set[str] | None:
    """A person by id, name and every role held: any of them may be written."""
    return {person, *_roles(stage, person)} if person else None


def upgrades(stage: Stage, name: str) -> list[Record]:
    """Severities reached by time."""
    found = [(said, said.fact) for said in _facts(stage, name, SeverityUpgraded)]
    return [
        {"to": fact.severity, "was": fact.was, "rule": fact.rule, "at": fact.effective_at, "silent": fact.silent}
        for _, fact in found
        if isinstance(fact, SeverityUpgraded)
    ]


def orders(stage: Stage, name: str) -> list[Record]:
    """Work orders as they were issued."""
    found = [(said, said.fact) for said in _facts(stage, name, OrderIssued)]
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
    case = _escalated(stage, name)
    if case is None:
        return []
    asked = _facts(stage, name, FollowUpRecorded)
    state = stage.case_state(name)
    waiting = state.round if state and state.follow_up else None
    found = []
    for said in _facts(stage, name, FollowUpOpened):
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
        "asked_by": _names(stage, last.by),
        "asked_at": answers[-1].heading.at,
    }


def _follow_up_limits(stage: Stage, case: Case, opened: datetime) -> Record:
    """The earliest limit of the clocks that the completion started and the follow-up ends, and when it may begin."""
    rules, calendar = _rules(stage, case), stage.world.book.calendar(SITE)
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
    request, work, case = _request(stage, name), stage.case_state(name), _escalated(stage, name)
    if request is None:
        return []
    received = _facts(stage, name)[0].fact
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
            "received": request.received_at,
            "logged": request.logged_at,
            "late_entry": request.late_entry,
            "channel": request.channel,
            "unit": request.unit,
            "drill": request.drill,
            "number": request.number,
            "request": str(request.status),
            "first_receiver": _names(stage, request.first_receiver),
            "registered_by": _names(stage, getattr(received, "registered_by", None)),
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
        "assignee": _names(stage, work.assignee),
        "round": work.round,
        "orders": work.orders,
        "ending": work.ending,
        "possible": [str(act) for act in possible_acts(work, stage.world.book)],
    }


def _named(stage: Stage, entity: str | None) -> str | None:
    return next((name for name, id_ in stage.entities.items() if id_ == entity), None)


def facts(stage: Stage, name: str) -> list[Record]:
    """Everything that was said about the case, public fields by dotted path."""
    found = []
    for said in _facts(stage, name):
        body = dict(_flat(said.fact.model_dump(exclude={"private"})))
        by = body.get("by")
        kinds = {said.heading.kind, said.fact.name}
        found.append({**body, "kind": kinds, "at": said.heading.at, "by": _names(stage, by or None)})
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
    "raise": raises,
    "upgrade": upgrades,
    "order": orders,
    "follow_up": follow_ups,
    "promise": promises,
    "state": state,
    "fact": facts,
}
