"""Help for the desk: grading with its reason, several matters of one call, what may be the same matter."""

from datetime import timedelta
from typing import Any

import pytest

from services.intake.commands import Grade, Split, at_matter, graded, linked, parted
from services.intake.policy.acts import Status
from services.intake.policy.foreseeing import Foreseen
from services.intake.policy.grading import by_gravity, decided
from services.intake.policy.likeness import (
    Clue,
    Earlier,
    Instead,
    Told,
    Why,
    alike,
    clues,
    joinable,
)
from shared.contracts.fold import Refusal
from shared.contracts.wording import text
from shared.packs.loader import builtin_pack
from shared.rules.grading import UnknownWord
from tests.support.intake_builders import book, dues, local

NOW = local("2025-03-04T10:00:00")
COMPLAINT = builtin_pack("P001/3").case_types["complaint"]
P004 = builtin_pack("P004").case_types["complaint"]
PEPPER = b"p"


def test_the_gravest_ticked_box_decides_and_cl_1_says_so() -> None:
    grade = decided(COMPLAINT, ["minor_limits", "important_fault"])
    assert (grade.severity.id, grade.criterion.id if grade.criterion else "") == ("important", "important_fault")
    assert "CL-1" in grade.rules
    assert [one.id for one in grade.beaten] == ["minor_limits"]


def test_one_ticked_box_decides_alone() -> None:
    grade = decided(COMPLAINT, ["major_loss"])
    assert (grade.severity.id, grade.beaten, "CL-1" in grade.rules) == ("major", (), False)
    assert grade.criterion is not None
    assert grade.criterion.source


def test_without_a_box_what_was_stated_counts() -> None:
    assert decided(COMPLAINT, [], "major").severity.id == "major"
    assert decided(COMPLAINT, []).severity.id == COMPLAINT.default_severity
    assert decided(COMPLAINT, []).criterion is None


@pytest.mark.parametrize(
    ("ticked", "advice"),
    [
        pytest.param(["developer"], ("CL-4",), id="AS-212 not ours"),
        pytest.param(["developer", "important_fault"], ("CL-3",), id="AS-041 CL-3 a part is not ours"),
        pytest.param(["important_fault"], (), id="ours"),
    ],
)
def test_boxes_that_say_it_is_not_ours_give_advice(ticked: list[str], advice: tuple[str, ...]) -> None:
    assert decided(P004, ticked).advice == advice


def test_an_emergency_is_seen_to_first() -> None:
    assert "CL-7" in decided(builtin_pack("G-SAFETY").case_types["emergency"], []).advice


def test_an_unknown_box_is_refused() -> None:
    with pytest.raises(UnknownWord):
        decided(COMPLAINT, ["no_such_box"])


def test_questions_are_asked_gravest_first() -> None:
    ranks = [severity.rank for severity in by_gravity(COMPLAINT)]
    assert ranks == sorted(ranks, reverse=True)


def grade(**fields: Any) -> Foreseen | Refusal:
    return graded(Grade.model_validate({"site": "s1", **fields}), book(), NOW)


def test_asking_shows_grade_department_and_promises_as_they_would_be() -> None:
    found = grade(category="engineering", criteria=["important_fault"])
    assert isinstance(found, Foreseen)
    assert (found.decided.severity.id, found.department, found.handler) == (
        "important",
        "engineering_dept",
        "head_butler",
    )
    assert dues(found.promises)["CK-CMP-13"] == "2025-03-04 13:00"


@pytest.mark.parametrize(
    ("fields", "why", "field"),
    [
        pytest.param({"category": "moon"}, "unknown_category", "/category", id="category"),
        pytest.param({"criteria": ["x"]}, "unknown_criterion", "/criteria", id="box"),
        pytest.param({"flags": ["x"]}, "unknown_flag", "/flags", id="circumstance"),
        pytest.param({"case_type": "x"}, "unknown_case_type", "/case_type", id="case type"),
        pytest.param({"form": {"x": "1"}}, "form_unknown", "/form/x", id="form"),
    ],
)
def test_asking_with_a_wrong_word_names_it(fields: dict[str, Any], why: str, field: str) -> None:
    refusal = grade(**fields)
    assert isinstance(refusal, Refusal)
    assert (refusal.why, refusal.field) == (why, field)


PIPE = {"case_type": "emergency", "category": "water", "content": "水管爆了"}
SLOW = {"category": "engineering", "criteria": ["important_fault"], "content": "报修太慢"}
DIRTY = {"category": "cleaning", "content": "楼道脏", "unit": "3-1202"}


def told_together(*matters: dict[str, Any], **fields: Any) -> Split:
    given = {"site": "s1", "caller": {"name": "王", "phone": "13800000000"}, "unit": "3-1201", "matters": matters}
    return Split.model_validate(given | fields)


def test_cl_7_the_emergency_comes_first_whatever_was_told_first() -> None:
    found = parted(told_together(DIRTY, SLOW, PIPE), book(), NOW)
    assert [place for place, _ in found] == [2, 1, 0]


def test_matters_share_the_caller_and_keep_their_own_place() -> None:
    matters = dict(parted(told_together(DIRTY, PIPE), book(), NOW))
    assert {one.caller.name for one in matters.values()} == {"王"}
    assert (matters[0].unit, matters[1].unit) == ("3-1202", "3-1201")


def test_the_rest_is_linked_to_the_first() -> None:
    (_, first), (_, second) = parted(told_together(DIRTY, PIPE), book(), NOW)
    assert first.split_from is None
    assert linked(second, "case-1").split_from == "case-1"


def test_a_matter_that_cannot_be_judged_keeps_its_refusal_and_names_its_place() -> None:
    found = parted(told_together({"case_type": "x", "category": "y", "content": "?"}, PIPE), book(), NOW)
    assert [place for place, _ in found] == [1, 0]
    refusal = Refusal(
        why="w",
        text=text("没有任何改动"),
        field="/form/a",
        more=(Refusal(why="w", text=text("没有任何改动"), field="/site"),),
    )
    moved = at_matter(refusal, 3)
    assert (moved.field, moved.more[0].field) == ("/matters/3/form/a", "/site")


def earlier(told: Told, **fields: Any) -> Earlier:
    """A complaint of yesterday about cleaning at 3-1201, found by what it shares with *told*."""
    own = Told(
        **{"unit": "3-1201", "phone": "138 0000 0000", "content": "楼道地面很脏没有人打扫", **fields.pop("own", {})}
    )
    wanted, mine = clues(told, PEPPER), clues(own, PEPPER)
    shared: dict[Clue, int] = {}
    for clue, kind in mine.items():
        if clue in wanted:
            shared[kind] = shared.get(kind, 0) + 1
    given = {"case": "case-a", "category": "cleaning", "unit": own.unit, "status": Status.OPEN}
    return Earlier(**{**given, "received_at": NOW - timedelta(days=1), "shared": shared, **fields})


@pytest.mark.parametrize(
    ("told", "fields", "why"),
    [
        pytest.param(
            Told(unit="3-1201", category="cleaning"), {}, (Why.SAME_UNIT_AND_CATEGORY,), id="unit and category"
        ),
        pytest.param(
            Told(unit="３－１２０１", category="cleaning"), {}, (Why.SAME_UNIT_AND_CATEGORY,), id="written otherwise"
        ),
        pytest.param(Told(unit="3-1201", category="security"), {}, (), id="another category"),
        pytest.param(Told(unit="3-1202", category="cleaning"), {}, (), id="another unit"),
        pytest.param(Told(phone="13800000000", category="security"), {}, (Why.SAME_CALLER,), id="same phone"),
        pytest.param(Told(phone="13800000001"), {}, (), id="another phone"),
        pytest.param(
            Told(content="楼道地面很脏，没有人打扫！", category="cleaning"), {}, (Why.SAME_WORDS,), id="same words"
        ),
        pytest.param(Told(content="车位被别人占了", category="cleaning"), {}, (), id="other words"),
        pytest.param(
            Told(unit="3-1201", category="cleaning"), {"received_at": NOW - timedelta(days=31)}, (), id="too long ago"
        ),
        pytest.param(Told(phone="13800000000"), {"received_at": NOW - timedelta(days=8)}, (), id="phone of last week"),
        pytest.param(Told(unit="3-1201", category="cleaning"), {"status": Status.WITHDRAWN}, (), id="withdrawn"),
        pytest.param(Told(), {}, (), id="nothing told"),
    ],
)
def test_a_case_may_be_the_same_matter_for_a_reason(told: Told, fields: dict[str, Any], why: tuple[Why, ...]) -> None:
    found = alike(told, [earlier(told, **fields)], NOW)
    assert (found[0].why if found else ()) == why


@pytest.mark.parametrize(
    ("status", "instead"),
    [
        pytest.param(Status.OPEN, Instead.RAISE_AGAIN, id="open"),
        pytest.param(Status.RESOLVED, Instead.RAISE_AGAIN, id="resolved"),
        pytest.param(Status.CLOSED, Instead.REOPEN, id="closed: reopen instead"),
    ],
)
def test_what_to_do_instead_follows_the_case(status: Status, instead: Instead) -> None:
    told = Told(unit="3-1201", category="cleaning")
    assert alike(told, [earlier(told, status=status)], NOW)[0].instead is instead


def test_most_reasons_come_first_then_the_latest() -> None:
    told = Told(unit="3-1201", category="cleaning", phone="13800000000")
    weak = earlier(told, case="weak", own={"phone": None})
    older = earlier(told, case="older", received_at=NOW - timedelta(days=2))
    strong = earlier(told, case="strong")
    assert [one.case for one in alike(told, [weak, older, strong], NOW)] == ["strong", "older", "weak"]


def test_clues_name_nobody_and_differ_with_the_secret() -> None:
    told = Told(phone="13800000000")
    assert set(clues(told, b"a")).isdisjoint(clues(told, b"b"))
    assert all(-(2**63) <= clue < 2**63 for clue in clues(told, b"a"))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        pytest.param(Told(unit="3-1201"), Why.INCIDENT_HERE, id="the building of the incident"),
        pytest.param(Told(place="3栋电梯厅"), Why.INCIDENT_HERE, id="said in words"),
        pytest.param(Told(unit="13-1201"), None, id="another building"),
        pytest.param(Told(unit="4-1", category="water"), Why.INCIDENT_ALIKE, id="elsewhere, of the same kind"),
        pytest.param(Told(), None, id="nothing told"),
    ],
)
def test_a_matter_may_belong_to_an_incident(told: Told, why: Why | None) -> None:
    assert joinable(told, category="water", area="3栋") is why
