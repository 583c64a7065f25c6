"""A view of a case as one flat row."""

from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from services.reporting.state.standing import flags_of, is_open, limit_of, next_due, status_of
from services.reporting.state.view import CaseView, Opening, Taken
from services.reporting.tables import COLUMNS
from shared.timekeeping.calendar import local_date

_OPENING = (
    "number",
    "site",
    "pack",
    "pack_version",
    "case_type",
    "kind",
    "category",
    "validity",
    "channel",
    "unit",
    "responsible",
    "received_at",
    "logged_at",
    "customer_limit",
    "first_receiver",
    "registered_by",
    "incident",
    "opens_incident",
    "drill",
    "source",
    "source_key",
    "withdrawn_at",
    "planned_rule",
    "planned_period",
    "planned_due_at",
    "outer_line",
    "outer_number",
    "outer_deadline",
    "opened_by",
)
_HANDLING = (
    "order",
    "department",
    "assignee",
    "handled_by",
    "round",
    "first_reply_at",
    "completed_at",
    "asked_at",
    "satisfaction",
    "asked",
    "answers",
    "satisfied",
    "reopened",
    "closed_at",
    "ending",
)


OF_INTAKE = frozenset({*_OPENING, "local_date", "month", "historical", "promises"})
"""Columns that only facts of intake change."""
MOVING = tuple(name for name in COLUMNS if name not in OF_INTAKE)
_OPENING_OF, _HANDLING_OF = attrgetter(*_OPENING), attrgetter(*_HANDLING)


def row_of(case: str, view: CaseView) -> dict[str, Any]:
    """Every column of ``cases`` for *case*."""
    return _opening(view.opening) | moving_of(case, view)


def moving_of(case: str, view: CaseView) -> dict[str, Any]:
    """The columns that facts of others than intake may change."""
    row: dict[str, Any] = {
        "case_id": case,
        "status": status_of(view),
        "open": is_open(view),
        "severity": view.graded.severity if view.graded else None,
        "last_fact_at": view.last_fact_at,
    }
    row |= zip(_HANDLING, _HANDLING_OF(view.handling), strict=True)
    row |= _watch(view)
    row |= _told(view)
    return row


def _told(view: CaseView) -> dict[str, Any]:
    """Forms, steps and marks; no field of a form belongs to two of them."""
    form = view.opening.form if view.opening else {}
    steps, said = view.handling.steps, view.handling.said
    if steps or said:
        forms = (form, *(taken.form for taken in steps.values()), said)
        form = {field: value for one in forms for field, value in one.items()}
    return {"flags": flags_of(view), "form": form, "steps": {step: _step(taken) for step, taken in steps.items()}}


def _step(taken: Taken) -> dict[str, Any]:
    return {"count": taken.count, "at": taken.at, "by": taken.by, "outcome": taken.outcome}


def _opening(opening: Opening | None) -> dict[str, Any]:
    if opening is None:
        return {"opens_incident": False, "drill": False, "historical": False}
    row: dict[str, Any] = dict(zip(_OPENING, _OPENING_OF(opening), strict=True))
    row["local_date"], row["month"] = _day(opening.received_at, opening.zone)
    row["historical"], row["promises"] = opening.source is not None, opening.promises
    return row


@lru_cache(maxsize=4096)
def _day(at: datetime, zone: str) -> tuple[date, str]:
    """The local day and its month; asked again with every fact of a case."""
    day = local_date(at, zone)
    return day, f"{day.year:04d}-{day.month:02d}"


def _watch(view: CaseView) -> dict[str, Any]:
    reply, resolve, due = limit_of(view, "reply"), limit_of(view, "resolve"), next_due(view)
    watch = view.watch
    return {
        "clocks": watch.clocks,
        "breaches": watch.breaches,
        "raises": watch.raises,
        "extended_by": watch.extended_by,
        "reply_due_at": reply.due_at,
        "reply_outcome": reply.outcome,
        "resolve_due_at": resolve.due_at,
        "resolve_outcome": resolve.outcome,
        "next_due_at": due.due_at if due else None,
        "next_start_at": due.start_at if due else None,
        "next_due_clock": due.clock if due else None,
    }


def encoded(rows: list[dict[str, Any]]) -> str:
    """Rows as one JSON text, the parameter of the statement that writes them."""
    return msgspec.json.encode(rows).decode()
