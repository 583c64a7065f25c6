"""What escalation does about facts. Total: a fact may be ignored with a why, never refused."""

from collections.abc import Callable
from datetime import datetime

from services.escalation.reactions.history import Passing
from services.escalation.reactions.receiving import receive
from services.escalation.reactions.requests import ABOUT_REQUESTS
from services.escalation.reactions.work import ABOUT_NOTICES, ABOUT_WORK
from services.escalation.saying.hand import Hand
from services.escalation.state import Docket, Early
from shared.contracts.catalogue import FACTS
from shared.contracts.envelope import Fact, Heard
from shared.contracts.fold import Moment, Say, Step
from shared.contracts.intake import RequestReceived

Reaction = Callable[[Hand, Fact], str]
REACTIONS: dict[type[Fact], Reaction] = {**ABOUT_REQUESTS, **ABOUT_WORK, **ABOUT_NOTICES}

__all__ = ["REACTIONS", "Passing", "react"]


def react(docket: Docket | None, heard: Heard, moment: Moment, *, passing: Passing) -> Step:
    """Fold one fact into the case; *passing* lets time pass for what an import or an early fact brings along."""
    held = docket or Docket()
    fact = heard.fact
    if isinstance(fact, RequestReceived):
        return _received(held, heard, fact, moment, passing)
    reaction = REACTIONS.get(type(fact))
    if reaction is None:
        return Step(why="not_mine", state=docket)
    if held.case is None:
        return Step(why="waits_for_request_received", state=_kept(held, heard))
    if _folded_already(held, heard):
        return Step(why="history_already_folded", state=docket)
    hand = Hand(held.case, moment)
    return hand.step(reaction(hand, fact))


def _received(held: Docket, heard: Heard, fact: RequestReceived, moment: Moment, passing: Passing) -> Step:
    if held.case is not None:
        return Step(why="already_known", state=held)
    step = receive(heard, fact, moment, passing)
    for early in held.early:
        step = _caught_up(step, early, moment, passing)
    return step


def _caught_up(step: Step, early: Early, moment: Moment, passing: Passing) -> Step:
    """Fold one fact that came too early, after letting time pass up to it."""
    docket, steps = passing(step.state, early.at, moment)
    passed = tuple(_dated(say, at) for at, one in steps for say in one.say)
    assert docket.case is not None
    if docket.case.quiet_until is not None and early.at <= docket.case.quiet_until:
        return Step(why=step.why, state=docket, say=(*step.say, *passed))
    fact = FACTS[early.kind].model_validate_json(early.body)
    hand = Hand(docket.case, Moment(at=early.at, now=moment.now, book=moment.book, cause=early.id))
    REACTIONS[type(fact)](hand, fact)
    return Step(why=step.why, state=Docket(hand.case), say=(*step.say, *passed, *hand.said))


def _dated(say: Say, at: datetime) -> Say:
    return Say(say.fact, at=say.at or at)


def _kept(held: Docket, heard: Heard) -> Docket:
    heading = heard.heading
    body = heard.fact.model_dump_json().encode()
    return Docket(early=(*held.early, Early(heading.id, heading.kind, heading.at, body)))


def _folded_already(held: Docket, heard: Heard) -> bool:
    """Whether dispatch repeats what the import's history has told already."""
    quiet_until = held.case.quiet_until if held.case else None
    return heard.heading.speaker == "dispatch" and quiet_until is not None and heard.heading.at <= quiet_until
