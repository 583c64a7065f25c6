"""A view of a case as one flat row."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from services.reporting.policy.columns import told_key
from services.reporting.state.standing import flags_of, is_open, limit_of, next_due, status_of
from services.reporting.state.view import CaseView, Opening, SeenTo, Taken
from shared.timekeeping.calendar import local_date

Values = tuple[Any, ...]

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
_OPENING_OF, _HANDLING_OF, _WATCH_OF = attrgetter(*_OPENING), attrgetter(*_HANDLING), attrgetter(*_WATCH)
_OPENED = (*_OPENING, "local_date", "month", "historical", "promises")
_NEVER_NULL = frozenset({"opens_incident", "drill", "historical"})
_UNOPENED = tuple(False if name in _NEVER_NULL else None for name in _OPENED)
OF_INTAKE = frozenset(_OPENED)
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


def _shape(name: str, columns: Iterable[str]) -> Callable[..., Struct]:
    """A row with these columns in this order; what is null in it is not told to the database, which reads it so."""
    return msgspec.defstruct(name, [(column, Any, None) for column in columns], omit_defaults=True, gc=False)


_WHOLE = _shape("_Whole", (*Part.MOVED.columns, *_OPENED))
_PARTS = {part: _shape(part.name, part.columns) for part in Part}


def row_of(case: str, view: CaseView) -> dict[str, Any]:
    """Every column of ``cases`` for *case*."""
    return asdict(whole(case, view))


def part_of(case: str, view: CaseView, part: Part) -> dict[str, Any]:
    """The columns of *part* for *case*."""
    (one,) = pieces([(case, view)], part)
    return asdict(one)


def whole(case: str, view: CaseView) -> Struct:
    """The row of *case*, to be told."""
    return _WHOLE(case, view.last_fact_at, *_moved(view), *_opened(view.opening))


def pieces(views: Iterable[tuple[str, CaseView]], part: Part) -> list[Struct]:
    """*part* of the row of each case."""
    shape, values_of = _PARTS[part], _VALUES[part]
    return [shape(case, view.last_fact_at, *values_of(view)) for case, view in views]


def told(rows: Iterable[Struct]) -> str:
    """Rows as one JSON text, the parameter of the statement that writes them, without what is null."""
    return msgspec.json.encode([*rows]).decode()


def encoded(rows: list[dict[str, Any]]) -> str:
    """Rows of other tables likewise."""
    return msgspec.json.encode(rows).decode()


def _next(view: CaseView) -> tuple[datetime | None, datetime | None, str | None]:
    due = next_due(view)
    return (due.due_at, due.start_at, due.clock) if due else (None, None, None)


def _moved(view: CaseView) -> Values:
    return (*_handled(view), *_next(view), *_watched(view))


def _steps(view: CaseView) -> dict[str, Any]:
    done: dict[str, Any] = {step: _step(taken) for step, taken in view.handling.steps.items()}
    done |= {told_key(rule): _seen_to(seen) for rule, seen in view.seen_to.items()}
    return done


def _handled(view: CaseView) -> Values:
    """What dispatch says; of several forms no field belongs to two."""
    handling, form = view.handling, view.opening.form if view.opening else {}
    if handling.steps or handling.said:
        forms = (form, *(taken.form for taken in handling.steps.values()), handling.said)
        form = {field: value for one in forms for field, value in one.items()}
    return (status_of(view), is_open(view), *_HANDLING_OF(handling), flags_of(view), form, _steps(view))


def _step(taken: Taken) -> dict[str, Any]:
    return {"count": taken.count, "at": taken.at, "by": taken.by, "outcome": taken.outcome}


def _seen_to(seen: SeenTo) -> dict[str, Any]:
    return {"at": seen.at, "by": seen.by, "outcome": seen.outcome, "means": seen.means}


def _watched(view: CaseView) -> Values:
    """What escalation says."""
    reply, resolve = limit_of(view, "reply"), limit_of(view, "resolve")
    severity = view.graded.severity if view.graded else None
    judged = (reply.due_at, reply.outcome, resolve.due_at, resolve.outcome)
    return (severity, *_WATCH_OF(view.watch), *judged)


def _opened(opening: Opening | None) -> Values:
    if opening is None:
        return _UNOPENED
    day, month = _day(opening.received_at, opening.zone)
    return (*_OPENING_OF(opening), day, month, opening.source is not None, opening.promises)


@lru_cache(maxsize=4096)
def _day(at: datetime, zone: str) -> tuple[date, str]:
    """The local day and its month; asked again with every fact of a case."""
    day = local_date(at, zone)
    return day, f"{day.year:04d}-{day.month:02d}"


_VALUES: Mapping[Part, Callable[[CaseView], Values]] = {
    Part.SEEN_TO: lambda view: (_steps(view),),
    Part.HANDLED: lambda view: (*_handled(view), *_next(view)),
    Part.WATCHED: lambda view: (*_watched(view), *_next(view)),
    Part.MOVED: _moved,
}
