"""A matter is logged, and what is promised for it."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.intake import RequestReceived
from shared.packs.loader import builtin_pack
from tests.support.intake_builders import (
    CASE,
    DESK,
    STRANGER,
    VIEWER,
    book,
    done,
    dues,
    incident,
    local,
    logged,
    only_fact,
    refused,
    request,
)

TEN = "2025-03-04T10:00:00"


@pytest.mark.parametrize(
    ("at", "fields", "promised"),
    [
        pytest.param(
            TEN,
            {},
            {"CK-CMP-10": "2025-03-04 11:00", "CK-CMP-11": "2025-03-07 00:00"},
            id="AS-001 minor under P001/3: reply in one hour",
        ),
        pytest.param(
            TEN,
            {"customer_limit": "2025-03-05T12:00:00+08:00"},
            {"CK-CMP-10": "2025-03-04 11:00", "CK-CMP-11": "2025-03-05 12:00"},
            id="AS-013 the owner's own limit",
        ),
        pytest.param(
            "2025-03-04T22:40:00",
            {"criteria": ["important_fault"]},
            {"CK-CMP-13": "2025-03-05 01:40", "CK-CMP-14": "2025-03-08 00:00"},
            id="AS-016 nights count",
        ),
        pytest.param(
            "2025-03-04T15:00:00",
            {"site": "s4"},
            {"CK-CMP-61": "2025-03-07 00:00", "CK-CMP-62": "2025-03-07 00:00"},
            id="AS-033 two clocks of P004",
        ),
        pytest.param(
            TEN,
            {"site": "s0", "category": "cleaning"},
            {"CK-CMP-02": None, "CK-CMP-03": None},
            id="AS-005 P000 promises no number",
        ),
    ],
)
def test_promises_of_a_new_case(at: str, fields: dict[str, Any], promised: dict[str, str | None]) -> None:
    fact = only_fact(done(None, request(**fields), at))
    assert promised.items() <= dues(fact.promises).items()


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        pytest.param({}, "minor", id="the default without any word"),
        pytest.param({"severity": "major"}, "major", id="as stated without criteria"),
        pytest.param({"criteria": ["important_fault", "minor_limits"]}, "important", id="AS-028 CL-1 the gravest wins"),
        pytest.param({"severity": "minor", "criteria": ["major_loss"]}, "major", id="criteria win over the word"),
    ],
)
def test_severity_of_a_new_case(fields: dict[str, Any], severity: str) -> None:
    assert logged(**fields).severity == severity


def test_the_fact_names_pack_department_receiver_and_number() -> None:
    fact = only_fact(done(None, request(unit="3-1201", category="engineering"), TEN))
    assert (fact.pack, fact.pack_version, fact.department) == (
        "P001/3",
        builtin_pack("P001/3").version,
        "engineering_dept",
    )
    assert (fact.first_receiver, fact.registered_by) == ("p-desk", "p-desk")
    assert fact.number == "SZ1-250304-7"
    assert fact.private.content == "水管漏水"
    assert "水管漏水" not in fact.model_dump_json(exclude={"private"})


def test_the_number_carries_the_local_date() -> None:
    assert logged("2025-03-05T00:30:00").number == "SZ1-250305-7"


@pytest.mark.parametrize(
    ("minutes", "late"), [pytest.param(30, False, id="30 minutes"), pytest.param(31, True, id="31 minutes")]
)
def test_an_entry_is_late_after_thirty_minutes(*, minutes: int, late: bool) -> None:
    received = local(TEN) - timedelta(minutes=minutes)
    assert logged(TEN, received_at=received.isoformat()).late_entry is late


def test_clocks_start_at_the_first_ear() -> None:
    case = logged(TEN, received_at="2025-03-04T09:00:00+08:00")
    assert dues(case.promises)["CK-CMP-10"] == "2025-03-04 10:00"


def test_a_switch_of_the_site_is_fixed_on_the_case() -> None:
    rules = book(**{"variant.handler_per_section_1_4": "on"})
    assert logged(rules=rules, flags=["works"]).flags == ("handler_per_section_1_4", "works")


def test_a_joined_matter_keeps_its_promises_and_gets_no_department() -> None:
    fact = only_fact(done(None, request(incident="case-" + "a" * 32), TEN))
    assert fact.department is None
    assert fact.promises


@pytest.mark.parametrize(
    ("fields", "why", "field", "status"),
    [
        pytest.param({"category": "nope"}, "unknown_category", "/category", 422, id="category"),
        pytest.param({"severity": "nope"}, "unknown_severity", "/severity", 422, id="severity"),
        pytest.param({"criteria": ["nope"]}, "unknown_criterion", "/criteria", 422, id="criterion"),
        pytest.param({"case_type": "nope"}, "unknown_case_type", "/case_type", 422, id="case type"),
        pytest.param({"flags": ["solved_later"]}, "unknown_flag", "/flags", 422, id="a flag nobody may set"),
        pytest.param({"first_receiver": "nope"}, "unknown_first_receiver", "/first_receiver", 422, id="person"),
        pytest.param({"site": "s9"}, "unknown_site", "/site", 404, id="a site out of sight"),
        pytest.param({"received_at": "2025-03-04T10:02:00+08:00"}, "future_time", "/received_at", 422, id="future"),
        pytest.param(
            {"customer_limit": "2025-03-04T09:00:00+08:00"},
            "limit_passed",
            "/customer_limit",
            422,
            id="a limit before the matter",
        ),
    ],
)
def test_a_bad_field_is_named(fields: dict[str, Any], why: str, field: str, status: int) -> None:
    refusal = refused(None, request(**fields), TEN)
    assert (refusal.why, refusal.field, refusal.status) == (why, field, status)


def test_an_unknown_category_lists_those_that_exist() -> None:
    hint = refused(None, request(category="nope"), TEN).hint
    assert hint is not None
    assert "engineering" in str(hint.gaps["known"])


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        pytest.param(VIEWER, 403, id="a viewer may not log"),
        pytest.param(STRANGER, 404, id="another site's people see no such site"),
    ],
)
def test_who_may_log(actor: Any, status: int) -> None:
    assert refused(None, request(), TEN, actor=actor).status == status


def test_a_site_nobody_heard_of_is_unknown_also_to_those_who_may_everything() -> None:
    assert refused(None, request(site="s9"), TEN, actor=DESK).status == 404


def test_an_incident_says_both_facts_and_may_be_joined() -> None:
    step = done(None, incident(), TEN)
    received, opened = (say.fact for say in step.say)
    assert isinstance(received, RequestReceived)
    assert (received.wire_kind(), opened.wire_kind()) == ("intake.request_received", "intake.incident_opened")
    assert (received.case_type, received.opens_incident) == ("emergency", True)
    assert step.state.index_status == "incident"


def test_a_matter_told_in_the_same_breath_is_a_case_of_its_own_that_names_the_other() -> None:
    fact = only_fact(done(None, request(split_from=CASE, category="staff"), TEN))
    assert (fact.split_from, fact.category, fact.incident) == (CASE, "staff", None)
