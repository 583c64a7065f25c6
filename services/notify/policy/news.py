"""What there is to tell, freed from the fact it came from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Topic(StrEnum):
    """What a piece of news is about."""

    RAISED = "raised"
    WARNED = "warned"
    ORDERED = "ordered"
    CORRECTED = "corrected"
    AGAIN = "again"
    DECIDED = "decided"
    WANTED = "wanted"
    REMINDED = "reminded"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person to be told.

    Attributes:
        role: Pack role he answers for; None where he is told for another reason.
        tell_at: When the message may leave, aware UTC.
        copy: He only hears of it; nothing is asked of him.
    """

    person: str
    role: str | None
    tell_at: datetime
    copy: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell about a case.

    Attributes:
        id: Id of the fact; names the notices made of it for ever.
        at: When it happened, aware UTC.
        reason: Shade of the topic: why raised, which warning, what was corrected.
        people: Those the fact itself names.
        department: Role whose people are told where the fact names none.
        round: Handling an order belongs to, counted from 1.
        rule: Rule of the pack that asks for it.
    """

    id: str
    at: datetime
    topic: Topic
    reason: str
    people: tuple[Recipient, ...] = ()
    department: str | None = None
    round: int = 1
    clock: str | None = None
    severity: str | None = None
    due_at: datetime | None = None
    acknowledge_by: datetime | None = None
    raise_id: str | None = None
    rule: str | None = None
    outward: "Outward | None" = None


@dataclass(frozen=True, slots=True)
class Outward:
    """What somebody outside the house is to be told, and how staff see to it.

    Attributes:
        to: Who, in the pack's words; ``means`` likewise, the usual way first.
        not_before: Calling hours begin then; None: at once.
    """

    to: tuple[str, ...]
    means: tuple[str, ...]
    zh: str
    en: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What of a case is needed to speak of it; no name, phone or address of anybody.

    Attributes:
        severity_at: Since when *severity* holds, with ``severity_by``, the message that said so: of two speakers the
            greatest pair wins.
    """

    site: str
    number: str
    pack: str
    pack_version: int
    case_type: str
    category: str
    severity: str
    severity_at: datetime
    severity_by: str
