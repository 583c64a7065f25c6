"""What the surface asks of the store and of the register office, in reporting's words."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from services.reporting.policy.filing import Filed
from services.reporting.policy.measures import Rate
from services.reporting.policy.windows import Way
from shared.rules.conditions import Condition
from shared.rules.model import Pack
from shared.rules.registers import Place, Register
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


@dataclass(frozen=True, slots=True)
class Scope:
    """The cases of one issue of a register: received in ``[start, end)``, None being open; drills never.

    Attributes:
        when: Only cases all of these hold for.
        rows: What a line is: ``case``, ``step:<id>`` or ``money``.
        register: Its id, for the signatures of its issues, with ``period``: None where every month has its own.
    """

    site: str
    case_types: tuple[str, ...]
    start: datetime | None
    end: datetime | None
    when: tuple[Condition, ...] = ()
    rows: str = "case"
    register: str = ""
    period: str | None = None


class Snapshot(Protocol):
    """One moment of the store; everything asked of it agrees."""

    async def groups(self, scope: Scope) -> Sequence[Row]:
        """Counts of received cases by category, severity, validity and pack."""
        ...

    async def limits(self, scope: Scope) -> tuple[int, int]:
        """Of the cases whose resolve limit fell in the scope: how many, and how many kept it."""
        ...

    async def incidents(self, scope: Scope) -> int:
        """How many incidents the cases belong to."""
        ...

    async def clocks(self, scope: Scope) -> Mapping[tuple[str, str], tuple[int, int]]:
        """By clock and severity: how many fell due in the scope and are judged, and how many of them were met."""
        ...

    async def summed(self, scope: Scope, field: str) -> Decimal:
        """The sum of a public number of the forms."""
        ...

    async def steps_taken(self, scope: Scope, step: str) -> int:
        """How often a step was taken; ``step=outcome`` counts that outcome alone."""
        ...

    async def accounts(self, scope: Scope) -> Sequence[Row]:
        """What every account of the cases took (``debit``) and gave (``credit``)."""
        ...

    async def filed(self, site: str, register: str, period: str) -> Filed:
        """Who signed and who filed an issue."""
        ...

    def rows(self, scope: Scope, places: tuple[Place, ...], zone: str) -> AsyncIterator[Sequence[Any]]:
        """The lines in order, as texts column by column, in batches."""
        ...


class Snapshots(Protocol):
    """Opens moments of the store."""

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """One moment, given back when left."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Which issue of which register, in which form.

    Attributes:
        month: ``YYYY-MM``, or ``YYYY-Www`` for one kept week by week; a running register needs none.
        form: ``json``, ``csv`` or ``xlsx``.
        rows_only: A CSV without the sums under it.
        language: ``zh`` or ``en``, for the words in the cells; headings are in both.
    """

    register: str
    site: str
    month: str | None
    way: Way
    form: str
    rows_only: bool
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """A rendered register: its bytes, in parts."""

    media_type: str
    filename: str
    parts: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Paper:
    """What is signed and filed.

    Attributes:
        digest: Of the content; another one after a late fact.
        over: When its window ends.
    """

    register: Register
    pack: Pack
    content: bytes
    digest: str
    over: datetime | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the measures of one register of one site come to; a figure never stands without its pack (PR-3)."""

    site: str
    pack: str
    register: str
    rates: Sequence[Rate]


class Office(Protocol):
    """Where registers are issued."""

    def registers(self, site: str, now: datetime) -> Sequence[Row]:
        """The registers a site keeps."""
        ...

    async def issue(self, asked: Asked) -> Issue:
        """Issue a register.

        Raises:
            NoRegister: The site's pack has none of that name.
            MonthNeeded: It is kept month by month and none was named.
            TooManyRows: More than a sheet holds.
        """
        ...

    async def paper(self, asked: Asked) -> Paper:
        """What would be signed and filed.

        Raises:
            NoRegister: The site's pack has none of that name.
            MonthNeeded: It is kept month by month and another period was named.
        """
        ...

    async def measured(self, site: str, month: str, now: datetime) -> Sequence[Measured]:
        """Every measure of *site* over a calendar month, which alone compares sites and packs (TS-12)."""
        ...


class OpenIssue(Protocol):
    """An issue locked for one act; the act counts once the cabinet is left."""

    @property
    def filed(self) -> Filed:
        """How it stands."""
        ...

    async def sign(self, person: str, role: str, digest: str, now: datetime) -> None:
        """Note the signature."""
        ...

    async def put_away(self, person: str, content: bytes, now: datetime) -> None:
        """Keep what was filed."""
        ...

    async def destroy(self) -> None:
        """Take it out for ever."""
        ...


class Cabinet(Protocol):
    """Where issues are signed and kept."""

    def open(self, site: str, register: str, period: str) -> AbstractAsyncContextManager[OpenIssue]:
        """The issue, locked."""
        ...

    async def filed(self, site: str, register: str, period: str) -> Filed:
        """How an issue stands."""
        ...

    async def content(self, site: str, register: str, period: str) -> bytes | None:
        """What was filed; None where nothing is."""
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


class NoRegister(LookupError):
    """The site's pack keeps no such register; ``known`` lists those it keeps."""

    def __init__(self, register: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no register {register}; there are {', '.join(known)}")
        self.register, self.known = register, known


class TooManyRows(ValueError):
    """A sheet of a workbook holds about a million rows."""
