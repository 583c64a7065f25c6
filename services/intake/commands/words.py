"""What people ask of intake, field by field.

Instants need a zone and are kept as UTC. A field left out of a change means "as it is".
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from services.intake.commands.shapes import CaseId, Consenting, LiveChannel, Past, Words
from shared.contracts.fields import Command, FormGiven, Instant, Line, Prose, Reason
from shared.contracts.intake import Channel, Validity

MATTERS_MOST = 10
"""Matters of one call; nobody tells more in one breath."""


class CallerGiven(Command):
    """Who called; everything may be left out.

    Attributes:
        resident: Id of a resident of the site.
        anonymous: Nobody is asked afterwards; the case closes after verification (FU-3).
    """

    name: Line | None = None
    phone: Line | None = None
    resident: Line | None = None
    anonymous: bool = False

    @property
    def reachable(self) -> bool:
        """Whether there is a way to reach him."""
        return bool(self.phone or self.resident)


class OuterGiven(Command):
    """Where a matter was passed on from, and by when an answer is expected there (requirements §9.7).

    Attributes:
        line: Such as ``12345``, ``street_office``, ``owners_committee``, ``media``, ``superior``.
        number: The number it has there.
    """

    line: Line
    number: Line | None = None
    deadline: Instant | None = None


class LogRequest(Command):
    """Log a matter.

    Attributes:
        severity: Without criteria it is taken as stated; ticked criteria win (CL-1).
        received_at: The first ear; now if left out, never in the future.
        first_receiver: Person id; the asker if left out.
        customer_limit: A limit the customer stated and the desk accepts.
        department_limit: A limit already agreed with the department.
        incident: Case id of the incident the matter joins.
        split_from: Case id of a matter told in the same breath, of which this is the other part (CL-3, CL-7).
        form: The case type's own fields, by id.
    """

    site: Line
    case_type: Line = "complaint"
    category: Line
    criteria: Words = ()
    severity: Line | None = None
    channel: LiveChannel = "phone"
    unit: Line | None = None
    caller: CallerGiven = CallerGiven()
    content: Reason
    demand: Prose = ""
    place: Prose = ""
    received_at: Instant | None = None
    occurred_at: Instant | None = None
    first_receiver: Line | None = None
    customer_limit: Instant | None = None
    department_limit: Instant | None = None
    flags: Words = ()
    incident: CaseId | None = None
    split_from: CaseId | None = None
    drill: bool = False
    form: FormGiven = Field(default_factory=dict)
    outer: OuterGiven | None = None


class ImportCase(Command):
    """Bring a case of the past along with its acts.

    Attributes:
        category: A word unknown to the pack is refused unless ``keep_category`` says to keep it as it is.
        department: Role id of who answers for it where the source says so, else by the pack's routing.
        customer_limit: A limit the source has on record; may lie in the past, never before the receipt.
        department_limit: The same, set by the department itself.
        form: As far as the source has it; required fields may be missing.
        history: Source and key make it unique for ever.
    """

    site: Line
    case_type: Line = "complaint"
    category: Line
    keep_category: bool = False
    severity: Line | None = None
    validity: Literal["unjudged", "valid"] = "unjudged"
    channel: Channel = "import"
    unit: Line | None = None
    department: Line | None = None
    caller: CallerGiven = CallerGiven()
    content: Prose = ""
    demand: Prose = ""
    place: Prose = ""
    received_at: Instant
    customer_limit: Instant | None = None
    department_limit: Instant | None = None
    form: FormGiven = Field(default_factory=dict)
    outer: OuterGiven | None = None
    history: Past


class Matter(Command):
    """One of several matters told in the same breath; fields as in :class:`LogRequest`."""

    case_type: Line = "complaint"
    category: Line
    criteria: Words = ()
    severity: Line | None = None
    content: Reason
    demand: Prose = ""
    place: Prose = ""
    unit: Line | None = None
    occurred_at: Instant | None = None
    customer_limit: Instant | None = None
    department_limit: Instant | None = None
    flags: Words = ()
    incident: CaseId | None = None
    form: FormGiven = Field(default_factory=dict)


class Split(Command):
    """Log what one caller told as several linked cases, emergencies first (CL-3, CL-7).

    Attributes:
        matters: In any order; each becomes a case of its own.
        unit: Of every matter that names none itself.
        split_from: A case logged before that the caller's matters belong to.
    """

    site: Line
    channel: LiveChannel = "phone"
    caller: CallerGiven = CallerGiven()
    unit: Line | None = None
    received_at: Instant | None = None
    first_receiver: Line | None = None
    outer: OuterGiven | None = None
    split_from: CaseId | None = None
    drill: bool = False
    matters: Annotated[tuple[Matter, ...], Field(min_length=2, max_length=MATTERS_MOST)]


class Grade(Command):
    """Ask how a matter would be graded, before it is logged; what has not been asked yet may be left out.

    Attributes:
        criteria: Boxes ticked, reasons of invalidity among them.
    """

    site: Line
    case_type: Line = "complaint"
    category: Line | None = None
    criteria: Words = ()
    severity: Line | None = None
    flags: Words = ()
    received_at: Instant | None = None
    customer_limit: Instant | None = None
    form: FormGiven = Field(default_factory=dict)


class OpenIncident(Command):
    """Open the parent of many matters with one cause.

    Attributes:
        case_type: Left out, the site's incident type, else the safety pack's emergency.
        area: Building, riser, estate: words that name no person.
        from_case: A case that joins at once.
    """

    site: Line
    case_type: Line | None = None
    category: Line
    severity: Line | None = None
    area: Line
    cause: Line
    content: Reason
    channel: LiveChannel = "phone"
    from_case: CaseId | None = None
    drill: bool = False


class Classify(Command):
    """Decide category, severity or validity again.

    Attributes:
        criteria: Grading criteria, and for ``invalid`` at least one of the case type's reasons.
        correction: A mistake is mended.
    """

    case_type: Line | None = None
    category: Line | None = None
    severity: Line | None = None
    criteria: Words | None = None
    validity: Validity | None = None
    flags: Words | None = None
    reason: Reason
    correction: bool = False


class Amend(Command):
    """Change or correct details.

    Attributes:
        received_at: The first ear corrected by a desk lead; promises are counted anew, both values kept (§9.1).
        first_receiver: Corrected by a desk lead (FC-2).
        customer_limit: Never later than what is promised; for more time an extension is asked for.
        form: The whole form anew, as it stands now.
    """

    unit: Line | None = None
    channel: LiveChannel | None = None
    caller: CallerGiven | None = None
    content: Reason | None = None
    demand: Prose | None = None
    place: Prose | None = None
    customer_limit: Instant | None = None
    received_at: Instant | None = None
    first_receiver: Line | None = None
    form: FormGiven | None = None
    outer: OuterGiven | None = None
    reason: Reason
    correction: bool = False


class Consent(Command):
    """Record what the customer agreed to (requirements §3.43); CN-1 and CN-2 name the later time.

    Attributes:
        given_at: When, where that was before now; never in the future.
        name: Who agreed; ``text`` in which words.
    """

    consent: Consenting
    until: Instant | None = None
    method: Literal["phone", "visit", "letter", "online", "signature"] = "phone"
    given_at: Instant | None = None
    name: Line | None = None
    text: Prose = ""


class RaiseAgain(Command):
    """The customer comes back about a matter that is not solved yet.

    Attributes:
        content: What was said this time.
    """

    channel: LiveChannel = "phone"
    content: Prose = ""


class Withdraw(Command):
    """The customer takes the matter back."""

    reason: Reason


class Link(Command):
    """Hang the case under an incident, or take it off again."""

    incident: CaseId | None
    reason: Reason
    correction: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """A command that opens a case, with the sequence number drawn for it."""

    command: LogRequest | ImportCase | OpenIncident
    number: int
