"""Names on rolls: who is the same, and what a step does to the rolls of its case and of its site."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.organisation.records import Named
from shared.rules.forms import FieldKind, FormField
from shared.rules.rolls import Among, Listed, OnRolls, moved, same, site_moved
from shared.rules.stepping import Hindrance, roll_hindrance
from shared.rules.steps import RollMove, RollRule, RollScope, StepRule

NAME = Named("一", "one")
WORKER = FormField("worker", NAME, FieldKind.LINES, personal=True)
KEY = FormField("key", NAME, FieldKind.TEXT)
SIGNED = Listed("", "case-1", "SZ1-1", "bar", "p-1", datetime(2025, 3, 4, tzinfo=UTC))
PUT, TAKE, BAR, NEED = (
    RollRule("barred", "worker", move, scope=RollScope.SITE)
    for move in (RollMove.PUT, RollMove.TAKE, RollMove.BAR, RollMove.NEED)
)


@pytest.mark.parametrize(
    ("one", "other", "personal", "are"),
    [
        ("陈工", "陈 工", True, True),
        ("Ｃｈｅｎ Gong", "chen gong", True, True),
        ("陈工", "李工", True, False),
        ("陈工 440301199001011234", "陈工", True, True),
        ("陈工 440301199001011234", "陈工（440301199001011234）", True, True),
        ("陈工 44030119900101123X", "陈工，44030119900101123x", True, True),
        ("陈工 440301199001011234", "陈师傅 440301199001011234", True, True),
        ("陈工 440301199001011234", "陈工 440301198502023456", True, False),
        ("陈工 440301199001011234", "440301199001011234", True, True),
        ("JF-01", "ｊｆ－01", False, True),
        ("JF-01", "JF 01", False, False),
        ("A栋 1204", "B栋 1204", False, False),
        ("3-12-01", "31-2-01", False, False),
    ],
)
def test_names_are_compared_as_people_mean_them(one: str, other: str, *, personal: bool, are: bool) -> None:
    assert same(one, other, personal=personal) is are
    assert same(other, one, personal=personal) is are
    assert Among([other, "x"], personal=personal).has(one) is are
    assert Among(["x", one], personal=personal).has(other) is are


def test_a_name_on_the_roll_of_the_site_hinders_every_case_until_it_is_taken_off() -> None:
    issue = StepRule("issue", NAME, "x", form=(WORKER,), rolls=(BAR,))
    filled = {"worker": "李工\n陈 工"}

    listed = site_moved((PUT,), (WORKER,), {"worker": "陈工"}, {}, SIGNED)
    cleared = site_moved((TAKE,), (WORKER,), {"worker": "陈工 440301199001011234"}, listed, SIGNED)

    assert listed == {"barred": (replace(SIGNED, name="陈工", personal=True),)}
    assert roll_hindrance(issue, filled, OnRolls({}, listed)) == Hindrance("on_roll", ("陈 工",), "worker")
    assert cleared == {}
    assert roll_hindrance(issue, filled, OnRolls({}, cleared)) is None


def test_whoever_is_listed_already_keeps_the_first_signature() -> None:
    first = site_moved((PUT,), (WORKER,), {"worker": "陈工"}, {}, SIGNED)

    again = site_moved((PUT,), (WORKER,), {"worker": "陈 工\n李工"}, first, replace(SIGNED, case="case-2"))

    assert [(one.name, one.case) for one in again["barred"]] == [("陈工", "case-1"), ("李工", "case-2")]


def test_nobody_is_taken_off_who_is_not_on_it() -> None:
    lift = StepRule("lift", NAME, "x", form=(WORKER,), rolls=(NEED, TAKE))
    listed = site_moved((PUT,), (WORKER,), {"worker": "陈工"}, {}, SIGNED)

    assert roll_hindrance(lift, {"worker": "李工"}, OnRolls({"barred": ("李工",)}, listed)) == Hindrance(
        "not_on_roll", ("李工",), "worker"
    )


def test_the_roll_of_a_case_and_that_of_its_site_do_not_touch_each_other() -> None:
    own = RollRule("keys", "key", RollMove.PUT)
    of_site = replace(own, scope=RollScope.SITE)
    filled = {"key": "JF-01"}

    assert moved((own, of_site), (KEY,), filled, {}) == {"keys": ("JF-01",)}
    assert site_moved((own, of_site), (KEY,), filled, {}, SIGNED) == {"keys": (replace(SIGNED, name="JF-01"),)}
    assert moved((of_site,), (KEY,), filled, {}) == {}
    assert site_moved((own,), (KEY,), filled, {}, SIGNED) == {}
