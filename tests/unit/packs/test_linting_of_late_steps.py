"""Steps after completion, things that are counted, answers that keep a matter open: what the linter finds in them."""

from typing import Any

import pytest

from shared.packs.findings import PackInvalid
from shared.packs.linter import lint
from shared.packs.loader import load_pack
from tests.support.packing import KEY, RICH, rich

OUT: dict[str, Any] = {"tally": "keys", "field": "number", "move": "take"}
COUNTED = "form: [{id: number, name: {zh: 数量, en: Number}, kind: count, required: true},"


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("steps.back.once_completed", True, None, id="what the end waits for may come after the work"),
        pytest.param("steps.lend.once_completed", True, "completed_never", id="what the completion waits for may not"),
        pytest.param("steps.inspect.once_completed", True, None, id="nor holds it up what nothing waits for"),
        pytest.param("steps.back.even_closed", True, None, id="a step after the end"),
        pytest.param("steps.lend.once_come", ["since"], None, id="a step once a day has come"),
        pytest.param("steps.lend.once_come", ["sinse"], "field_unknown", id="once it has come, whatever it is"),
        pytest.param("steps.lend.once_come", ["visits"], "field_kind", id="once a number has come"),
        pytest.param("steps.lend.tallies", [OUT], "field_unknown", id="as many as no field says"),
        pytest.param("steps.lend.tallies", [OUT | {"field": "paid"}], "field_unknown", id="as many as yuan"),
        pytest.param("steps.lend.tallies", [OUT], "tally_never_added", id="taken from what there never is"),
    ],
)
def test_the_linter_finds_in_what_comes_late(path: str, value: object, rule: str | None) -> None:
    found = {finding.rule for finding in lint(rich(f"{KEY}.{path}", value))}
    assert rule in found if rule else not found


def test_what_waits_for_a_step_after_completion_cannot_hold_the_completion_up() -> None:
    late = RICH.replace("text: {zh: 查验, en: Inspect},", "text: {zh: 查验, en: Inspect}, once_completed: true,")
    load_pack(late)
    with pytest.raises(PackInvalid, match="completed_never"):
        load_pack(late.replace("after: [inspect=pass], before: [close]", "after: [inspect=pass], before: [complete]"))


def test_a_step_after_completion_does_not_complete_the_work() -> None:
    late = "before: [close], once_completed: true, completes: true"
    with pytest.raises(PackInvalid, match="completed_never"):
        load_pack(RICH.replace("before: [close]", late))


def test_what_some_step_adds_may_be_taken() -> None:
    moves = "{tally: keys, field: number, move: add}, {tally: keys, field: number, move: take}"
    load_pack(
        RICH.replace("form: [{id: keys,", f"tallies: [{moves}],\n         {COUNTED}\n                {{id: keys,")
    )


ASKED = """follow_up:
      {required: true, who: [desk], closers: [lead], source: test, unsettled: [%s],
       form: [{id: mended, name: {zh: 修好, en: Mended}, kind: yes_no, required: true}]}"""


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ("mended=no", None),
        ("mended=maybe", "answer_unknown"),
        ("borrower=staff", "answer_unknown"),
        ("mended=no, mended=yes", "answers_all_refused"),
    ],
    ids=["an answer", "no answer of it", "an answer of another form", "every answer"],
)
def test_answers_that_leave_a_matter_open_are_answers_of_its_follow_up(answers: str, rule: str | None) -> None:
    text = RICH.replace("follow_up: {required: false, source: test}", ASKED % answers)
    assert text != RICH
    if rule is None:
        load_pack(text)
        return
    with pytest.raises(PackInvalid, match=rule):
        load_pack(text)
