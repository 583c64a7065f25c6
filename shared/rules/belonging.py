"""Who belongs to an outside party, and so sees its own orders only.

Source: requirements section 9.7.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from shared.organisation.records import Department, Person
from shared.rules.book import Book


def outside_kinds(person: Person | None, at: datetime, book: Book) -> Mapping[str, frozenset[str]]:
    """The kinds of orders somebody may see, by site, where every post he holds then is one of an outside party.

    Sites at which he belongs to the house, and accounts that are nobody's, are left out: nothing is held back there.
    """
    posts = [post for post in person.appointments if post.at(at)] if person is not None else []
    held: dict[str, list[str | None]] = {}
    for post in posts:
        if book.vendors(post.site):
            held.setdefault(post.site, []).append(post.department)
    parties = {site: [book.vendors(site).get(id_ or "") for id_ in ids] for site, ids in held.items()}
    return {site: _kinds([one for one in of if one], book) for site, of in parties.items() if all(of)}


def _kinds(parties: Iterable[Department], book: Book) -> frozenset[str]:
    """Orders of a kind go to the house's own department before they go to a party."""
    return frozenset(one.kind for one in parties if book.department_for(one.site, one.kind) == one)
