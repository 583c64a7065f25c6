"""Where ids come from; the only place in the product that makes them."""

from typing import Protocol
from uuid import NAMESPACE_URL, uuid5

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


def case_named(*words: str) -> str:
    """The id of a case that follows from what made it necessary, the same for ever."""
    return "case-" + uuid5(NAMESPACE_URL, "shouwen:" + "\n".join(words)).hex


def step_words(case: str, version: int, number: int) -> tuple[str, ...]:
    """What makes a case necessary that a step opens: which of them, and which version of dispatch took the step."""
    return "step", case, str(version), str(number)


def opened_by_step(case: str, version: int, number: int) -> str:
    """The id of the case that a step of *case* opened."""
    return case_named("rule", *step_words(case, version, number))
