"""Who may take a step, and who may ask the customer afterwards."""

from datetime import datetime

from services.dispatch.state import CaseState
from shared.contracts.fold import Actor
from shared.organisation.people import who
from shared.rules.book import Book
from shared.rules.steps import StepRule
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER


def may_take(rule: StepRule, state: CaseState, actor: Actor, book: Book, *, at: datetime) -> bool:
    """Whether *actor* may: he holds or stands in for one of its roles, or one above in the pack's chain.

    A step that names nobody is for whoever may work on the case.
    """
    if not rule.by:
        return works_on(state, actor)
    if actor.person is not None and actor.person in _persons(rule, state):
        return True
    roles = _roles(rule, state, book)
    return bool(roles & set(actor.roles_at(state.site))) or stands_in(actor.person, roles, state, book, at)


def asks(state: CaseState, actor: Actor) -> bool:
    """Whether the open follow-up is *actor*'s: it names a role of his, or the handler and the work was his.

    Where nobody was assigned, the department that has the order is the handler. Source: requirements X-20.
    """
    named, held = set(state.follow_up.who if state.follow_up else ()), set(actor.roles_at(state.site))
    handled = actor.person == state.assignee if state.assignee else state.department in held
    return bool(named & held) or (ASSIGNEE in named and handled)


def stands_in(person: str | None, roles: set[str], state: CaseState, book: Book, at: datetime) -> bool:
    """Whether *person* answers for one of *roles* at that instant, for himself or for somebody who is away."""
    if person is None:
        return False
    site = book.site(state.site)
    found = (who(role, site=site, at=at, staff=book.staff) for role in sorted(roles))
    return any(answer.person.id == person for one in found for answer in one.persons)


def works_on(state: CaseState, actor: Actor) -> bool:
    """Whether *actor* may work on the case, at the department or at the desk."""
    return any(actor.can(right, state.site, state.department) for right in ("work", "desk"))


def _persons(rule: StepRule, state: CaseState) -> set[str | None]:
    named = {ASSIGNEE: state.assignee, FIRST_RECEIVER: state.first_receiver}
    return {person for word, person in named.items() if word in rule.by}


def _roles(rule: StepRule, state: CaseState, book: Book) -> set[str]:
    """The roles named, and those above them in the chain."""
    chain = book.pack(state.pack, state.pack_version).chain
    places = [chain.index(role) for role in rule.by if role in chain]
    return {*rule.by, *(chain[min(places) :] if places else ())}
