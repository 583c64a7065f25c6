"""A view of a case as one flat row."""

from operator import attrgetter
from typing import Any

import msgspec

from services.reporting.state.standing import flags_of, is_open, limit_of, next_due, status_of
from services.reporting.state.view import CaseView, Opening
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


_OPENING_OF, _HANDLING_OF = attrgetter(*_OPENING), attrgetter(*_HANDLING)


def row_of(case: str, view: CaseView) -> dict[str, Any]:
    """Every column of ``cases`` for *case*."""
    row: dict[str, Any] = {
        "case_id": case,
        "status": status_of(view),
        "open": is_open(view),
        "severity": view.graded.severity if view.graded else None,
        "last_fact_at": view.last_fact_at,
    }
    row |= _opening(view.opening)
    row |= zip(_HANDLING, _HANDLING_OF(view.handling), strict=True)
    row |= _watch(view)
    row |= _told(view)
    return row


def _told(view: CaseView) -> dict[str, Any]:
    """Forms, steps and marks; no field of a form belongs to two of them."""
    opening, steps = view.opening, view.handling.steps
    forms = (opening.form if opening else {}, *(taken.form for taken in steps.values()), view.handling.said)
    return {
        "flags": flags_of(view),
        "form": {field: value for form in forms for field, value in form.items()},
        "steps": {
            step: {"count": taken.count, "at": taken.at, "by": taken.by, "outcome": taken.outcome}
            for step, taken in steps.items()
        },
    }


def _opening(opening: Opening | None) -> dict[str, Any]:
    if opening is None:
        return {"opens_incident": False, "drill": False, "historical": False}
    day = local_date(opening.received_at, opening.zone)
    row: dict[str, Any] = dict(zip(_OPENING, _OPENING_OF(opening), strict=True))
    row |= {
        "local_date": day,
        "month": f"{day.year:04d}-{day.month:02d}",
        "historical": opening.source is not None,
        "promises": opening.promises,
    }
    return row


def _watch(view: CaseView) -> dict[str, Any]:
    reply, resolve, due = limit_of(view, "reply"), limit_of(view, "resolve"), next_due(view)
    return {
        "clocks": view.watch.clocks,
        "breaches": view.watch.breaches,
        "raises": view.watch.raises,
        "extended_by": view.watch.extended_by,
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
