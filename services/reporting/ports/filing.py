"""Where issues of registers are signed and kept."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from services.reporting.policy.filing import Filed


class OpenIssue(Protocol):
    """An issue locked for one act; the act counts once the cabinet is left."""

    @property
    def filed(self) -> Filed:
        """How it stands."""
        ...

    async def sign(self, person: str, role: str, digest: str, now: datetime) -> None:
        """Note the signature."""
        ...

    async def put_away(self, person: str, content: bytes, now: datetime) -> None:
        """Keep what was filed."""
        ...

    async def destroy(self) -> None:
        """Take it out for ever."""
        ...


class Cabinet(Protocol):
    """Where issues are signed and kept."""

    def open(self, site: str, register: str, period: str) -> AbstractAsyncContextManager[OpenIssue]:
        """The issue, locked."""
        ...

    async def filed(self, site: str, register: str, period: str) -> Filed:
        """How an issue stands."""
        ...

    async def content(self, site: str, register: str, period: str) -> bytes | None:
        """What was filed; None where nothing is."""
        ...
