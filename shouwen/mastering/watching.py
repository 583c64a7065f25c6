"""How far a load is, told stage by stage while it is waited for."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from rich.console import Console

from shouwen.importing.telling import Teller, telling
from shouwen.mastering.loads import UNDER_WAY, Job
from shouwen.mastering.telling import STATES
from shouwen.words import Words


class Watching:
    """Tells each stage of a load: a bar where a person looks, plain lines where a log is kept."""

    def __init__(self, console: Console) -> None:
        """Tell on *console*."""
        self._console, self._open = console, ExitStack()
        self._stage: tuple[str, int] = ("", 0)
        self._done = 0
        self._teller: Teller | None = None

    def __enter__(self) -> Self:
        """Nothing is told before the first look."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the bar that is shown."""
        self._open.close()

    def look(self, job: Job) -> None:
        """Tell how far *job* is, while something is done with it."""
        if job["state"] in UNDER_WAY:
            progress = job["progress"]
            self.at(STATES[job["state"]], progress["done"], progress["total"])

    def at(self, words: Words, done: int, total: int) -> None:
        """Tell how far a stage is; a new stage, or a new total, is a new line."""
        stage = (words.en, total)
        if stage == self._stage and done == self._done:
            return
        if stage != self._stage:
            self._begin(words, total)
        self._stage, self._done = stage, done
        if self._teller is not None:
            self._teller.at(done)

    def _begin(self, words: Words, total: int) -> None:
        self._open.close()
        self._teller = self._open.enter_context(telling(self._console, words, total)) if total else None
        if self._teller is None:
            self._console.print(f"{words} …")
