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

    def correct(self, offset: timedelta) -> None:
        """Answer *offset* later (earlier when negative) than this machine; replaces the last correction."""
        self._offset = offset
