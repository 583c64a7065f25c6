"""Taking a shift over: whoever does accepts everything that is open at the site, or hears what he left out.

Source: requirements section 3.31 (N-50: the list must be accepted).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.dispatch.commands.asked import TakeStep
from services.dispatch.commands.refusing import bad_field, in_the_future
from services.dispatch.state import CaseState, procedure
from shared.contracts.fold import Refusal
from shared.contracts.wording import Text, text
from shared.rules.book import Book
from shared.rules.steps import StepRule

NAMED_MOST = 20
"""How many items left behind a refusal names; the list of open items names them all."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A case of the site that has not ended.

    Attributes:
        since: When it came on the list: an entry made late stands there from when it was made, not from the first ear.
    """

    case: str
    number: str
    since: datetime


class TakeOver(TakeStep):
    """Take the step, knowing what was open at the site when it was asked for."""

    open_items: tuple[OpenItem, ...]


def takes_over(state: CaseState, book: Book, step: str | None = None) -> bool:
    """Whether that step of the case, or any, takes a shift over."""
    if state.received_at is None:
        return False
    return any(rule.takes_over and step in (None, rule.id) for rule in procedure(state, book).steps)


def items_of(asked: TakeStep) -> tuple[OpenItem, ...]:
    """What is open, where the step takes a shift over."""
    return asked.open_items if isinstance(asked, TakeOver) else ()


def wrongly_taken_over(rule: StepRule, asked: TakeStep, now: datetime) -> Refusal | None:
    """What is wrong with the items accepted; None where every open one was, or none is asked for."""
    if not rule.takes_over:
        return _nothing_to_accept(asked)
    left = [item for item in items_of(asked) if not _accepted(item, asked)]
    return in_the_future(asked.accepted_at, now, field="/accepted_at") or (_left_behind(left) if left else None)


def _nothing_to_accept(asked: TakeStep) -> Refusal | None:
    if not asked.accepted and asked.accepted_at is None:
        return None
    field = "/accepted" if asked.accepted else "/accepted_at"
    return bad_field("nothing_to_accept", field, text("这一步不接收未结事项"), text("请去掉这一项"))


def _accepted(item: OpenItem, asked: TakeStep) -> bool:
    named = item.case in asked.accepted or item.number in asked.accepted
    return named or (asked.accepted_at is not None and item.since <= asked.accepted_at)


def _left_behind(left: Sequence[OpenItem]) -> Refusal:
    numbers: tuple[Text, ...] = tuple(text("{id}", id=item.number) for item in left[:NAMED_MOST])
    if len(left) > NAMED_MOST:
        numbers = (*numbers, text("另有 {count} 件", count=len(left) - NAMED_MOST))
    sentence = text("还有 {count} 件未接收：{numbers}", count=len(left), numbers=numbers)
    hint = text("请在 accepted 里逐项列出，或在 accepted_at 里写明清单的时间，接收当时的全部事项")
    return bad_field("items_left", "/accepted", sentence, hint)
