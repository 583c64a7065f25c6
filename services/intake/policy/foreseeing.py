"""What would become of a matter, while somebody is still asking about it; nothing is kept.

Source: requirements section 3 (classification rules).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.policy.forming import Misfilled
from services.intake.policy.grading import Decided, decided
from services.intake.policy.judging import department_for
from services.intake.policy.promising import promised
from services.intake.policy.ruling import Under
from shared.rules.clocks import Limits, Promise
from shared.rules.conditions import Matter
from shared.rules.dating import clock_floors
from shared.rules.filling import Beside, fill, marks
from shared.rules.grading import handler_of, notices_for
from shared.rules.model import NoticeRule
from shared.timekeeping.calendar import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would become of it.

    Attributes:
        department: Role id; None while no category is chosen.
        handler: Role in charge at this severity; None leaves it to the department.
        notices: Who would be told at once.
        missing: Ids of fields that have yet to be filled in.
        asked: Ids of the fields that are asked for in these circumstances.
    """

    decided: Decided
    matter: Matter
    department: str | None
    handler: str | None
    promises: tuple[Promise, ...]
    notices: tuple[NoticeRule, ...]
    missing: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """As much as has been said of a matter so far."""

    category: str | None = None
    criteria: Collection[str] = ()
    severity: str | None = None
    flags: frozenset[str] = frozenset()
    form: Mapping[str, object]
    received_at: datetime
    customer_limit: datetime | None = None


def foreseen(under: Under, told: Told, calendar: Calendar) -> Foreseen:
    """How it would be graded, who would have it, what would be promised.

    Raises:
        UnknownWord: A category, severity or box the case type does not have.
        Misfilled: Something is filled in wrongly; what is only missing is listed.
    """
    grade, form = decided(under.case_type, told.criteria, told.severity), under.case_type.form
    department = department_for(under.case_type, told.category) if told.category is not None else None
    matter = Matter(grade.severity.id, category=told.category, flags=under.switches() | told.flags)
    beside = Beside(clock_floors(received_at=told.received_at, now=None))
    filling = fill(form, told.form, matter=matter, zone=under.site.zone, partial=True, beside=beside)
    if filling.faults:
        raise Misfilled(filling.faults)
    matter = replace(matter, flags=matter.flags | marks(form, filling.values))
    asked = tuple(field for field in form if field.when.holds(matter))
    limits = Limits(told.customer_limit, parameters=under.site.parameters, form=filling.values)
    return Foreseen(
        decided=grade,
        matter=matter,
        department=department,
        handler=handler_of(under.case_type, matter),
        promises=promised(under, matter, counted_from=told.received_at, calendar=calendar, limits=limits),
        notices=notices_for(under.case_type, matter),
        missing=tuple(field.id for field in asked if field.required and field.id not in filling.values),
        asked=tuple(field.id for field in asked),
    )
