"""A case as answers show it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.dispatch.commands.deferring import deferrable
from services.dispatch.policy.lifecycle import Status
from services.dispatch.state import GATES, CaseState, chosen_endings, owed, possible_acts, procedure
from shared.contracts.dispatch import StepTaken
from shared.contracts.fold import Done
from shared.rules.book import Book
from shared.rules.forms import FieldKind
from shared.timekeeping.calendar import zone_named


def shown(state: CaseState, book: Book) -> dict[str, Any]:
    """The public state of a case with what is possible now, whoever asks; instants with the site's offset."""
    return {
        "number": state.number,
        "site": state.site,
        "status": state.status.value,
        "order": state.order,
        "department": state.department,
        "assignee": state.assignee,
        "round": state.round,
        "severity": state.severity,
        "received_at": with_offset(state.received_at, state.site, book),
        "incident": state.incident,
        "opens_incident": state.opens_incident,
        "ending": state.ending,
        "follow_up": _follow_up(state, book),
        "deferred_until": with_offset(state.work.deferred_until, state.site, book),
        "owed": owed_shown(state, book),
        "possible": [
            *(act.value for act in possible_acts(state, book)),
            *(["defer"] if deferrable(state, book) else []),
        ],
        "endings": list(chosen_endings(state, book)),
    }


def owed_shown(state: CaseState, book: Book) -> dict[str, list[str]]:
    """The steps that acts have to wait for, by act."""
    if state.status is Status.CLOSED:
        return {}
    waiting = {act.value: [step.id for step in owed(state, book, gate)] for act, gate in GATES.items()}
    return {act: steps for act, steps in waiting.items() if steps}


def _possible(state: CaseState, book: Book) -> list[str]:
    acts = [act.value for act in possible_acts(state, book)]
    return [*acts, "defer"] if deferrable(state, book) else acts


def _follow_up(state: CaseState, book: Book) -> dict[str, Any] | None:
    waiting = state.follow_up
    if waiting is None:
        return None
    attempts = [with_offset(attempt, state.site, book) for attempt in waiting.attempts]
    return {
        "who": list(waiting.who),
        "method": waiting.method,
        "round": state.round,
        "unreached": attempts,
        "opens_at": with_offset(waiting.opens_at, state.site, book),
    }


def with_offset(instant: datetime | None, site: str, book: Book) -> str | None:
    """RFC 3339 with the offset of the site's zone."""
    return instant.astimezone(zone_named(book.site(site).zone)).isoformat() if instant else None


def given_by(done: Done, book: Book) -> dict[str, str]:
    """The serial numbers that a step was given, by field."""
    steps = {step.id: step for step in procedure(done.state, book).steps}
    taken = [fact for _, fact in done.facts if isinstance(fact, StepTaken)]
    fields = {one.id for fact in taken for one in steps[fact.step].form if one.kind is FieldKind.SERIAL}
    return {id_: value for fact in taken for id_, value in fact.form.items() if id_ in fields}


def rendering(book: Book) -> Callable[[Done], dict[str, Any]]:
    """What an answer to a command carries beside entity and version: the state after it."""

    def render(done: Done) -> dict[str, Any]:
        return shown(done.state, book)

    return render
