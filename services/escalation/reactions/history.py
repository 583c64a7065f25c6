"""The past an import brings along, lived through act by act at the acts' own times.

Source: design.md §2B; issue 2, point 5.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from services.escalation.reactions.work import ABOUT_WORK
from services.escalation.saying.clocks import begin, meet
from services.escalation.saying.gathering import gathered
from services.escalation.saying.hand import Hand
from services.escalation.state import Docket
from shared.contracts.dispatch import (
    CaseClosed,
    Ending,
    FollowUpRecorded,
    OrderAccepted,
    OrderCompleted,
    OrderStarted,
    ReplyGiven,
)
from shared.contracts.envelope import Fact
from shared.contracts.fold import Moment, Say, Step
from shared.contracts.history import Act, ActName, History
from shared.rules.clocks import completion_flags
from shared.rules.words import Flag, StartFact, StopFact

NOBODY = "import"
"""Stands for who did an act where the source does not name him."""


class Passing(Protocol):
    """Lets time pass for a case: every step due before *to*, each at its instant."""

    def __call__(
        self, docket: Docket, to: datetime, moment: Moment, /
    ) -> tuple[Docket, Sequence[tuple[datetime, Step]]]:
        """The case as of *to* and the steps taken."""
        ...


def relive(hand: Hand, history: History, passing: Passing) -> None:
    """Fold the acts in order, then the time up to where live running begins; nobody is told."""
    meet(hand, StopFact.ISSUED)
    begin(hand, StartFact.ISSUED.value)
    for act in history.acts:
        let_pass(hand, act.at, passing)
        for fact in FACTS_OF[act.act](hand, act):
            ABOUT_WORK[type(fact)](hand, fact)
    let_pass(hand, min(history.quiet_until, hand.now), passing)
    hand.said = gathered(hand.said)


def let_pass(hand: Hand, to: datetime, passing: Passing) -> None:
    """Let time pass up to *to*, saying what fell due at its true instant."""
    docket, steps = passing(Docket(hand.case), to, hand.moment)
    assert docket.case is not None
    hand.case = docket.case
    hand.said.extend(Say(say.fact, at=say.at or at) for at, step in steps for say in step.say)
    hand.at = max(to, hand.at)


def _accepted(_hand: Hand, act: Act) -> tuple[Fact, ...]:
    return (OrderAccepted(by=act.by or NOBODY),)


def _started(_hand: Hand, act: Act) -> tuple[Fact, ...]:
    return (OrderStarted(by=act.by or NOBODY),)


def _replied(_hand: Hand, act: Act) -> tuple[Fact, ...]:
    return (ReplyGiven(kind="progress", method="phone", by=act.by or NOBODY),)


def _completed(hand: Hand, act: Act) -> tuple[Fact, ...]:
    flags = completion_flags(received_at=hand.case.received_at, completed_at=act.at, zone=hand.site.zone)
    return (OrderCompleted(by=act.by or NOBODY, same_day=Flag.SOLVED_SAME_DAY in flags),)


def _unsatisfied(_hand: Hand, act: Act) -> tuple[Fact, ...]:
    return (FollowUpRecorded(answer="unsatisfied", method="phone", round=1, by=act.by or NOBODY),)


def _satisfied(hand: Hand, act: Act) -> tuple[Fact, ...]:
    asked = FollowUpRecorded(answer="satisfied", method="phone", round=1, by=act.by or NOBODY)
    return (*_unless_resolved(hand, act), asked, _closing(act, "satisfied"))


def _closed(hand: Hand, act: Act) -> tuple[Fact, ...]:
    return (*_unless_resolved(hand, act), _closing(act, "historical"))


def _withdrawn(_hand: Hand, act: Act) -> tuple[Fact, ...]:
    return (_closing(act, "withdrawn"),)


def _unless_resolved(hand: Hand, act: Act) -> tuple[Fact, ...]:
    return () if hand.case.resolved else _completed(hand, act)


def _closing(act: Act, ending: Ending) -> Fact:
    return CaseClosed(ending=ending, by=act.by or NOBODY)


FACTS_OF: dict[ActName, Callable[[Hand, Act], tuple[Fact, ...]]] = {
    "accepted": _accepted,
    "started": _started,
    "replied": _replied,
    "completed": _completed,
    "satisfied": _satisfied,
    "unsatisfied": _unsatisfied,
    "closed": _closed,
    "withdrawn": _withdrawn,
}
