"""People and rosters, indexed by what is asked of them: (site, role)."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Self, TypeVar

from shared.organisation.records import Person, Roster, Site

_Post = tuple[str, str]
_T = TypeVar("_T")
_MOST_ANSWERS = 4096


@dataclass(frozen=True, slots=True)
class Staff:
    """An immutable index over the records of people and rosters; changing one gives a new index.

    ``Staff()`` is empty; ``Staff.of`` builds one from many records at once; ``with_…`` and ``without_…`` copy
    one or two flat dicts.

    Attributes:
        people: Every person by id.
        holders: Ids of all who ever hold a role at a site, in order, by (site, role).
        rosters: All rosters, past ones included, by (site, role).
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    holders: Mapping[_Post, tuple[str, ...]] = field(default_factory=dict)
    rosters: Mapping[_Post, tuple[Roster, ...]] = field(default_factory=dict)
    # A memo of what follows from the fields above; every index begins with an empty one.
    _answers: dict[Hashable, tuple[Site, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, people: Iterable[Person] = (), rosters: Iterable[Roster] = ()) -> Self:
        """Return the index over these records."""
        by_id = {person.id: person for person in people}
        holders = _grouped((post, key) for key in sorted(by_id) for post in _posts(by_id[key]))
        return cls(by_id, holders, _grouped(((roster.site, roster.role), roster) for roster in rosters))

    def once(self, question: Hashable, site: Site, find: Callable[[], _T]) -> _T:
        """Return what *find* finds, which is looked for once: what falls due together asks for the same people.

        Args:
            question: Everything the answer depends on beside this index and *site*.
            site: The very record asked about; another one of the same id is asked anew.
            find: Pure.
        """
        known = self._answers.get(question)
        if known is not None and known[0] is site:
            answer: _T = known[1]
            return answer
        if len(self._answers) >= _MOST_ANSWERS:
            self._answers.clear()
        answer = find()
        self._answers[question] = site, answer
        return answer

    def person(self, person_id: str) -> Person | None:
        """Return the record of that person, or None if there is none."""
        return self.people.get(person_id)

    def appointed(self, site: str, role: str, at: datetime) -> tuple[Person, ...]:
        """Return who holds *role* at *site* at that instant, ordered by person id."""
        ever = (self.people[person_id] for person_id in self.holders.get((site, role), ()))
        return tuple(person for person in ever if _holds(person, site, role, at))

    def roster(self, site: str, role: str, at: datetime) -> Roster | None:
        """Return the roster in force at that instant, the one begun last of several, or None."""
        in_force = [roster for roster in self.rosters.get((site, role), ()) if roster.at(at)]
        return max(in_force, key=lambda roster: (roster.since, roster.id), default=None)

    def rosters_between(
        self, site: str, role: str, frm: datetime, to: datetime
    ) -> tuple[tuple[datetime, datetime, Roster | None], ...]:
        """Return the stretches from *frm* to *to*, each with the roster in force in it, or None."""
        of_post = self.rosters.get((site, role), ())
        if not of_post:
            return ((frm, to, None),) if frm < to else ()
        ends = (end for roster in of_post for end in (roster.since, roster.until) if end)
        marks = sorted({frm, to, *(end for end in ends if frm < end < to)})
        return tuple((start, end, self.roster(site, role, start)) for start, end in pairwise(marks))

    def with_person(self, person: Person) -> Self:
        """Return an index in which *person* replaces the record of the same id, if any."""
        rest = self.without_person(person.id)
        holders = {post: tuple(sorted((*rest.holders.get(post, ()), person.id))) for post in sorted(_posts(person))}
        return replace(rest, people={**rest.people, person.id: person}, holders={**rest.holders, **holders})

    def without_person(self, person_id: str) -> Self:
        """Return an index that does not know that person."""
        before = self.people.get(person_id)
        if before is None:
            return self
        people = {key: person for key, person in self.people.items() if key != person_id}
        left = {post: tuple(holder for holder in self.holders[post] if holder != person_id) for post in _posts(before)}
        return replace(self, people=people, holders={**self.holders, **left})

    def with_roster(self, roster: Roster) -> Self:
        """Return an index in which *roster* replaces the record of the same id, if any."""
        rest, post = self.without_roster(roster.id), (roster.site, roster.role)
        return replace(rest, rosters={**rest.rosters, post: (*rest.rosters.get(post, ()), roster)})

    def without_roster(self, roster_id: str) -> Self:
        """Return an index that does not know that roster."""
        kept = {
            post: tuple(roster for roster in rosters if roster.id != roster_id)
            for post, rosters in self.rosters.items()
        }
        return replace(self, rosters=kept)


def _posts(person: Person) -> set[_Post]:
    return {(appointment.site, appointment.role) for appointment in person.appointments}


def _holds(person: Person, site: str, role: str, at: datetime) -> bool:
    return any(
        (appointment.site, appointment.role) == (site, role) and appointment.at(at)
        for appointment in person.appointments
    )


def _grouped(pairs: Iterable[tuple[_Post, _T]]) -> Mapping[_Post, tuple[_T, ...]]:
    groups: dict[_Post, list[_T]] = {}
    for post, entry in pairs:
        groups.setdefault(post, []).append(entry)
    return {post: tuple(entries) for post, entries in groups.items()}
