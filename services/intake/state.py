"""What intake remembers of a case: only what a later decision asks for, and no personal data."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from services.intake.policy.acts import Status
from shared.rules.clocks import Promise

INCIDENT = "incident"
"""Index status of an incident that matters may still join."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Where a matter was passed on from; fields as in `shared.contracts.origins.Outer`."""

    line: str
    number: str | None = None
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request as intake knows it. Instants are aware UTC.

    Attributes:
        pack: Pinned with ``version`` for the case's whole life.
        severity_at: When the severity in force took effect; a later one of escalation wins.
        flags: Circumstances and marks of the form, together with the switches as they stood when the case opened.
        department: Role id the pack routes the category to.
        counted_from: Where promises are counted from: the first ear, or the upgrade by time.
        promises: As last told.
        agreed_until: The latest time the customer has agreed to wait until (CN-1, CN-2).
        form: What is public of the form, canonical text by field id.
        taken: Marks of the steps taken, as dispatch last said.
        held: Money the house holds for it, by sum, as dispatch last said.
        planned_due: When a planned duty has to be done.
        place: Digest of the place in words, by which matters that come back are known.
        imported: Short digests of an import's fields, to name those in which a later row of the same key differs.
    """

    number: str
    site: str
    pack: str
    version: int
    case_type: str
    category: str
    severity: str
    severity_at: datetime
    criteria: tuple[str, ...] = ()
    validity: str = "unjudged"
    flags: tuple[str, ...] = ()
    channel: str = "phone"
    unit: str | None = None
    department: str | None = None
    received_at: datetime
    logged_at: datetime
    counted_from: datetime
    customer_limit: datetime | None = None
    department_limit: datetime | None = None
    first_receiver: str
    late_entry: bool = False
    incident: str | None = None
    split_from: str | None = None
    opens_incident: bool = False
    area: str = ""
    cause: str = ""
    drill: bool = False
    status: Status = Status.OPEN
    promises: tuple[Promise, ...] = ()
    agreed_until: datetime | None = None
    form: dict[str, str] = field(default_factory=dict)
    taken: tuple[str, ...] = ()
    held: dict[str, Decimal] = field(default_factory=dict)
    outer: Beyond | None = None
    planned_due: datetime | None = None
    place: str = ""
    imported: dict[str, str] = field(default_factory=dict)

    @property
    def index_status(self) -> str:
        """How the case is found: incidents that may be joined apart from the rest."""
        joinable = self.opens_incident and self.status in (Status.OPEN, Status.RESOLVED)
        return INCIDENT if joinable else self.status.value
