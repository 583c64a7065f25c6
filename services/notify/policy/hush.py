"""When nobody is told."""

from datetime import datetime
from enum import StrEnum


class Hush(StrEnum):
    """Why a piece of news stays inside the house."""

    DRILL = "drill"
    PAST = "told_nobody_about_the_past"


def hushed(*, drill: bool, quiet_until: datetime | None, at: datetime) -> Hush | None:
    """Answer why news of *at* is told to nobody; None when it is told.

    An import is quiet up to and including *quiet_until*.

    Source: design.md §3; issue 2 (import notifies nobody about the past).
    """
    if drill:
        return Hush.DRILL
    if quiet_until is not None and at <= quiet_until:
        return Hush.PAST
    return None
