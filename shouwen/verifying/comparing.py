"""Where log, speakers and hearers differ; pure.

Equal version and chain mean the same messages in the same order (``shared.storage.slots.chained``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.storage.slots import chained
from shouwen.verifying.digests import Digest, Digests
from shouwen.words import Words

REPORTING = "reporting"
SILENT = Digest(0, 0, {}, 0)


@dataclass(slots=True)
class Told:
    """What the log holds of one speaker about one entity.

    Attributes:
        first: The earliest version there; above 1 when the log has forgotten the beginning.
        last: The last version up to which there is no hole, with the chain from ``first`` on.
        ahead: Message ids behind a hole, by version.
    """

    first: int
    last: int
    chain: int
    ahead: dict[int, str] = field(default_factory=dict)

    def add(self, version: int, message: str) -> None:
        """Take in one message, in whatever order the stream holds them."""
        if version > self.last:
            self.ahead[version] = message
        while (following := self.ahead.pop(self.last + 1, None)) is not None:
            self.last += 1
            self.chain = chained(self.chain, following)


@dataclass(slots=True)
class Log:
    """The whole log: by speaker and entity; ``complete`` when its first message is still there."""

    complete: bool
    told: dict[tuple[str, str], Told] = field(default_factory=dict)
    messages: int = 0

    def add(self, speaker: str, entity: str, version: int, message: str) -> None:
        """Take in one message."""
        self.messages += 1
        told = self.told.get((speaker, entity))
        if told is None:
            told = self.told[speaker, entity] = self._begin(version)
        told.add(version, message)

    def _begin(self, version: int) -> Told:
        # A complete log starts at 1, whatever stands first; a shortened one where its own first message stands.
        return Told(1, 0, 0) if self.complete else Told(version, version - 1, 0)


class Cure(StrEnum):
    """What may mend a difference.

    Attributes:
        NONE: A person has to look.
        PUBLISH: The speaker still has it in its outbox.
        TRY: An effect is tried now.
        REWRITE: Everything that follows from the state is written again.
        HEAR: What the log has and the service does not is heard; what it cannot have heard so is folded again.
        REBUILD: The entity is folded again from the log.
        RETELL: What a site keeps is told again from the steps of its cases.
        RECORD: A record of the directory is written again from its stream.
        NOTICES: Inboxes, outcomes and tellings of a case are written again from what was heard and said.
    """

    NONE = "none"
    PUBLISH = "publish"
    TRY = "try"
    REWRITE = "rewrite"
    HEAR = "hear"
    REBUILD = "rebuild"
    RETELL = "retell"
    RECORD = "record"
    NOTICES = "notices"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not add up, where, and at whom it may be mended.

    Attributes:
        detail: What the cure needs beside the entity: the key of an effect.
    """

    entity: str
    where: str
    words: Words
    service: str = ""
    cure: Cure = Cure.NONE
    detail: str = ""


Lane = tuple[str, str, str]
"""A hearer, and at it an entity and one who speaks of it."""
Services = Mapping[str, Digests]
Hears = Mapping[str, tuple[str, ...]]


def between(services: Services, hears: Hears, lost: frozenset[Lane] = frozenset()) -> Iterator[Difference]:
    """Every hearer against every speaker it listens to; where facts are given up as *lost*, only how far."""
    for hearer, speakers in hears.items():
        for entity, digest in services[hearer].items():
            if digest.waiting:
                n = digest.waiting
                words = Words(f"有 {n} 条在等前一条", f"{n} messages wait for another")
                yield Difference(entity, hearer, words, hearer, Cure.HEAR)
        for speaker in speakers:
            yield from _heard(hearer, speaker, services, lost)


def _heard(hearer: str, speaker: str, services: Services, lost: frozenset[Lane]) -> Iterator[Difference]:
    said, heard = services[speaker], services[hearer]
    for entity in {name for name, digest in said.items() if digest.said} | set(heard):
        version, chain = heard.get(entity, SILENT).heard.get(speaker, (0, 0))
        spoken = said.get(entity, SILENT)
        if version != spoken.said:
            words = Words(
                f"说到第 {spoken.said} 版，听到第 {version} 版",
                f"said up to version {spoken.said}, heard up to {version}",
            )
        elif chain != spoken.chain and (hearer, entity, speaker) not in lost:
            words = Words(f"同为第 {version} 版，内容不同", f"both at version {version}, but not the same messages")
        else:
            continue
        yield Difference(entity, f"{speaker} > {hearer}", words, hearer, Cure.HEAR)


def against_log(log: Log, speaker: str, said: Digests, lost: frozenset[Lane] = frozenset()) -> Iterator[Difference]:
    """What *speaker* says it said, against the log, but for entities of which facts are given up as *lost*."""
    holed = {entity for _, entity, name in lost if name == speaker}
    for entity, digest in said.items():
        if entity in holed:
            continue
        told = log.told.get((speaker, entity))
        if told is None:
            if digest.said and log.complete:
                yield _missing(speaker, entity, digest.said, 0)
            continue
        yield from _compared(speaker, entity, digest, told)
    for name, entity in log.told:
        if name == speaker and entity not in said:
            words = Words("日志里有，服务里没有", "is in the log, but the service knows nothing of it")
            yield Difference(entity, speaker, words, speaker, Cure.REBUILD)


def _compared(speaker: str, entity: str, digest: Digest, told: Told) -> Iterator[Difference]:
    if told.ahead:
        hole = told.last + 1
        words = Words(f"日志里缺第 {hole} 版", f"version {hole} is missing in the log, later ones are there")
        yield Difference(entity, speaker, words, speaker, Cure.PUBLISH)
    elif told.last != digest.said:
        yield _missing(speaker, entity, digest.said, told.last)
    elif told.first == 1 and told.chain != digest.chain:
        words = Words(f"第 {told.last} 版之前的内容与日志不同", f"up to version {told.last} the log has other messages")
        yield Difference(entity, speaker, words, speaker, Cure.REBUILD)


def _missing(speaker: str, entity: str, said: int, last: int) -> Difference:
    words = Words(f"说到第 {said} 版，日志到第 {last} 版", f"said up to version {said}, the log has up to {last}")
    return Difference(entity, speaker, words, speaker, Cure.PUBLISH if said > last else Cure.REBUILD)


def rows_against(
    requests: Mapping[str, str], rows: Mapping[str, str | None], *, complete: bool
) -> Iterator[Difference]:
    """Requests in the log, by case with their site, against the sites of the rows reporting holds."""
    for case, site in requests.items():
        if case not in rows:
            words = Words("日志有登记，表册没有这一行", "its request is in the log, the registers lack its row")
            yield Difference(case, "reporting rows", words, REPORTING, Cure.REBUILD)
        elif (held := rows[case]) != site:
            words = Words(f"日志里属 {site}，表册里属 {held}", f"of {site} in the log, of {held} in the registers")
            yield Difference(case, "reporting rows", words, REPORTING, Cure.REBUILD)
    for case in rows.keys() - requests.keys() if complete else ():
        words = Words("表册有这一行，日志没有登记", "the registers have its row, the log has no request")
        yield Difference(case, "reporting rows", words, REPORTING, Cure.REBUILD)
