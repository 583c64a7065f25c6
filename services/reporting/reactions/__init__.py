"""What each fact means for the view of its case; every function is total."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace as changed

from services.reporting.reactions import dispatch, escalation, intake, notify
from services.reporting.state.view import CaseView
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import Moment, Step
from shared.rules.book import Book

Meaning = Callable[[CaseView, Any, Heading, Book], CaseView]

MEANINGS: Mapping[type[Fact], Meaning] = {
    **intake.MEANINGS,
    **dispatch.MEANINGS,
    **escalation.MEANINGS,
    **notify.MEANINGS,
}


def react(state: CaseView | None, heard: Heard, moment: Moment) -> Step:
    """Take in a fact about a case; one without a meaning for the row is kept in the archive alone."""
    view = state or CaseView()
    at, last = heard.heading.at, view.last_fact_at
    view = changed(view, last_fact_at=at if last is None else max(last, at))
    meaning = MEANINGS.get(type(heard.fact))
    if meaning is None:
        return Step(why="archived_only", state=view)
    return Step(why="row_changed", state=meaning(view, heard.fact, heard.heading, moment.book))
