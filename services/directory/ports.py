"""What the routes need of the directory's own tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.directory.policy.references import Known


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it stands.

    Attributes:
        version: Of a pack; 0 for everything else.
    """

    record: str
    key: str
    version: int
    sites: tuple[str, ...]
    body: Mapping[str, Any]
    written_at: datetime
    by: str


class Records(Protocol):
    """Reads the records, up to date with the last write."""

    async def one(self, record: str, key: str, version: int | None = None) -> Stored | None:
        """The record, of a pack the newest version where none is asked for; None when there is none."""
        ...

    async def several(
        self, record: str, *, sites: tuple[str, ...] | None, site: str | None, after: str, most: int
    ) -> Sequence[Stored]:
        """Records of a kind by key, after *after*; of *sites* only (None: all), and of one *site* where asked."""
        ...

    async def those(self, record: str, keys: Sequence[str]) -> Mapping[str, Stored]:
        """Records of a kind by key; those that do not exist are left out."""
        ...

    async def known(self) -> Known:
        """What a record may refer to."""
        ...

    async def account_named(self, username: str) -> Stored | None:
        """The account that signs in under *username*; upper and lower case are the same."""
        ...

    async def any_account(self) -> bool:
        """Whether anybody but the console has an account."""
        ...


class Secrets(Protocol):
    """Password hashes and failed attempts; nothing of it ever leaves."""

    async def password(self, account: str) -> str | None:
        """The hash of the account's password; None when it has none."""
        ...

    async def set_password(self, account: str, password_hash: str, at: datetime) -> None:
        """Replace the account's password."""
        ...

    async def failures(self, username: str, since: datetime) -> Sequence[datetime]:
        """When signing in as *username* failed after *since* (excluded), oldest first."""
        ...

    async def failed(self, username: str, at: datetime, forget_before: datetime) -> None:
        """Note a failure, and forget those before *forget_before*."""
        ...

    async def forgive(self, username: str) -> None:
        """Forget the failures of *username*."""
        ...
