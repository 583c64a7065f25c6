"""What a case looks like from outside, in parts that have one speaker each.

A part is changed by the facts of its own speaker alone, and these arrive in order; so whatever the order between
speakers, the whole comes out the same. The two attributes with two speakers, severity and the last instant heard of,
are settled by the greatest value.

Source: design.md §3 (an attribute with two speakers), §9 (the projection commutes).
"""

from datetime import datetime

from msgspec import Struct, field


class Known(Struct, frozen=True, omit_defaults=True, gc=False):
    """A part of a view. Only what says something is stored: with every fact it is read, changed and written.

    So a default is part of what is stored: one that changes needs a new schema number.
    """


class Shown(Struct, frozen=True, gc=False):
    """A part of a view that stands in its row as it is, where whoever asks the database looks for every field."""


class Promised(Shown, frozen=True):
    """What the caller was told about one clock; ``due_at`` is None where no number was given."""

    clock: str
    kind: str
    due_at: datetime | None
    product_default: bool = False


class Opening(Known, frozen=True):
    """The matter as intake has it.

    Attributes:
        kind: Family of the case type in its pack, e.g. ``complaint``.
        zone: IANA name of the site's zone when the matter was logged; its local date is reckoned in it.
        responsible: Role of the department that answers by the pack's routing.
        source: Kind of file an import came from, with ``source_key`` the key there.
        flags: Circumstances and marks of the intake form; ``form`` its public values.
        planned_rule: The duty that comes round, with its ``planned_period`` and ``planned_due_at``.
        outer_line: Where outside the house it comes from, with ``outer_number`` and ``outer_deadline``.
        opened_by: Rule that opened the case.
    """

    number: str
    site: str
    zone: str
    pack: str
    pack_version: int
    case_type: str
    kind: str
    category: str
    validity: str
    channel: str
    received_at: datetime
    logged_at: datetime
    first_receiver: str
    registered_by: str
    unit: str | None = None
    responsible: str | None = None
    customer_limit: datetime | None = None
    promises: tuple[Promised, ...] = ()
    incident: str | None = None
    opens_incident: bool = False
    drill: bool = False
    source: str | None = None
    source_key: str | None = None
    withdrawn_at: datetime | None = None
    flags: tuple[str, ...] = ()
    form: dict[str, str] = field(default_factory=dict)
    planned_rule: str | None = None
    planned_period: str | None = None
    planned_due_at: datetime | None = None
    outer_line: str | None = None
    outer_number: str | None = None
    outer_deadline: datetime | None = None
    opened_by: str | None = None


class Taken(Known, frozen=True):
    """A step as it was taken last; ``form`` holds its public values."""

    count: int
    at: datetime
    by: str
    outcome: str | None = None
    form: dict[str, str] = field(default_factory=dict)


class Handling(Known, frozen=True):
    """The work as dispatch tells it.

    Attributes:
        status: Where the order stands; empty before the first order.
        handled_by: Assignee, else whoever completed or accepted.
        asked: Times the customer was asked and was reached, refusals included.
        answers: Of those, answers obtained; ``satisfied`` of them were satisfied.
        reopened: Times the case was opened again.
        same_day: Whether the work was done on the day the matter came; None while it is not done.
        marks: Flags the steps have brought about and that still stand.
        said: Public answers to the pack's own questions when the customer was asked last.
    """

    status: str = ""
    order: str | None = None
    department: str | None = None
    assignee: str | None = None
    handled_by: str | None = None
    round: int = 1
    first_reply_at: datetime | None = None
    completed_at: datetime | None = None
    asked_at: datetime | None = None
    satisfaction: str | None = None
    asked: int = 0
    answers: int = 0
    satisfied: int = 0
    reopened: int = 0
    closed_at: datetime | None = None
    ending: str | None = None
    marks: tuple[str, ...] = ()
    steps: dict[str, Taken] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    same_day: bool | None = None


class Clock(Shown, frozen=True):
    """One clock of the case.

    Attributes:
        outcome: None while it runs, then ``met``, ``late``, ``cancelled`` or ``unset``.
        breached: Its due instant passed and no older fact has disproved that.
    """

    clock: str
    start_at: datetime
    due_at: datetime | None
    promise: str | None = None
    product_default: bool = False
    outcome: str | None = None
    breached: bool = False

    @property
    def running(self) -> bool:
        """Whether nothing has ended it yet."""
        return self.outcome is None


class Watch(Known, frozen=True):
    """The clocks as escalation tells them; ``breaches`` is net of annulled ones."""

    clocks: tuple[Clock, ...] = ()
    breaches: int = 0
    raises: int = 0
    extended_by: str | None = None


class SeenTo(Known, frozen=True):
    """A notice to somebody outside, as staff saw to it last; ``outcome`` is told or not_needed."""

    at: datetime
    by: str
    outcome: str
    means: str | None = None


class Graded(Known, frozen=True):
    """A severity, by when it takes effect and the message that said so."""

    severity: str
    at: datetime
    message: str


class CaseView(Known, frozen=True):
    """One case seen from outside; ``opening`` is None until intake has been heard.

    Attributes:
        seen_to: As notify tells it, by the rule of the notice.
    """

    opening: Opening | None = None
    handling: Handling = field(default_factory=Handling)
    watch: Watch = field(default_factory=Watch)
    graded: Graded | None = None
    seen_to: dict[str, SeenTo] = field(default_factory=dict)
    last_fact_at: datetime | None = None
