"""Said by notify; heard by escalation and reporting."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Fact


class NotifyFact(Fact):
    """A fact of notify, about a case."""

    speaker: ClassVar[str] = "notify"

    notice: str
    person: str
    channel: str


class NoticeSent(NotifyFact):
    """A channel took the message; for a group robot that is all one can know.

    Attributes:
        code: The provider's own code, with ``evidence`` its message id or text.
        attempts: How many it took.
    """

    name: ClassVar[str] = "notice_sent"

    code: str = "0"
    evidence: str = ""
    attempts: int = 1
    bundled: int = 1


class NoticeDelivered(NotifyFact):
    """The message lies in the person's inbox."""

    name: ClassVar[str] = "notice_delivered"


class NoticeFailed(NotifyFact):
    """A channel refused for good; the inbox has it anyway."""

    name: ClassVar[str] = "notice_failed"

    code: str
    evidence: str = ""
    attempts: int = 1


class NoticeDropped(NotifyFact):
    """The message still waited for its hour when it had become pointless; it was not sent.

    Attributes:
        because: The case was ``closed``, the raise ``acknowledged``, the clock ``ended``, its breach ``annulled``.
    """

    name: ClassVar[str] = "notice_dropped"

    because: Literal["closed", "acknowledged", "ended", "annulled"]


class NobodyReachable(Fact):
    """Every channel of every named person failed, or nobody was named."""

    speaker: ClassVar[str] = "notify"
    name: ClassVar[str] = "nobody_reachable"

    raise_id: str


FACTS: tuple[type[Fact], ...] = (NoticeSent, NoticeDelivered, NoticeFailed, NoticeDropped, NobodyReachable)
