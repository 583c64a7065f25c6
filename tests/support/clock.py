"""A clock that stands still until it is moved by hand."""

from datetime import UTC, datetime, timedelta


class HandClock:
    """Shows *start* until it is set or moved.

    Raises:
        ValueError: An instant without a time zone was given.
    """

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)

    def now(self) -> datetime:
        """Return the instant shown, UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the hands by *by*."""
        self._now += by

    def set(self, instant: datetime) -> None:
        """Move the hands to *instant*, also backwards."""
        self._now = _utc(instant)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} carries no time zone")
    return instant.astimezone(UTC)
