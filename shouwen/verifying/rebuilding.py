"""What one service lacks of one entity, judged by the log; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.envelope import Heading, UnreadableMessage, heading_of
from shared.storage.slots import chained
from shouwen.verifying.comparing import SILENT
from shouwen.verifying.digests import Digest
from shouwen.verifying.log import Posted


class Need(StrEnum):
    """What has to be done at the service."""

    NOTHING = "nothing"
    LETTERS = "letters"
    REBUILD = "rebuild"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Lack:
    """What a service needs, and the letters for it.

    Attributes:
        need: ``LOST``: it has said more than log, archive and outbox still hold.
        gap: The version without which none of the letters can be applied; 0 when at least one can.
    """

    need: Need
    letters: tuple[Posted, ...] = ()
    gap: int = 0


def merged(log: Sequence[Posted], archive: Sequence[Posted], said: Mapping[str, Digest]) -> list[Posted]:
    """The archive's letters where the log has forgotten them, then the log's, each in its order.

    Args:
        log: What the log still holds of an entity.
        archive: What reporting has kept of it.
        said: What each speaker says it has said of it; the archive is believed where both lead to the same chain.
    """
    there = {posted.headers.get("ce-id") for posted in log}
    older = [posted for posted in archive if posted.headers.get("ce-id") not in there]
    read = [heading for posted in (*older, *log) if (heading := _heading(posted)) is not None]
    believed = {
        speaker
        for speaker, digest in said.items()
        if _chain([heading for heading in read if heading.speaker == speaker], digest.said) == digest.chain
    }
    return [*(p for p in older if (h := _heading(p)) is not None and h.speaker in believed), *log]


def lack(
    service: str, hears: Sequence[str], digest: Digest | None, letters: Sequence[Posted], *, rebuild: bool
) -> Lack:
    """What *service* lacks of an entity.

    Args:
        service: The one that does not agree.
        hears: Speakers it listens to.
        digest: What it says it has said and heard; None when it knows nothing.
        letters: Every message about the entity there is, in the order of the log.
        rebuild: Something else has shown that its state cannot be trusted.
    """
    stands = digest or SILENT
    read = [(posted, heading) for posted in letters if (heading := _heading(posted)) is not None]
    mine = tuple(posted for posted, heading in read if heading.speaker in (service, *hears))
    own = [heading for _, heading in read if heading.speaker == service]
    if stands.said > len(own):
        return Lack(Need.LOST)
    agree = _chain(own, stands.said) == stands.chain and stands.said == len(own)
    for speaker in hears:
        version, chain = stands.heard.get(speaker, (0, 0))
        agree = agree and _chain([h for _, h in read if h.speaker == speaker], version) == chain
    if rebuild or not agree:
        return Lack(Need.REBUILD, mine)
    following = {speaker: stands.heard.get(speaker, (0, 0))[0] + 1 for speaker in hears}
    missing = [(p, h) for p, h in read if h.speaker in hears and h.version >= following[h.speaker]]
    if not missing:
        return Lack(Need.NOTHING)
    stuck = all(h.version > following[h.speaker] for _, h in missing)
    return Lack(Need.LETTERS, tuple(p for p, _ in missing), following[missing[0][1].speaker] if stuck else 0)


def _heading(posted: Posted) -> Heading | None:
    try:
        return heading_of(posted.headers)
    except UnreadableMessage:
        return None


def _chain(headings: Sequence[Heading], upto: int) -> int:
    """The chain over versions 1 to *upto*; of what has a hole, one that equals nobody's."""
    by_version = {heading.version: heading.id for heading in headings}
    chain = 0
    for version in range(1, upto + 1):
        if version not in by_version:
            return -1
        chain = chained(chain, by_version[version])
    return chain
