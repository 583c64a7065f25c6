"""Said by intake; heard by dispatch, escalation, reporting and notify."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Fact, Private
from shared.contracts.history import History
from shared.contracts.origins import OpenedBy, Outer, Planned
from shared.rules.clocks import Promise

Validity = Literal["unjudged", "valid", "invalid"]
Channel = Literal["visit", "phone", "letter", "fax", "online", "radio", "patrol", "superior", "import"]


class IntakeFact(Fact):
    """A fact of intake."""

    speaker: ClassVar[str] = "intake"


class Caller(Private):
    """Who called and what they said; never part of a count, a key or a seal.

    Attributes:
        name: As given; None for an anonymous matter.
        phone: As given.
        resident: Id of the resident found at intake, if any.
        content: The matter in the caller's words.
        demand: What the caller wants.
        place: Where exactly, in words.
    """

    name: str | None = None
    phone: str | None = None
    resident: str | None = None
    content: str = ""
    demand: str = ""
    place: str = ""
    form: dict[str, str] = Field(default_factory=dict)


class Amendment(Caller):
    """What the caller's details became, and why; only fields named in ``changed`` count."""

    reason: str = ""


class RequestReceived(IntakeFact):
    """A matter was logged, and this is what was promised.

    Attributes:
        number: Case number people read out: site code, date, sequence.
        pack: Pack pinned for the case's whole life, with ``pack_version``.
        category: Category id of the case type, or the source's own word for an import that keeps it.
        department: Role id of the responsible department by the pack's routing; None for joined matters.
        received_at: The first ear; every clock of the customer starts here. ``logged_at`` is when it was entered.
        late_entry: Entered more than 30 minutes after it was received.
        customer_limit: A limit the customer stated and the desk accepted.
        department_limit: A limit known at intake (site parameter agreed with the department).
        promises: What the answer to the caller said.
        incident: Case id of the incident this matter joined; then no order of its own is issued.
        split_from: Case id of the matter it was told together with (CL-3, CL-7).
        opens_incident: The case is itself an incident: a parent of joined matters.
        drill: A drill runs the same screens, sends nothing and enters no register.
        history: Set for imports only.
        form: The pack's own fields, by id, as canonical text (`shared.rules.forms`); persons apart. Their flags stand
            in ``flags`` as ``<field>=<value>``.
        planned: Set for a duty that comes round.
        outer: Set for a matter passed on from outside.
        opened_by: Set for a case that a rule opened.
        directory_seq: Version of the directory the decision was taken with.
    """

    name: ClassVar[str] = "request_received"

    number: str
    site: str
    pack: str
    pack_version: int
    case_type: str
    category: str
    severity: str
    criteria: tuple[str, ...] = ()
    validity: Validity = "unjudged"
    flags: tuple[str, ...] = ()
    channel: Channel
    unit: str | None = None
    department: str | None = None
    received_at: AwareDatetime
    logged_at: AwareDatetime
    occurred_at: AwareDatetime | None = None
    late_entry: bool = False
    first_receiver: str
    registered_by: str
    anonymous: bool = False
    customer_limit: AwareDatetime | None = None
    department_limit: AwareDatetime | None = None
    promises: tuple[Promise, ...] = ()
    incident: str | None = None
    split_from: str | None = None
    opens_incident: bool = False
    drill: bool = False
    history: History | None = None
    form: dict[str, str] = Field(default_factory=dict)
    planned: Planned | None = None
    outer: Outer | None = None
    opened_by: OpenedBy | None = None
    directory_seq: int = 0
    private: Caller = Caller()


class ReasonGiven(Private):
    """Free text given as the reason of an act."""

    text: str = ""


class RequestClassified(IntakeFact):
    """Category, severity or validity were decided again; ``correction`` marks a mistake being mended.

    Attributes:
        effective_at: With two speakers of severity, the greatest (effective_at, message id) holds.
        promises: The promises as they stand after it.
    """

    name: ClassVar[str] = "request_classified"

    case_type: str
    category: str
    severity: str
    criteria: tuple[str, ...] = ()
    validity: Validity
    flags: tuple[str, ...] = ()
    department: str | None = None
    correction: bool = False
    effective_at: AwareDatetime
    promises: tuple[Promise, ...] = ()
    by: str
    private: ReasonGiven = ReasonGiven()


class RequestAmended(IntakeFact):
    """Details changed or were corrected; only fields listed in ``changed`` count.

    Attributes:
        changed: Names among unit, received_at, customer_limit, first_receiver, channel, caller, content, demand, place,
            form, outer, contact (whoever reported it can be reached now).
        correction: A mistake mended; everyone who was told gets a retraction.
        before: Old public values as text, by field.
        received_at: The corrected first ear; clocks are recomputed and both values kept.
        form: The whole form as it stands now, where it changed; with it or with ``contact`` ``flags`` as they stand.
    """

    name: ClassVar[str] = "request_amended"

    changed: tuple[str, ...]
    before: dict[str, str | None] = Field(default_factory=dict)
    correction: bool = False
    unit: str | None = None
    channel: Channel | None = None
    received_at: AwareDatetime | None = None
    customer_limit: AwareDatetime | None = None
    first_receiver: str | None = None
    form: dict[str, str] = Field(default_factory=dict)
    flags: tuple[str, ...] = ()
    outer: Outer | None = None
    promises: tuple[Promise, ...] = ()
    by: str
    private: Amendment = Amendment()


class ConsentGiven(Private):
    """Who agreed, and in which words."""

    name: str = ""
    text: str = ""


class MatterRecurred(IntakeFact):
    """The same matter has come so often that the pack asks for more; said of the case that completed the number.

    Attributes:
        rule: Id of the recurrence.
        cases: Those counted, oldest first, this one included.
        window: Which stretch of time, as text.
    """

    name: ClassVar[str] = "matter_recurred"

    rule: str
    count: int
    cases: tuple[str, ...]
    window: str
    same: tuple[str, ...] = ()


class ConsentRecorded(IntakeFact):
    """The customer agreed to something (requirements §3.43).

    Attributes:
        consent: CN-1 … CN-10.
        until: The later time agreed to, where the consent is about time (CN-1, CN-2).
        method: How it was given.
        given_at: When, where that was before it was recorded.
    """

    name: ClassVar[str] = "consent_recorded"

    consent: str
    until: AwareDatetime | None = None
    method: Literal["phone", "visit", "letter", "online", "signature"] = "phone"
    given_at: AwareDatetime | None = None
    by: str
    private: ConsentGiven = ConsentGiven()


class RequestRaisedAgain(IntakeFact):
    """The customer came back about a matter that is not solved yet.

    Attributes:
        channel: By which way this time.
    """

    name: ClassVar[str] = "request_raised_again"

    channel: Channel
    by: str
    private: ReasonGiven = ReasonGiven()


class RequestWithdrawn(IntakeFact):
    """The customer took the matter back."""

    name: ClassVar[str] = "request_withdrawn"

    by: str
    private: ReasonGiven = ReasonGiven()


class RequestsLinked(IntakeFact):
    """Said about the joining case: it now hangs under another, or was taken off again.

    Attributes:
        incident: Case id of the incident; None when unlinked.
        was: The incident it hung under before.
    """

    name: ClassVar[str] = "requests_linked"

    incident: str | None
    was: str | None = None
    correction: bool = False
    by: str
    private: ReasonGiven = ReasonGiven()


class IncidentOpened(IntakeFact):
    """Many matters with one cause: this case is their parent, with the one order and the one raise.

    Attributes:
        area: Building, riser, estate, as ids or words that name no person.
        cause: Kind of the cause, e.g. ``flood``.
    """

    name: ClassVar[str] = "incident_opened"

    site: str
    area: str
    cause: str
    by: str


FACTS: tuple[type[Fact], ...] = (
    RequestReceived,
    RequestClassified,
    RequestAmended,
    ConsentRecorded,
    RequestRaisedAgain,
    RequestWithdrawn,
    RequestsLinked,
    IncidentOpened,
    MatterRecurred,
)
