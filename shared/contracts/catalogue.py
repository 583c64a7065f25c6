"""Every fact there is: found by its kind when read, listed for the documents."""

from collections.abc import Mapping
from functools import lru_cache

from pydantic import ValidationError

from shared.contracts import directory, dispatch, escalation, intake, notify
from shared.contracts.envelope import Fact, Heading, Heard, UnreadableMessage, heading_of

FACTS: Mapping[str, type[Fact]] = {
    fact.wire_kind(): fact for speaker in (intake, dispatch, escalation, notify, directory) for fact in speaker.FACTS
}


@lru_cache(maxsize=4096)
def _fact(kind: type[Fact], body: bytes) -> Fact:
    """A body as a fact. Facts never change, so services that share a process share the reading of one message."""
    fact: Fact = kind.__pydantic_validator__.validate_json(body)
    return fact


def read(headers: dict[str, str] | None, body: bytes) -> Heard | Heading:
    """Read one message of the log.

    Returns:
        The fact with its envelope; only the envelope for a kind this release does not know, because its version still
        counts: a newer speaker may say more than an older hearer understands.

    Raises:
        UnreadableMessage: Headers or body cannot be read; no retry helps.
    """
    heading = heading_of(headers)
    kind = FACTS.get(heading.kind)
    if kind is None:
        return heading
    if heading.schema_version > kind.schema_version:
        raise UnreadableMessage(
            f"{heading.kind} has contract version {heading.schema_version}, newer than {kind.schema_version}"
        )
    try:
        return Heard(heading, _fact(kind, body))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = "/".join(str(part) for part in first["loc"])
        raise UnreadableMessage(f"{heading.kind}: field {where or '(body)'}: {first['msg']}") from wrong
