"""Where notify meets the outside world and its own tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.policy.outward import Owed
from services.notify.state import Case
from shared.contracts.effects import Outcome
from shared.contracts.envelope import Heading
from shared.contracts.fold import Want
from shared.contracts.notify import NoticeSeenTo


@dataclass(frozen=True, slots=True)
class Message:
    """What a group robot is to post.

    Attributes:
        kind: ``text`` is shown as it is; ``markdown`` may hold a list and bold words.
        content: Already in one language and without markup of other people; cut to the robot's limit when sent.
    """

    kind: Literal["text", "markdown"]
    content: str


class Robot(Protocol):
    """Posts into a group chat."""

    async def send(self, url: str, message: Message) -> Outcome:
        """Post once. Never raises for what the provider or the network does; never shows the URL's key."""
        ...


class Inboxes(Protocol):
    """What people were told, as read by themselves and by those who may see the case; instants are UTC."""

    async def page(
        self, person: str, *, now: datetime, unread: bool, before: tuple[datetime, str], most: int
    ) -> Sequence[Any]:
        """Messages of *person* visible at *now*, newest first, before the place *before* (excluded)."""
        ...

    async def unread(self, person: str, now: datetime) -> int:
        """How many messages *person* has not read yet."""
        ...

    async def mark_read(self, notice: str, person: str, now: datetime) -> datetime | None:
        """Note that *person* read *notice*; answers when first, None when there is no such message of his."""
        ...

    async def mark_all_read(self, person: str, now: datetime) -> int:
        """Note that *person* read everything; answers how many were new."""
        ...

    async def site_of(self, entity: str) -> str | None:
        """Where a case is; None when unknown here."""
        ...

    async def of_case(self, entity: str, *, most: int) -> Sequence[Any]:
        """One row for every notice of a case and channel it ended on, in the order they were sent."""
        ...

    async def outward_of(self, entity: str) -> Sequence[Any]:
        """What people outside the house are to hear of a case, in the order it was wanted."""
        ...

    async def outward_open(
        self, sites: Sequence[str] | None, *, due_before: datetime | None, after: tuple[datetime, str], most: int
    ) -> Sequence[Any]:
        """What is still to be told at *sites* (None: at all), by when it is due, after the place *after* (excluded)."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What the log says about notices, of one case or of many.

    Attributes:
        ended: This service's own facts about what became of a message, in their order.
        seen: Its own facts about tellings that staff saw to.
        wants: Messages that facts of others led to, with their cases.
        owed: What people outside were to be told by those facts.
    """

    ended: Sequence[tuple[Heading, Any]] = ()
    seen: Sequence[tuple[Heading, NoticeSeenTo]] = ()
    wants: Sequence[tuple[str, Want]] = ()
    owed: Sequence[Owed] = ()


@dataclass(frozen=True, slots=True)
class Amiss:
    """A notice that is not kept as it was told."""

    entity: str
    stands: str
    should: str


class Proofs(Protocol):
    """Holds what is kept against what was told, and writes it anew."""

    async def set_aside(self, conn: AsyncConnection, entities: Sequence[str]) -> set[tuple[str, str, int]]:
        """Facts of *entities* that count as heard because a person said so: entity, speaker, version."""
        ...

    async def amiss(self, conn: AsyncConnection, told: Told) -> Sequence[Amiss]:
        """Where they differ."""
        ...

    async def retell(self, conn: AsyncConnection, entity: str, case: Case | None, told: Told, now: datetime) -> None:
        """Write what *told* and the locked *case* say; nothing that was sent is sent again."""
        ...
