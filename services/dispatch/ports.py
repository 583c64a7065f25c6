"""What the routes need beyond the folds: the index of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases to list; an empty filter asks nothing.

    Attributes:
        sites: None for every site.
        after: Case id after which the page starts.
    """

    sites: tuple[str, ...] | None
    statuses: tuple[str, ...] = ()
    department: str | None = None
    assignee: str | None = None
    after: str = ""
    limit: int = 100


class CaseIndex(Protocol):
    """Cases found by something else than their id."""

    async def listed(self, conn: AsyncConnection, wanted: Wanted) -> Sequence[dict[str, Any]]:
        """A page of cases in order of their ids."""
        ...

    async def open_at(self, conn: AsyncConnection, site: str) -> Sequence[dict[str, Any]]:
        """Every case of a site that has not ended, in order of their ids."""
        ...

    async def joined(self, conn: AsyncConnection, incident: str) -> tuple[str, ...]:
        """The cases that hang under an incident without an order of their own, in order of their ids."""
        ...
