"""One function for each fact that means something to the work on a case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.dispatch.policy.lifecycle import WITH_OPEN_ORDER, Status
from services.dispatch.reactions.past import relive
from services.dispatch.saying import SYSTEM, Turn, closed, issued, relieved, transferred
from services.dispatch.state import CaseState, procedure
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.escalation import SeverityUpgraded, UpgradeAnnulled
from shared.contracts.fold import Moment, Step
from shared.contracts.intake import (
    ConsentRecorded,
    IncidentOpened,
    RequestAmended,
    RequestClassified,
    RequestReceived,
    RequestsLinked,
    RequestWithdrawn,
)
from shared.rules.book import Book
from shared.rules.forms import Filled
from shared.rules.words import Validity

DESK = "desk"
"""Where an order goes that no department answers for."""


@dataclass(frozen=True, slots=True)
class _Hearing:
    """A fact in hand, with the case it is about."""

    turn: Turn
    heading: Heading
    book: Book

    @property
    def state(self) -> CaseState:
        return self.turn.state


_HEARD_EARLY = RequestReceived | SeverityUpgraded | UpgradeAnnulled


def react(state: CaseState | None, heard: Heard, moment: Moment) -> Step:
    """Take in one fact.

    Escalation may be heard before intake is: its severity then waits in a state without a request.
    """
    reaction = _REACTIONS.get(type(heard.fact))
    if reaction is None:
        return Step(why="means_nothing_here", state=state)
    known = state or CaseState(case=heard.heading.entity)
    if known.status is Status.AWAITED and not isinstance(heard.fact, _HEARD_EARLY):
        return Step(why="request_not_heard", state=state)
    return reaction(_Hearing(Turn(known, moment.at), heard.heading, moment.book), heard.fact)


def _received(hearing: _Hearing, fact: RequestReceived) -> Step:
    if hearing.state.status is not Status.AWAITED:
        return hearing.turn.step("already_received")
    turn = Turn(hearing.state, fact.received_at if fact.history else hearing.turn.at)
    turn = turn.knows(**_of_request(fact), **_graver(hearing, fact.severity, fact.received_at))
    if fact.form:
        turn = _with_form(turn, fact.form, hearing.book)
    if fact.department is None:
        turn = turn.knows(department=_routed(turn.state, hearing.book))
    if fact.incident is not None:
        return turn.knows(status=Status.JOINED).step("joined_incident")
    turn = issued(turn)
    if fact.history is None:
        return turn.step("order_issued")
    return relive(turn, fact.history, hearing.book).step("history_folded")


def _of_request(fact: RequestReceived) -> dict[str, Any]:
    return {
        "number": fact.number,
        "site": fact.site,
        "pack": fact.pack,
        "pack_version": fact.pack_version,
        "case_type": fact.case_type,
        "category": fact.category,
        "validity": fact.validity,
        "flags": fact.flags,
        "received_at": fact.received_at,
        "open_since": fact.logged_at,
        "anonymous": fact.anonymous,
        "incident": fact.incident,
        "opens_incident": fact.opens_incident,
        "department": fact.department or "",
        "first_receiver": fact.first_receiver,
    }


def _with_form(turn: Turn, form: Filled, book: Book) -> Turn:
    return turn.knows(work=turn.state.work.with_form(procedure(turn.state, book), form))


def _routed(state: CaseState, book: Book) -> str:
    """The department that answers for the category; the desk for a word the pack does not know."""
    categories = procedure(state, book).categories
    return next((each.department for each in categories if each.id == state.category), DESK)


def _graver(hearing: _Hearing, severity: str, effective_at: Any) -> dict[str, Any]:
    """Of two speakers the one with the greatest (effective_at, message id) holds (design.md §3)."""
    state, said = hearing.state, (effective_at, hearing.heading.id)
    if state.severity_at is not None and said < (state.severity_at, state.severity_of):
        return {}
    return {"severity": severity, "severity_at": effective_at, "severity_of": hearing.heading.id}


def _classified(hearing: _Hearing, fact: RequestClassified) -> Step:
    newly_invalid = fact.validity == "invalid" and hearing.state.validity != Validity.INVALID
    turn = hearing.turn.knows(
        case_type=fact.case_type,
        category=fact.category,
        validity=fact.validity,
        flags=fact.flags,
        replied_since_invalid=hearing.state.replied_since_invalid and not newly_invalid,
        **_graver(hearing, fact.severity, fact.effective_at),
    )
    turn = relieved(turn, hearing.book, by=fact.by)
    if fact.department is None or fact.department == hearing.state.department:
        return turn.step("classified")
    if turn.state.status not in WITH_OPEN_ORDER:
        return turn.knows(department=fact.department).step("classified_for_a_later_order")
    return transferred(turn, fact.department, by=SYSTEM).step("order_follows_the_department")


def _amended(hearing: _Hearing, fact: RequestAmended) -> Step:
    turn, known = hearing.turn, frozenset(fact.changed) & _AMENDS.keys()
    for word in _AMENDS:
        turn = _AMENDS[word](turn, fact, hearing.book) if word in known else turn
    if not known:
        return turn.step("means_nothing_here")
    return relieved(turn, hearing.book, by=fact.by).step("_and_".join(sorted(known)) + "_amended")


def _first_ear(turn: Turn, fact: RequestAmended, _book: Book) -> Turn:
    return turn if fact.received_at is None else turn.knows(received_at=fact.received_at)


def _first_receiver(turn: Turn, fact: RequestAmended, _book: Book) -> Turn:
    return turn if fact.first_receiver is None else turn.knows(first_receiver=fact.first_receiver)


def _form(turn: Turn, fact: RequestAmended, book: Book) -> Turn:
    return _with_form(turn.knows(flags=fact.flags), fact.form, book)


def _contact(turn: Turn, fact: RequestAmended, _book: Book) -> Turn:
    return turn.knows(flags=fact.flags)


_AMENDS: Mapping[str, Callable[[Turn, RequestAmended, Book], Turn]] = {
    "received_at": _first_ear,
    "first_receiver": _first_receiver,
    "form": _form,
    "contact": _contact,
}


def _consented(hearing: _Hearing, fact: ConsentRecorded) -> Step:
    work = hearing.state.work
    consents = {**work.consents, fact.consent: fact.until}
    return hearing.turn.knows(work=replace(work, consents=consents)).step("consent_on_record")


def _withdrawn(hearing: _Hearing, fact: RequestWithdrawn) -> Step:
    if hearing.state.status is Status.CLOSED:
        return hearing.turn.step("already_closed")
    return closed(hearing.turn, "withdrawn", by=fact.by).step("withdrawn")


def _linked(hearing: _Hearing, fact: RequestsLinked) -> Step:
    turn, status = hearing.turn.knows(incident=fact.incident), hearing.state.status
    if fact.incident is not None and status in WITH_OPEN_ORDER:
        return turn.knows(status=Status.JOINED, assignee=None).step("order_superseded")
    if fact.incident is None and status is Status.JOINED:
        return issued(turn).step("order_issued_again")
    return turn.step("linked" if fact.incident else "unlinked")


def _incident(hearing: _Hearing, _fact: IncidentOpened) -> Step:
    return hearing.turn.knows(opens_incident=True).step("incident_opened")


def _upgraded(hearing: _Hearing, fact: SeverityUpgraded) -> Step:
    changes = _graver(hearing, fact.severity, fact.effective_at)
    return hearing.turn.knows(**changes).step("severity_upgraded" if changes else "severity_settled_later")


def _upgrade_annulled(hearing: _Hearing, fact: UpgradeAnnulled) -> Step:
    since = hearing.state.severity_at
    if since is not None and since > fact.effective_at:
        return hearing.turn.step("severity_settled_later")
    return hearing.turn.knows(severity=fact.severity, severity_of=hearing.heading.id).step("upgrade_annulled")


_REACTIONS: Mapping[type[Fact], Callable[[_Hearing, Any], Step]] = {
    RequestReceived: _received,
    RequestClassified: _classified,
    RequestAmended: _amended,
    ConsentRecorded: _consented,
    RequestWithdrawn: _withdrawn,
    RequestsLinked: _linked,
    IncidentOpened: _incident,
    SeverityUpgraded: _upgraded,
    UpgradeAnnulled: _upgrade_annulled,
}
