"""What people ask of escalation, field by field."""

from typing import Literal

from shared.contracts.fields import Command, Instant, Line, Prose, Reason


class Acknowledge(Command):
    """I take it: a person named in the raise, or one above him.

    Attributes:
        text: What is decided about it, if anything.
    """

    raise_id: Line
    text: Prose = ""


class PushUp(Command):
    """I cannot settle it: the next level of the chain is asked.

    Attributes:
        to: Role of the chain; left out, the one above the highest the asker holds.
    """

    to: Line | None = None
    reason: Reason


class RequestExtension(Command):
    """More time is needed for a clock.

    Attributes:
        until: Later than the present due instant.
    """

    clock: Line
    until: Instant
    reason: Reason


class DecideExtension(Command):
    """More time is given or not; also possible without anybody having asked.

    Attributes:
        until: Needed to approve what nobody asked for; otherwise what was asked.
    """

    clock: Line
    decision: Literal["approve", "refuse"]
    until: Instant | None = None
    reason: Reason


class FollowCalendar(Command):
    """The site has another calendar; asked by the service itself, case by case.

    Attributes:
        since: When the calendar came into force.
    """

    since: Instant
