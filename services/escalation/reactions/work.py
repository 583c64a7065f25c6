"""What dispatch says of the work, and notify of its messages."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from services.escalation.policy.agreeing import DEFERRED, Agreement
from services.escalation.policy.clockwork import Clock, reinstated
from services.escalation.saying.clocks import call_assignee, cancel, meet, rereckon, show
from services.escalation.saying.hand import Hand
from services.escalation.saying.learning import learn, mark, undo
from services.escalation.saying.notices import happen, over
from services.escalation.saying.putting_off import agree, overrule
from services.escalation.saying.raises import calm_all, climb_on
from services.escalation.saying.upgrading import settled_before
from services.escalation.saying.vendors import hold_to_contract, let_go
from shared.contracts.dispatch import (
    CaseClosed,
    CaseDeferred,
    CaseReopened,
    FollowUpRecorded,
    OrderAccepted,
    OrderAssigned,
    OrderCompleted,
    OrderIssued,
    OrderReturned,
    OrderStarted,
    OrderTransferred,
    ReplyGiven,
    StepTaken,
)
from shared.contracts.envelope import Fact
from shared.contracts.notify import NobodyReachable
from shared.rules.filling import marks
from shared.rules.indexing import STEP
from shared.rules.words import Flag, StartFact, StopFact

SOLVED = frozenset({Flag.SOLVED_SAME_DAY.value, Flag.SOLVED_LATER.value})
AFTER_WORK = frozenset(
    one.value for one in (StartFact.COMPLETED, StartFact.FOLLOWED_UP, StartFact.WITHDRAWN, StartFact.CLOSED)
)
"""What begins a clock only once the work is done."""
UNDONE = (StopFact.COMPLETED.value, StopFact.FOLLOWED_UP.value)


def issued(hand: Hand, fact: OrderIssued) -> str:
    """A department has the order."""
    hand.change(department=fact.department)
    meet(hand, StopFact.ISSUED)
    hold_to_contract(hand)
    happen(hand, StartFact.ISSUED)
    return "issued"


def accepted(hand: Hand, fact: OrderAccepted) -> str:
    """The department signed, and may have named its own limit."""
    meet(hand, StopFact.ACCEPTED)
    if fact.complete_by is not None:
        hand.change(department_limit=fact.complete_by)
        happen(hand, StartFact.AGREED)
        rereckon(hand, "department_limit")
    return "accepted"


def assigned(hand: Hand, fact: OrderAssigned) -> str:
    """Somebody is to do it; from now on he is the one to be warned."""
    hand.change(assignee=fact.assignee)
    meet(hand, StopFact.ASSIGNED)
    call_assignee(hand)
    return "assigned"


def started(hand: Hand, _fact: OrderStarted) -> str:
    """Work began."""
    meet(hand, StopFact.STARTED)
    return "started"


def replied(hand: Hand, fact: ReplyGiven) -> str:
    """The customer was told something, and may have agreed to a time."""
    meet(hand, StopFact.REPLIED)
    if fact.agreed_until is not None:
        meet(hand, StopFact.AGREED)
        hand.change(customer_limit=fact.agreed_until)
        overrule(hand, by=fact.by)
        happen(hand, StartFact.AGREED)
        rereckon(hand, "agreed")
    happen(hand, StartFact.REPLIED)
    return "replied"


def completed(hand: Hand, fact: OrderCompleted) -> str:
    """The work is reported done; what asks the customer afterwards starts."""
    solved = Flag.SOLVED_SAME_DAY if fact.same_day else Flag.SOLVED_LATER
    flags = {*(flag for flag in hand.case.flags if flag not in SOLVED), solved.value}
    settled_before(hand)
    meet(hand, StopFact.COMPLETED)
    hand.change(resolved=True, flags=tuple(sorted(flags)))
    happen(hand, StartFact.COMPLETED)
    return "completed"


def returned(hand: Hand, _fact: OrderReturned) -> str:
    """The desk has it again; nobody is assigned."""
    let_go(hand)
    hand.change(assignee=None)
    return "returned"


def transferred(hand: Hand, fact: OrderTransferred) -> str:
    """Another department answers for it; nobody there is assigned yet."""
    hand.change(department=fact.department, assignee=None)
    hold_to_contract(hand)
    happen(hand, StartFact.TRANSFERRED)
    return "transferred"


def followed_up(hand: Hand, fact: FollowUpRecorded) -> str:
    """The customer was asked; an attempt that reached nobody meets nothing."""
    if fact.answer == "unreached":
        return "nobody_reached"
    meet(hand, StopFact.FOLLOWED_UP)
    if fact.answer != "refused":
        _answered(hand, unsatisfied=fact.answer == "unsatisfied")
    answers = hand.index.of_answers
    if fact.form and answers:
        asked = hand.case_type.follow_up.form
        mark(hand, marks(asked, fact.form), kept=_other_words(hand, answers), because="followed_up")
        learn(hand, fact.form, because="followed_up")
    happen(hand, StartFact.FOLLOWED_UP)
    return "followed_up"


def _answered(hand: Hand, *, unsatisfied: bool) -> None:
    others = {flag for flag in hand.case.flags if flag != Flag.UNSATISFIED}
    hand.change(flags=tuple(sorted(others | ({Flag.UNSATISFIED.value} if unsatisfied else set()))))


def reopened(hand: Hand, fact: CaseReopened) -> str:
    """Handled again: what the completion started ends; a false completion gives its clocks back.

    The first registration still counts for upgrades by time; one whose month is over takes the case now.
    """
    cancel(hand, [clock for clock in hand.case.running if _after_completion(hand, clock)], because="reopened")
    stops = {stop: at for stop, at in hand.case.stops.items() if stop not in UNDONE}
    upgrades = tuple(replace(one, at=max(one.at, hand.at)) for one in hand.case.upgrades)
    flags = {flag for flag in hand.case.flags if flag not in SOLVED}
    flags |= {Flag.UNSATISFIED.value} if fact.because == "unsatisfied" else set()
    hand.change(starts={start: at for start, at in hand.case.starts.items() if start not in AFTER_WORK})
    hand.change(closed=False, resolved=False, own_order=True, stops=stops, upgrades=upgrades)
    hand.change(flags=tuple(sorted(flags)))
    if fact.because == "false_completion":
        undone = (clock for clock in hand.case.clocks if clock.ended_by == StopFact.COMPLETED.value)
        show(hand, [reinstated(clock) for clock in undone], "false_completion")
    return "reopened"


def closed(hand: Hand, fact: CaseClosed) -> str:
    """The end: what is met by closing is met, the rest is taken away."""
    settled_before(hand)
    meet(hand, StopFact.CLOSED)
    cancel(hand, hand.case.running, because=f"closed {fact.ending}")
    calm_all(hand)
    over(hand, withdrawn=fact.ending == "withdrawn")
    return "closed"


def step_taken(hand: Hand, fact: StepTaken) -> str:
    """A step was taken: what it meets ends, what it undoes is undone, what it says counts, what it starts begins."""
    names = (fact.step, f"{fact.step}={fact.outcome}") if fact.outcome else (fact.step,)
    meet(hand, *(STEP + name for name in names))
    undo(hand, [step for step in fact.reopened if step != fact.step])
    mark(hand, fact.marks, kept=hand.index.of_answers, because=STEP + fact.step)
    learn(hand, fact.form, because=STEP + fact.step)
    for name in names:
        happen(hand, StartFact.STEP, after=name, by=fact.by)
    return "step_taken"


def put_off(hand: Hand, fact: CaseDeferred) -> str:
    """Handling waits, because the customer agreed; what was promised as an answer does not (OH-7)."""
    agree(hand, Agreement(fact.consent, hand.at, fact.until, fact.by, why=DEFERRED), because="deferred")
    return "deferred"


def nobody_reachable(hand: Hand, fact: NobodyReachable) -> str:
    """No channel reached anybody of a raise: it climbs without waiting for silence."""
    one = next((one for one in hand.case.raises if one.id == fact.raise_id), None)
    if one is None or one.taken_by or not one.climb or hand.hushed:
        return "nothing_to_climb"
    return climb_on(hand, one, "unreachable")


def _after_completion(hand: Hand, clock: Clock) -> bool:
    rule = hand.rule(clock.id)
    return rule is not None and rule.start.value in AFTER_WORK


def _other_words(hand: Hand, answers: frozenset[str]) -> frozenset[str]:
    return frozenset(one.partition("=")[0] for one in hand.case.marks) - answers


ABOUT_WORK: dict[type[Fact], Callable[[Hand, Any], str]] = {
    OrderIssued: issued,
    OrderAccepted: accepted,
    OrderAssigned: assigned,
    OrderStarted: started,
    ReplyGiven: replied,
    OrderCompleted: completed,
    OrderReturned: returned,
    OrderTransferred: transferred,
    FollowUpRecorded: followed_up,
    CaseReopened: reopened,
    CaseClosed: closed,
    StepTaken: step_taken,
    CaseDeferred: put_off,
}

ABOUT_NOTICES: dict[type[Fact], Callable[[Hand, Any], str]] = {NobodyReachable: nobody_reachable}
