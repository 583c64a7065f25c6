"""What the directory's own fold keeps of a record."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """A record as last written.

    Attributes:
        key: As written; two keys may share a subject, so the fold has to tell them apart.
        digest: Hex SHA-256 of the body; an unchanged body says nothing.
        sites: Sites it belongs to; ``("*",)`` for all.
        owner: Account a token speaks for.
    """

    record: str
    key: str
    digest: str
    sites: tuple[str, ...]
    owner: str | None = None
