from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.intake.ports.planning import Entry
from services.intake.views.icalendar import calendar_text, escaped, folded

AT = datetime(2025, 3, 4, 1, tzinfo=UTC)


def entry(title: str = "t", about: str = "a") -> Entry:
    return Entry("case-1", title, about, opens_at=AT, due_at=AT.replace(hour=3), remind_at=None, whole_day=None)


def test_what_ends_a_value_or_a_line_is_escaped() -> None:
    assert escaped("a,b;c\\d\ne\r\x07") == "a\\,b\\;c\\\\d\\ne"


def test_words_of_a_manual_cannot_begin_a_line_of_their_own() -> None:
    written = calendar_text("名", [entry(title="x\r\nEND:VCALENDAR", about="y\nBEGIN:VEVENT")], AT)
    lines = written.replace("\r\n ", "").split("\r\n")
    assert [lines.count(word) for word in ("END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT")] == [1, 1, 1]


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=400))
def test_lines_are_short_and_lose_nothing(words: str) -> None:
    cut = folded(words)
    assert all(len(line.encode()) <= 75 for line in cut.split("\r\n"))
    assert cut.replace("\r\n ", "") == words
