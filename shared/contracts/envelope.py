"""What every message carries: who said it, about what, in which order, and because of what."""

import re
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct
from pydantic import BaseModel, ConfigDict

VERSION_LIMIT = 2**31
ENTITY = re.compile(r"[^\s.*>\x00-\x1f]{1,200}")
"""One NATS token that a database index can hold."""


class Fact(BaseModel):
    """Something that happened, said once by one speaker about one entity.

    Unknown fields are ignored, so a speaker may add fields with a default inside a schema version. ``private`` holds
    names, phones, addresses and free text; nothing that is counted, keyed or sealed may stand there.

    Source: design.md §4 (envelope, personal data apart).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    speaker: ClassVar[str]
    name: ClassVar[str]
    schema_version: ClassVar[int] = 1

    def __init_subclass__(cls, **options: Any) -> None:
        """Refuse a fact class that forgot who says it; a class without ``name`` is only a shape shared by facts."""
        super().__init_subclass__(**options)
        if "name" in cls.__dict__ and not hasattr(cls, "speaker"):
            raise TypeError(f"{cls.__name__} names a fact but no speaker")

    @classmethod
    def wire_kind(cls) -> str:
        """``<speaker>.<fact>``, the type on the wire."""
        return f"{cls.speaker}.{cls.name}"

    def subject(self, heading: "Heading") -> str:
        """Where it is published: ``ev.<service>.<fact>.<entity>``."""
        return f"ev.{heading.kind}.{heading.entity}"


class Private(BaseModel):
    """Personal data beside a fact; erased per person without touching what was counted."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Heading(Struct, frozen=True):
    """The envelope of a fact: CloudEvents attributes in the binary NATS binding.

    Attributes:
        id: UUIDv7, also the ``Nats-Msg-Id``.
        kind: ``<speaker>.<fact>``.
        entity: What the fact is about; one NATS token such as ``case-018f…``.
        at: When it happened, aware UTC.
        version: 1, 2, 3 … without holes per (speaker, entity).
        correlation: The case it belongs to.
        causation: The message that led here; None for a person's command.
        schema_version: Contract version of the body.
    """

    id: str
    kind: str
    entity: str
    at: datetime
    version: int
    correlation: str
    causation: str | None = None
    schema_version: int = 1

    @property
    def speaker(self) -> str:
        """The service that said it."""
        return self.kind.partition(".")[0]

    def headers(self) -> dict[str, str]:
        """The NATS headers of this envelope."""
        headers = {
            "Nats-Msg-Id": self.id,
            "ce-specversion": "1.0",
            "ce-id": self.id,
            "ce-type": self.kind,
            "ce-source": f"shouwen/{self.speaker}",
            "ce-subject": self.entity,
            "ce-time": self.at.isoformat(),
            "ce-dataschema": str(self.schema_version),
            "correlation": self.correlation,
            "version": str(self.version),
        }
        return headers | {"causation": self.causation} if self.causation else headers


class UnreadableMessage(ValueError):
    """A message that no retry can make readable; it says which header or field is at fault."""


def heading_of(headers: dict[str, str] | None) -> Heading:
    """Read an envelope.

    Raises:
        UnreadableMessage: A header is missing or malformed; the message names it.
    """
    if not headers:
        raise UnreadableMessage("no headers: not a CloudEvent")
    try:
        at = datetime.fromisoformat(headers["ce-time"])
        heading = Heading(
            id=headers["ce-id"],
            kind=headers["ce-type"],
            entity=headers["ce-subject"],
            at=at,
            version=int(headers["version"]),
            correlation=headers.get("correlation", headers["ce-subject"]),
            causation=headers.get("causation"),
            schema_version=int(headers.get("ce-dataschema", "1")),
        )
    except KeyError as missing:
        raise UnreadableMessage(f"header {missing} is missing") from missing
    except ValueError as wrong:
        raise UnreadableMessage(f"a header is malformed: {wrong}") from wrong
    if at.tzinfo is None or not 0 < heading.version < VERSION_LIMIT:
        raise UnreadableMessage("ce-time has no zone, or version is out of bounds")
    if not ENTITY.fullmatch(heading.entity):
        raise UnreadableMessage("ce-subject is no name of an entity")
    if heading.correlation != heading.entity and not ENTITY.fullmatch(heading.correlation):
        raise UnreadableMessage("correlation is no name of an entity")
    return heading


class Heard(Struct, frozen=True):
    """A fact heard from the log, with its envelope."""

    heading: Heading
    fact: Fact
