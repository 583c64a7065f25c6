"""A raise and its climb from level to level until somebody takes it.

Source: requirements §0.4 (ESC-1, ESC-3), §2.2; design.md §8.
"""

from dataclasses import dataclass
from datetime import datetime

from services.escalation.policy.audience import Audience, Scene, reach
from shared.rules.changing import changed
from shared.rules.model import Pack


@dataclass(frozen=True, slots=True)
class Raise:
    """A matter pushed to people, and how far it has climbed.

    Attributes:
        reason: Why it was raised first: intake, breach, upgrade or extension.
        clock: Rule id of the clock it is about, if any.
        roles: Roles told so far, lowest first.
        people: Ids of everybody asked so far; ``copied`` of those who only heard of it.
        climb: Roles left above.
        acknowledge_by: When silence makes it climb; None once taken, or at the top.
        taken_by: Who acknowledged it.
        rule: The notice or upgrade of the pack that said whom to tell.
    """

    id: str
    reason: str
    clock: str | None
    level: int
    roles: tuple[str, ...]
    people: tuple[str, ...]
    climb: tuple[str, ...]
    due_at: datetime | None = None
    acknowledge_by: datetime | None = None
    taken_by: str = ""
    copied: tuple[str, ...] = ()
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a climb came to rest.

    Attributes:
        audience: Who was found there, with the empty chairs passed on the way.
        roles: The role reached; empty when the chain is spent.
        climb: Roles still above it.
    """

    audience: Audience
    roles: tuple[str, ...]
    climb: tuple[str, ...]


def above(pack: Pack, roles: tuple[str, ...]) -> tuple[str, ...]:
    """The chain above the highest of *roles*; above its lowest level where none stands in the chain."""
    places = [pack.chain.index(role) for role in roles if role in pack.chain]
    return pack.chain[max(places, default=0) + 1 :]


def climb(left: tuple[str, ...], scene: Scene) -> Landing:
    """Go up to the first role somebody answers for, past every empty chair at once."""
    passed = Audience()
    for place, role in enumerate(left):
        found = reach(role, scene)
        passed += found
        if found.people:
            return Landing(passed, (role,), left[place + 1 :])
    return Landing(passed, (), ())


def calmed(one: Raise) -> Raise:
    """The raise with nothing left that could make it climb."""
    return changed(one, acknowledge_by=None, climb=())


def taken(one: Raise, by: str) -> Raise:
    """The raise acknowledged by a person."""
    return changed(calmed(one), taken_by=by)


def may_take(pack: Pack, one: Raise, *, person: str, roles: tuple[str, ...]) -> bool:
    """Whether the person was named, or stands above everybody told in the chain."""
    return person in one.people or bool(set(roles) & set(above(pack, one.roles)))
