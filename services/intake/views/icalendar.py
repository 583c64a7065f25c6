"""Duties as a calendar other programs subscribe to.

Source: RFC 5545.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from services.intake.ports.planning import Entry

OCTETS = 75
"""A line's length before it has to be folded."""
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar_text(name: str, entries: Sequence[Entry], written_at: datetime) -> str:
    """The whole calendar, its lines folded and ended as the format wants.

    Args:
        name: Shown by the reader's program.
        entries: In any order.
        written_at: Aware.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Shouwen//Planned cases//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for entry in entries:
        lines += _event(entry, written_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(entry: Entry, written_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.id}@shouwen"
    yield f"DTSTAMP:{_instant(written_at)}"
    if entry.whole_day is not None:
        yield f"DTSTART;VALUE=DATE:{_day(entry.whole_day)}"
        yield f"DTEND;VALUE=DATE:{_day(entry.whole_day + timedelta(days=1))}"
    else:
        yield f"DTSTART:{_instant(entry.opens_at)}"
        yield f"DTEND:{_instant(entry.due_at)}"
    yield f"SUMMARY:{escaped(entry.title)}"
    yield f"DESCRIPTION:{escaped(entry.about)}"
    yield f"STATUS:{'CANCELLED' if entry.skipped else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    if entry.remind_at is not None:
        yield from _alarm(entry, entry.remind_at)
    yield "END:VEVENT"


def _alarm(entry: Entry, at: datetime) -> Iterator[str]:
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"TRIGGER;VALUE=DATE-TIME:{_instant(at)}"
    yield f"DESCRIPTION:{escaped(entry.title)}"
    yield "END:VALARM"


def escaped(words: str) -> str:
    """Text as a value; control characters no calendar may hold are left out."""
    plain = "".join(letter for letter in words if letter >= " " or letter in "\n\t")
    return plain.translate(_ESCAPES)


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, each further one begun by a space; no letter is cut in two."""
    pieces, piece, most = [], bytearray(), OCTETS
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > most:
            pieces.append(piece.decode())
            # The space that begins a further line counts.
            piece, most = bytearray(), OCTETS - 1
        piece += octets
    return "\r\n ".join((*pieces, piece.decode()))


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
