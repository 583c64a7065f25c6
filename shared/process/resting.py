"""What is looked for seldom while nothing happens: a machine at rest costs next to nothing.

What this process commits it looks after at once, as ever. Only what another replica left behind when it died is found
a few seconds later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from shared.runtime.engine import Engine
from shared.runtime.loops import Turn
from shared.storage.unit import Work

AT_REST = 5.0
"""Seconds without a commit after which nothing happens here; and between two looks then."""


def _nothing() -> bool:
    return False


class Rest:
    """Whether anything has happened in this process lately."""

    def __init__(self, engine: Engine) -> None:
        """Take note of every commit of *engine*."""
        self._stirred_at = monotonic()
        self._woken, engine.woken = engine.woken, self._stirred

    def _stirred(self, work: Work) -> None:
        self._stirred_at = monotonic()
        self._woken(work)

    @property
    def quiet(self) -> bool:
        """Nothing has been committed for a while."""
        return monotonic() > self._stirred_at + AT_REST

    def seldom(self, turn: Turn, wanted: Callable[[], object] = _nothing) -> Turn:
        """The same turn, only glanced at while all is quiet, nothing is *wanted* and a look was taken not long ago."""
        return _Seldom(self, turn, wanted)


@dataclass(slots=True)
class _Seldom:
    rest: Rest
    turn: Turn
    wanted: Callable[[], object]
    _pause: float = 0.0
    _looked_at: float = 0.0

    async def __call__(self) -> float:
        if self._pause and self.rest.quiet and not self.wanted() and monotonic() < self._looked_at + AT_REST:
            return self._pause
        self._pause = 0.0  # after trouble it is tried again
        self._pause, self._looked_at = await self.turn(), monotonic()
        return self._pause
