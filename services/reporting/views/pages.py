"""A case as its page shows it: the row, the persons, the timeline, names beside ids."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from services.reporting.ports import Row
from services.reporting.views import words
from services.reporting.views.linking import opened
from services.reporting.views.names import Names
from services.reporting.views.timeline import filled, timeline
from shared.rules.book import Book, UnknownPack
from shared.rules.model import Pack
from shared.web.wording import Voice

_ENCODED = ("promises", "clocks", "steps")
_FORMS = ("form", "forms")
HIDDEN = frozenset({"name", "phone", "resident", "demand", "place", "done", "told", *_ENCODED, *_FORMS})
"""Not for a wall everybody can read."""


class Pages:
    """Explains cases with the directory at hand."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def case(self, row: Row, facts: Sequence[Row], voice: Voice) -> dict[str, Any]:
        """The case, every fact in the words of *voice*, instants in the site's zone.

        ``versions`` names the last version heard of each speaker.
        """
        local = Voice(voice.language, self._book.site(row["site"]).zone)
        names = self._names(row, voice)
        plain = {name: value for name, value in row.items() if name not in (*_ENCODED, *_FORMS)}
        lists = {name: msgspec.Raw((row[name] or "[]").encode()) for name in _ENCODED}
        return (
            plain
            | lists
            | {
                "names": named(row, names),
                "form": filled(written(row), names),
                "versions": versions(facts),
                "timeline": timeline(facts, names, local),
                "linked": opened(row["case_id"], facts, names),
            }
        )

    def listed(self, row: Row, voice: Voice) -> dict[str, Any]:
        """The case as a list shows it, names beside ids."""
        return {**row, "names": named(row, self._names(row, voice))}

    def open_case(self, row: Row, voice: Voice) -> dict[str, Any]:
        """The case as the board shows it, names beside ids, nobody's personal data."""
        shown = {name: value for name, value in row.items() if name not in HIDDEN}
        return shown | {"names": named(row, self._names(row, voice))}

    def _names(self, row: Row, voice: Voice) -> Names:
        local = Voice(voice.language, self._book.site(row["site"]).zone)
        return Names(self._book, local, site=row["site"], pack=self._pack(row), case_type=row["case_type"])

    def _pack(self, row: Row) -> Pack | None:
        try:
            return self._book.pack(row["pack"], row["pack_version"])
        except UnknownPack:
            return None


def named(row: Row, names: Names) -> dict[str, str]:
    """What people call the ids of *row*."""
    return {
        "case_type": names.case_type(row["case_type"]),
        "category": names.category(row["case_type"], row["category"]),
        "severity": names.severity(row["case_type"], row["severity"]),
        "status": names.word(words.STATUS, row["status"]),
        "channel": names.word(words.CHANNEL, row["channel"]),
        "validity": names.word(words.VALIDITY, row["validity"]),
        "ending": names.word(words.ENDING, row["ending"]),
        "satisfaction": names.word(words.ANSWER, row["satisfaction"]),
        "department": names.department(row["department"] or row["responsible"]),
        "assignee": names.person(row["assignee"]),
        "first_receiver": names.person(row["first_receiver"]),
        "next_due_clock": names.clock_name(row["next_due_clock"]),
    }


def written(row: Row) -> dict[str, str]:
    """Every field of the forms of a case, persons included."""
    public: dict[str, str] = json.loads(row["form"] or "{}")
    apart: dict[str, dict[str, str]] = json.loads(row["forms"] or "{}")
    return public | {field: value for form in apart.values() for field, value in form.items()}


def versions(facts: Sequence[Row]) -> dict[str, int]:
    """The last version of each speaker among *facts*."""
    seen: dict[str, int] = {}
    for fact in facts:
        speaker = str(fact["kind"]).partition(".")[0]
        seen[speaker] = max(seen.get(speaker, 0), int(fact["version"]))
    return seen
