"""Where ids come from; the only place in the product that makes them."""

from typing import Protocol

from uuid_utils import uuid7


class Ids(Protocol):
    """Makes ids that are unique for ever and sort by the time they were made."""

    def message(self) -> str:
        """An id for a message: a UUIDv7 in its usual form."""
        ...

    def entity(self, prefix: str) -> str:
        """An id for an entity: ``<prefix>-<32 hex digits>``, one NATS token."""
        ...


class RealIds:
    """UUIDv7, monotonic within a process."""

    def message(self) -> str:
        """See :class:`Ids`."""
        return str(uuid7())

    def entity(self, prefix: str) -> str:
        """See :class:`Ids`."""
        return f"{prefix}-{uuid7().hex}"
