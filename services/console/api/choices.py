"""What may be chosen in the forms of a case: people, departments, categories, clocks, incidents."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.console.api.procedures import case_type_of
from services.console.policy.acts import ENDINGS
from shared.organisation.records import Named
from shared.rules.book import Book
from shared.rules.consents import CONSENTS
from shared.rules.model import CaseType
from shared.web.wording import Voice

Options = Sequence[tuple[str, str]]


def choices(
    book: Book,
    voice: Voice,
    *,
    intake: Mapping[str, Any],
    dispatch: Mapping[str, Any],
    escalation: Mapping[str, Any],
    incidents: Iterable[Mapping[str, Any]],
) -> dict[str, Options]:
    """Options by the name under which blanks ask for them, in the reader's language."""
    kind = case_type_of(book, intake)
    return {
        "people": people(book, intake["site"], dispatch.get("department")),
        "departments": [(one.kind, _said(one.name, voice)) for one in book.departments(intake["site"])],
        "endings": [(one, voice.translate(ENDINGS.get(one, one))) for one in dispatch.get("endings", ())],
        "categories": _named(kind.categories if kind else (), voice),
        "severities": _named(kind.severities if kind else (), voice),
        "criteria": _criteria(kind, voice),
        "clocks": _clocks(escalation),
        "consents": [(one, _said(name, voice)) for one, name in CONSENTS.items()],
        "incidents": [(one["entity"], one["sentence"]) for one in incidents],
    }


def people(book: Book, site: str, role: str | None) -> list[tuple[str, str]]:
    """Everybody appointed at a site; those of *role* first."""
    held: dict[str, set[str]] = {}
    for (place, post), holders in book.staff.holders.items():
        for holder in holders if place == site else ():
            held.setdefault(holder, set()).add(post)
    ordered = sorted(held, key=lambda person: (role not in held[person], person))
    found = ((key, book.staff.person(key)) for key in ordered)
    return [(key, person.name) for key, person in found if person is not None]


def _criteria(kind: CaseType | None, voice: Voice) -> list[tuple[str, str]]:
    if kind is None:
        return []
    grades = [one for severity in kind.severities for one in severity.criteria]
    return [(one.id, _said(one.text, voice)) for one in (*grades, *kind.invalid_reasons)]


def _clocks(escalation: Mapping[str, Any]) -> list[tuple[str, str]]:
    running = (one for one in escalation.get("clocks", ()) if one["due_at"] and not one["ended_at"] and one["extend"])
    return [(one["clock"], f"{one['name']} · {one['clock']}") for one in running]


def _named(parts: Iterable[Any], voice: Voice) -> list[tuple[str, str]]:
    return [(part.id, _said(part.name, voice)) for part in parts]


def _said(name: Named, voice: Voice) -> str:
    return name.zh if voice.language == "zh" else name.en
