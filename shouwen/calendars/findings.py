"""What is wrong with a file of rows: where, what, and the way out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shouwen.words import Words


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake.

    Attributes:
        place: Such as ``calendars.office.weekly.mon[0]``.
        wrong: What stands there.
        right: What to write instead.
    """

    place: str
    wrong: Words
    right: Words


class Unreadable(Exception):
    """A value that cannot be read, as the finding says."""

    def __init__(self, place: str, wrong: Words, right: Words) -> None:
        """Name the place, the mistake and the way out."""
        super().__init__(f"{place}: {wrong.en}; {right.en}")
        self.finding = Finding(place, wrong, right)


@contextmanager
def noted(found: list[Finding]) -> Iterator[None]:
    """Keep what cannot be read within the block in *found* and go on after it: every mistake is told at once."""
    try:
        yield
    except Unreadable as trouble:
        found.append(trouble.finding)


def shown(given: object) -> str:
    """*given* as a sentence can carry it: short, and in quotation marks where it is text."""
    text = repr(given)
    return text if len(text) <= SHOWN_MOST else f"{text[:SHOWN_MOST]}…"


SHOWN_MOST = 60
