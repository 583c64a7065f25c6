"""What every look at a case begins with: its states, its rules, what was said about it, and people by their names."""

from datetime import datetime
from typing import Any

from services.escalation.saying.hand import Hand
from services.escalation.state import Case, Docket
from shared.contracts.fold import Moment
from shared.rules.model import ClockRule
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.world import Said

Record = dict[str, Any]


def escalated(stage: Stage, name: str) -> Case | None:
    """What escalation knows of the case; None before it was received."""
    return (stage.docket(name) or Docket()).case


def rules_of(stage: Stage, case: Case) -> dict[str, ClockRule]:
    """The clock rules of its procedure and its vendor's contract as they count at the site, by id."""
    now = stage.world.now
    hand = Hand(case, Moment(at=now, now=now, book=stage.world.book))
    rules = {key: hand.rule(key) for key in hand.index.clocks}
    return {key: rule for key, rule in rules.items() if rule is not None}


def facts_of(stage: Stage, name: str, *kinds: Any) -> list[Said]:
    """What was said about it, in order."""
    return stage.world.facts(stage.entities.get(name, ""), *kinds)


def names_of(stage: Stage, person: str | None, at: datetime | None = None) -> set[str] | None:
    """A person by id, name and every role held at *at* (default: now): any of them may be written."""
    known = stage.world.book.staff.person(person) if person else None
    if person is None or known is None:
        return {person} if person else None
    held = (post.role for post in known.appointments if post.at(at or stage.world.now))
    return {person, known.name, *held}
