"""Parts of the facts of escalation: clocks that start and end, and people who are told."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Piece(BaseModel):
    """Part of a public body."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Armed(Piece):
    """One clock that was started.

    Attributes:
        due_at: None for a clock without a number: it shows its age and never breaches.
        basis: How the duration counts: hours, days, same_day, agreed, unset …
        promise: What it means to the customer: ``reply``, ``resolve``, ``disposition`` or None.
        why: How the due instant was found: counted, owner_limit, site_parameter …
        calendar: Version of the site's calendar it was counted with; empty where no calendar moves it.
    """

    clock: str
    start_at: AwareDatetime
    due_at: AwareDatetime | None
    warn_at: AwareDatetime | None = None
    basis: str
    promise: str | None = None
    why: str = "counted"
    product_default: bool = False
    source: str = ""
    calendar: str = ""


class Stopped(Piece):
    """One clock that ended.

    Attributes:
        outcome: ``met`` (at the due instant or before), ``late``, ``cancelled`` or ``unset`` (had no due instant).
    """

    clock: str
    start_at: AwareDatetime
    due_at: AwareDatetime | None
    outcome: Literal["met", "late", "cancelled", "unset"]


class Told(Piece):
    """One person to be told, with the reason.

    Attributes:
        role: Pack role the person answers for; ``assignee`` and ``first_receiver`` are roles here too.
        tell_at: When the message may leave (ESC-6: day-based messages wait for duty start); never before ``at``.
        why: The steps that led to this person, as words.
    """

    person: str
    role: str
    tell_at: AwareDatetime
    why: tuple[str, ...] = ()
