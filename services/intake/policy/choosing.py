"""The words a site's pack and directory offer to whoever fills in a sheet of open matters."""

from collections.abc import Iterator
from datetime import datetime

from services.intake.policy.masters.known import CaseChoice, Choice, Choices
from shared.organisation.records import Named, NoPackYet, Site
from shared.rules.book import Book, UnknownPack
from shared.rules.model import CaseType


def choices_of(book: Book, site: Site, at: datetime) -> Choices:
    """Case types with their words, departments by the role they answer for, people who hold a post at *site*."""
    departments = {one.kind: Choice(one.kind, one.name) for one in book.departments(site.id)}
    return Choices(
        case_types=tuple(_case_types(book, site, at)),
        departments=tuple(departments.values()),
        people=_people(book, site),
    )


def _case_types(book: Book, site: Site, at: datetime) -> Iterator[CaseChoice]:
    try:
        visible = book.case_types(site.id, at)
    except (NoPackYet, UnknownPack):
        # Without a pack there is nothing to choose from; each matter is then refused by name.
        return
    for _, case_type in visible:
        yield _case_type(case_type)


def _case_type(case_type: CaseType) -> CaseChoice:
    categories = tuple(Choice(one.id, one.name) for one in case_type.categories)
    severities = tuple(Choice(one.id, one.name) for one in case_type.severities)
    return CaseChoice(case_type.id, case_type.name, categories, severities)


def _people(book: Book, site: Site) -> tuple[Choice, ...]:
    here = {one for (at, _), holders in book.staff.holders.items() if at == site.id for one in holders}
    known = (book.staff.person(one) for one in sorted(here))
    return tuple(Choice(person.id, Named(person.name, person.name)) for person in known if person is not None)
