"""A fact as it came from the log: what is parked, buried and read again."""

import json
import re
from collections.abc import Mapping

from msgspec import Struct

from shared.contracts.catalogue import read
from shared.contracts.envelope import Heading, Heard, UnreadableMessage, heading_of

REASON_MOST = 500
QUOTE = re.compile(r"""\[|: ["']""")


class Letter(Struct, frozen=True):
    """A fact kept as it was, for when it has to wait or is dead.

    Attributes:
        heard: None when this release does not know the kind, or could not read the body.
        flaw: Why the body cannot be read; it then keeps its version slot until a person decides.
    """

    heading: Heading
    subject: str
    headers: Mapping[str, str]
    body: bytes
    heard: Heard | None = None
    flaw: str = ""


class Dead(Struct, frozen=True):
    """A letter no retry can help, and why."""

    letter: Letter
    reason: str


def letter_of(subject: str, headers: dict[str, str], body: bytes) -> Letter:
    """Read a letter whose envelope can be read.

    Raises:
        UnreadableMessage: The envelope cannot be read.
    """
    try:
        arrived = read(headers, body)
    except UnreadableMessage as wrong:
        return Letter(heading_of(headers), subject, headers, body, flaw=str(wrong))
    heading, heard = (arrived.heading, arrived) if isinstance(arrived, Heard) else (arrived, None)
    return Letter(heading, subject, headers, body, heard)


def told(wrong: Exception) -> str:
    """A defect as the reason of a death: one line, not long, up to where it begins to quote what the letter says."""
    words = QUOTE.split(str(getattr(wrong, "orig", None) or wrong), maxsplit=1)[0]
    return f"{type(wrong).__name__}: {' '.join(words.split())[:REASON_MOST]}"


def envelope_text(headers: Mapping[str, str]) -> str:
    """Headers as stored in a row."""
    return json.dumps(dict(headers), ensure_ascii=False)
