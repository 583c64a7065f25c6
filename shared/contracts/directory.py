"""What the DIRECTORY stream carries: whole effective-dated records, one kept per subject.

Sites, departments, people and rosters are the records of :mod:`shared.organisation`; packs are the wire form of
:mod:`shared.packs`. Accounts and tokens carry no secret: password hashes never leave ``directory``, and a token is
known here by its SHA-256 only.

Source: design.md §4 (DIRECTORY).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from shared.contracts.envelope import Fact, Heading
from shared.contracts.fold import Grant


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody or something that may sign in.

    Attributes:
        person: The person behind it, None for software.
        grants: Rights by site.
        disabled: Cannot sign in and its sessions end.
        language: ``zh`` or ``en``.
    """

    id: str
    username: str
    name: str
    person: str | None = None
    grants: tuple[Grant, ...] = ()
    disabled: bool = False
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Token:
    """A key for software, known by the hash of its secret.

    Attributes:
        id: The visible prefix.
        sha256: Hex digest of the whole token.
        until: When it ends, aware UTC; None until revoked.
    """

    id: str
    sha256: str
    account: str
    label: str
    until: datetime | None = None
    revoked: bool = False


RECORDS = ("site", "department", "person", "roster", "account", "token", "pack")


def subject_of(record: str, key: str, version: int | None = None) -> str:
    """Subject of a record on the DIRECTORY stream; a pack names its version, because it is never replaced.

    Characters that are not allowed in a subject token are written as ``_``: ``P001/3`` is ``P001_3``.
    """
    token = "".join(c if c.isalnum() or c in "-_" else "_" for c in key)
    return f"directory.{record}.{token}" if version is None else f"directory.{record}.{token}.{version}"


class RecordPut(Fact):
    """A record of the directory was written; it replaces the earlier version of itself, except for packs.

    Attributes:
        record: One of :data:`RECORDS`.
        key: The record's own id.
        pack_version: For packs only: part of the subject, because open cases pin it.
        body: The whole record.
    """

    speaker: ClassVar[str] = "directory"
    name: ClassVar[str] = "record_put"

    record: str
    key: str
    pack_version: int | None = None
    body: dict[str, Any]
    by: str

    def subject(self, heading: Heading) -> str:
        """The directory has its own stream."""
        del heading
        return subject_of(self.record, self.key, self.pack_version)


FACTS: tuple[type[Fact], ...] = (RecordPut,)
