"""More time: who may give it, how much, and whether it still counts.

Source: requirements §0.4 (ESC-4); design.md §8.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.rules.chain import may_extend
from shared.rules.grading import parameter
from shared.rules.limits import whole
from shared.rules.model import ClockRule, Pack

CAP = "extension_cap_days"
"""Parameter of a pack or site: how many days past the present due instant one extension may reach."""


class Verdict(StrEnum):
    """What became of a request for more time."""

    APPROVED = "approved"
    APPROVED_LATE = "approved_late"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wish:
    """More time asked for and not decided yet.

    Attributes:
        raise_id: The raise that asks for the decision.
    """

    clock: str
    until: datetime
    by: str
    raise_id: str


def approving_role(pack: Pack, rule: ClockRule, roles: tuple[str, ...]) -> str | None:
    """The role by which a holder of *roles* may extend the clock, the named one first; None: he may not."""
    able = [role for role in roles if may_extend(pack, rule, role)]
    return min(able, key=lambda role: role != rule.extend, default=None)


def latest(pack: Pack, parameters: dict[str, str | int], *, due_at: datetime) -> datetime | None:
    """The latest instant one extension may reach; None where nothing caps it."""
    days = whole(parameter(pack, CAP, parameters))
    return None if days is None else due_at + timedelta(days=days)


def verdict(*, approve: bool, at: datetime, due_at: datetime) -> Verdict:
    """What a decision at *at* is worth: an approval at the due instant itself is still in time (TS-8)."""
    if not approve:
        return Verdict.REFUSED
    return Verdict.APPROVED if at <= due_at else Verdict.APPROVED_LATE
