"""What dispatch remembers of a case: only what later decisions need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.dispatch.policy.closing import Chosen, Circumstances, endings
from services.dispatch.policy.lifecycle import Act, Status, possible
from services.dispatch.policy.working import Work
from shared.rules.book import Book
from shared.rules.clocks import clocks_for, opens_at
from shared.rules.conditions import Matter
from shared.rules.dating import Floors, clock_floors, field_floors
from shared.rules.filling import with_marks
from shared.rules.grading import follow_up_by
from shared.rules.ledger import Purse
from shared.rules.model import CaseType
from shared.rules.money import Move
from shared.rules.permits import too_soon
from shared.rules.stepping import Hindrance, Progress, hindrance, missing_steps, standing_marks
from shared.rules.steps import Gate, StepRule
from shared.rules.words import Flag, FollowUpMethod, StopFact, Validity
from shared.timekeeping.calendar import local_date


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    """A customer who is still to be asked.

    Attributes:
        who: Roles that ask.
        method: As the pack wants it: any, phone or visit.
        attempts: Instants at which nobody was reached, in this round.
        opens_at: Nobody is asked before (CK-FUP-05); None: at once.
    """

    who: tuple[str, ...]
    method: str
    attempts: tuple[datetime, ...] = ()
    opens_at: datetime | None = None


NOTHING_DONE = Work()


@dataclass(frozen=True, slots=True)
class CaseState:
    """One case. Fields below ``severity_of`` are empty until the request itself is heard.

    Attributes:
        severity_at: When the severity took effect, with ``severity_of`` the message that said so; the greatest pair of
            two speakers holds.
        orders: Orders issued so far; ``order`` is the last one, also when the case has joined an incident since.
        department: Role id of the department the order lies with, or would.
        unsatisfied: Rounds the customer was not satisfied with.
        incident: Case id of the incident it hangs under.
        first_receiver: Person id or account of whoever was asked first.
        ending: How it closed.
        open_since: When it was logged, or reopened after its end: since then it is an open item of its site.
    """

    case: str
    status: Status = Status.AWAITED
    severity: str = ""
    severity_at: datetime | None = None
    severity_of: str = ""
    number: str = ""
    site: str = ""
    pack: str = ""
    pack_version: int = 0
    case_type: str = ""
    category: str = ""
    validity: str = Validity.UNJUDGED
    flags: tuple[str, ...] = ()
    received_at: datetime | None = None
    open_since: datetime | None = None
    anonymous: bool = False
    incident: str | None = None
    opens_incident: bool = False
    department: str = ""
    assignee: str | None = None
    orders: int = 0
    order: str | None = None
    round: int = 1
    replied: bool = False
    replied_since_invalid: bool = False
    follow_up: OpenFollowUp | None = None
    unsatisfied: int = 0
    first_receiver: str = ""
    ending: str | None = None
    work: Work = NOTHING_DONE


def site_entity(site: str) -> str:
    """The entity that keeps what belongs to a whole site."""
    return f"site-{site}"


GATES: Mapping[Act, Gate] = {
    Act.ACCEPT: Gate.ACCEPT,
    Act.START: Gate.START,
    Act.REPLY: Gate.REPLY,
    Act.COMPLETE: Gate.COMPLETE,
    Act.FOLLOW_UP: Gate.FOLLOW_UP,
    Act.CLOSE: Gate.CLOSE,
}
"""Acts that steps may hold up."""


def procedure(state: CaseState, book: Book) -> CaseType:
    """The case type of the pinned pack; one the pack lacks stands in the safety pack.

    Raises:
        LookupError: Neither pack is known here, or neither has it.
    """
    own = book.pack(state.pack, state.pack_version).case_types
    if state.case_type in own or state.received_at is None:
        return own[state.case_type]
    return book.safety_pack(state.received_at).case_types[state.case_type]


def asking(state: CaseState, book: Book, *, at: datetime) -> OpenFollowUp:
    """Who asks the customer about work done at *at*, how, and from when on."""
    solved = Flag.SOLVED_SAME_DAY if is_same_day(state, at, book) else Flag.SOLVED_LATER
    matter = matter_of(state, solved, *standing_marks(state.work.taken))
    by, calendar = follow_up_by(procedure(state, book), matter), book.calendar(state.site)
    asked = (rule for rule in clocks_for(procedure(state, book), matter) if StopFact.FOLLOWED_UP in rule.stop)
    opens = (opens_at(rule, start=at, calendar=calendar) for rule in asked)
    method = by.method or FollowUpMethod.ANY
    return OpenFollowUp(by.roles, method.value, opens_at=max((one for one in opens if one), default=None))


def is_same_day(state: CaseState, at: datetime, book: Book) -> bool:
    """Whether *at* falls on the local date on which the case was received."""
    zone = book.site(state.site).zone
    return state.received_at is not None and local_date(at, zone) == local_date(state.received_at, zone)


def chosen_endings(state: CaseState, book: Book) -> tuple[Chosen, ...]:
    """The endings a person may choose now."""
    return endings(
        Circumstances(
            status=state.status,
            anonymous=state.anonymous,
            invalid=state.validity == Validity.INVALID,
            replied_since_invalid=state.replied_since_invalid,
            unsatisfied=state.unsatisfied,
            unsatisfied_most=procedure(state, book).follow_up.max_unsatisfied_rounds,
            follow_up_open=state.follow_up is not None,
        )
    )


def matter_of(state: CaseState, *circumstances: str) -> Matter:
    """The case as rules see it, without what its steps have brought about unless *circumstances* say so."""
    answered = (Flag.UNSATISFIED,) if state.unsatisfied else ()
    flags = with_marks((*state.flags, *answered), (*state.work.answers, *circumstances))
    return Matter(state.severity, Validity(state.validity), state.category, flags)


def progress(state: CaseState) -> Progress:
    """How far the case has come, as steps see it."""
    return state.work.progress(matter_of(state))


def floors(state: CaseState, book: Book, *, at: datetime) -> Floors:
    """What dates and instants of a form filled in at *at* must not lie before."""
    known = field_floors(procedure(state, book), state.work.dates)
    return {**clock_floors(received_at=state.received_at, now=at), **known}


def hindered(rule: StepRule, state: CaseState, book: Book, *, at: datetime) -> Hindrance | None:
    """What stands in the way of a step at *at*, before anybody fills in its form; None if nothing does."""
    if out_of_reach(rule, state):
        return Hindrance("not_now")
    found = hindrance(rule, progress(state))
    if found is not None:
        return found
    if rule.once_completed and state.status not in COMPLETED:
        return Hindrance("not_completed", tuple(step.id for step in owed(state, book, Gate.COMPLETE)))
    if not rule.once_over and not rule.once_come:
        return None
    return too_soon(rule, floors(state, book, at=at), at=at, zone=book.site(state.site).zone)


COMPLETED = frozenset({Status.RESOLVED, Status.CLOSED})
"""States in which the work of the round is done, or nothing is left of it."""


def out_of_reach(rule: StepRule, state: CaseState) -> bool:
    """Whether the step is not taken any more: at the end of the case few are, and those of an incident are its own.

    What gives back money that is still held always is: a matter may be withdrawn, or join an incident, while a payment
    for it is on its way to intake.
    """
    if state.status in ENDED and _gives_back(rule, state):
        return False
    if state.status is Status.JOINED:
        return True
    return state.status is Status.CLOSED and (not rule.even_closed or state.incident is not None)


ENDED = frozenset({Status.JOINED, Status.CLOSED})
"""States in which nobody works on the case by itself."""


def _gives_back(rule: StepRule, state: CaseState) -> bool:
    held = {item for item, sums in state.work.sums.items() if sums.left}
    return any(move.move is not Move.PAY and move.item in held for move in rule.money)


def purse(state: CaseState, book: Book) -> Purse:
    """The money of the case."""
    return state.work.purse(procedure(state, book), progress(state).now)


def owed(state: CaseState, book: Book, gate: Gate) -> tuple[StepRule, ...]:
    """The steps that act has to wait for; a matter that joined an incident owes none of its own."""
    case_type = procedure(state, book)
    if state.status is Status.JOINED or not any(gate in step.before for step in case_type.steps):
        return ()
    return missing_steps(case_type, progress(state), gate)


def followable(state: CaseState, book: Book) -> tuple[Act, ...]:
    """The acts that follow the state, whoever asks, whatever they have to wait for."""
    if state.status is Status.AWAITED:
        return ()
    closable = bool(chosen_endings(state, book))
    return possible(state.status, follow_up_open=state.follow_up is not None, closable=closable)


def possible_acts(state: CaseState, book: Book) -> tuple[Act, ...]:
    """The acts possible now, whoever asks."""
    return tuple(act for act in followable(state, book) if act not in GATES or not owed(state, book, GATES[act]))
