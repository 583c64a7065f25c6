"""Somebody of an outside party knows its own orders only (requirements §9.7)."""

from dataclasses import replace

import pytest

from shared.organisation.records import Appointment, Department, Named, Person
from shared.rules.belonging import outside_kinds
from shared.rules.book import Book
from tests.support.dispatch_builders import EVER, SITE, TUESDAY, book_of

NAME = Named("某部", "Some department")
LIFTS = Department("d-lifts", SITE, NAME, "lift_vendor", internal=False)
RIVAL = Department("d-rival", SITE, NAME, "engineering_dept", internal=False)


def book() -> Book:
    known = book_of()
    for department in (LIFTS, RIVAL):
        known.put_department(department)
    return known


def member(*departments: str | None, site: str = SITE) -> Person:
    return Person("p", "p", appointments=tuple(Appointment(site, "x", EVER, department=one) for one in departments))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        pytest.param(None, {}, id="nobody's account"),
        pytest.param(member(), {}, id="no post"),
        pytest.param(member(None), {}, id="a post of the house"),
        pytest.param(member("d-engineering_dept"), {}, id="a department of the house"),
        pytest.param(member("d-lifts"), {SITE: frozenset({"lift_vendor"})}, id="an outside party"),
        pytest.param(member("d-lifts", None), {}, id="of both: the house trusts him"),
        pytest.param(member("d-rival"), {SITE: frozenset()}, id="orders of its kind go to the house's own department"),
        pytest.param(member("d-gone"), {}, id="a department nobody knows"),
    ],
)
def test_who_sees_what(person: Person | None, expected: dict[str, frozenset[str]]) -> None:
    assert outside_kinds(person, TUESDAY, book()) == expected


def test_a_post_that_has_ended_counts_no_more() -> None:
    (post,) = member("d-lifts").appointments
    ended = Person("p", "p", appointments=(replace(post, until=TUESDAY),))

    assert outside_kinds(ended, TUESDAY, book()) == {}
