"""An entity folded again from the log, in memory: what it was when everything in the log had been heard.

Only what can be proved is taken: every fact the service itself has said must come out of the fold again, in the same
words and in the same order. An act of a person is not in the log, only what was said of it; an entity that has obeyed
one is not rebuilt.

Source: design.md §2B (time is part of the fold), §4 (versions).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.contracts.fold import Folds
from shared.contracts.ids import Ids
from shared.rules.book import Book
from shared.runtime.folding import Folding
from shared.storage.letters import Letter
from shared.storage.slots import Slot
from shared.storage.unit import Spoken, Work

JUST_AFTER = timedelta(microseconds=1)


class NotProvable(Exception):
    """The fold does not lead to what was said.

    Attributes:
        why: ``act_of_a_person``, ``said_otherwise``, ``said_more``, ``gap``, ``bad_letter`` or ``several_entities``.
        version: Of the service's own fact, or of the fact heard, at which it stopped.
    """

    def __init__(self, why: str, version: int = 0) -> None:
        super().__init__(f"{why} {version}")
        self.why, self.version = why, version


class _Recorded:
    """Gives the ids that were given before, in the order of the versions."""

    def __init__(self, own: Sequence[Letter]) -> None:
        self._own = own
        self._given = 0

    def message(self) -> str:
        if self._given == len(self._own):
            raise NotProvable("said_more", self._given + 1)
        self._given += 1
        return self._own[self._given - 1].heading.id

    def entity(self, prefix: str) -> str:
        raise NotProvable(f"{prefix} made anew")


class Replay:
    """One service folding one entity again.

    The log holds what each speaker said in its order; who was heard first where two spoke at once shows in what the
    service said because of it. So a fact is heard in its place in the log, but not before what is known to have been
    said earlier than its consequences.
    """

    def __init__(self, folds: Folds, book: Book, letters: Sequence[Letter], now: datetime) -> None:
        """Prepare to fold *letters*, all of one entity: what the service heard and said, in the order of the log.

        Raises:
            NotProvable: What it said has a hole.
        """
        self._service, self._letters, self._now = folds.service, letters, now
        self._own = list(_in_order(letters, folds.service))
        self._by_id = {letter.heading.id: letter for letter in letters}
        self._first_word: dict[str, int] = {}
        for letter in self._own:
            self._first_word.setdefault(letter.heading.causation or "", letter.heading.version)
        recorded: Ids = _Recorded(self._own)
        self._folding = Folding(folds, book, recorded)

    def of(self, entity: str) -> Work:
        """Fold *entity* from nothing.

        Returns:
            The entity as it was then, with the facts applied; what it said is not said again.

        Raises:
            NotProvable: Something else came out than was said.
        """
        work = Work({entity: Slot(entity)})
        for letter in self._letters:
            if self._folding.entities_of(letter) != {entity}:
                raise NotProvable("several_entities", letter.heading.version)
            if letter.heading.speaker == self._service:
                self._reach(work, letter.heading.version)
            else:
                self._hear(work, letter)
        _require_whole(work, self._own)
        return _unsaid(work)

    def _reach(self, work: Work, version: int) -> None:
        """Go on until *version* has been said: by hearing its cause, or by letting time pass."""
        while len(work.spoken) < version:
            wanted, before = self._own[len(work.spoken)].heading, len(work.spoken)
            cause = self._by_id.get(wanted.causation or "")
            if cause is not None:
                self._hear(work, cause)
            elif wanted.causation is None:
                self._folding.tick(work, wanted.at + JUST_AFTER)
            if len(work.spoken) == before:
                raise NotProvable("act_of_a_person" if wanted.causation is None else "said_otherwise", wanted.version)
            _compare(work.spoken, self._own)

    def _hear(self, work: Work, letter: Letter) -> None:
        self._reach(work, self._first_word.get(letter.heading.id, 1) - 1)
        self._folding.hear(work, letter, self._now)
        _compare(work.spoken, self._own)


def _in_order(letters: Sequence[Letter], speaker: str) -> Iterator[Letter]:
    """What *speaker* said, by version and without a hole."""
    own = {letter.heading.version: letter for letter in letters if letter.heading.speaker == speaker}
    for version in range(1, len(own) + 1):
        if version not in own:
            raise NotProvable("gap", version)
        yield own[version]


def _compare(spoken: Sequence[Spoken], own: Sequence[Letter]) -> None:
    for said, recorded in zip(spoken, own, strict=False):
        if said.heading != recorded.heading or recorded.heard is None or said.fact != recorded.heard.fact:
            raise NotProvable("said_otherwise", recorded.heading.version)


def _require_whole(work: Work, own: Sequence[Letter]) -> None:
    if work.dead:
        raise NotProvable("bad_letter", work.dead[0].letter.heading.version)
    if work.to_park:
        raise NotProvable("gap", min(letter.heading.version for letter in work.to_park) - 1)
    if len(work.spoken) < len(own):
        raise NotProvable("said_otherwise", len(work.spoken) + 1)


def _unsaid(work: Work) -> Work:
    """The outcome without what has left already: nothing is said, and nobody is told, a second time."""
    work.spoken, work.wants, work.unwants = [], [], []
    return work
