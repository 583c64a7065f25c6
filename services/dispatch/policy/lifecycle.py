"""The states a case passes and the acts possible in each, as one table.

Source: requirements §3 (common states), §3.1 (reopening, closing).
"""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """Where a case stands.

    ``awaited``: something was heard about it before the request itself. ``returned``: the department gave the order
    back to the desk. ``joined``: it hangs under an incident and has no open order of its own. ``resolved``: the work
    is done, the case not yet closed.
    """

    AWAITED = "awaited"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    JOINED = "joined"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Act(StrEnum):
    """What a person can do with a case; the word is also the last part of its address."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    START = "start"
    REPLY = "reply"
    COMPLETE = "complete"
    RETURN = "return"
    TRANSFER = "transfer"
    FOLLOW_UP = "follow-up"
    CLOSE = "close"
    REOPEN = "reopen"


MAY_FOLLOW: Mapping[Status, tuple[Act, ...]] = {
    Status.AWAITED: (),
    Status.DISPATCHED: (Act.ACCEPT, Act.REPLY, Act.RETURN, Act.TRANSFER, Act.CLOSE),
    Status.ACCEPTED: (
        Act.ASSIGN,
        Act.START,
        Act.REPLY,
        Act.COMPLETE,
        Act.RETURN,
        Act.TRANSFER,
        Act.CLOSE,
    ),
    Status.IN_PROGRESS: (Act.ASSIGN, Act.REPLY, Act.COMPLETE, Act.RETURN, Act.TRANSFER, Act.CLOSE),
    Status.RETURNED: (Act.REPLY, Act.TRANSFER, Act.CLOSE),
    Status.JOINED: (Act.REPLY, Act.CLOSE),
    Status.RESOLVED: (Act.FOLLOW_UP, Act.REPLY, Act.CLOSE, Act.REOPEN),
    Status.CLOSED: (Act.REOPEN,),
}

WITH_OPEN_ORDER = frozenset({Status.DISPATCHED, Status.ACCEPTED, Status.IN_PROGRESS, Status.RETURNED})
"""States in which an order lies with a department or, returned, at the desk."""


def possible(status: Status, *, follow_up_open: bool, closable: bool) -> tuple[Act, ...]:
    """The acts possible now, in the table's order.

    Args:
        status: Where the case stands.
        follow_up_open: Whether the customer is still to be asked.
        closable: Whether there is any ending a person may choose now (`closing.endings`).
    """
    missing = {act for act, there in ((Act.FOLLOW_UP, follow_up_open), (Act.CLOSE, closable)) if not there}
    return tuple(act for act in MAY_FOLLOW[status] if act not in missing)
