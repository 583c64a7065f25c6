"""Cases of the past: the same for ever, judged by their own times, refused where they cannot have happened."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.commands import AlreadyImported, ImportCase, entity_of
from tests.support.intake_builders import ADMIN, DESK, done, local, only_fact, past, refused

NOW = "2025-03-04T10:00:00"
HOW: dict[str, Any] = {"actor": ADMIN, "right": "admin"}


def history(**fields: Any) -> dict[str, Any]:
    return {"source": "nyc", "key": "k1", "quiet_until": "2025-03-01T00:00:00Z", "acts": []} | fields


def imported(command: ImportCase) -> Any:
    return done(None, command, NOW, **HOW)


def test_an_import_happened_when_it_was_received() -> None:
    (say,) = imported(past()).say
    assert say.at == local("2025-01-02T08:00:00")
    assert [act.act for act in only_fact(imported(past())).history.acts] == ["closed"]


def test_a_case_older_than_the_pack_of_its_site_runs_under_the_pack_of_today() -> None:
    command = past(received_at="2022-01-02T00:00:00Z", history=history())
    assert only_fact(imported(command)).pack == "P001/3"


def test_a_word_of_the_source_is_kept_only_when_asked() -> None:
    assert refused(None, past(category="Noise"), NOW, **HOW).field == "/category"
    fact = only_fact(imported(past(category="Noise", keep_category=True)))
    assert (fact.category, fact.department) == ("Noise", "service_center")


@pytest.mark.parametrize(
    ("fields", "differs"),
    [
        pytest.param({}, (), id="the same row again"),
        pytest.param({"category": "staff", "content": "x"}, ("category", "content"), id="two fields"),
        pytest.param({"history": history()}, ("acts",), id="another story"),
    ],
)
def test_a_second_row_of_a_key_is_a_conflict(fields: dict[str, Any], differs: tuple[str, ...]) -> None:
    refusal = refused(imported(past()).state, past(**fields), NOW, **HOW)
    assert isinstance(refusal, AlreadyImported)
    assert (refusal.why, set(refusal.differs)) == ("already_imported", set(differs))


def test_a_source_may_say_who_answers_and_until_when() -> None:
    limits = {"customer_limit": "2025-01-03T00:00:00Z", "department_limit": "2025-01-02T12:00:00Z"}
    fact = only_fact(imported(past(department="greening_dept", **limits)))
    assert fact.department == "greening_dept"
    assert (fact.customer_limit.day, fact.department_limit.hour) == (3, 12)


def test_what_was_imported_before_a_field_was_known_has_not_changed() -> None:
    kept = imported(past()).state
    assert "department" not in kept.imported
    refusal = refused(kept, past(department="greening_dept"), NOW, **HOW)
    assert isinstance(refusal, AlreadyImported)
    assert refusal.differs == ("department",)
    fuller = imported(past(department="greening_dept")).state
    again = refused(fuller, past(), NOW, **HOW)
    assert isinstance(again, AlreadyImported)
    assert again.differs == ("department",)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"department": "nypd"}, "/department", id="a department the pack does not have"),
        pytest.param({"department_limit": "2024-12-01T00:00:00Z"}, "/department_limit", id="due before it came"),
        pytest.param({"customer_limit": "2024-12-01T00:00:00Z"}, "/customer_limit", id="promised before it came"),
        pytest.param({"received_at": "2026-01-01T00:00:00Z"}, "/received_at", id="not yet received"),
        pytest.param(
            {"history": history(acts=[{"act": "closed", "at": "2025-01-01T00:00:00Z"}])},
            "/history/acts/0/at",
            id="closed before it began",
        ),
        pytest.param(
            {
                "history": history(
                    acts=[
                        {"act": "completed", "at": "2025-01-04T00:00:00Z"},
                        {"act": "accepted", "at": "2025-01-03T00:00:00Z"},
                    ]
                )
            },
            "/history/acts/1/at",
            id="out of order",
        ),
        pytest.param(
            {"history": history(acts=[{"act": "closed", "at": "2026-01-01T00:00:00Z"}])},
            "/history/acts/0/at",
            id="closed in the future",
        ),
        pytest.param({"history": history(quiet_until="2027-01-01T00:00:00Z")}, "/history/quiet_until", id="quiet"),
    ],
)
def test_a_story_that_cannot_have_happened(fields: dict[str, Any], field: str) -> None:
    refusal = refused(None, past(**fields), NOW, **HOW)
    assert (refusal.field, refusal.status) == (field, 422)


def test_only_an_administrator_imports() -> None:
    assert refused(None, past(), NOW, actor=DESK, right="admin").status == 403


def test_a_key_names_one_case_for_ever() -> None:
    assert entity_of("nyc", "k1") == "case-1d64ba1d9c2f523ea0924b1558670424"
    assert entity_of("nyc", "k1") != entity_of("nyc\nk", "1")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"key": " "}, id="no key"),
        pytest.param({"key": "a\x00b"}, id="a control character"),
        pytest.param({"source": "长" * 201}, id="too long"),
        pytest.param({"acts": [{"act": "closed", "at": "2025-01-03T00:00:00Z", "by": "x\ny"}]}, id="two lines"),
        pytest.param({"acts": [{"act": "started", "at": "2025-01-03T00:00:00Z"}] * 101}, id="a saga"),
    ],
)
def test_a_source_names_things_in_plain_words(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as wrong:
        past(history=history(**fields))
    assert wrong.value.errors()[0]["loc"] == ("history",)
