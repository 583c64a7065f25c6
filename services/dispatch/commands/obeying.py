"""One command to one case: known, allowed, possible, and only then done."""

from collections.abc import Callable, Mapping
from typing import Any

from services.dispatch.commands import customer, deferring, order, stepping
from services.dispatch.commands.asked import (
    Accept,
    Assign,
    Close,
    Complete,
    Defer,
    FollowUp,
    Reopen,
    Reply,
    Return,
    Start,
    TakeStep,
    Transfer,
)
from services.dispatch.commands.entitled import asks, stands_in
from services.dispatch.commands.incident import act_on_all, obey_for_all
from services.dispatch.commands.refusing import name_of, no_right, not_possible, role_names, unknown, waits_for_steps
from services.dispatch.policy.lifecycle import Act, Status
from services.dispatch.policy.standing import UNTOUCHED
from services.dispatch.saying import Turn
from services.dispatch.state import GATES, CaseState, followable, owed, procedure, site_entity
from shared.contracts.fold import Actor, Ask, Moment, Refusal, Step
from shared.contracts.wording import text
from shared.rules.book import Book

RIGHTS: Mapping[Act, tuple[str, ...]] = {
    Act.ACCEPT: ("work",),
    Act.ASSIGN: ("work",),
    Act.START: ("work",),
    Act.REPLY: ("work", "desk"),
    Act.COMPLETE: ("work",),
    Act.RETURN: ("work",),
    Act.TRANSFER: ("work", "desk"),
    Act.FOLLOW_UP: ("desk",),
    Act.CLOSE: ("desk",),
    Act.REOPEN: ("desk",),
}
"""Any of these rights at the case's site; whom the follow-up names records it without; closing by authority asks for a
role instead (FU-4)."""

_ACTS: Mapping[type[object], tuple[Act, Callable[[Turn, Any, str, Book], Step | Refusal]]] = {
    Accept: (Act.ACCEPT, order.accept),
    Assign: (Act.ASSIGN, order.assign),
    Start: (Act.START, order.start),
    Complete: (Act.COMPLETE, order.complete),
    Return: (Act.RETURN, order.give_back),
    Transfer: (Act.TRANSFER, order.transfer),
    Reply: (Act.REPLY, customer.reply),
    FollowUp: (Act.FOLLOW_UP, customer.follow_up),
    Close: (Act.CLOSE, customer.close),
    Reopen: (Act.REOPEN, customer.reopen),
}


def obey(state: CaseState | None, ask: Ask, moment: Moment) -> Step | Refusal:
    """Carry out a command, or say what stands in the way."""
    if state is None or state.status is Status.AWAITED or _is_anothers(state, ask.actor):
        return unknown()
    if isinstance(ask.command, TakeStep):
        site = site_entity(state.site)
        standing = (moment.beside[site] or UNTOUCHED) if site in moment.beside else None
        return stepping.take_step(Turn(state, moment.at), ask.command, ask.actor, moment.book, standing)
    if isinstance(ask.command, Defer):
        return deferring.defer(Turn(state, moment.at), ask.command, ask.actor, moment.book)
    act = act_on_all(ask.command)
    if act is None:
        return _obey_one(Turn(state, moment.at), ask, moment.book)
    if not _has_right(ask.actor, act, state):
        return no_right()
    return obey_for_all(Turn(state, moment.at), ask, name_of(ask.actor), moment.book)


def _obey_one(turn: Turn, ask: Ask, book: Book) -> Step | Refusal:
    act, carry_out = _ACTS[type(ask.command)]
    forbidden = _forbidden(turn, act, ask, book)
    if forbidden is not None:
        return forbidden
    # A close is judged by its ending, which says more than that no ending is open.
    if act not in followable(turn.state, book) and not _still_open(turn.state, act):
        return not_possible(turn.state, act, book)
    if act in GATES and (missing := owed(turn.state, book, GATES[act])):
        return waits_for_steps(turn.state, act, missing, book)
    return carry_out(turn, ask.command, name_of(ask.actor), book)


def _still_open(state: CaseState, act: Act) -> bool:
    return act is Act.CLOSE and state.status is not Status.CLOSED


def _forbidden(turn: Turn, act: Act, ask: Ask, book: Book) -> Refusal | None:
    if isinstance(ask.command, Close) and ask.command.ending == "by_authority":
        return _without_authority(turn, ask.actor, book)
    return None if _has_right(ask.actor, act, turn.state) else no_right()


def _without_authority(turn: Turn, actor: Actor, book: Book) -> Refusal | None:
    state = turn.state
    closers = procedure(state, book).follow_up.closers
    if set(closers) & set(actor.roles_at(state.site)) or stands_in(actor.person, set(closers), state, book, turn.at):
        return None
    sentence = text("只有{roles}才能这样结案", roles=role_names(closers, state, book))
    return Refusal(why="no_authority", text=sentence, status=403, field="/ending")


def _is_anothers(state: CaseState, actor: Actor) -> bool:
    """Whether *actor* belongs to an outside party and the order is not its own (§9.7)."""
    return state.site in actor.outside and not actor.can("view", state.site, state.department)


def _has_right(actor: Actor, act: Act, state: CaseState) -> bool:
    granted = any(actor.can(right, state.site, state.department) for right in RIGHTS[act])
    return granted or (act is Act.FOLLOW_UP and asks(state, actor))
