"""Cases that steps have opened, on the page of the case they come from."""

import json
from typing import Any

import pytest

from services.reporting.views.linking import opened
from services.reporting.views.names import Names
from shared.contracts.ids import case_named
from shared.packs.loader import builtin_pack
from shared.rules.book import Book
from shared.web.wording import Voice

CASE = "case-" + "a" * 32


def names(case_type: str) -> Names:
    return Names(Book(), Voice("zh"), site="s1", pack=builtin_pack("P004"), case_type=case_type)


def taken(step: str, version: int, **more: Any) -> dict[str, Any]:
    return {"kind": "dispatch.step_taken", "version": version, "public": json.dumps({"step": step, **more})}


@pytest.mark.parametrize(
    ("fact", "opens"),
    [
        pytest.param(taken("inspected", 3, outcome="finding"), True, id="an outcome that opens one"),
        pytest.param(taken("inspected", 3, outcome="in_order"), False, id="an outcome that opens none"),
        pytest.param(taken("forgotten", 3), False, id="a step the pack no longer has"),
        pytest.param({"kind": "dispatch.case_closed", "version": 3, "public": "{}"}, False, id="another fact"),
    ],
)
def test_a_linked_case_is_named_as_intake_names_it(fact: dict[str, Any], *, opens: bool) -> None:
    found = opened(CASE, [fact], names("vacant_unit_inspection"))
    named = [case_named("rule", "step", CASE, "3", "0")]
    assert [one["case_id"] for one in found] == (named if opens else [])


def test_every_time_a_step_is_taken_opens_a_case_of_its_own() -> None:
    found = opened(CASE, [taken("abnormal", 3), taken("abnormal", 5)], names("public_area_patrol"))
    assert len({one["case_id"] for one in found}) == 2
    assert {one["step"] for one in found} == {"abnormal"}
    assert all(one["what"] for one in found)
