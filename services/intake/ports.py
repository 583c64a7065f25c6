"""What intake's routes need of the world outside a case: numbers, the estate's register, cases by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.known import Choices
from services.intake.policy.masters.records import Kind
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

    async def has_resident(self, site: str, resident: str) -> bool:
        """Whether the site has that resident."""
        ...


class Cases(Protocol):
    """Cases as stored, read without locks."""

    async def one(self, case: str) -> Kept | None:
        """The case of that id."""
        ...

    async def incidents(self, site: str) -> list[Kept]:
        """Incidents of a site that matters may join, newest first."""
        ...


LoadState = Literal["reading", "checked", "refused", "applying", "applied", "undone", "failed", "discarded"]
LoadStep = Literal["read", "apply", "matters", "undo"]
Leavers = Literal["end", "keep"]
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A load of one file of master data. Instants are aware UTC.

    Attributes:
        account: Who handed the file in; ``by`` is the name he is shown with.
        leavers: Whether residents of the site that the file does not name are ended or left alone.
        fingerprint: SHA-256 of the file.
        folder: Where the file lies, on the machine that took it.
        step: What is to be done with it now; None when nothing is.
        beat: When whoever does it last said so.
        revision: Of the site's register when the file was compared with it.
        living: Residents of the site at that time who had not left.
        counts: By kind: new, changed, same, ended, back, wrong.
        findings: How many things are wrong with the file.
        applied_at: When its changes were written.
        matters_after: The last matter that became a case.
        trouble: Why it did not come to its end; a machine word.
    """

    id: str
    site: str
    name: str
    account: str
    by: str
    at: datetime
    leavers: Leavers
    fingerprint: str
    folder: str
    state: LoadState
    step: LoadStep | None
    beat: datetime | None
    done: int
    total: int
    revision: int | None
    living: int
    counts: Counts
    findings: int
    applied_at: datetime | None
    matters_after: str
    trouble: str | None

    @property
    def changes(self) -> int:
        """How many records it changes, or has changed."""
        return sum(of[what] for of in self.counts.values() for what in CHANGES if what in of)

    def counted(self, what: str, kind: str) -> int:
        """One of the counts."""
        return self.counts.get(kind, {}).get(what, 0)


CHANGES = ("new", "changed", "ended", "back")


@dataclass(frozen=True, slots=True)
class Change:
    """What a load does to one record: before and after, with the first day on which it holds no more."""

    kind: str
    id: str
    what: str
    before: dict[str, Any] | None
    after: dict[str, Any]
    until_before: date | None
    until_after: date | None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in."""

    site: str
    name: str
    account: str
    by: str
    leavers: Leavers
    fingerprint: str
    folder: Path


class SiteBusy(Exception):
    """Another load of the site is being worked on: ``job``."""

    def __init__(self, job: Job) -> None:
        """Name the other load."""
        super().__init__(job.id)
        self.job = job


class Changed(Exception):
    """Records are no longer as the load left or found them; ``records`` says how many where that is known."""

    def __init__(self, records: int = 0) -> None:
        """Say how many."""
        super().__init__(str(records))
        self.records = records


class Loads(Protocol):
    """Loads of files, as routes ask for them."""

    async def begin(self, upload: Upload) -> Job:
        """Keep *upload* as a load to be read; SiteBusy while another of the site is worked on."""
        ...

    async def busy(self, site: str) -> Job | None:
        """The load of *site* that is being worked on."""
        ...

    async def one(self, job: str) -> Job | None:
        """The load of that id; None for one that is unknown or was discarded."""
        ...

    async def of(self, site: str, most: int) -> list[Job]:
        """Loads of *site*, newest first."""
        ...

    async def findings(self, job: str, after: int, most: int) -> list[tuple[int, Finding]]:
        """What is wrong with its file, numbered, beyond *after*."""
        ...

    async def changes(self, job: str, after: tuple[str, str], most: int) -> list[Change]:
        """What it changes or has changed, in order of kind and id, beyond *after*."""
        ...

    async def ask_to_apply(self, job: Job) -> None:
        """Have a checked load applied; Changed sends it back to be checked, SiteBusy leaves it as it is."""
        ...

    async def ask_to_undo(self, job: Job) -> None:
        """Have an applied load taken back; Changed where its records are not as it left them."""
        ...

    async def discard(self, job: Job) -> bool:
        """Throw a load away that nothing came of; False where it is being worked on or was applied."""
        ...


Form = Literal["xlsx", "csv"]


class Papers(Protocol):
    """Sheets that go out."""

    def template(self, kind: Kind | None, language: Literal["zh", "en"], choices: Choices, form: Form) -> bytes:
        """An empty sheet to fill in; of all kinds where none is named."""
        ...

    def report(self, findings: Sequence[Finding], language: Literal["zh", "en"], form: Form) -> bytes:
        """What is wrong with a file, as a sheet."""
        ...
