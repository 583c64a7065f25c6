"""The chain of a pack: who is above whom, who is told on breach, who may extend.

Source: requirements sections 0.4 and 2.2.
"""

from dataclasses import dataclass

from shared.rules.model import ClockRule, Pack
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who hears of a breach.

    Attributes:
        told: Roles and persons of the case (`ASSIGNEE`, `FIRST_RECEIVER`) told at the due instant.
        climb: Roles told one after the other when nobody acknowledges (ESC-3), lowest first.
    """

    told: tuple[str, ...]
    climb: tuple[str, ...] = ()


def next_level(pack: Pack, role: str | None) -> str | None:
    """The role above in the chain; the lowest for None or a role outside it; None above the highest."""
    above = _above(pack, role)
    return above[0] if above else None


def may_extend(pack: Pack, rule: ClockRule, role: str) -> bool:
    """Whether *role* may extend the clock: the named role, or one above it in the chain (ESC-4)."""
    if rule.extend is None:
        return False
    return role == rule.extend or (rule.extend in pack.chain and role in _above(pack, rule.extend))


def ladder(pack: Pack, rule: ClockRule, *, handler: str | None = None) -> Ladder:
    """Who is told when the clock is breached, and who after them.

    The assignee and the first receiver always hear of it (ESC-1). With them the roles the rule names,
    or the level above *handler*, the role in charge at the case's severity
    (`shared.rules.grading.handler_of`); with no handler the level above the lowest, which is the desk itself.
    """
    persons = (ASSIGNEE, FIRST_RECEIVER)
    if rule.soft:
        return Ladder(persons)
    in_charge = (handler if handler in pack.chain else pack.chain[0],)
    default = next_level(pack, in_charge[0])
    roles = rule.tell or ((default,) if default else ())
    return Ladder((*persons, *roles), _above_all(pack, roles or in_charge))


def _above_all(pack: Pack, roles: tuple[str, ...]) -> tuple[str, ...]:
    # A department or the quality function stands beside the chain: silence there begins at the
    # level above the desk, because the desk already knows.
    places = [pack.chain.index(role) for role in roles if role in pack.chain]
    return pack.chain[max(places, default=0) + 1 :]


def _above(pack: Pack, role: str | None) -> tuple[str, ...]:
    return pack.chain[pack.chain.index(role) + 1 :] if role in pack.chain else pack.chain
