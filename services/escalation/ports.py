"""What the routes need of escalation's own tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Following:
    """How far a site's open cases have followed its calendar.

    Attributes:
        reached: The last case looked at, in order of id.
        moved: Deadlines moved so far.
        followed_at: When the last case had been looked at; None while it goes on.
    """

    version: str
    reached: str
    moved: int
    followed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Provisional:
    """Deadlines of a site that reach into a year whose public holidays are not known."""

    year: int
    deadlines: int


class OpenCases(Protocol):
    """The open cases of a site, in order of id."""

    async def page(self, site: str, after: str, most: int) -> Sequence[str]:
        """At most *most* of them after *after*."""
        ...

    async def count(self, site: str, after: str = "") -> int:
        """How many there are after *after*."""
        ...


class Calendars(Protocol):
    """How the sites stand with their calendars."""

    async def following(self, sites: Sequence[str]) -> Mapping[str, Following]:
        """How far each of *sites* is; one nobody has looked at is left out."""
        ...

    async def provisional(self, sites: Sequence[str]) -> Mapping[str, tuple[Provisional, ...]]:
        """Provisional deadlines by site, each year on its own; sites without any are left out."""
        ...
