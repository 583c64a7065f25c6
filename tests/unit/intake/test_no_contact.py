"""Whoever reports something and leaves no way to reach him."""

from typing import Any

import pytest

from services.intake.commands import Amend, Classify
from tests.support.intake_builders import done, logged, only_fact, refused, request

TEN, NOON = "2025-03-04T10:00:00", "2025-03-04T12:00:00"


def classify(**fields: Any) -> Classify:
    return Classify.model_validate({"reason": "核实后更改"} | fields)


def amend(**fields: Any) -> Amend:
    return Amend.model_validate({"reason": "住户来电"} | fields)


@pytest.mark.parametrize(
    ("caller", "lost"),
    [
        pytest.param({"anonymous": True}, True, id="anonymous, no phone"),
        pytest.param({"anonymous": True, "phone": "13800000000"}, False, id="anonymous with a phone"),
        pytest.param({"anonymous": True, "resident": "r-1"}, False, id="a resident who wants no name on it"),
        pytest.param({"name": "王女士"}, False, id="a name and no phone: the desk knows where to go"),
    ],
)
def test_whoever_left_no_way_to_reach_him_is_marked(caller: dict[str, Any], lost: bool) -> None:  # noqa: FBT001  a row
    case = logged(caller=caller, flags=["works"])
    assert set(case.flags) == {"works"} | ({"no_contact"} if lost else set())


def test_nobody_may_state_that_somebody_cannot_be_reached() -> None:
    assert refused(None, request(flags=["no_contact"]), TEN).why == "unknown_flag"


def test_a_phone_left_later_is_said_with_the_circumstances_as_they_stand() -> None:
    step = done(logged(caller={"anonymous": True}, flags=["works"]), amend(caller={"phone": "13900000000"}), NOON)
    fact = only_fact(step)
    assert (fact.changed, fact.flags) == (("caller", "contact"), ("works",))
    assert step.state.flags == ("works",)


def test_a_name_alone_is_no_way_to_reach_anybody() -> None:
    step = done(logged(caller={"anonymous": True}), amend(caller={"name": "某住户"}), NOON)
    assert (only_fact(step).changed, step.state.flags) == (("caller",), ("no_contact",))


def test_classifying_again_keeps_that_nobody_can_be_reached() -> None:
    step = done(logged(caller={"anonymous": True}), classify(flags=["works"]), NOON)
    assert set(only_fact(step).flags) == {"no_contact", "works"}
