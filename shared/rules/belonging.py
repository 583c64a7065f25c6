"""Who belongs to an outside party, and so sees its own orders only.

Source: requirements section 9.7.
"""

from collections.abc import Mapping
from datetime import datetime

from shared.organisation.records import Person
from shared.rules.book import Book


def outside_kinds(person: Person | None, at: datetime, book: Book) -> Mapping[str, frozenset[str]]:
    """The kinds of orders somebody may see, by site, where every post he holds then is one of an outside party.

    Sites at which he belongs to the house, and accounts that are nobody's, are left out: nothing is held back there.
    """
    posts = [post for post in person.appointments if post.at(at)] if person is not None else []
    if not any(post.department for post in posts):
        return {}
    vendors = {site: _vendors(site, book) for site in {post.site for post in posts}}
    held: dict[str, set[str | None]] = {}
    for post in posts:
        held.setdefault(post.site, set()).add(post.department)
    return {
        site: frozenset(vendors[site][id_] for id_ in ids if id_ and _answers(site, vendors[site][id_], id_, book))
        for site, ids in held.items()
        if all(id_ in vendors[site] for id_ in ids)
    }


def _vendors(site: str, book: Book) -> Mapping[str | None, str]:
    """Kinds of the site's outside parties, by department id."""
    return {one.id: one.kind for one in book.departments(site) if not one.internal}


def _answers(site: str, kind: str, department: str, book: Book) -> bool:
    """Whether orders of that kind go to this party; the house's own department goes before it."""
    first = book.department_for(site, kind)
    return first is not None and first.id == department
