"""What people and sites have set beside a manual's own number.

Source: requirements PR-1, PR-6, X-41 and section 9.7.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.rules.changing import changed
from shared.rules.model import ClockRule, Pack
from shared.rules.words import Basis, StartFact

SITE_PARAMETER = "site_parameter:"
FIELD = "field:"
CUSTOMER_LIMIT, DEPARTMENT_LIMIT = "customer_limit", "department_limit"
PLANNED, OUTSIDE_DEADLINE = "planned", "outside_deadline"

NUMBERED = frozenset(
    {
        Basis.MINUTES,
        Basis.HOURS,
        Basis.DAYS,
        Basis.WEEKS,
        Basis.MONTHS,
        Basis.WORKING_HOURS,
        Basis.WORKING_DAYS,
        Basis.COUNT,
    }
)
"""Bases that take a number."""
ELAPSED = {Basis.MINUTES: 1, Basis.HOURS: 60, Basis.DAYS: 1440, Basis.WEEKS: 10_080}
"""Minutes of the bases whose numbers can be told shorter or longer than another's."""
SHIFTS = frozenset({Basis.NEXT_SHIFT, Basis.NEXT_DAY_SHIFT, Basis.SHIFT_END})
DAY_SHIFT = {"day_shift_from_minute": 510, "day_shift_to_minute": 1050}
"""Local minutes of the day between which the day shift works where neither pack nor site says; product defaults."""
MOST = 50_000
"""No number of a site above it is believed; so many months still end before the calendar does."""


class DueWhy(StrEnum):
    """Where a due instant comes from, or why there is none."""

    COUNTED = "counted"
    OWNER_LIMIT = "owner_limit"
    DEPARTMENT_LIMIT = "department_limit"
    SITE_PARAMETER = "site_parameter"
    SITE_OVERRIDE = "site_override"
    FORM_DATE = "form_date"
    PLANNED = "planned"
    OUTSIDE_DEADLINE = "outside_deadline"
    UNSET = "unset"
    AWAITING_DATE = "awaiting_date"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that people and the site have set beside the manual's.

    Attributes:
        customer: The customer's own limit, accepted by the desk (X-41).
        department: The responsible department's own deadline.
        parameters: The site's parameters.
        planned: When a planned case has to be done.
        outside: When an answer is expected outside the house; no promise is due later (§9.7).
        form: Filled public fields of the case's forms, by id.
        pack: The pack the clock stands in, with *case_type*: its parameters count where the site has none, and what it
            has locked no site changes. `promises` fills both in.
        next_shift: When the next shift of a role, or of a person of the case, begins after an instant by the roster;
            None where no roster says.
    """

    customer: datetime | None = None
    department: datetime | None = None
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    planned: datetime | None = None
    outside: datetime | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    pack: Pack | None = None
    case_type: str = ""
    next_shift: Callable[[str, datetime], datetime | None] | None = field(default=None, compare=False, repr=False)

    def by_roster(self, rule: ClockRule, start: datetime) -> datetime | None:
        """When the shift begins that the clock started at *start* waits for; None where no roster says."""
        return self.next_shift(rule.shift_of, start) if rule.shift_of and self.next_shift else None


NO_LIMITS = Limits()


def at_site(rule: ClockRule, limits: Limits) -> tuple[ClockRule, DueWhy]:
    """The rule as it counts at the site, and whether the number is the site's: ``counted`` or ``site_override``.

    The site parameter ``<clock>.amount`` replaces the number, ``<clock>.hours`` the basis as well, so that it also
    gives an unset clock a limit. What is no whole number, or not above zero, changes nothing; nor does a longer limit
    than that of a pack a site may only tighten (PR-5).
    """
    hours = _own(rule, limits, "hours")
    if hours is not None and hours > 0 and not _loosens(rule, limits, Basis.HOURS, hours):
        return changed(rule, basis=Basis.HOURS, amount=hours, product_default=False), DueWhy.SITE_OVERRIDE
    amount = _own(rule, limits, "amount") if rule.basis in NUMBERED else None
    meant = amount is not None and (amount > 0 or rule.start is StartFact.DATE)
    if amount is not None and meant and not _loosens(rule, limits, rule.basis, amount):
        return changed(rule, amount=amount, product_default=False), DueWhy.SITE_OVERRIDE
    if rule.basis in SHIFTS and not rule.product_default and _shift_is_ours(limits):
        return changed(rule, product_default=True), DueWhy.COUNTED
    return rule, DueWhy.COUNTED


def as_in_manual(rule: ClockRule, parameters: Mapping[str, str | int]) -> bool:
    """Whether nothing of the site's can make `at_site` answer otherwise than the manual; asked at every turn."""
    return f"{rule.id}.hours" not in parameters and f"{rule.id}.amount" not in parameters and rule.basis not in SHIFTS


def day_shift(limits: Limits) -> tuple[int, int]:
    """The day shift as local minutes of the day: the site's, else the pack's, else the product's."""
    begin, end = (_minute(name, limits) for name in DAY_SHIFT)
    return begin, end


def whole(value: str | int | None) -> int | None:
    """A site parameter as a whole number; None where it is none: a fold never fails over a parameter."""
    try:
        number = None if value is None else int(value)
    except ValueError:
        return None
    return number if number is not None and abs(number) <= MOST else None


def _own(rule: ClockRule, limits: Limits, word: str) -> int | None:
    name = f"{rule.id}.{word}"
    if name not in limits.parameters or _locked(rule, limits):
        return None
    return whole(limits.parameters[name])


def _loosens(rule: ClockRule, limits: Limits, basis: Basis, amount: int) -> bool:
    if limits.pack is None or not limits.pack.tighten_only or rule.amount is None:
        return False
    if basis is rule.basis:
        return amount > rule.amount
    return rule.basis not in ELAPSED or amount * ELAPSED[basis] > rule.amount * ELAPSED[rule.basis]


def _locked(rule: ClockRule, limits: Limits) -> bool:
    path = f"case_types.{limits.case_type}.clocks.{rule.id}"
    locked = limits.pack.locked if limits.pack else ()
    return any(lock in {path, f"{path}.amount", f"{path}.basis"} or path.startswith(f"{lock}.") for lock in locked)


def _minute(name: str, limits: Limits) -> int:
    ours = _of_pack(name, limits)
    found = whole(limits.parameters.get(name, ours))
    return DAY_SHIFT[name] if found is None else found


def _of_pack(name: str, limits: Limits) -> str | int | None:
    return limits.pack.parameters[name].value if limits.pack and name in limits.pack.parameters else None


def _shift_is_ours(limits: Limits) -> bool:
    names = [name for name in DAY_SHIFT if name not in limits.parameters]
    known = limits.pack.parameters if limits.pack else {}
    return any(_of_pack(name, limits) is None or known[name].product_default for name in names)
