"""What dispatch says about a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace as changed

from services.reporting.state.view import CaseView, Handling, Taken
from shared.contracts.dispatch import (
    CaseClosed,
    CaseReopened,
    FollowUpOpened,
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
from shared.contracts.envelope import Fact, Heading
from shared.rules.book import Book


def issued(view: CaseView, fact: OrderIssued, _heading: Heading, _book: Book) -> CaseView:
    """A work order left for a department."""
    return _handled(
        view,
        status="dispatched",
        order=fact.order,
        department=fact.department,
        round=fact.round,
        assignee=None,
    )


def accepted(view: CaseView, fact: OrderAccepted, _heading: Heading, _book: Book) -> CaseView:
    """The department signed."""
    return _handled(view, status="accepted", handled_by=view.handling.handled_by or fact.by)


def assigned(view: CaseView, fact: OrderAssigned, _heading: Heading, _book: Book) -> CaseView:
    """Somebody was named; the order stands where it stood."""
    return _handled(view, assignee=fact.assignee, handled_by=fact.assignee)


def started(view: CaseView, fact: OrderStarted, _heading: Heading, _book: Book) -> CaseView:
    """Work began."""
    return _handled(view, status="in_progress", handled_by=view.handling.assignee or fact.by)


def replied(view: CaseView, _fact: ReplyGiven, heading: Heading, _book: Book) -> CaseView:
    """The customer was told something; the earliest time counts as the first reply."""
    first = view.handling.first_reply_at
    return _handled(view, first_reply_at=heading.at if first is None else min(first, heading.at))


def completed(view: CaseView, fact: OrderCompleted, heading: Heading, _book: Book) -> CaseView:
    """The work is done; not yet closed."""
    return _handled(
        view,
        status="resolved",
        completed_at=heading.at,
        same_day=fact.same_day,
        round=fact.round,
        handled_by=view.handling.assignee or fact.by,
    )


def returned(view: CaseView, _fact: OrderReturned, _heading: Heading, _book: Book) -> CaseView:
    """The order is back at the desk."""
    return _handled(view, status="returned", assignee=None)


def transferred(view: CaseView, fact: OrderTransferred, _heading: Heading, _book: Book) -> CaseView:
    """Another department has it."""
    return _handled(view, status="dispatched", department=fact.department, assignee=None)


def follow_up_opened(view: CaseView, _fact: FollowUpOpened, _heading: Heading, _book: Book) -> CaseView:
    """The customer is to be asked."""
    return _handled(view, status="resolved")


def follow_up_recorded(view: CaseView, fact: FollowUpRecorded, heading: Heading, _book: Book) -> CaseView:
    """The customer was asked; an attempt that reached nobody is no asking."""
    if fact.answer == "unreached":
        return _handled(view, satisfaction=fact.answer)
    answered, held = fact.answer != "refused", view.handling
    return _handled(
        view,
        satisfaction=fact.answer,
        asked=held.asked + 1,
        asked_at=heading.at,
        answers=held.answers + answered,
        satisfied=held.satisfied + (fact.answer == "satisfied"),
        said=fact.form,
    )


def step_taken(view: CaseView, fact: StepTaken, heading: Heading, _book: Book) -> CaseView:
    """A step was taken, or what was written about it corrected."""
    taken = Taken(fact.count, heading.at, fact.by, fact.outcome, fact.form)
    return _handled(view, marks=fact.marks, steps=view.handling.steps | {fact.step: taken})


def reopened(view: CaseView, fact: CaseReopened, _heading: Heading, _book: Book) -> CaseView:
    """It is handled again; what was completed is not complete any more."""
    return _handled(
        view,
        status="dispatched",
        round=fact.round,
        reopened=view.handling.reopened + 1,
        completed_at=None,
        same_day=None,
        closed_at=None,
        ending=None,
    )


def closed(view: CaseView, fact: CaseClosed, heading: Heading, _book: Book) -> CaseView:
    """The end."""
    return _handled(view, status="closed", closed_at=heading.at, ending=fact.ending)


MEANINGS: Mapping[type[Fact], Callable[[CaseView, Any, Heading, Book], CaseView]] = {
    OrderIssued: issued,
    OrderAccepted: accepted,
    OrderAssigned: assigned,
    OrderStarted: started,
    ReplyGiven: replied,
    OrderCompleted: completed,
    OrderReturned: returned,
    OrderTransferred: transferred,
    FollowUpOpened: follow_up_opened,
    FollowUpRecorded: follow_up_recorded,
    StepTaken: step_taken,
    CaseReopened: reopened,
    CaseClosed: closed,
}


def _handled(view: CaseView, **changes: Any) -> CaseView:
    handling: Handling = changed(view.handling, **changes)
    return changed(view, handling=handling)
