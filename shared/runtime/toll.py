"""How many die: when suddenly nearly everything does, the fault is the reader's, and it must stop instead of burying.

Promise kept here: a stream is never emptied into the dead letters.

Source: design.md §5 (settling).
"""

from collections import deque
from collections.abc import Sequence

from shared.storage.letters import Dead

LATELY = 100
MANY = 20


class EverythingDies(RuntimeError):
    """More than half of the letters of many entities would be buried; nothing was."""


class Toll:
    """The letters heard last, and which of them died.

    Attributes:
        stopped: Why the reader has stopped, by its own word; empty while it hears.
        pardoned: How many more may be heard without alarm: a person has said that they are bad, not the reader.
    """

    def __init__(self) -> None:
        """Nobody has died."""
        self._lately: deque[str | None] = deque(maxlen=LATELY)
        self.stopped = ""
        self.pardoned = 0

    def weigh(self, letters: int, dead: Sequence[Dead]) -> None:
        """Look at *dead*, who are about to be buried out of a batch of *letters*.

        Raises:
            EverythingDies: They must not be. One entity never raises it, nor do a few; while stopped, half of a trial.
        """
        if len(dead) <= self.pardoned:
            return
        died = [each.letter.heading.entity for each in dead]
        before = list(self._lately)[: max(LATELY - letters, 0)]
        longer = [*(entity for entity in before if entity), *died]
        alarming = _too_many(died, letters) or _too_many(longer, len(before) + letters)
        if alarming or (self.stopped and 2 * len(died) > letters):
            raise EverythingDies(f"{len(died)} of {letters} letters would die: {dead[-1].reason}")

    def count(self, letters: int, dead: Sequence[Dead]) -> None:
        """Note a batch that is committed."""
        self.pardoned = max(self.pardoned - letters, 0)
        self._lately.extendleft([None] * (letters - len(dead)))
        self._lately.extendleft(each.letter.heading.entity for each in dead)


def _too_many(died: Sequence[str], among: int) -> bool:
    return 2 * len(died) > among and len(set(died)) >= MANY
