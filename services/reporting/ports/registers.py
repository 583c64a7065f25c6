"""What registers are read from, and where they are issued."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from services.reporting.policy.filing import Filed
from services.reporting.policy.measures import Rate
from services.reporting.policy.windows import Way
from services.reporting.ports import Row
from shared.rules.conditions import Condition
from shared.rules.model import Pack
from shared.rules.registers import Place, Register


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
        month: ``YYYY-MM``, or ``YYYY-Www`` or ``YYYY-Qn`` for one kept so; a running register needs none.
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


class NoRegister(LookupError):
    """The site's pack keeps no such register; ``known`` lists those it keeps."""

    def __init__(self, register: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no register {register}; there are {', '.join(known)}")
        self.register, self.known = register, known


class TooManyRows(ValueError):
    """A sheet of a workbook holds about a million rows."""
