"""Severity reached by time, or by the customer raising the matter again.

Source: requirements §3.2 (UP-1, UP-2), CL-6, TS-5.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.rules.conditions import Matter
from shared.rules.grading import upgrade_at, upgrades_for
from shared.rules.model import CaseType


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A rule of the pack and the instant at which it takes the case."""

    rule: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Upgraded:
    """An upgrade that has taken the case; kept because a fact heard late may show that it had no cause.

    Attributes:
        was: Severity before; ``to`` the one it brought.
    """

    rule: str
    at: datetime
    was: str
    to: str


def plan(
    case_type: CaseType, matter: Matter, *, registered_at: datetime, not_before: datetime, zone: str
) -> tuple[Upgrade, ...]:
    """The upgrades by time that threaten the case; one whose month is over takes it at *not_before*.

    Registration is the first one for ever: neither an extension nor a reopening moves it.
    """
    found = (
        (rule, upgrade_at(rule, registered_at=registered_at, zone=zone)) for rule in upgrades_for(case_type, matter)
    )
    return tuple(Upgrade(rule.id, max(at, not_before)) for rule, at in found if at is not None)
