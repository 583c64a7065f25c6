"""Messages that wait for their hour, and when they have become pointless before it (ESC-6).

A retraction never waits, so it is never dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message on one channel that has not left yet.

    Attributes:
        key: Of the effect wanted.
        topic: With ``reason`` what it is about; see :class:`services.notify.policy.news.News`.
    """

    key: str
    notice: str
    person: str
    channel: str
    topic: str
    reason: str
    clock: str | None
    raise_id: str | None


Pointless = Callable[[Waiting], bool]


def sift(waiting: tuple[Waiting, ...], pointless: Pointless) -> tuple[tuple[Waiting, ...], tuple[Waiting, ...]]:
    """What still waits, and what has become pointless."""
    dropped = tuple(one for one in waiting if pointless(one))
    return tuple(one for one in waiting if one not in dropped), dropped
