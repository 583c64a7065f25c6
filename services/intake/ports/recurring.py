"""What counting matters that come back needs of the world outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.intake.policy.recurring import Counted


@dataclass(frozen=True, slots=True)
class Kind:
    """Cases that are the same by one rule, to be counted anew; *turn* changes with every case that joins."""

    site: str
    rule: str
    kind: str
    turn: int


class Kinds(Protocol):
    """Kinds that cases have joined."""

    async def to_count(self, most: int) -> Sequence[Kind]:
        """Kinds that cases have joined since they were looked at."""
        ...

    async def cases(self, kind: Kind) -> tuple[Sequence[Counted], Sequence[int]]:
        """The cases of a kind, and the windows it was raised in before."""
        ...

    async def done(self, kind: Kind) -> None:
        """A kind has been looked at, unless a case has joined it meanwhile."""
        ...
