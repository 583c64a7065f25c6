"""Who was told, who was asked to act, and who took it."""

from typing import Any

from services.notify.state import Case
from shared.contracts.escalation import CaseRaised, NoticeWanted, RaiseAcknowledged, Reminded
from shared.contracts.notify import NoticeSeenTo
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.minutes import Record, facts_of, names_of
from shouwen.scenarios.world import Message, Said


def told(stage: Stage, name: str) -> list[Record]:
    """Messages that have left, once a person; the group robots' copies say ``channel: wecom``."""
    case, causes = stage.entities.get(name, ""), {said.heading.id: said for said in stage.world.log}
    return [_told(stage, one, causes.get(one.cause)) for one in stage.world.messages if one.case == case]


def _told(stage: Stage, message: Message, cause: Said | None) -> Record:
    fact = cause.fact if cause else None
    role = _told_as(fact, message.person)
    return {
        "who": {*(names_of(stage, message.person, message.at) or ()), *([role] if role else [])},
        "role": role,
        "at": message.at,
        "about": message.topic,
        "why": message.reason,
        "clock": getattr(fact, "clock", None),
        "rule": getattr(fact, "rule", None),
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


def notices_wanted(stage: Stage, name: str) -> list[Record]:
    """What staff were asked to tell people outside the house."""
    found = [(said, said.fact) for said in facts_of(stage, name, NoticeWanted)]
    return [
        {
            "rule": fact.rule,
            "to": list(fact.to),
            "means": list(fact.means),
            "at": said.heading.at,
            "not_before": fact.not_before,
            "text": f"{fact.zh} {fact.en}",
            "people": [names_of(stage, one.person, said.heading.at) for one in fact.people],
            "no_contact": list(fact.no_contact),
            "silent": fact.silent,
        }
        for said, fact in found
        if isinstance(fact, NoticeWanted)
    ]


def seen_to(stage: Stage, name: str) -> list[Record]:
    """What staff did about people outside the house who were to be told."""
    found = [(said, said.fact) for said in facts_of(stage, name, NoticeSeenTo)]
    return [
        {
            "rule": fact.rule,
            "outcome": fact.outcome,
            "means": fact.means,
            "by": names_of(stage, fact.by),
            "at": said.heading.at,
            "told_at": fact.told_at or said.heading.at,
            "due": fact.due_at,
            "late": fact.late,
        }
        for said, fact in found
        if isinstance(fact, NoticeSeenTo)
    ]


def still_owed(stage: Stage, name: str) -> list[Record]:
    """What people outside the house are still to be told."""
    state = stage.world.machines["notify"].state(stage.entities.get(name, ""))
    owed = state.owed if isinstance(state, Case) else ()
    return [
        {
            "rule": one.rule,
            "to": list(one.to),
            "due": one.due_at,
            "overdue": one.late_at(stage.world.now),
            "product_default": one.usual,
        }
        for one in owed
    ]


def reminders(stage: Stage, name: str) -> list[Record]:
    """Duties of which whoever has to do them was reminded."""
    found = [(said, said.fact) for said in facts_of(stage, name, Reminded)]
    return [
        {
            "rule": fact.rule,
            "at": said.heading.at,
            "due": fact.due_at,
            "people": [names_of(stage, one.person, said.heading.at) for one in fact.people],
            "silent": fact.silent,
        }
        for said, fact in found
        if isinstance(fact, Reminded)
    ]


def raises(stage: Stage, name: str) -> list[Record]:
    """Every time the matter was pushed to people, level by level."""
    takings = (one.fact for one in facts_of(stage, name, RaiseAcknowledged))
    taken = {fact.raise_id: fact.by for fact in takings if isinstance(fact, RaiseAcknowledged)}
    found = []
    for said in facts_of(stage, name, CaseRaised):
        fact = said.fact
        assert isinstance(fact, CaseRaised)
        by = taken.get(fact.raise_id)
        found.append(
            {
                "reason": fact.reason,
                "rule": fact.rule,
                "level": fact.level,
                "clock": fact.clock,
                "at": said.heading.at,
                "roles": list(fact.roles),
                "people": [names_of(stage, one.person, said.heading.at) for one in fact.people],
                "empty_chairs": list(fact.empty_chairs),
                "severity": fact.severity,
                "acknowledge_by": fact.acknowledge_by,
                "acknowledge_why": fact.acknowledge_why or None,
                "acknowledged": by is not None,
                "acknowledged_by": names_of(stage, by),
                "due": fact.due_at,
            }
        )
    return found
