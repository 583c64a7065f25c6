"""How a dead letter is kept: as it came, beside its copy for the DLQ stream, which leaves through the outbox.

Source: design.md §4 (DLQ), §5 (settling).
"""

import json
import re
from datetime import datetime
from hashlib import blake2b
from typing import Any

from shared.storage.letters import Dead, Letter, envelope_text

KEY_MOST = 200
LINE_MOST = 400
COPY_MOST = 512 * 1024
"""A larger body is not copied: with its new headers it might pass the broker's limit. The row has it."""
UNPRINTED, UNSPEAKABLE = re.compile("[^ -~]"), re.compile("[ *>]")
"""What no header, and what no subject one may publish under, can hold."""
COPIED = ("ce-id", "ce-type", "ce-source", "ce-subject", "ce-time", "ce-dataschema", "correlation", "version")


def storable(words: str) -> str:
    """*words* without what PostgreSQL's text cannot hold; a grave must take whatever came."""
    return words.replace("\x00", "\ufffd").encode(errors="replace").decode()


def grave_id(service: str, letter: Letter) -> str:
    """Names a dead letter at one hearer; the same letter dying again gets the same name."""
    heading = letter.heading
    told = json.dumps([service, letter.subject, heading.id, heading.entity, heading.version])
    return blake2b(told.encode(), digest_size=6).hexdigest()


def grave(service: str, dead: Dead, now: datetime) -> dict[str, Any]:
    """The parameters of the statement ``bury``."""
    letter, heading, name = dead.letter, dead.letter.heading, grave_id(service, dead.letter)
    return {
        "id": name,
        "entity": heading.entity,
        "speaker": storable(heading.speaker)[:KEY_MOST],
        "version": heading.version,
        "subject": storable(letter.subject),
        "headers": envelope_text(letter.headers),
        "body": letter.body,
        "reason": storable(dead.reason),
        "copy_id": f"dlq-{name}",
        "copy_subject": f"dlq.{service}.{UNSPEAKABLE.sub('_', _line(letter.subject))}".rstrip("."),
        "copy_headers": envelope_text(_copied(dead) | {"Nats-Msg-Id": f"dlq-{name}"}),
        "copy_body": letter.body if len(letter.body) <= COPY_MOST else b"",
        "now": now,
    }


def _copied(dead: Dead) -> dict[str, str]:
    """What the copy says of the letter; headers that command the broker are left behind."""
    kept = {name: _line(dead.letter.headers[name]) for name in COPIED if name in dead.letter.headers}
    return kept | {"reason": _line(dead.reason), "bytes": str(len(dead.letter.body))}


def _line(words: str) -> str:
    """One short line of ASCII, which every header can carry."""
    return UNPRINTED.sub("?", " ".join(words.split())[:LINE_MOST].encode("ascii", "backslashreplace").decode())
