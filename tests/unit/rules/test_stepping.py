"""Which steps are possible, what they reopen, and which acts wait for them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.organisation.records import Named
from shared.rules.conditions import Condition, Matter
from shared.rules.forms import Choice, FieldKind, FormField
from shared.rules.model import CaseType
from shared.rules.rolls import OnRolls, names_in
from shared.rules.stepping import (
    Hindrance,
    Progress,
    hindrance,
    missing_steps,
    roll_hindrance,
    standing_marks,
    step_named,
    take,
)
from shared.rules.steps import Gate, RollMove, RollRule, StepOutcome, StepRule
from shared.rules.words import CaseKind

AT = datetime(2025, 3, 4, 2, tzinfo=UTC)
NAME = Named("步骤", "step")
PASS, FAIL = StepOutcome("pass", NAME), StepOutcome("fail", NAME, reopens=("inspect",))


def step(id_: str, **more: Any) -> StepRule:
    return StepRule(id_, NAME, "x", **more)


LEND = step("lend")
INSPECT = step("inspect", after=("lend",), outcomes=(PASS, FAIL))
GIVE_BACK = step("back", after=("inspect=pass",), reopens=("lend", "inspect", "back"))
CHASE = step("chase", repeats=True, when=Condition(flags=("lend=done",), without=("inspect=pass",)))
KEYS = CaseType("key", NAME, CaseKind.CUSTODY, (), "x", steps=(LEND, INSPECT, GIVE_BACK, CHASE))


class Story:
    """A case of keys, step by step."""

    def __init__(self) -> None:
        self.now = Progress(Matter("ordinary"))

    def does(self, *words: str) -> "Story":
        for word in words:
            id_, _, outcome = word.partition("=")
            rule = step_named(KEYS, id_)
            assert rule is not None
            assert hindrance(rule, self.now) is None, word
            self.now = take(rule, outcome or None, {}, self.now, at=AT, by="p").progress
        return self

    def possible(self) -> set[str]:
        return {rule.id for rule in KEYS.steps if hindrance(rule, self.now) is None}


@pytest.mark.parametrize(
    ("taken", "possible"),
    [
        pytest.param((), {"lend"}, id="nothing yet"),
        pytest.param(("lend",), {"inspect", "chase"}, id="lent"),
        pytest.param(("lend", "chase", "chase"), {"inspect", "chase"}, id="chased as often as it takes"),
        pytest.param(("lend", "inspect=fail"), {"inspect", "chase"}, id="failed: inspected again"),
        pytest.param(("lend", "inspect=fail", "inspect=pass"), {"back"}, id="passed at last"),
        pytest.param(("lend", "inspect=pass", "back"), {"lend"}, id="the cycle begins anew"),
    ],
)
def test_what_is_possible_follows_from_what_was_taken(taken: tuple[str, ...], possible: set[str]) -> None:
    assert Story().does(*taken).possible() == possible


def test_a_failed_try_shows_until_the_next_and_a_cycle_begun_anew_shows_nothing() -> None:
    failed, anew = Story().does("lend", "inspect=fail"), Story().does("lend", "inspect=pass", "back")

    assert standing_marks(failed.now.taken) == {"lend=done", "inspect=fail"}
    assert standing_marks(anew.now.taken) == frozenset()
    assert anew.now.taken["back"].count == 1


@pytest.mark.parametrize(
    ("rule", "taken", "expected"),
    [
        (LEND, ("lend",), Hindrance("already_taken", ("lend",))),
        (INSPECT, (), Hindrance("step_missing", ("lend",))),
        (GIVE_BACK, ("lend", "inspect=fail"), Hindrance("step_missing", ("inspect=pass",))),
        (CHASE, (), Hindrance("not_now")),
        (step("lock", needs=("CN-7", "CN-8")), (), Hindrance("consent_missing", ("CN-7",))),
    ],
)
def test_what_stands_in_the_way_is_named(rule: StepRule, taken: tuple[str, ...], expected: Hindrance) -> None:
    now = Story().does(*taken).now

    assert hindrance(rule, Progress(now.matter, now.taken, {"CN-8"})) == expected


def test_an_act_waits_for_the_steps_that_apply_and_have_not_been_taken() -> None:
    rules = (
        step("repair", before=(Gate.COMPLETE,)),
        step("apologise", before=(Gate.COMPLETE, Gate.CLOSE), when=Condition(flags=("kind=rude",))),
        step("sign", before=(Gate.CLOSE,)),
    )
    kind = CaseType("complaint", NAME, CaseKind.COMPLAINT, (), "x", steps=rules)
    rude = Progress(Matter("minor", flags=frozenset({"kind=rude"})))
    repaired = take(rules[0], None, {}, rude, at=AT, by="p").progress

    assert [one.id for one in missing_steps(kind, rude, Gate.COMPLETE)] == ["repair", "apologise"]
    assert [one.id for one in missing_steps(kind, repaired, Gate.COMPLETE)] == ["apologise"]
    assert [one.id for one in missing_steps(kind, Progress(Matter("minor")), Gate.CLOSE)] == ["sign"]
    assert missing_steps(kind, rude, Gate.REPLY) == ()


WORKERS = FormField("workers", NAME, FieldKind.LINES)
SORRY = Named("此人已被清退", "sent away for good")
ISSUE = step(
    "issue",
    form=(WORKERS,),
    rolls=(RollRule("barred", "workers", RollMove.BAR, SORRY), RollRule("passes", "workers", RollMove.PUT)),
)
RETURN = step(
    "return",
    form=(WORKERS,),
    rolls=(RollRule("passes", "workers", RollMove.NEED), RollRule("passes", "workers", RollMove.TAKE)),
)


def test_names_go_on_a_roll_and_off_again_once() -> None:
    workers = {"workers": "张三\n李  四"}
    issued = take(ISSUE, None, workers, Progress(Matter("ordinary")), at=AT, by="p").progress
    returned = take(RETURN, None, {"workers": "李 四"}, issued, at=AT, by="p").progress

    assert issued.rolls == {"passes": ("张三", "李 四")}
    assert returned.rolls == {"passes": ("张三",)}
    assert roll_hindrance(RETURN, workers, OnRolls(returned.rolls, {})) == Hindrance(
        "not_on_roll", ("李 四",), "workers", None
    )


def test_a_pass_for_a_worker_already_blocked_is_refused_in_the_packs_words() -> None:
    found = roll_hindrance(ISSUE, {"workers": "王五\n张三"}, OnRolls({"barred": ("张三",)}, {}))

    assert found == Hindrance("on_roll", ("张三",), "workers", SORRY)


def test_the_marks_of_a_form_stand_and_fall_with_its_step() -> None:
    kind = FormField("kind", NAME, FieldKind.CHOICE, choices=(Choice("a", NAME),))
    asked, undone = step("ask", form=(kind,)), step("undo", reopens=("ask", "never"))
    said = take(asked, None, {"kind": "a"}, Progress(Matter("ordinary")), at=AT, by="p")
    gone = take(undone, None, {}, said.progress, at=AT, by="p")

    assert said.progress.now.flags == {"ask=done", "kind=a"}
    assert gone.progress.now.flags == {"undo=done"}
    assert gone.reopened == ("ask",)


def test_names_are_counted_once_however_they_are_spaced() -> None:
    assert names_in(" 张三 \n\n张三\n李\t四") == ("张三", "李 四")
