"""Effects on the outside world: what is to be carried out, who carries it, and how it ended.

Source: design.md §5 (effects).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.contracts.fold import Ask


@dataclass(frozen=True, slots=True)
class Wanted:
    """One effect to carry out, as claimed.

    Attributes:
        attempts: Counting this one.
    """

    key: str
    entity: str
    kind: str
    recipient: str
    payload: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a send ended.

    Attributes:
        done: The provider took it: HTTP 2xx and its own code says so.
        code: The provider's code, or a word for what went wrong on the way.
        evidence: Its message id or text, without secrets.
        again: Whether trying again can help.
        retry_after: What the provider asked us to wait.
    """

    done: bool
    code: str = "0"
    evidence: str = ""
    again: bool = False
    retry_after: timedelta | None = None


class Carrier(Protocol):
    """Carries effects of one kind into the world; several for one recipient come bundled."""

    async def carry(self, bundle: Sequence[Wanted]) -> Outcome:
        """Do it. Must return within the lease and never raise for what the provider says."""
        ...


Report = Callable[[Wanted, Outcome, int, datetime], Ask]
"""Words an outcome as a command: what was wanted, how it ended, how many left together, and when."""
