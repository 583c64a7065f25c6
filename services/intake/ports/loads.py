"""What the loading of master data needs of the world: who keeps loads, reads files and writes the register."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.known import Choices, Known
from services.intake.policy.masters.records import Kind, Matter

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


@dataclass(frozen=True, slots=True)
class Asked:
    """A file to be read: its name, what it may refer to, and the day and zone of its site."""

    name: str
    known: Known
    today: date
    zone: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file turned out to hold.

    Attributes:
        rows: Its right rows as the database copies them in; those of matters come later.
        wrong: How many findings there are, by kind.
        listed: The findings that are kept; a last one of a sort counts those that are not.
        matters: Matters that are open already.
    """

    rows: Path
    wrong: dict[str, int]
    listed: list[Finding]
    matters: list[Matter]


class Unreadable(Exception):
    """Whoever read the file did not come to its end; ``why`` is a machine word."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


class Lost(Exception):
    """The load went to somebody else meanwhile; nothing was written."""


FOLDER = "shouwen-load-"
"""How the name of a folder with somebody's file begins, below the machine's own folder for passing things."""
Told = Callable[[int, int], None]
"""Hears how much is done, and of how much; 0 where that is not known yet."""


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


class Work(Protocol):
    """Loads, as those who carry them through see them."""

    async def waiting(self) -> list[Job]:
        """Loads with something to be done that nobody alive works on, oldest first."""
        ...

    async def claim(self, job: Job) -> Job | None:
        """Take *job* on; None where somebody else was faster."""
        ...

    async def beat(self, job: Job, done: int, total: int) -> None:
        """Say that the work goes on, and how far it is."""
        ...

    async def end(self, job: Job, state: LoadState, trouble: str | None) -> None:
        """Nothing more is to be done with *job*."""
        ...

    async def release(self, job: Job) -> None:
        """Leave *job* to whoever comes next."""
        ...

    async def forget(self) -> str | None:
        """Take one bounded step in forgetting old loads: the folder of the one it was about, None for none."""
        ...


class Register(Protocol):
    """The register of the estate, changed by whole loads; Lost where the load is somebody else's by now."""

    async def known(self, site: str, choices: Choices) -> Known:
        """What a file of *site* may refer to."""
        ...

    async def check(self, job: Job, read: Read, today: date) -> None:
        """Compare what was read with the register and keep what would change."""
        ...

    async def apply(self, job: Job, told: Told) -> bool:
        """Write what was found to change; False where the register has moved on and the load is checked again."""
        ...

    async def undo(self, job: Job, told: Told) -> None:
        """Put back what the load changed; it stays applied where its records have changed since."""
        ...

    async def matters(self, job: Job, after: str, most: int) -> list[tuple[str, str]]:
        """Ids and bodies of the matters that are to become cases, beyond *after*."""
        ...

    async def matters_done(self, job: Job, last: str, done: int, refused: Sequence[Finding]) -> None:
        """Every matter up to *last*, *done* in all, is a case or was *refused* after all."""
        ...


class Reader(Protocol):
    """Reads a file without trusting it."""

    async def read(self, folder: Path, asked: Asked, told: Told) -> Read:
        """What the file in *folder* holds; Unreadable where reading it came to no end."""
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
