"""What notify says about a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace as changed

from services.reporting.state.view import CaseView, SeenTo
from shared.contracts.envelope import Fact, Heading
from shared.contracts.notify import NoticeSeenTo
from shared.rules.book import Book


def seen_to(view: CaseView, fact: NoticeSeenTo, heading: Heading, _book: Book) -> CaseView:
    """Staff told somebody outside, or noted that they need not."""
    seen = SeenTo(fact.told_at or heading.at, fact.by, fact.outcome, fact.means)
    return changed(view, seen_to=view.seen_to | {fact.rule: seen})


MEANINGS: Mapping[type[Fact], Callable[[CaseView, Any, Heading, Book], CaseView]] = {NoticeSeenTo: seen_to}
