"""Putting handling off until a time the customer agreed to (OH-4); replies are never put off (OH-7)."""

from dataclasses import replace
from datetime import datetime

from services.dispatch.commands.asked import Defer
from services.dispatch.commands.entitled import works_on
from services.dispatch.commands.refusing import bad_field, name_of, no_right, not_later, standing_in_the_way
from services.dispatch.policy.lifecycle import WITH_OPEN_ORDER
from services.dispatch.saying import Turn
from services.dispatch.state import CaseState, procedure
from shared.contracts.dispatch import CaseDeferred, Note
from shared.contracts.fold import Actor, Refusal, Step
from shared.contracts.wording import text
from shared.rules.book import Book
from shared.rules.consents import consent_named
from shared.rules.words import CaseKind

WAITING = "CN-1"
"""The consent to wait for the day shift."""


def defer(turn: Turn, asked: Defer, actor: Actor, book: Book) -> Step | Refusal:
    """Put the handling off; the order stays with its department, which may begin all the same."""
    state = turn.state
    if not works_on(state, actor):
        return no_right()
    wrong = _in_the_way(state, book) or _wrong_time(asked.until, turn.at, state.work.consents.get(WAITING))
    if wrong is not None:
        return wrong
    fact = CaseDeferred(until=asked.until, consent=WAITING, by=name_of(actor), private=Note(text=asked.reason))
    return turn.says(fact, work=replace(state.work, deferred_until=asked.until)).step("deferred")


def deferrable(state: CaseState, book: Book) -> bool:
    """Whether the customer's consent and the state let the handling wait."""
    return _in_the_way(state, book) is None


def _in_the_way(state: CaseState, book: Book) -> Refusal | None:
    if state.status not in WITH_OPEN_ORDER:
        sentence = text("只有还在处理的事项才能延后")
        return standing_in_the_way(state, book, why="not_possible_now", sentence=sentence)
    if procedure(state, book).kind is CaseKind.EMERGENCY:
        sentence = text("紧急事项不能延后，请立即处理")
        return standing_in_the_way(state, book, why="emergency", sentence=sentence)
    if WAITING not in state.work.consents:
        sentence = text("客户没有同意等候，不能延后；请先登记“客户{consent}”", consent=consent_named(WAITING))
        return standing_in_the_way(state, book, why="consent_missing", sentence=sentence)
    return None


def _wrong_time(until: datetime, now: datetime, agreed: datetime | None) -> Refusal | None:
    if agreed is None or until <= agreed:
        return not_later(until, now, field="/until")
    sentence = text("客户只同意等到 {agreed}", agreed=agreed)
    return bad_field("after_consent", "/until", sentence, text("请填写不晚于 {agreed} 的时间", agreed=agreed))
