import pytest

from shared.rules.chain import Ladder, ladder, may_extend, next_level
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER
from tests.support.packs import clock, pack_named

PERSONS = (ASSIGNEE, FIRST_RECEIVER)


@pytest.mark.parametrize(
    ("pack", "rule", "role", "expected"),
    [
        pytest.param("P001/3", "CK-CMP-11", "head_butler", True, id="AS-014 named role"),
        pytest.param("P001/3", "CK-CMP-11", "chief_butler", True, id="a role above"),
        pytest.param("P001/3", "CK-CMP-11", "butler", False, id="AS-015 a role below"),
        pytest.param("P001/3", "CK-CMP-14", "head_butler", False, id="AS-017 not for important"),
        pytest.param("P001/3", "CK-CMP-14", "chief_butler", True, id="AS-017 chief butler"),
        pytest.param("P001/3", "CK-CMP-10", "branch_gm", False, id="a first reply is extended by nobody"),
        pytest.param("P004", "CK-CMP-62", "area_admin", False, id="AS-034 area steward"),
        pytest.param("P004", "CK-CMP-62", "department_manager", True, id="AS-034 department manager"),
        pytest.param("P004", "CK-CMP-64", "department_manager", False, id="AS-036 not for important"),
        pytest.param("P004", "CK-CMP-64", "company_gm", True, id="AS-036 general manager"),
        pytest.param("P004", "CK-CMP-62", "quality_department", False, id="beside the chain"),
    ],
)
def test_who_may_extend(pack: str, rule: str, role: str, expected: bool) -> None:  # noqa: FBT001 -- a table row
    assert may_extend(pack_named(pack), clock(pack, rule), role) is expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        pytest.param(None, "butler", id="nobody yet"),
        pytest.param("butler", "head_butler", id="one above"),
        pytest.param("branch_gm", None, id="nothing above the highest"),
        pytest.param("engineering_dept", "butler", id="a department stands beside the chain"),
    ],
)
def test_next_level(role: str | None, expected: str | None) -> None:
    assert next_level(pack_named("P001/3"), role) == expected


@pytest.mark.parametrize(
    ("pack", "rule", "handler", "expected"),
    [
        pytest.param(
            "P001/3",
            "CK-CMP-10",
            "head_butler",
            Ladder((*PERSONS, "head_butler"), ("chief_butler", "branch_gm")),
            id="AS-001 the role the rule names",
        ),
        pytest.param(
            "P001/3",
            "CK-CMP-11",
            "head_butler",
            Ladder((*PERSONS, "chief_butler"), ("branch_gm",)),
            id="ESC-1 the level above who is in charge",
        ),
        pytest.param(
            "P001/3",
            "CK-CMP-11",
            None,
            Ladder((*PERSONS, "head_butler"), ("chief_butler", "branch_gm")),
            id="ESC-1 the level above the desk",
        ),
        pytest.param("P001/3", "CK-CMP-11", "branch_gm", Ladder(PERSONS), id="nobody above the highest is invented"),
        pytest.param("P004", "CK-CMP-68", "project_manager", Ladder(PERSONS), id="X-12 a soft clock climbs nowhere"),
        pytest.param("P004", "CK-CMP-67", None, Ladder((*PERSONS, "company_gm")), id="the top is the end"),
    ],
)
def test_who_hears_of_a_breach(pack: str, rule: str, handler: str | None, expected: Ladder) -> None:
    assert ladder(pack_named(pack), clock(pack, rule), handler=handler) == expected
