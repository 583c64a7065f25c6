"""What the surface asks of the store, in reporting's words; registers have modules of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shared.web.wording import Voice

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a reader looks for.

    Attributes:
        sites: Only these; a reader's rights are already applied.
        since: Received then or later; ``until``: received before.
        text: A whole number, which only that case answers; or the beginning of one, or part of unit, name, phone or
            content.
        case_types: Only these; empty for all.
        drill: Only drills, or none; None for both.
        incident: What hangs under this incident.
        after: (received_at, case id) of the last row of the page before.
    """

    sites: tuple[str, ...]
    status: str | None = None
    month: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    case_types: tuple[str, ...] = ()
    category: str | None = None
    severity: str | None = None
    validity: str | None = None
    drill: bool | None = None
    incident: str | None = None
    after: tuple[datetime, str] | None = None
    most: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search.

    Attributes:
        after: Place from which to go on; a search for words may have to go on behind a page that is not full, or empty.
    """

    rows: Sequence[Row]
    after: tuple[datetime, str] | None


@dataclass(frozen=True, slots=True)
class BoardWanted:
    """Which open cases.

    Attributes:
        department: Role that has the order, or would get it.
        after: (due instant or None, case id) of the last row of the page before.
    """

    sites: tuple[str, ...]
    department: str | None = None
    after: tuple[datetime | None, str] | None = None
    most: int = 200


class CaseReader(Protocol):
    """Cases one by one, and what is open."""

    async def case(self, case: str) -> Row | None:
        """The row with its personal data, by case id or number."""
        ...

    async def timeline(self, case: str) -> Sequence[Row]:
        """Every fact of the case in order of (at, id)."""
        ...

    async def search(self, wanted: Wanted) -> Found:
        """A page, newest first."""
        ...

    async def board(self, wanted: BoardWanted) -> Sequence[Row]:
        """What is open, by due instant; those without one last."""
        ...

    async def open_counts(self, wanted: BoardWanted, now: datetime) -> Sequence[Row]:
        """Open and overdue cases of each site, every page together."""
        ...


class ContractReader(Protocol):
    """What outside parties owed."""

    async def owed(self, site: str, start: datetime, end: datetime) -> Sequence[Row]:
        """Every clock of a contract that fell due in ``[start, end)`` and is judged, by due instant."""
        ...


class Statement(Protocol):
    """Statements of what outside parties owed."""

    async def of(self, site: str, month: str, voice: Voice) -> dict[str, Any]:
        """How many terms each party met, and those it missed, one by one."""
        ...


class TotalsReader(Protocol):
    """Counts over many sites in one query."""

    async def totals(self, asked: "TotalsAsked") -> Sequence[Row]:
        """Cases by the groups asked for."""
        ...


class HoldingsReader(Protocol):
    """What is held of every case."""

    async def holdings(self, after: str, most: int) -> Sequence[Row]:
        """At most *most* cases behind the id *after*: entity and site."""
        ...

    async def archive(self, entity: str) -> Sequence[Row]:
        """Every fact kept of *entity*, with what its envelope said."""
        ...


@dataclass(frozen=True, slots=True)
class TotalsAsked:
    """Counts by any of site, month, category, by calendar month of receipt."""

    sites: tuple[str, ...]
    group: tuple[str, ...]
    month: str | None = None
    case_type: str | None = None
    source: str | None = None


class Explain(Protocol):
    """Where rows and facts become words."""

    def case(self, row: Row, facts: Sequence[Row], voice: Voice) -> dict[str, Any]:
        """The case as its page shows it."""
        ...

    def listed(self, row: Row, voice: Voice) -> dict[str, Any]:
        """The case as a list shows it."""
        ...

    def open_case(self, row: Row, voice: Voice) -> dict[str, Any]:
        """The case as the board shows it, names beside ids, nobody's personal data."""
        ...
