"""What the desk fills in beside the usual fields: checked, told apart, marked, changed, kept through new classes."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.intake.commands import Amend, Classify
from services.intake.state import Case
from shared.contracts.dispatch import StepTaken
from shared.contracts.intake import RequestAmended, RequestReceived
from shared.organisation.records import Named
from shared.packs.loader import builtin_pack
from shared.rules.book import Book
from shared.rules.conditions import Condition
from shared.rules.forms import Choice, FieldKind, FormField, Mark
from shared.rules.model import CaseType, ClockRule
from shared.rules.words import Basis, PromiseKind, StartFact, StopFact
from shared.web.problems import body_of
from shared.web.wording import Voice
from tests.support.intake_builders import ADMIN, book, done, dues, heard, logged, only_fact, past, refused, request

TEN, LATER = "2025-03-04T10:00:00", "2025-03-04T11:00:00"
NAME = Named("名", "name")


def field(word: str, kind: FieldKind, **more: Any) -> FormField:
    return FormField(word, Named(f"栏{word}", word), kind, **more)


FORM = (
    field("cause", FieldKind.CHOICE, required=True, choices=(Choice("pipe", NAME), Choice("roof", NAME))),
    field("loss", FieldKind.MONEY, marks=(Mark("serious", Decimal(500)),)),
    field("riser", FieldKind.TEXT, required=True, when=Condition(flags=("cause=pipe",))),
    field("visit", FieldKind.DATE),
    field("witness", FieldKind.TEXT, personal=True, required=True),
)
GIVEN = {"cause": "roof", "witness": "张三 13800000000"}
QUICK = ClockRule(
    id="CK-QUICK",
    name=NAME,
    start=StartFact.RECEIVED,
    basis=Basis.HOURS,
    amount=1,
    source="test",
    stop=(StopFact.COMPLETED,),
    promise=PromiseKind.RESOLVE,
    when=Condition(flags=("loss=serious",)),
)
VISIT = replace(QUICK, id="CK-VISIT", start=StartFact.DATE, after="visit", basis=Basis.DAYS, amount=1, when=Condition())


def rules() -> Book:
    """``P001/3`` with a form and two clocks that depend on it; a second case type shares one field."""
    filled, pack = book(), builtin_pack("P001/3")
    complaint = pack.case_types["complaint"]
    formed = replace(complaint, form=FORM, clocks=(*complaint.clocks, QUICK, VISIT))
    other = replace(complaint, id="other_matter", form=(FORM[1],))
    types: dict[str, CaseType] = {**pack.case_types, "complaint": formed, "other_matter": other}
    filled.put_pack(replace(pack, case_types=types))
    return filled


def opened(**form: Any) -> RequestReceived:
    fact = only_fact(done(None, request(form=GIVEN | form), TEN, rules=rules()))
    assert isinstance(fact, RequestReceived)
    return fact


def case(**form: Any) -> Case:
    return logged(rules=rules(), form=GIVEN | form)


def amended(state: Case, **fields: Any) -> tuple[Case, RequestAmended]:
    step = done(state, Amend.model_validate({"reason": "补充", **fields}), LATER, rules=rules())
    fact = only_fact(step)
    assert isinstance(fact, RequestAmended)
    assert isinstance(step.state, Case)
    return step.state, fact


def test_public_and_personal_fields_travel_apart() -> None:
    fact = opened(loss=800)
    assert fact.form == {"cause": "roof", "loss": "800.00"}
    assert fact.private.form == {"witness": "张三 13800000000"}
    assert "13800000000" not in fact.model_dump_json(exclude={"private"})


def test_the_state_keeps_nothing_personal_of_a_form() -> None:
    assert "witness" not in case().form


def test_answers_mark_the_case() -> None:
    assert {"cause=roof", "loss=serious"} <= set(opened(loss="500").flags)
    assert "loss=serious" not in opened(loss="499.99").flags


def test_promises_see_marks_and_dates() -> None:
    assert dues(opened(loss="500").promises)["CK-QUICK"] == "2025-03-04 11:00"
    assert "CK-QUICK" not in dues(opened().promises)
    assert dues(opened(visit="2025-03-06").promises)["CK-VISIT"] == "2025-03-08 00:00"


def test_everything_wrong_is_named_at_once_in_both_languages() -> None:
    command = request(form={"cause": "wind", "loss": "1.005", "colour": "red"})
    refusal = refused(None, command, TEN, rules=rules())
    body = body_of(refusal, Voice("zh"))
    assert refusal.status == 422
    assert {one["field"] for one in body["errors"]} == {
        f"/form/{one}" for one in ("cause", "loss", "witness", "colour")
    }
    english = body_of(refusal, Voice("en"))["errors"]
    assert all(a["detail"] != b["detail"] for a, b in zip(body["errors"], english, strict=True))


def test_a_field_is_asked_for_where_an_earlier_answer_says_so() -> None:
    refusal = refused(None, request(form=GIVEN | {"cause": "pipe"}), TEN, rules=rules())
    assert (refusal.why, refusal.field, refusal.more) == ("form_required", "/form/riser", ())


def test_a_case_type_without_a_form_takes_none() -> None:
    refusal = refused(None, request(site="s0", category="cleaning", form={"x": "1"}), TEN)
    assert (refusal.why, refusal.field) == ("form_unknown", "/form/x")


def test_an_import_may_leave_required_fields_out_but_not_fill_them_in_wrongly() -> None:
    fact = only_fact(done(None, past(form={"loss": "600"}), TEN, actor=ADMIN, right="admin", rules=rules()))
    assert (fact.form, "loss=serious" in fact.flags) == ({"loss": "600.00"}, True)
    refusal = refused(None, past(form={"loss": "-1"}), TEN, actor=ADMIN, right="admin", rules=rules())
    assert refusal.field == "/form/loss"


def test_the_form_is_changed_whole_and_its_marks_with_it() -> None:
    state, fact = amended(case(loss="800"), form={"cause": "pipe", "riser": "A"})
    assert fact.changed == ("form",)
    assert fact.form == {"cause": "pipe", "riser": "A"} == state.form
    assert "cause=pipe" in fact.flags
    assert not {"cause=roof", "loss=serious"} & set(fact.flags)
    assert "CK-QUICK" not in dues(fact.promises)


def test_what_is_personal_need_not_be_said_again() -> None:
    _, fact = amended(case(), form={"cause": "roof", "loss": "1"})
    assert fact.private.form == {}
    _, again = amended(case(), form={"cause": "roof", "witness": "李四"})
    assert (again.changed, again.private.form) == (("form",), {"witness": "李四"})


def test_the_same_form_again_changes_nothing() -> None:
    refusal = refused(case(), Amend(form={"cause": "roof"}, reason="再说"), LATER, rules=rules())
    assert refusal.why == "nothing_changed"


def test_a_wrong_form_changes_nothing() -> None:
    refusal = refused(case(), Amend(form={"cause": "wind"}, unit="3-1", reason="改"), LATER, rules=rules())
    assert refusal.field == "/form/cause"


def test_classifying_again_keeps_the_marks() -> None:
    state = case(loss="800")
    step = done(state, Classify(flags=("works",), reason="工程"), LATER, rules=rules())
    assert {"cause=roof", "loss=serious", "works"} <= set(step.state.flags)


def test_another_case_type_keeps_what_it_asks_for_too() -> None:
    step = done(case(loss="800"), Classify(case_type="other_matter", reason="改类"), LATER, rules=rules())
    assert step.state.form == {"loss": "800.00"}
    assert "loss=serious" in step.state.flags
    assert "cause=roof" not in step.state.flags


def test_marks_of_steps_count_for_promises_and_stay_with_the_steps() -> None:
    taken = StepTaken(step="look", marks=("loss=serious",), by="p-desk")
    state = heard(case(), taken, LATER, rules=rules()).state
    step = done(state, Classify(flags=("works",), reason="工程"), "2025-03-04T12:00:00", rules=rules())
    assert "loss=serious" not in step.state.flags
    assert dues(step.state.promises)["CK-QUICK"] == "2025-03-04 11:00"


OUTER = {"line": "12345", "number": "T-7", "deadline": "2025-03-05T09:00:00+08:00"}


def test_an_outside_line_is_kept_and_changed() -> None:
    state = logged(outer=OUTER)
    assert state.outer is not None
    assert (state.outer.line, state.outer.number) == ("12345", "T-7")
    step = done(state, Amend.model_validate({"outer": {"line": "street_office"}, "reason": "转办"}), LATER)
    fact = only_fact(step)
    assert (fact.changed, fact.outer.line, fact.outer.deadline) == (("outer",), "street_office", None)


def test_an_outside_line_is_taken_off_again() -> None:
    step = done(logged(outer=OUTER), Amend.model_validate({"outer": None, "reason": "误登"}), LATER)
    assert (step.state.outer, only_fact(step).changed, only_fact(step).outer) == (None, ("outer",), None)


def test_no_promise_lies_after_the_deadline_outside() -> None:
    without, within = logged().promises, logged(outer=OUTER).promises
    latest = max(one.due_at for one in within if one.due_at)
    assert latest.isoformat() == "2025-03-05T01:00:00+00:00"
    assert max(one.due_at for one in without if one.due_at) > latest


@pytest.mark.parametrize("how", ["log", "amend"])
def test_a_deadline_outside_before_the_first_ear_is_refused(how: str) -> None:
    early = OUTER | {"deadline": "2025-03-04T09:00:00+08:00"}
    command = request(outer=early) if how == "log" else Amend.model_validate({"outer": early, "reason": "改"})
    refusal = refused(None if how == "log" else logged(), command, LATER if how == "amend" else TEN)
    assert (refusal.why, refusal.field) == ("limit_passed", "/outer/deadline")
