"""What the caller is told, and whether a wish of his would weaken it.

Source: design section 7 (a second message never moves a promise later), requirements section 9.1.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from services.intake.policy.ruling import Under
from shared.rules.clocks import Limits, Promise, promises
from shared.rules.conditions import Matter
from shared.timekeeping.calendar import Calendar

CUSTOMER_LIMIT = "customer_limit"


class Expecting(Protocol):
    """Whoever passed a matter on from outside."""

    @property
    def deadline(self) -> datetime | None:
        """When an answer is expected there."""
        ...


class Wished(Protocol):
    """What a case says about limits, whether it is about to open or stands; fields as in the state."""

    @property
    def customer_limit(self) -> datetime | None: ...  # noqa: D102

    @property
    def department_limit(self) -> datetime | None: ...  # noqa: D102

    @property
    def planned_due(self) -> datetime | None: ...  # noqa: D102

    @property
    def outer(self) -> Expecting | None: ...  # noqa: D102

    @property
    def form(self) -> Mapping[str, str]: ...  # noqa: D102


def limits_of(wished: Wished, under: Under) -> Limits:
    """Every limit people have set beside the manual's."""
    return Limits(
        customer=wished.customer_limit,
        department=wished.department_limit,
        parameters=under.site.parameters,
        planned=wished.planned_due,
        outside=wished.outer.deadline if wished.outer is not None else None,
        form=wished.form,
    )


def promised(
    under: Under,
    matter: Matter,
    *,
    counted_from: datetime,
    calendar: Calendar,
    limits: Limits,
) -> tuple[Promise, ...]:
    """What is promised for *matter*, counted from the first ear or from an upgrade."""
    return promises(
        under.pack,
        under.case_type,
        matter,
        received_at=counted_from,
        calendar=calendar,
        limits=limits,
    )


def weakened_by(under: Under, given: Iterable[Promise], *, limit: datetime) -> Promise | None:
    """The first promise of *given* that the customer's *limit* would put off; None if it weakens nothing."""
    limited = {rule.id for rule in under.case_type.clocks if CUSTOMER_LIMIT in rule.overridable_by}
    return next((one for one in given if one.clock in limited and one.due_at is not None and limit > one.due_at), None)
