"""Said by dispatch; heard by intake, escalation, reporting and notify."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.envelope import Fact, Private

Ending = Literal[
    "satisfied",  # the customer said so at follow-up
    "unreached",  # FU-1: three attempts on two days
    "refused",  # FU-2: does not want to be asked
    "anonymous",  # FU-3: nobody to ask, verified
    "by_authority",  # FU-4: after the third unsatisfied round
    "withdrawn",  # taken back by the customer
    "invalid",  # outside management's responsibility, replied
    "completed",  # the pack asks for no follow-up
    "with_incident",  # closed in bulk with the incident it joined
    "historical",  # an import that ended without saying how
]
Answer = Literal["satisfied", "unsatisfied", "unreached", "refused"]


class DispatchFact(Fact):
    """A fact of dispatch."""

    speaker: ClassVar[str] = "dispatch"


class Note(Private):
    """Free text of an act, and references to photos."""

    text: str = ""
    photos: tuple[str, ...] = ()


class FormNote(Note):
    """A note with what a form says about persons, by field id."""

    form: dict[str, str] = Field(default_factory=dict)


class Entry(BaseModel):
    """Money that moved, as one double entry.

    Attributes:
        item: Id of the sum in the pack.
        move: ``pay``, ``deduct``, ``refund`` or ``settle``.
        amount: Yuan, exact, two decimals, always positive.
        payer: Whose money it is, in the pack's word.
        debit: Account that grows by it, ``credit`` the one it is taken from: cash, held:<item>, income:<item>,
            spent:<item>.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    item: str
    move: Literal["pay", "deduct", "refund", "settle"]
    amount: str
    payer: str
    debit: str
    credit: str


class OrderIssued(DispatchFact):
    """A work order left for a department, in three copies."""

    name: ClassVar[str] = "order_issued"

    site: str
    order: str
    number: int
    department: str
    round: int = 1
    copies: int = 3
    people: tuple[str, ...] = ()


class OrderAccepted(DispatchFact):
    """The department signed for the order.

    Attributes:
        complete_by: The department's own limit, where the pack asks it to name one.
    """

    name: ClassVar[str] = "order_accepted"

    by: str
    complete_by: AwareDatetime | None = None
    stated_at: AwareDatetime | None = None


class OrderAssigned(DispatchFact):
    """Somebody was named to do it."""

    name: ClassVar[str] = "order_assigned"

    assignee: str
    by: str


class OrderStarted(DispatchFact):
    """Work began."""

    name: ClassVar[str] = "order_started"

    by: str
    stated_at: AwareDatetime | None = None


class ReplyGiven(DispatchFact):
    """The customer was told something.

    Attributes:
        kind: ``first`` is the first reply; ``progress`` and ``result`` follow.
        agreed_until: A later time the customer agreed to in this talk.
        bulk: Given to everyone of an incident at once.
    """

    name: ClassVar[str] = "reply_given"

    kind: Literal["first", "progress", "result"]
    method: Literal["phone", "visit", "letter", "online"]
    agreed_until: AwareDatetime | None = None
    bulk: bool = False
    by: str
    stated_at: AwareDatetime | None = None
    private: Note = Note()


class OrderCompleted(DispatchFact):
    """The work is done; not yet closed.

    Attributes:
        same_day: Done on the local day the case was received (chooses the follow-up clock).
    """

    name: ClassVar[str] = "order_completed"

    by: str
    round: int = 1
    same_day: bool = False
    bulk: bool = False
    stated_at: AwareDatetime | None = None
    private: Note = Note()


class OrderReturned(DispatchFact):
    """The department gave the order back to the desk."""

    name: ClassVar[str] = "order_returned"

    by: str
    department: str
    private: Note = Note()


class OrderTransferred(DispatchFact):
    """The order moved to another department."""

    name: ClassVar[str] = "order_transferred"

    by: str
    was: str
    department: str
    private: Note = Note()


class FollowUpOpened(DispatchFact):
    """The customer is to be asked; opened in the fold of the completion.

    Attributes:
        who: Roles that ask together, the first in the lead.
        round: 1 for the first, 2 after a second handling, and so on.
    """

    name: ClassVar[str] = "follow_up_opened"

    who: tuple[str, ...]
    method: str
    round: int


class FollowUpRecorded(DispatchFact):
    """The customer was asked, or an attempt was made.

    Attributes:
        attempt: Counts the attempts of this round, from 1.
        quality: 1 to 5, and ``attitude`` likewise, where asked.
        form: Answers to the pack's own questions, by field id.
    """

    name: ClassVar[str] = "follow_up_recorded"

    answer: Answer
    method: str
    round: int
    attempt: int = 1
    quality: int | None = None
    attitude: int | None = None
    form: dict[str, str] = Field(default_factory=dict)
    by: str
    private: FormNote = FormNote()


class StepTaken(DispatchFact):
    """A step of the manual was taken, or one of its copies corrected.

    Attributes:
        step: Id of the step, with its outcome where it has any.
        count: How often this step has been taken in this case, this time included.
        form: What was filled in, by field id, canonical text (`shared.rules.forms`); persons apart.
        marks: Every flag the steps of the case have brought about so far and still stand, ``<word>=<value>``.
        reopened: Steps that have to be taken again, or may be, because of it.
        money: What moved.
        consents: Consents on record that it stands on.
        accepted: Cases a shift was taken over with, by id.
    """

    name: ClassVar[str] = "step_taken"

    step: str
    outcome: str | None = None
    count: int = 1
    round: int = 1
    form: dict[str, str] = Field(default_factory=dict)
    marks: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    money: tuple[Entry, ...] = ()
    consents: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    by: str
    stated_at: AwareDatetime | None = None
    private: FormNote = FormNote()


class CaseDeferred(DispatchFact):
    """Handling waits until then, because the customer agreed (OH-4); replies are never put off (OH-7).

    Attributes:
        consent: The consent on record that allows it.
    """

    name: ClassVar[str] = "case_deferred"

    until: AwareDatetime
    consent: str
    by: str
    private: Note = Note()


class CaseReopened(DispatchFact):
    """Not good enough, or not really done: it is handled again.

    Attributes:
        because: ``unsatisfied`` at follow-up, ``false_completion`` (a correction), or ``customer`` came back.
    """

    name: ClassVar[str] = "case_reopened"

    because: Literal["unsatisfied", "false_completion", "customer"]
    round: int
    correction: bool = False
    by: str
    private: Note = Note()


class CaseClosed(DispatchFact):
    """The end, and which one (requirements §9.2)."""

    name: ClassVar[str] = "case_closed"

    ending: Ending
    by: str
    private: Note = Note()


FACTS: tuple[type[Fact], ...] = (
    OrderIssued,
    OrderAccepted,
    OrderAssigned,
    OrderStarted,
    ReplyGiven,
    OrderCompleted,
    OrderReturned,
    OrderTransferred,
    FollowUpOpened,
    FollowUpRecorded,
    StepTaken,
    CaseDeferred,
    CaseReopened,
    CaseClosed,
)
