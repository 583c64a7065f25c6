"""What may still be done to a request, by how it stands."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """How a request stands as far as intake has to know; dispatch alone decides it."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


_WHILE_ALIVE = ("classify", "amend", "consent", "raise_again", "link", "withdraw")

POSSIBLE: Mapping[Status, tuple[str, ...]] = {
    Status.OPEN: _WHILE_ALIVE,
    Status.RESOLVED: _WHILE_ALIVE,
    # Reopening is an act of dispatch; it is named because it is the way out.
    Status.CLOSED: ("reopen",),
    Status.WITHDRAWN: (),
}
"""The acts a person may choose from, by status."""

CORRECTABLE = frozenset({"classify", "amend", "link"})
"""Acts by which a desk lead may mend a mistake even after the end."""


def may(act: str, *, status: Status, correcting: bool) -> bool:
    """Whether *act* is possible now; *correcting*: a desk lead mends a mistake.

    Source: design section 3 (what dispatch has closed), requirements section 9.5.
    """
    return act in POSSIBLE[status] or (correcting and status is Status.CLOSED and act in CORRECTABLE)
