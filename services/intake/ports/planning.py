"""What planning needs of the world outside: the duties written down, and where they stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

WAITING, OPENED, SKIPPED, REFUSED, SPREAD = "waiting", "opened", "skipped", "refused", "spread"


@dataclass(frozen=True, slots=True)
class Known:
    """Up to when the duties of a site are written down, and under which rules."""

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


class Plans(Protocol):
    """Duties in the database."""

    async def between(self, site: str, start: datetime, end: datetime) -> list[Written]:
        """Duties of a site that are due from *start* to *end*, in order."""
        ...

    async def skip(self, duty: tuple[str, str, str], *, by: str, at: datetime, reason: str) -> str | None:
        """Let a duty be that has not been opened; answers how it stood, None where there is none."""
        ...

    async def restore(self, duty: tuple[str, str, str]) -> str | None:
        """Take back a skip; answers how it stood, None where there is none."""
        ...
