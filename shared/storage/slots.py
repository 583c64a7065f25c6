"""One entity in hand while a batch is folded: its state, what it has said and what it has heard."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from shared.contracts.fold import Columns, Kind

_heard_codec = msgspec.msgpack.Encoder()
_heard_decoder = msgspec.msgpack.Decoder(dict[str, tuple[int, int]])


def chained(chain: int, message_id: str) -> int:
    """Fold *message_id* into a running 63-bit digest of everything said before it, in order.

    Equal chains at a speaker, a hearer and in the log mean the same messages in the same order.
    """
    digest = blake2b(chain.to_bytes(8, "big") + message_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


@dataclass(slots=True)
class Slot:
    """An entity's row, loaded and locked.

    Attributes:
        said: Last version this service spoke about it, with ``said_chain`` over all message ids.
        heard: Last version and chain heard, by speaker.
        waiting: Messages of it lying in ``parked``.
        due_before: Its next due instant as loaded, to write timers only when it moved.
        encoded: The state as loaded, until it changes: what was only heard is not encoded anew.
        fresh: It got its id in this very transaction, and has no row yet.
    """

    entity: str
    state: Any = None
    said: int = 0
    said_chain: int = 0
    heard: dict[str, tuple[int, int]] = field(default_factory=dict)
    waiting: int = 0
    due_before: datetime | None = None
    encoded: bytes | None = None
    changed: bool = False
    fresh: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of it: a row made only to be locked, for a command that was refused."""
        return self.state is None and not (self.fresh or self.changed or self.said or self.heard or self.waiting)

    def last_heard(self, speaker: str) -> int:
        """Last version heard from *speaker*; 0 when none."""
        return self.heard.get(speaker, (0, 0))[0]

    def hear(self, speaker: str, version: int, message_id: str) -> None:
        """Count *version* as heard."""
        chain = self.heard.get(speaker, (0, 0))[1]
        self.heard[speaker] = (version, chained(chain, message_id))
        self.changed = True

    def say(self, message_id: str) -> int:
        """Take the next spoken version for *message_id*."""
        self.said += 1
        self.said_chain = chained(self.said_chain, message_id)
        self.changed = True
        return self.said


class UnreadableState(RuntimeError):
    """A stored state that this release cannot read; the schema number says whose it is."""


class StateCodec:
    """Encodes the states of one kind of entity; older shapes are upcast on reading."""

    def __init__(self, kind: Kind[Any]) -> None:
        """Build encoder and decoder once per kind."""
        self._kind = kind
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(kind.state)

    def encode(self, state: Any) -> bytes:
        """Encode a state of this kind."""
        return self._encoder.encode(state)

    def decode(self, encoded: bytes, schema: int) -> Any:
        """Decode a state written under *schema*.

        Raises:
            UnreadableState: It was written by a newer release, or the bytes are damaged.
        """
        if schema > self._kind.schema:
            raise UnreadableState(f"{self._kind.prefix} state has schema {schema}, newer than {self._kind.schema}")
        fresh = encoded if schema == self._kind.schema else self._kind.upcast(schema, encoded)
        try:
            return self._decoder.decode(fresh)
        except msgspec.DecodeError as wrong:
            raise UnreadableState(f"{self._kind.prefix} state cannot be read: {wrong}") from wrong


def encode_heard(heard: Mapping[str, tuple[int, int]]) -> bytes | None:
    """Encode the versions heard; None when nothing was."""
    return _heard_codec.encode(heard) if heard else None


def decode_heard(encoded: bytes | None) -> dict[str, tuple[int, int]]:
    """Decode the versions heard."""
    return _heard_decoder.decode(encoded) if encoded else {}


def columns_of(kind: Kind[Any], state: Any) -> Columns:
    """Index columns of *state*; none while there is no state."""
    return kind.columns(state) if state is not None else Columns()
