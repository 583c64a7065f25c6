"""What intake's routes need of the world outside a case: numbers, the estate's register, cases by id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from services.intake.policy.likeness import Clue, Told
from services.intake.state import Case
from shared.contracts.fields import Command, Line


class Resident(Command):
    """Somebody who lives at or owns a unit of a site.

    Attributes:
        id: Unique at the site; given by the estate's own register.
        unit: Unit id, such as ``3-1201``; the unit is known from then on.
    """

    id: Line
    unit: Line
    building: Line | None = None
    name: Line
    phone: Line | None = None
    kind: Literal["owner", "tenant", "family", "other"] = "owner"


@dataclass(frozen=True, slots=True)
class Found:
    """A resident found; *until* is the first day on which he was here no more, None while he is."""

    resident: Resident
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A case as stored.

    Attributes:
        version: Intake's own spoken version.
        members: How many matters hang under it, where it is an incident.
    """

    id: str
    case: Case
    version: int
    members: int = 0


@dataclass(frozen=True, slots=True)
class Sighting:
    """A case that shares clues with a matter; *shared* counts them by kind."""

    case: str
    shared: Mapping[Clue, int]


class Sightings(Protocol):
    """Finds cases by what they have in common with a matter."""

    async def seen(self, site: str, told: Told) -> list[Sighting]:
        """Recent cases of *site* that share clues with what is told, those that share most first."""
        ...


class Numbers(Protocol):
    """Draws case numbers."""

    async def take(self, count: int = 1) -> Sequence[int]:
        """Numbers nobody else gets; gaps are allowed."""
        ...


class Estate(Protocol):
    """Who lives where."""

    async def put(self, site: str, residents: Sequence[Resident]) -> None:
        """Take in residents and their units, replacing those of the same id."""
        ...

    async def find(self, site: str, sought: str, most: int, *, today: date, ended: bool = False) -> list[Found]:
        """Residents by the beginning of a unit, a part of a name, its pinyin, or digits of the phone.

        Args:
            site: Whose.
            sought: As typed.
            most: How many, the closest first.
            today: At the site.
            ended: Whether those who have left are offered too.
        """
        ...

    async def lacks_unit(self, site: str, unit: str) -> tuple[str, ...] | None:
        """Units like it where the site has units but not this one; None where it will do."""
        ...

    async def has_closed(self, site: str, unit: str) -> bool:
        """Whether the site has that unit as one that exists no more."""
        ...

    async def has_resident(self, site: str, resident: str) -> bool:
        """Whether the site has that resident."""
        ...


class Cases(Protocol):
    """Cases as stored, read without locks."""

    async def one(self, case: str) -> Kept | None:
        """The case of that id."""
        ...

    async def several(self, cases: Sequence[str]) -> list[Kept]:
        """The cases of those ids, as far as they exist."""
        ...

    async def incidents(self, site: str) -> list[Kept]:
        """Incidents of a site that matters may join, newest first."""
        ...
