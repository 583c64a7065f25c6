"""What planning needs of the world outside: the duties written down, and where they stand."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from services.intake.policy.planning import Duty

WAITING, OPENED, SKIPPED, REFUSED, SPREAD = "waiting", "opened", "skipped", "refused", "spread"


@dataclass(frozen=True, slots=True)
class Known:
    """Up to when the duties of a site are written down, and under which rules; an empty digest: never."""

    digest: str
    upto: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A duty as written down.

    Attributes:
        unit: Empty but for a plan of each unit.
        state: ``waiting``, ``opened``, ``skipped``, ``refused`` or ``spread``.
        by: Who skipped it, *at* when, *reason* why; of a refused one why it could not be opened.
    """

    site: str
    rule: str
    period: str
    unit: str
    opens_at: datetime
    due_at: datetime
    remind_at: datetime | None
    state: str = WAITING
    by: str | None = None
    at: datetime | None = None
    reason: str | None = None


Settled = tuple[Written, str, str | None]
"""A duty, what has become of it, and why it was refused."""


class Planning(Protocol):
    """Sites being planned, by nobody else meanwhile."""

    @property
    def known(self) -> Mapping[str, Known]:
        """What each one's duties were planned by before."""
        ...

    async def clear(self, sites: Sequence[str]) -> Mapping[str, datetime]:
        """Take away what waits at *sites*; answers since when there was any."""
        ...

    async def write(self, sites: Sequence[str], duties: Sequence[Duty]) -> None:
        """Write the same duties down for each of *sites*; what is written already stays as it is."""
        ...

    async def settle(self, digests: Mapping[str, str], upto: datetime) -> None:
        """Note by which rules sites are planned now, and how far."""
        ...


class Claim(Protocol):
    """Duties about to be opened, held from other replicas."""

    @property
    def duties(self) -> Sequence[Written]:
        """Those held, the earliest first."""
        ...

    async def spread(self, duty: Written, today: date) -> None:
        """Write a duty of each unit down for every unit that is occupied *today*."""
        ...

    async def assign(self, duty: Written, people: Sequence[str]) -> None:
        """Write a duty of each holder of a role down for *people*."""
        ...

    async def settle(self, outcomes: Sequence[Settled]) -> None:
        """Note what became of duties."""
        ...


class Duties(Protocol):
    """Duties as the planner needs them."""

    def planning(self, sites: Sequence[str], now: datetime) -> AbstractAsyncContextManager[Planning]:
        """Sites to plan, until the block ends."""
        ...

    def claimed(self, now: datetime, most: int) -> AbstractAsyncContextManager[Claim]:
        """Duties that are to open by *now*, until the block ends."""
        ...

    async def next_opening(self) -> datetime | None:
        """When the next duty opens; None where none is known."""
        ...


class Plans(Protocol):
    """Duties as people look at them."""

    async def between(self, site: str, start: datetime, end: datetime) -> tuple[list[Written], datetime | None]:
        """Duties of a site that are written down and due after *start* and up to *end*, and how far it is written."""
        ...

    async def skip(self, duty: Written) -> str | None:
        """Let a duty be that has not been opened, as *duty* says; answers how it stood, None where it was new."""
        ...

    async def restore(self, duty: tuple[str, str, str]) -> str | None:
        """Take back a skip; answers how it stood, None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A duty in a calendar, in the reader's language.

    Attributes:
        id: The same for ever.
        whole_day: The day it has to be done by, for a duty that has the whole of its last day.
    """

    id: str
    title: str
    about: str
    opens_at: datetime
    due_at: datetime
    remind_at: datetime | None
    whole_day: date | None
    skipped: bool = False


Feed = Callable[[str, Sequence[Entry], datetime], str]
"""Writes a calendar: its name, its entries, the instant it is written."""
