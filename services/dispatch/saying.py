"""What happens to a case, as facts and the state after them; used for facts heard, acts of people and imports alike."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from services.dispatch.policy.lifecycle import Status
from services.dispatch.policy.working import Work
from services.dispatch.state import CaseState, asking, is_same_day, owed, procedure
from shared.contracts.dispatch import (
    CaseClosed,
    CaseReopened,
    Ending,
    FollowUpOpened,
    Note,
    OrderAccepted,
    OrderCompleted,
    OrderIssued,
    OrderTransferred,
)
from shared.contracts.envelope import Fact
from shared.contracts.fold import Say, Step
from shared.rules.book import Book
from shared.rules.changing import changed
from shared.rules.steps import Gate
from shared.rules.words import Validity

SYSTEM = "system"
"""Stands in ``by`` where nobody asked."""

NOTHING_SAID = Note()


@dataclass(frozen=True, slots=True)
class Turn:
    """A case in hand: its state so far and what was said on the way.

    Attributes:
        at: When what is said next happened; an import moves it from act to act.
    """

    state: CaseState
    at: datetime
    said: tuple[Say, ...] = ()

    def says(self, fact: Fact, **changes: Any) -> "Turn":
        """Say *fact*, and let the state change with it."""
        said = (*self.said, Say(fact, at=self.at))
        return Turn(changed(self.state, **changes) if changes else self.state, self.at, said)

    def knows(self, **changes: Any) -> "Turn":
        """Change the state without a word."""
        return Turn(changed(self.state, **changes), self.at, self.said)

    def step(self, why: str) -> Step:
        """The answer of the fold."""
        return Step(why=why, state=self.state, say=self.said)


def issued(turn: Turn) -> Turn:
    """Send the next order of the case to its department; the suffix of its number counts the orders."""
    state, number = turn.state, turn.state.orders + 1
    order = f"{state.number}-{number}"
    fact = OrderIssued(site=state.site, order=order, number=number, department=state.department, round=state.round)
    return turn.says(fact, status=Status.DISPATCHED, orders=number, order=order, assignee=None)


def transferred(turn: Turn, department: str, *, by: str, note: Note = NOTHING_SAID) -> Turn:
    """Move the order to another department, which has to accept it anew."""
    fact = OrderTransferred(by=by, was=turn.state.department, department=department, private=note)
    return turn.says(fact, status=Status.DISPATCHED, department=department, assignee=None)


def accepted(turn: Turn, *, by: str, complete_by: datetime | None = None, stated_at: datetime | None = None) -> Turn:
    """Say that the department signed for its order."""
    fact = OrderAccepted(by=by, complete_by=complete_by, stated_at=stated_at)
    return turn.says(fact, status=Status.ACCEPTED)


def completed(
    turn: Turn,
    book: Book,
    *,
    by: str,
    note: Note = NOTHING_SAID,
    stated_at: datetime | None = None,
    bulk: bool = False,
) -> Turn:
    """Say that the work is done; what follows from it is :func:`settled`."""
    fact = OrderCompleted(
        by=by,
        round=turn.state.round,
        same_day=is_same_day(turn.state, turn.at, book),
        bulk=bulk,
        stated_at=stated_at,
        private=note,
    )
    return turn.says(fact, status=Status.RESOLVED)


def settled(turn: Turn, book: Book, *, by: str) -> Turn:
    """Open the follow-up of completed work, or close the case where nobody is to be asked.

    An incident's own case stays open for the bulk close. An invalid matter without a reply stays open too: it keeps
    the reply duty (CL-4).
    """
    state = turn.state
    if state.opens_incident:
        return turn
    if state.anonymous:
        return ended(turn, book, "anonymous", by=by)
    if state.validity == Validity.INVALID:
        return ended(turn, book, "invalid", by=by) if state.replied_since_invalid else turn
    if procedure(state, book).follow_up.required:
        return asked(turn, book)
    return ended(turn, book, "completed", by=by)


def ended(turn: Turn, book: Book, ending: Ending, *, by: str) -> Turn:
    """End the case, or let it wait for the steps it still owes; :func:`relieved` ends it then."""
    if not owed(turn.state, book, Gate.CLOSE):
        return closed(turn, ending, by=by)
    return turn.knows(follow_up=None, work=replace(turn.state.work, ending=ending))


def relieved(turn: Turn, book: Book, *, by: str) -> Turn:
    """End a case that waited for nothing but steps, once it owes none any more."""
    ending = turn.state.work.ending
    if ending is None or turn.state.status is not Status.RESOLVED or owed(turn.state, book, Gate.CLOSE):
        return turn
    return closed(turn, cast("Ending", ending), by=by)


def asked(turn: Turn, book: Book) -> Turn:
    """Open the follow-up of this round."""
    waiting = asking(turn.state, book, at=turn.at)
    fact = FollowUpOpened(who=waiting.who, method=waiting.method, round=turn.state.round)
    return turn.says(fact, follow_up=waiting)


def reopened(
    turn: Turn,
    book: Book,
    because: Literal["unsatisfied", "false_completion", "customer"],
    *,
    by: str,
    note: Note = NOTHING_SAID,
) -> Turn:
    """Handle the matter again: the next round, with an order of its own.

    What was checked once the work was done is to be checked again; how it turned out stands until then.
    """
    round_ = turn.state.round + 1
    correction = because == "false_completion"
    if turn.state.status is Status.CLOSED:
        turn = turn.knows(open_since=turn.at)
    fact = CaseReopened(because=because, round=round_, correction=correction, by=by, private=note)
    work = _unended(turn.state.work)
    late = {step.id for step in procedure(turn.state, book).steps if step.once_completed} & work.taken.keys()
    if late:
        taken = {id_: replace(one, again=True) if id_ in late else one for id_, one in work.taken.items()}
        work = replace(work, taken=taken)
    return issued(turn.says(fact, round=round_, follow_up=None, ending=None, work=work))


def _unended(work: Work) -> Work:
    return work if work.ending is None else replace(work, ending=None)


def closed(turn: Turn, ending: Ending, *, by: str, note: Note = NOTHING_SAID) -> Turn:
    """End the case."""
    fact = CaseClosed(ending=ending, by=by, private=note)
    work = _unended(turn.state.work)
    return turn.says(fact, status=Status.CLOSED, ending=ending, follow_up=None, work=work)
