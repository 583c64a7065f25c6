"""Said by notify; heard by escalation and reporting."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from shared.contracts.envelope import Fact, Private


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


class ToldOutside(Private):
    """Who outside the house was told, and what was said about it."""

    to: str = ""
    text: str = ""


class NoticeSeenTo(Fact):
    """Staff saw to a notice that somebody outside the house was to have.

    Attributes:
        notice: Id of the ``notice_wanted`` that asked for it; *rule* is its notice in the pack.
        outcome: ``told``, or ``not_needed`` any more, for the reason in the text.
        means: How they were told.
        told_at: When, as stated; None: as it was recorded.
        due_at: By when it should have been seen to.
        late: Whether it was later than that.
    """

    speaker: ClassVar[str] = "notify"
    name: ClassVar[str] = "notice_seen_to"

    notice: str
    rule: str
    outcome: Literal["told", "not_needed"] = "told"
    means: str | None = None
    told_at: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    late: bool = False
    by: str
    private: ToldOutside = ToldOutside()


class NobodyReachable(Fact):
    """Every channel of every named person failed, or nobody was named."""

    speaker: ClassVar[str] = "notify"
    name: ClassVar[str] = "nobody_reachable"

    raise_id: str


FACTS: tuple[type[Fact], ...] = (
    NoticeSent,
    NoticeDelivered,
    NoticeFailed,
    NoticeDropped,
    NoticeSeenTo,
    NobodyReachable,
)
