"""Progress of long work: a bar where a person looks, plain lines where a log is kept."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shouwen.words import Words

LINE_EVERY = 2.0


class Teller(Protocol):
    """Where progress is told."""

    def at(self, done: int, note: str = "") -> None:
        """So many are done."""
        ...


class _Bar:
    def __init__(self, progress: Progress, words: Words, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(str(words), total=total, rate="", note="")
        self._began = time.perf_counter()

    def at(self, done: int, note: str = "") -> None:
        rate = done / max(time.perf_counter() - self._began, 0.001)
        self._progress.update(self._task, completed=done, rate=f"{rate:,.0f}/s", note=note)


class _Lines:
    def __init__(self, console: Console, words: Words, total: int) -> None:
        self._console, self._words, self._total = console, words, total
        self._began = self._last = time.perf_counter()

    def at(self, done: int, note: str = "") -> None:
        now = time.perf_counter()
        if now - self._last < LINE_EVERY and done < self._total:
            return
        self._last = now
        rate = done / max(now - self._began, 0.001)
        left = (self._total - done) / rate if rate else 0
        line = f"{self._words}: {done}/{self._total} · {rate:,.0f}/s · {left:,.0f} s left · {note}"
        self._console.print(line.rstrip(" ·"), soft_wrap=True, highlight=False, markup=False)


@contextmanager
def telling(console: Console, words: Words, total: int) -> Iterator[Teller]:
    """Tell of one stretch of work."""
    if not console.is_terminal:
        yield _Lines(console, words, total)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Progress(*columns, console=console) as progress:
        yield _Bar(progress, words, total)
