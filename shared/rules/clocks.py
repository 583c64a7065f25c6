"""Which clocks a case runs, when each is due, and what the caller is promised.

Nothing here reads a clock or a directory: instants, calendar and limits arrive as arguments.
Instants are aware; those returned are UTC. Reaching a due instant exactly is on time (TS-8).

Source: requirements sections 0.3, 3.1 and 9.1; design section 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.organisation.records import Named
from shared.rules.changing import changed
from shared.rules.conditions import Matter
from shared.rules.counting import begins, counted_to, is_day_based
from shared.rules.grading import parameter
from shared.rules.limits import NO_LIMITS, SITE_PARAMETER, DueWhy, Limits, whole
from shared.rules.model import CaseType, ClockRule, Pack
from shared.rules.reckoning import Due, due, with_own, within
from shared.rules.words import Basis, Flag, PromiseKind, StartFact
from shared.timekeeping.calendar import Calendar, local_date

__all__ = [
    "SITE_PARAMETER",
    "Due",
    "DueWhy",
    "Limits",
    "Outcome",
    "Promise",
    "call_window",
    "clocks_for",
    "completion_flags",
    "due",
    "is_day_based",
    "opens_at",
    "outcome",
    "promises",
    "warn_at",
    "within",
]


class Outcome(StrEnum):
    """How an act stands to its due instant."""

    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Promise:
    """What the caller is told he may expect.

    Attributes:
        clock: Rule id.
        due_at: UTC; None where the manual gives no number or a date has yet to be agreed.
        calendar: Version of the calendar it was reckoned with.
        product_default: The number is ours, not the manual's.
    """

    clock: str
    kind: PromiseKind
    name: Named
    due_at: datetime | None
    why: DueWhy
    basis: Basis
    amount: int | None
    product_default: bool
    source: str
    calendar: str = ""


def clocks_for(case_type: CaseType, matter: Matter) -> tuple[ClockRule, ...]:
    """The clocks that run for a case in these circumstances, in the pack's order."""
    return tuple(rule for rule in case_type.clocks if rule.when.holds(matter))


def opens_at(rule: ClockRule, *, start: datetime, calendar: Calendar) -> datetime | None:
    """The first instant at which the act counts; earlier ones are refused. None: at once (CK-FUP-05)."""
    if rule.opens_after is None:
        return None
    return counted_to(rule, start, calendar, NO_LIMITS, amount=rule.opens_after)


def warn_at(rule: ClockRule, *, start: datetime, due_at: datetime | None, fraction: float) -> datetime | None:
    """When the assignee is warned: *fraction* of the duration after *start*; None if never (ESC-2).

    A clock that counts backwards from its start has no such duration.
    """
    if due_at is None or not rule.warn or due_at <= start:
        return None
    return start + (due_at - start) * fraction


def outcome(due_at: datetime, at: datetime) -> Outcome:
    """Whether an act at *at* meets *due_at*; the due instant itself is on time (TS-8)."""
    return Outcome.ON_TIME if at <= due_at else Outcome.LATE


def promises(
    pack: Pack,
    case_type: CaseType,
    matter: Matter,
    *,
    received_at: datetime,
    calendar: Calendar,
    limits: Limits = NO_LIMITS,
) -> tuple[Promise, ...]:
    """What the caller is told when the case is received, or told anew when it is classified otherwise.

    Clocks that start later are promised only as unset: nothing can be counted before their start.
    """
    within = changed(limits, pack=pack, case_type=case_type.id)
    given = []
    for rule in case_type.clocks:
        if not rule.promise or not rule.when.holds(matter):
            continue
        start = _promised_from(rule, received_at, limits, calendar.zone)
        if start is not None:
            window = call_window(pack, limits.parameters) if rule.call else None
            given.append(_promise(*with_own(rule, start, calendar, within, matter.category, window), calendar))
    return tuple(given)


def completion_flags(*, received_at: datetime, completed_at: datetime, zone: str) -> frozenset[str]:
    """Whether a matter was solved on the local day it was received; picks CK-FUP-01 or CK-FUP-03."""
    same = local_date(received_at, zone) == local_date(completed_at, zone)
    return frozenset({Flag.SOLVED_SAME_DAY if same else Flag.SOLVED_LATER})


def call_window(pack: Pack, parameters: Mapping[str, str | int]) -> tuple[int, int] | None:
    """The calling hours as local minutes of the day, the site's before the pack's; None where neither sets any."""
    begin, end = (whole(parameter(pack, name, parameters)) for name in ("call_from_minute", "call_to_minute"))
    return None if begin is None or end is None else (begin, end)


def _promised_from(rule: ClockRule, received_at: datetime, limits: Limits, zone: str) -> datetime | None:
    """What the promise is counted from; None while that has not happened."""
    if rule.start is StartFact.RECEIVED:
        return received_at
    known = begins(limits.form.get(rule.after or ""), zone) if rule.start is StartFact.DATE else None
    return known or (received_at if rule.basis in {Basis.UNSET, Basis.AGREED} else None)


def _promise(own: ClockRule, reckoned: Due, calendar: Calendar) -> Promise:
    assert own.promise is not None
    return Promise(
        clock=own.id,
        kind=own.promise,
        name=own.name,
        due_at=reckoned.at,
        why=reckoned.why,
        basis=own.basis,
        amount=own.amount,
        product_default=own.product_default,
        source=own.source,
        calendar=calendar.version,
    )
