"""The commands as they arrive.

``stated_at`` is when the person says it happened: kept beside the act, which is judged by the time the server received
it (design.md §7). Never in the future.
"""

from typing import Annotated, Literal

from pydantic import Field

from services.dispatch.policy.asking import Given
from services.dispatch.policy.closing import Chosen
from shared.contracts.fields import Command, FormGiven, Instant, Line, Prose, Reason

PHOTOS_MOST = 20
ACCEPTED_MOST = 5000

Method = Literal["phone", "visit", "letter", "online"]
Stars = Annotated[int, Field(ge=1, le=5)]
Photos = Annotated[tuple[Line, ...], Field(max_length=PHOTOS_MOST)]


class Accept(Command):
    """Sign for the order.

    Attributes:
        complete_by: The department's own limit, later than now.
    """

    complete_by: Instant | None = None
    stated_at: Instant | None = None


class Assign(Command):
    """Name who does it: a person id with an appointment at the site."""

    assignee: Line


class Start(Command):
    """Begin the work."""

    stated_at: Instant | None = None


class Reply(Command):
    """Record what the customer was told.

    Attributes:
        agreed_until: A later time the customer agreed to in this talk, later than now.
    """

    kind: Literal["first", "progress", "result"]
    method: Method
    agreed_until: Instant | None = None
    text: Prose = ""
    stated_at: Instant | None = None


class Complete(Command):
    """The work is done.

    Attributes:
        photos: References of stored photos.
    """

    text: Prose = ""
    photos: Photos = ()
    stated_at: Instant | None = None


class Return(Command):
    """Give the order back to the desk."""

    reason: Reason


class Transfer(Command):
    """Send the order to another department, or a returned one to any; by role id such as ``engineering_dept``."""

    department: Line
    reason: Reason


class FollowUp(Command):
    """Record what the customer answered, or that nobody answered.

    Attributes:
        quality: 1 to 5, and ``attitude`` likewise, where asked.
        form: Answers to the pack's own questions, by field id.
    """

    answer: Given
    method: Method
    quality: Stars | None = None
    attitude: Stars | None = None
    form: FormGiven = Field(default_factory=dict)
    text: Prose = ""


class StepGiven(Command):
    """What somebody says about a step when he takes it.

    Attributes:
        outcome: How it turned out, for a step that can turn out in several ways.
        form: What its form asks for, by field id.
        photos: References of stored photos.
        accepted: For a step that takes a shift over: the open items of the site, by case id or number.
        accepted_at: Instead: everything as listed then; what was logged or reopened later is still to be named.
    """

    outcome: Line | None = None
    form: FormGiven = Field(default_factory=dict)
    text: Prose = ""
    photos: Photos = ()
    stated_at: Instant | None = None
    accepted: Annotated[tuple[Line, ...], Field(max_length=ACCEPTED_MOST)] = ()
    accepted_at: Instant | None = None


class TakeStep(StepGiven):
    """Take the step of that id."""

    step: Line


class Defer(Command):
    """Let the handling wait until then, as the customer has agreed (OH-4)."""

    until: Instant
    reason: Reason


class Close(Command):
    """End the case by a person's word (requirements §9.2)."""

    ending: Chosen
    reason: Reason


class Reopen(Command):
    """Handle it again: it was not really done (a correction), or the customer came back."""

    because: Literal["false_completion", "customer"]
    reason: Reason


class ReplyToAll(Command):
    """Tell everyone of an incident the same."""

    kind: Literal["first", "progress", "result"]
    method: Method
    text: Prose = ""


class CompleteAll(Command):
    """The cause of an incident is gone: its own order is done, and with it every matter that joined."""

    text: Prose = ""


class CloseAll(Command):
    """Close an incident whose work is done, with every matter that still hangs under it."""

    reason: Reason
