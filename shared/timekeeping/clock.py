"""What time it is: a port, and the only code that reads the wall clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Answers with the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""
        ...


class SystemClock:
    """The clock of this machine, corrected towards the database's.

    Source: design section 5.
    """

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Return the present instant, aware, UTC, with the correction applied."""
        return datetime.now(UTC) + self._offset

    @property
    def offset(self) -> timedelta:
        """The correction applied now."""
        return self._offset

    @staticmethod
    def apart(before: datetime, theirs: datetime, after: datetime) -> timedelta:
        """How far another clock surely is from this one; zero where the question's own duration explains it.

        Args:
            before: Read here before asking.
            theirs: The answer.
            after: Read here after it; a process that was held up meanwhile knows less, and says less.
        """
        difference = theirs - (before + (after - before) / 2)
        doubt = abs(after - before) / 2
        if abs(difference) <= doubt:
            return timedelta(0)
        return difference - doubt if difference > timedelta(0) else difference + doubt

    def correct(self, offset: timedelta) -> None:
        """Answer *offset* later (earlier when negative) than this machine; replaces the last correction."""
        self._offset = offset
