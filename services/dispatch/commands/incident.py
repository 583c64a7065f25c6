"""One command for an incident and every matter that hangs under it (requirements §9.3).

The incident's own case is addressed first, the members change in the same transaction. A member that has left
meanwhile is passed over; an incident that is done already lets its latecomers through.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.dispatch.commands.asked import CloseAll, CompleteAll, ReplyToAll
from services.dispatch.commands.refusing import not_possible, standing_in_the_way, waits_for_steps
from services.dispatch.policy.asking import in_sample
from services.dispatch.policy.lifecycle import Act, Status
from services.dispatch.saying import Turn, asked, closed, completed
from services.dispatch.state import GATES, chosen_endings, followable, owed, procedure
from shared.contracts.dispatch import Note, ReplyGiven
from shared.contracts.fold import Ask, Refusal, Step
from shared.contracts.wording import text
from shared.rules.book import Book

MEMBERS_ONLY = "members_only"


@dataclass(frozen=True, slots=True)
class _Bulk:
    """What one bulk command does.

    Attributes:
        act: The act it amounts to.
        done: States of the incident in which only members are left to serve.
        head: For the incident itself.
        member: For the member at that place of the list.
    """

    act: Act
    done: frozenset[Status]
    head: Callable[[Turn, Any, str, Book], Step | Refusal]
    member: Callable[[Turn, Any, str, Book, int], Step]


def act_on_all(command: object) -> Act | None:
    """The act a bulk command amounts to; None for any other command."""
    bulk = _BULKS.get(type(command))
    return bulk.act if bulk else None


def obey_for_all(turn: Turn, ask: Ask, by: str, book: Book) -> Step | Refusal:
    """Carry out a bulk command for the case in hand, be it the incident or a member."""
    bulk, state = _BULKS[type(ask.command)], turn.state
    if state.case != ask.entities[0]:
        return _for_member(turn, ask, by, book)
    if not state.opens_incident:
        sentence = text("这不是一个事件，请对单件操作")
        return standing_in_the_way(state, book, why="not_an_incident", sentence=sentence)
    if state.status in bulk.done:
        return turn.step(MEMBERS_ONLY)
    if bulk.act not in followable(state, book):
        return not_possible(state, bulk.act, book)
    if missing := owed(state, book, GATES[bulk.act]):
        return waits_for_steps(state, bulk.act, missing, book)
    return bulk.head(turn, ask.command, by, book)


def _for_member(turn: Turn, ask: Ask, by: str, book: Book) -> Step | Refusal:
    state = turn.state
    if state.status is not Status.JOINED or state.incident != ask.entities[0]:
        sentence = text("这件事已不在该事件之下")
        return standing_in_the_way(state, book, why="not_joined", sentence=sentence)
    place = ask.entities.index(state.case) - 1
    return _BULKS[type(ask.command)].member(turn, ask.command, by, book, place)


def _reply(turn: Turn, command: ReplyToAll, by: str, _book: Book, _place: int = 0) -> Step:
    fact = ReplyGiven(kind=command.kind, method=command.method, bulk=True, by=by, private=Note(text=command.text))
    return turn.says(fact, replied=True, replied_since_invalid=True).step("replied")


def _complete_head(turn: Turn, command: CompleteAll, by: str, book: Book) -> Step:
    return completed(turn, book, by=by, note=Note(text=command.text), bulk=True).step("completed")


def _complete_member(turn: Turn, command: CompleteAll, by: str, book: Book, place: int) -> Step:
    done = completed(turn, book, by=by, note=Note(text=command.text), bulk=True)
    if in_sample(place) and not turn.state.anonymous and procedure(turn.state, book).follow_up.required:
        return asked(done, book).step("completed_and_asked")
    return closed(done, "with_incident", by=by).step("closed_with_incident")


def _close_head(turn: Turn, command: CloseAll, by: str, book: Book) -> Step | Refusal:
    if "completed" not in chosen_endings(turn.state, book):
        return not_possible(turn.state, Act.CLOSE, book)
    return closed(turn, "completed", by=by, note=Note(text=command.reason)).step("closed")


def _close_member(turn: Turn, command: CloseAll, by: str, book: Book, _place: int) -> Step:
    done = completed(turn, book, by=by, bulk=True)
    return closed(done, "with_incident", by=by, note=Note(text=command.reason)).step("closed_with_incident")


_CLOSED = frozenset({Status.CLOSED})
_BULKS: Mapping[type[object], _Bulk] = {
    ReplyToAll: _Bulk(Act.REPLY, _CLOSED, _reply, _reply),
    CompleteAll: _Bulk(Act.COMPLETE, frozenset({Status.RESOLVED, Status.CLOSED}), _complete_head, _complete_member),
    CloseAll: _Bulk(Act.CLOSE, _CLOSED, _close_head, _close_member),
}
