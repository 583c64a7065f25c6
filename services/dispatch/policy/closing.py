"""Which endings a person may choose; all others follow by themselves from what happened.

Source: requirements §3.1 (closing), CL-4, FU-3, FU-4.
"""

from dataclasses import dataclass
from typing import Literal

from services.dispatch.policy.lifecycle import Status

Chosen = Literal["by_authority", "anonymous", "invalid", "completed"]
"""Endings that need a person's word."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an ending depends on.

    Attributes:
        invalid: Judged outside the management's responsibility.
        replied_since_invalid: The customer was told something after that judgement.
        unsatisfied: Rounds the customer was not satisfied with.
        unsatisfied_most: After so many of them only the pack's closers may close.
    """

    status: Status
    anonymous: bool
    invalid: bool
    replied_since_invalid: bool
    unsatisfied: int
    unsatisfied_most: int
    follow_up_open: bool


def endings(case: Circumstances) -> tuple[Chosen, ...]:
    """The endings that may be chosen now; none for a closed case.

    An anonymous matter needs a department that has taken it, because somebody must have verified it (FU-3). An invalid
    one keeps the reply duty (CL-4). ``completed`` is for work that nobody is asked about, such as an incident's own.
    """
    if case.status is Status.CLOSED:
        return ()
    verified = case.status in (Status.ACCEPTED, Status.IN_PROGRESS, Status.RESOLVED)
    done = case.status is Status.RESOLVED and not case.follow_up_open
    allowed: tuple[tuple[Chosen, bool], ...] = (
        ("by_authority", case.unsatisfied >= case.unsatisfied_most),
        ("anonymous", case.anonymous and verified),
        ("invalid", case.invalid and case.replied_since_invalid),
        ("completed", done and not case.invalid),
    )
    return tuple(ending for ending, holds in allowed if holds)
