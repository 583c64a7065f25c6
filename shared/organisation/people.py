"""Who answers for a role, at a site, at an instant, and why.

Source: design section 8.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.organisation.records import Person, Site
from shared.organisation.shifts import on_shift
from shared.organisation.staff import Staff

__all__ = ["Answer", "Found", "Reason", "Staff", "Why", "who"]


class Why(StrEnum):
    """One step on the way from a role to a person, or the reason why nobody is at its end."""

    APPOINTED = "appointed"
    ON_SHIFT = "on_shift"
    ABSENT = "absent"
    SUBSTITUTE = "substitute"
    NOBODY_APPOINTED = "nobody_appointed"
    NOBODY_ON_SHIFT = "nobody_on_shift"
    NO_SUBSTITUTE = "no_substitute"
    SUBSTITUTES_IN_A_CIRCLE = "substitutes_in_a_circle"
    NOT_IN_DIRECTORY = "not_in_directory"


@dataclass(frozen=True, slots=True)
class Reason:
    """One step.

    Attributes:
        person: Id of the person it speaks of; None for an empty chair.
        roster: Id of the roster that named the person, if one did.
    """

    why: Why
    person: str | None = None
    roster: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A person who answers now, with the steps that led to him, first one first."""

    person: Person
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Who answers now.

    Attributes:
        persons: Each once, in the order found; empty when the chair is empty.
        reasons: Every step taken, also those that led to nobody.
    """

    persons: tuple[Answer, ...]
    reasons: tuple[Reason, ...]


def who(role: str, *, site: Site, at: datetime, staff: Staff) -> Found:
    """Find who answers for *role* at *site* at that instant.

    Where a roster is in force the persons on shift answer, otherwise all who are appointed.  An absent
    person's substitute answers for him, and so on to the end; a circle of substitutes answers for nobody.

    Source: design section 8.
    """
    return staff.once(("who", role, site.id, at), site, lambda: _found(role, site=site, at=at, staff=staff))


def _found(role: str, *, site: Site, at: datetime, staff: Staff) -> Found:
    firsts = _first_persons(role, site=site, at=at, staff=staff)
    trails = [_follow(first, at=at, staff=staff) for first in firsts]
    persons: dict[str, Answer] = {}
    for person, steps in trails:
        if person is not None:
            persons.setdefault(person.id, Answer(person, steps))
    return Found(tuple(persons.values()), tuple(step for _, steps in trails for step in steps))


def _first_persons(role: str, *, site: Site, at: datetime, staff: Staff) -> list[Reason]:
    roster = staff.roster(site.id, role, at)
    if roster is not None:
        on_duty = on_shift(roster, at, zone=site.zone)
        named = [Reason(Why.ON_SHIFT, person_id, roster.id) for person_id in on_duty]
        return named or [Reason(Why.NOBODY_ON_SHIFT, roster=roster.id)]
    appointed = [Reason(Why.APPOINTED, person.id) for person in staff.appointed(site.id, role, at)]
    return appointed or [Reason(Why.NOBODY_APPOINTED)]


def _follow(first: Reason, *, at: datetime, staff: Staff) -> tuple[Person | None, tuple[Reason, ...]]:
    steps, passed = [first], set[str]()
    person_id = first.person
    while person_id is not None:
        person = staff.person(person_id)
        if person is None or person_id in passed:
            why = Why.NOT_IN_DIRECTORY if person is None else Why.SUBSTITUTES_IN_A_CIRCLE
            return None, (*steps, Reason(why, person_id))
        absence = person.absence_at(at)
        if absence is None:
            return person, tuple(steps)
        passed.add(person_id)
        person_id = absence.substitute
        steps += [Reason(Why.ABSENT, person.id), _next_step(person.id, person_id)]
    return None, tuple(steps)


def _next_step(absent: str, substitute: str | None) -> Reason:
    return Reason(Why.NO_SUBSTITUTE, absent) if substitute is None else Reason(Why.SUBSTITUTE, substitute)
