"""A view of a case as one flat row."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from services.reporting.policy.columns import told_key
from services.reporting.state.standing import flags_of, is_open, limit_of, next_due, status_of
from services.reporting.state.view import CaseView, Opening, SeenTo, Taken
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


_WATCH = ("clocks", "breaches", "raises", "extended_by")
_JUDGED = ("reply_due_at", "reply_outcome", "resolve_due_at", "resolve_outcome")
_NEXT = ("next_due_at", "next_start_at", "next_due_clock")
_Told = msgspec.defstruct("_Told", [(name, Any, None) for name in COLUMNS], omit_defaults=True)
_OPENING_OF, _HANDLING_OF, _WATCH_OF = attrgetter(*_OPENING), attrgetter(*_HANDLING), attrgetter(*_WATCH)
OF_INTAKE = frozenset({*_OPENING, "local_date", "month", "historical", "promises"})
"""Columns that only facts of intake change."""


class Part(Enum):
    """The columns of a case that the facts of some speakers may change, beside its id and when it was heard of."""

    SEEN_TO = ("steps",)
    HANDLED = ("status", "open", *_HANDLING, "flags", "form", "steps", *_NEXT)
    WATCHED = ("severity", *_WATCH, *_JUDGED, *_NEXT)
    MOVED = tuple(dict.fromkeys((*HANDLED, *WATCHED)))

    @property
    def columns(self) -> tuple[str, ...]:
        """All it writes."""
        return ("case_id", "last_fact_at", *self.value)


def row_of(case: str, view: CaseView) -> dict[str, Any]:
    """Every column of ``cases`` for *case*."""
    return _opening(view.opening) | part_of(case, view, Part.MOVED)


def part_of(case: str, view: CaseView, part: Part) -> dict[str, Any]:
    """The columns of *part* for *case*."""
    row: dict[str, Any] = {"case_id": case, "last_fact_at": view.last_fact_at}
    if part is not Part.WATCHED:
        row["steps"] = _steps(view)
    if part is Part.SEEN_TO:
        return row
    if part is not Part.WATCHED:
        _handled(row, view)
    if part is not Part.HANDLED:
        _watched(row, view)
    row["next_due_at"], row["next_start_at"], row["next_due_clock"] = _next(view)
    return row


def _next(view: CaseView) -> tuple[datetime | None, datetime | None, str | None]:
    due = next_due(view)
    return (due.due_at, due.start_at, due.clock) if due else (None, None, None)


def _steps(view: CaseView) -> dict[str, Any]:
    done: dict[str, Any] = {step: _step(taken) for step, taken in view.handling.steps.items()}
    done |= {told_key(rule): _seen_to(seen) for rule, seen in view.seen_to.items()}
    return done


def _handled(row: dict[str, Any], view: CaseView) -> None:
    """What dispatch says; of several forms no field belongs to two."""
    handling, form = view.handling, view.opening.form if view.opening else {}
    row["status"], row["open"] = status_of(view), is_open(view)
    row.update(zip(_HANDLING, _HANDLING_OF(handling), strict=True))
    if handling.steps or handling.said:
        forms = (form, *(taken.form for taken in handling.steps.values()), handling.said)
        form = {field: value for one in forms for field, value in one.items()}
    row["flags"], row["form"] = flags_of(view), form


def _step(taken: Taken) -> dict[str, Any]:
    return {"count": taken.count, "at": taken.at, "by": taken.by, "outcome": taken.outcome}


def _seen_to(seen: SeenTo) -> dict[str, Any]:
    return {"at": seen.at, "by": seen.by, "outcome": seen.outcome, "means": seen.means}


def _watched(row: dict[str, Any], view: CaseView) -> None:
    """What escalation says."""
    reply, resolve = limit_of(view, "reply"), limit_of(view, "resolve")
    row["severity"] = view.graded.severity if view.graded else None
    row.update(zip(_WATCH, _WATCH_OF(view.watch), strict=True))
    row["reply_due_at"], row["reply_outcome"] = reply.due_at, reply.outcome
    row["resolve_due_at"], row["resolve_outcome"] = resolve.due_at, resolve.outcome


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


def encoded(rows: list[dict[str, Any]]) -> str:
    """Rows as one JSON text, the parameter of the statement that writes them."""
    return msgspec.json.encode(rows).decode()


def told(rows: Iterable[dict[str, Any]]) -> str:
    """Whole rows of ``cases`` likewise, without what is null: half of a row, read by the database for nothing."""
    return msgspec.json.encode([_Told(**row) for row in rows]).decode()
