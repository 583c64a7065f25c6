"""A message of the simulated stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of the stream."""

    seq: int
    subject: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    @property
    def id(self) -> str:
        """Its message id."""
        return self.headers["Nats-Msg-Id"]

    @property
    def speaker(self) -> str:
        """Who said it."""
        return self.subject.split(".")[1]

    @property
    def entity(self) -> str:
        """What it is about; empty for a message without an envelope."""
        return self.headers.get("ce-subject", "")

    @property
    def kind(self) -> str:
        """``<speaker>.<fact>``."""
        return self.headers.get("ce-type", "")

    @property
    def version(self) -> int:
        """Its version; 0 for a message that has none."""
        told = self.headers.get("version", "")
        return int(told) if told.isdecimal() else 0
