from datetime import timedelta

import pytest

from shared.organisation.people import Found, Reason, Why, who
from shared.organisation.records import Person, Roster
from shared.organisation.staff import Staff
from tests.support.organisation import ENGINEER, EVER, away, daily, local, person, roster, site

TUESDAY = "2025-03-04T10:00"
WEEK = ("2025-03-03T00:00", "2025-03-10T00:00")


def answering(*people: Person, rosters: tuple[Roster, ...] = (), at: str = TUESDAY) -> Found:
    return who(ENGINEER, site=site(), at=local(at), staff=Staff.of(people, rosters))


def names(found: Found) -> list[str]:
    return [answer.person.id for answer in found.persons]


@pytest.mark.parametrize(
    ("people", "answer"),
    [
        pytest.param((person("a"), person("b")), ["a", "b"], id="all who are appointed"),
        pytest.param((person("a", role="guard"),), [], id="another role does not answer"),
        pytest.param((person("a", until=local(TUESDAY)),), [], id="the last instant is not included"),
        pytest.param((person("a", away=away(*WEEK, "b")), person("b", role="guard")), ["b"], id="a substitute"),
        pytest.param(
            (
                person("a", away=away(*WEEK, "b")),
                person("b", away=away(*WEEK, "c")),
                person("c", role="guard"),
            ),
            ["c"],
            id="the substitute of a substitute",
        ),
        pytest.param((person("a", away=away(*WEEK, "b")), person("b")), ["b"], id="a colleague answers once"),
        pytest.param((person("a", away=away("2025-03-03T00:00", TUESDAY, "b")),), ["a"], id="back at work"),
    ],
)
def test_who_answers(people: tuple[Person, ...], answer: list[str]) -> None:
    assert names(answering(*people)) == answer


@pytest.mark.parametrize(
    ("people", "reasons"),
    [
        pytest.param((), [Reason(Why.NOBODY_APPOINTED)], id="an empty chair"),
        pytest.param(
            (person("a", away=away(*WEEK)),),
            [Reason(Why.APPOINTED, "a"), Reason(Why.ABSENT, "a"), Reason(Why.NO_SUBSTITUTE, "a")],
            id="away without a substitute",
        ),
        pytest.param(
            (person("a", away=away(*WEEK, "a")),),
            [
                Reason(Why.APPOINTED, "a"),
                Reason(Why.ABSENT, "a"),
                Reason(Why.SUBSTITUTE, "a"),
                Reason(Why.SUBSTITUTES_IN_A_CIRCLE, "a"),
            ],
            id="his own substitute",
        ),
        pytest.param(
            (person("a", away=away(*WEEK, "b")), person("b", role="guard", away=away(*WEEK, "a"))),
            [
                Reason(Why.APPOINTED, "a"),
                Reason(Why.ABSENT, "a"),
                Reason(Why.SUBSTITUTE, "b"),
                Reason(Why.ABSENT, "b"),
                Reason(Why.SUBSTITUTE, "a"),
                Reason(Why.SUBSTITUTES_IN_A_CIRCLE, "a"),
            ],
            id="each other's substitute",
        ),
        pytest.param(
            (person("a", away=away(*WEEK, "ghost")),),
            [
                Reason(Why.APPOINTED, "a"),
                Reason(Why.ABSENT, "a"),
                Reason(Why.SUBSTITUTE, "ghost"),
                Reason(Why.NOT_IN_DIRECTORY, "ghost"),
            ],
            id="a substitute nobody knows",
        ),
    ],
)
def test_an_empty_chair_says_why(people: tuple[Person, ...], reasons: list[Reason]) -> None:
    found = answering(*people)

    assert found.persons == ()
    assert list(found.reasons) == reasons


NIGHTS = roster(*daily("day", "08:00", "20:00"), *daily("night", "20:00", "08:00"))


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        pytest.param("2025-03-04T10:00", ["day"], id="by day"),
        pytest.param("2025-03-04T20:00", ["night"], id="the hand-over belongs to who takes over"),
        pytest.param("2025-03-05T07:59", ["night"], id="after midnight the shift still runs"),
        pytest.param("2025-03-05T08:00", ["day"], id="the end of a shift is not included"),
    ],
)
def test_with_a_roster_the_person_on_shift_answers(at: str, answer: list[str]) -> None:
    people = (person("day"), person("night"), person("off"))

    assert names(answering(*people, rosters=(NIGHTS,), at=at)) == answer


def test_a_hole_in_the_roster_is_an_empty_chair() -> None:
    found = answering(person("a"), rosters=(roster(*daily("a", "08:00", "09:00")),))

    assert found == Found((), (Reason(Why.NOBODY_ON_SHIFT, roster="r1"),))


def test_without_a_roster_in_force_the_appointed_answer() -> None:
    over = roster(*daily("b", "00:00", "24:00"), until=local(TUESDAY))

    assert names(answering(person("a"), person("b", role="guard"), rosters=(over,))) == ["a"]


def test_an_answer_carries_the_steps_that_led_to_it() -> None:
    people = (person("day", away=away(*WEEK, "b")), person("b", role="guard"))

    [answer] = answering(*people, rosters=(NIGHTS,)).persons
    assert answer.reasons == (
        Reason(Why.ON_SHIFT, "day", "r1"),
        Reason(Why.ABSENT, "day"),
        Reason(Why.SUBSTITUTE, "b"),
    )


def test_an_index_changed_step_by_step_equals_one_built_at_once() -> None:
    moved = person("a", role="guard")
    changed = Staff().with_person(person("a")).with_person(person("b")).with_person(moved)
    changed = changed.with_roster(roster(*daily("b", "08:00", "20:00"))).with_roster(NIGHTS)
    built = Staff.of((moved, person("b")), (NIGHTS,))

    assert changed.appointed("s1", ENGINEER, EVER) == built.appointed("s1", ENGINEER, EVER) == (person("b"),)
    assert changed.appointed("s1", "guard", EVER) == built.appointed("s1", "guard", EVER) == (moved,)
    assert changed.roster("s1", ENGINEER, EVER) == built.roster("s1", ENGINEER, EVER) == NIGHTS


def test_what_is_taken_out_of_an_index_is_gone_and_the_old_one_stays() -> None:
    full = Staff.of((person("a"), person("b")), (NIGHTS,))
    less = full.without_person("a").without_roster("r1")

    assert less.appointed("s1", ENGINEER, EVER) == (person("b"),)
    assert (less.person("a"), less.roster("s1", ENGINEER, EVER)) == (None, None)
    assert (full.person("a"), full.roster("s1", ENGINEER, EVER)) == (person("a"), NIGHTS)
    assert less.without_person("nobody") is less


def test_of_two_rosters_the_one_begun_last_is_in_force() -> None:
    later = Roster("r2", "s1", ENGINEER, daily("b", "00:00", "24:00"), since=EVER + timedelta(days=1))
    staff = Staff.of((), (later, NIGHTS))

    assert staff.roster("s1", ENGINEER, later.since) == later
    assert staff.roster("s1", ENGINEER, later.since - timedelta(seconds=1)) == NIGHTS
