"""What escalation remembers of a case: what later decisions need, never history."""

from dataclasses import dataclass, field
from datetime import date, datetime

from services.escalation.policy.agreeing import Agreement
from services.escalation.policy.clockwork import Clock
from services.escalation.policy.extension import Wish
from services.escalation.policy.ladder import Raise
from services.escalation.policy.upgrade import Upgrade, Upgraded
from shared.rules.words import Validity


@dataclass(frozen=True, slots=True)
class Duty:
    """The plan a case comes from.

    Attributes:
        role: Role that has to do it; None: whoever the case is assigned to.
        remind_at: When whoever has to do it is reminded (N-47); None once that was done, or never.
    """

    rule: str
    due_at: datetime
    role: str | None = None
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A notice of the pack that waits for a date on a form."""

    rule: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case and everything that runs for it.

    Attributes:
        flags: Circumstances, marks of the form of intake, and the switches the site had on when the case opened.
        marks: What the steps and the follow-up have brought about and still stands, ``<word>=<value>``.
        form: Fields of its forms that a clock reads.
        rank: Rank of the severity in force.
        severity_at: With ``severity_by``, a message id: whose word on severity holds.
        received_at: The first ear; ``registered_at`` starts the rule of one month and never moves.
        customer_limit: With ``department_limit``, what people have set beside the manual.
        outside: When an answer is expected outside the house; no promise is due later.
        agreements: What the customer agreed to about time, in order.
        starts: Last instant of every start fact heard; ``stops`` the first of every stop fact of this round, of a step
            the last.
        noticed: Notices of the reception that were given; none is given twice.
        pending: Notices that wait for a date.
        clocks: At most one a rule, ended ones included as far as later facts may annul or reinstate them.
        raised: Raises so far; numbers the next.
        own_order: Under an incident and yet handled by itself, because its customer was not satisfied.
        opens_incident: The parent of an incident; its matters' customers are asked afterwards, it has none itself.
        quiet_until: For a case brought by an import: before it nobody is told anything.
        upgraded: Upgrades that have taken it, in order.
        raised_on: Local dates on which the customer raised it again and it counted (CL-6).
        resolved: The work is reported done, so time upgrades nothing.
        tentative: Some clock of it was counted into a year whose public holidays were not known.
    """

    id: str
    number: str
    site: str
    pack: str
    pack_version: int
    case_type: str
    category: str
    severity: str
    rank: int
    severity_at: datetime
    severity_by: str = ""
    validity: Validity = Validity.UNJUDGED
    flags: tuple[str, ...] = ()
    received_at: datetime
    registered_at: datetime
    customer_limit: datetime | None = None
    department_limit: datetime | None = None
    first_receiver: str
    assignee: str | None = None
    department: str | None = None
    incident: str | None = None
    own_order: bool = False
    opens_incident: bool = False
    drill: bool = False
    quiet_until: datetime | None = None
    starts: dict[str, datetime] = field(default_factory=dict)
    stops: dict[str, datetime] = field(default_factory=dict)
    clocks: tuple[Clock, ...] = ()
    raises: tuple[Raise, ...] = ()
    raised: int = 0
    wishes: tuple[Wish, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()
    upgraded: tuple[Upgraded, ...] = ()
    raised_on: tuple[date, ...] = ()
    resolved: bool = False
    closed: bool = False
    tentative: bool = False
    marks: tuple[str, ...] = ()
    form: dict[str, str] = field(default_factory=dict)
    outside: datetime | None = None
    agreements: tuple[Agreement, ...] = ()
    duty: Duty | None = None
    noticed: tuple[str, ...] = ()
    pending: tuple[Pending, ...] = ()

    @property
    def running(self) -> tuple[Clock, ...]:
        """Clocks that have not ended."""
        return tuple(clock for clock in self.clocks if clock.running)

    def clock(self, rule: str) -> Clock | None:
        """The clock of that rule, running or ended."""
        return next((clock for clock in self.clocks if clock.id == rule), None)


@dataclass(frozen=True, slots=True)
class Early:
    """A fact about a case whose first fact has not been heard: speakers are not ordered among each other."""

    id: str
    kind: str
    at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Docket:
    """The case, or what was heard of it before it was received."""

    case: Case | None = None
    early: tuple[Early, ...] = ()
