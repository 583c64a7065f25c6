"""A standing request is classified, amended, linked, withdrawn, or not any more."""

from typing import Any

import pytest
from msgspec.msgpack import Decoder, Encoder

from services.intake.commands import Amend, Classify, Consent, Link, RaiseAgain, Withdraw
from services.intake.policy.acts import Status
from services.intake.state import Case
from shared.contracts.dispatch import CaseClosed, CaseReopened, OrderAccepted, OrderCompleted
from shared.contracts.escalation import SeverityUpgraded, UpgradeAnnulled
from tests.support.intake_builders import (
    CASE,
    LEAD,
    OTHER,
    done,
    dues,
    heard,
    incident,
    local,
    logged,
    only_fact,
    refused,
)

NOON = "2025-03-04T12:00:00"
CLOSED = CaseClosed(ending="satisfied", by="p-desk")


def classify(**fields: Any) -> Classify:
    return Classify.model_validate({"reason": "核实后更改"} | fields)


def amend(**fields: Any) -> Amend:
    return Amend.model_validate({"reason": "住户来电"} | fields)


def closed(case: Case) -> Case:
    state = heard(case, CLOSED, NOON).state
    assert isinstance(state, Case)
    return state


def test_a_graver_case_is_promised_anew_from_the_first_ear() -> None:
    fact = only_fact(done(logged(), classify(criteria=["important_fault"]), NOON))
    assert (fact.severity, fact.effective_at) == ("important", local(NOON))
    assert dues(fact.promises)["CK-CMP-13"] == "2025-03-04 13:00"


def test_another_category_goes_to_its_department() -> None:
    assert only_fact(done(logged(), classify(category="security"), NOON)).department == "security_dept"


def test_an_invalid_matter_keeps_its_reply_duty() -> None:
    case = logged("2025-03-04T09:00:00", site="s4")
    fact = only_fact(done(case, classify(validity="invalid", criteria=["developer"]), NOON))
    assert (fact.validity, fact.criteria) == ("invalid", ("developer",))
    assert dues(fact.promises) == {"CK-CMP-70": "2025-03-08 00:00"}, "AS-039"


@pytest.mark.parametrize(
    ("case", "fields", "why", "field"),
    [
        pytest.param({}, {"validity": "invalid"}, "reason_missing", "/criteria", id="CL-4 invalid has a reason"),
        pytest.param({}, {"criteria": ["developer"]}, "reason_without_verdict", "/criteria", id="reason alone"),
        pytest.param(
            {"case_type": "emergency", "category": "fire"},
            {"validity": "invalid", "criteria": ["x"]},
            "never_invalid",
            "/validity",
            id="an emergency is never invalid",
        ),
        pytest.param({}, {"category": "nope"}, "unknown_category", "/category", id="unknown category"),
        pytest.param({}, {"case_type": "emergency"}, "other_pack", "/case_type", id="another pack's type"),
        pytest.param({}, {"case_type": "emergencies"}, "unknown_case_type", "/case_type", id="nobody's type"),
        pytest.param({}, {"category": "other"}, "nothing_changed", "/", id="nothing changes"),
    ],
)
def test_a_classification_that_does_not_stand(
    case: dict[str, Any], fields: dict[str, Any], why: str, field: str
) -> None:
    refusal = refused(logged(**case), classify(**fields), NOON)
    assert (refusal.why, refusal.field, refusal.status) == (why, field, 422)


def test_only_a_lead_takes_a_case_off_the_gravest_severity() -> None:
    major = logged(severity="major")
    assert refused(major, classify(severity="minor"), NOON).status == 403
    assert only_fact(done(major, classify(severity="minor"), NOON, actor=LEAD)).severity == "minor"


def test_a_second_message_moves_no_promise_later() -> None:
    case = logged(customer_limit="2025-03-05T12:00:00+08:00")
    for later in ("2025-03-06T12:00:00+08:00", None):
        refusal = refused(case, amend(customer_limit=later), NOON)
        assert (refusal.why, refusal.field) == ("later_than_promised", "/customer_limit")


def test_an_earlier_limit_of_the_customer_is_a_promise() -> None:
    fact = only_fact(done(logged(), amend(customer_limit="2025-03-05T12:00:00+08:00"), NOON))
    assert fact.changed == ("customer_limit",)
    assert dues(fact.promises)["CK-CMP-11"] == "2025-03-05 12:00"


def test_a_lead_corrects_the_first_ear_and_both_values_are_kept() -> None:
    correct = amend(received_at="2025-03-04T09:00:00+08:00", correction=True)
    step = done(logged(), correct, NOON, actor=LEAD)
    fact = only_fact(step)
    assert fact.before == {"received_at": "2025-03-04T02:00:00+00:00"}
    assert dues(fact.promises)["CK-CMP-10"] == "2025-03-04 10:00"
    assert step.state.late_entry


@pytest.mark.parametrize(
    ("fields", "lead", "status"),
    [
        pytest.param({"received_at": "2025-03-04T09:00:00+08:00"}, False, 403, id="§9.1 first ear"),
        pytest.param({"first_receiver": "p-butler"}, False, 403, id="FC-2 first receiver"),
        pytest.param({"first_receiver": "nope"}, True, 422, id="nobody of that name"),
        pytest.param({"received_at": "2025-03-04T11:00:00+08:00"}, True, 422, id="after it was logged"),
        pytest.param({"channel": "phone"}, False, 422, id="nothing changes"),
    ],
)
def test_an_amendment_that_is_refused(*, fields: dict[str, Any], lead: bool, status: int) -> None:
    how = {"actor": LEAD} if lead else {}
    assert refused(logged(), amend(**fields), NOON, **how).status == status


def test_only_what_was_stated_is_amended() -> None:
    fact = only_fact(done(logged(unit="3-1201"), amend(unit=None, content="还漏"), NOON))
    assert (fact.changed, fact.before) == (("unit", "content"), {"unit": "3-1201"})
    assert (fact.private.content, fact.private.name) == ("还漏", None)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(Withdraw(reason="不用了"), id="withdraw"),
        pytest.param(amend(unit="1"), id="amend"),
        pytest.param(classify(category="staff"), id="classify"),
        pytest.param(Consent(consent="CN-3"), id="consent"),
        pytest.param(RaiseAgain(), id="raise again"),
        pytest.param(Link(incident=OTHER, reason="同一原因"), id="link"),
    ],
)
def test_what_dispatch_has_closed_is_left_alone(command: Any) -> None:
    refusal = refused(closed(logged()), command, NOON)
    assert (refusal.status, refusal.state, refusal.possible) == (409, "closed", ("reopen",))


def test_a_lead_may_still_correct_a_closed_case() -> None:
    correct = classify(category="staff", correction=True)
    assert refused(closed(logged()), correct, NOON).status == 409
    assert only_fact(done(closed(logged()), correct, NOON, actor=LEAD)).correction


def test_a_customer_who_comes_back_is_heard_and_no_promise_moves() -> None:
    case = logged()
    step = done(case, RaiseAgain(channel="visit", content="还没有人来"), NOON)
    fact = only_fact(step)
    assert (fact.channel, fact.private.text, step.state) == ("visit", "还没有人来", case)


def test_a_case_is_withdrawn_once() -> None:
    step = done(logged(), Withdraw(reason="不用了"), NOON)
    assert only_fact(step).private.text == "不用了"
    assert refused(step.state, Withdraw(reason="不用了"), NOON).state == "withdrawn"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param({"consent": "CN-2"}, "time_missing", id="CN-2 names a time"),
        pytest.param({"consent": "CN-5", "until": "2025-03-05T09:00:00+08:00"}, "time_not_asked", id="CN-5"),
        pytest.param({"consent": "CN-1", "until": "2025-03-04T11:00:00+08:00"}, "limit_passed", id="past"),
        pytest.param({"consent": "CN-3", "given_at": "2025-03-04T14:00:00+08:00"}, "future_time", id="not given yet"),
    ],
)
def test_a_consent_that_makes_no_sense(fields: dict[str, Any], why: str) -> None:
    assert refused(logged(), Consent.model_validate(fields), NOON).why == why


@pytest.mark.parametrize("consent", [f"CN-{number}" for number in range(1, 11)])
def test_a_consent_says_who_agreed_when_how_and_in_which_words(consent: str) -> None:
    given = {"consent": consent, "method": "signature", "given_at": "2025-03-04T11:30:00+08:00", "name": "赵文"}
    until = {"until": "2025-03-05T09:00:00+08:00"} if consent in ("CN-1", "CN-2") else {}
    fact = only_fact(done(logged(), Consent.model_validate(given | until | {"text": "同意"}), NOON))
    assert (fact.consent, fact.method, fact.by) == (consent, "signature", "p-desk")
    assert fact.given_at.isoformat() == "2025-03-04T03:30:00+00:00"
    assert (fact.private.name, fact.private.text) == ("赵文", "同意")
    assert "赵文" not in fact.model_dump_json(exclude={"private"})


def test_a_case_joins_and_leaves_an_incident() -> None:
    joined = done(logged(), Link(incident=OTHER, reason="同一原因"), NOON)
    assert (only_fact(joined).incident, only_fact(joined).was) == (OTHER, None)
    left = done(joined.state, Link(incident=None, reason="不是一回事"), NOON)
    assert (only_fact(left).incident, only_fact(left).was) == (None, OTHER)
    assert refused(left.state, Link(incident=None, reason="再来"), NOON).why == "nothing_changed"


def test_an_incident_joins_no_other() -> None:
    opened = done(None, incident(), NOON).state
    assert refused(opened, Link(incident=OTHER, reason="合并"), NOON).why == "incident_in_incident"


def test_an_unknown_case_is_not_found() -> None:
    assert refused(None, Withdraw(reason="不用了"), NOON).status == 404


@pytest.mark.parametrize(
    ("fact", "status", "why"),
    [
        pytest.param(OrderCompleted(by="w"), Status.RESOLVED, "resolved", id="completed"),
        pytest.param(CLOSED, Status.CLOSED, "ended", id="closed"),
        pytest.param(CaseClosed(ending="withdrawn", by="w"), Status.WITHDRAWN, "ended", id="withdrawn"),
        pytest.param(OrderAccepted(by="w"), Status.OPEN, "not_mine", id="accepted means nothing here"),
    ],
)
def test_what_is_heard_of_dispatch(fact: Any, status: Status, why: str) -> None:
    step = heard(logged(), fact, NOON)
    assert (step.state.status, step.why) == (status, why)


def test_a_reopened_case_may_be_amended_again() -> None:
    reopened = heard(closed(logged()), CaseReopened(because="unsatisfied", round=2, by="p"), NOON).state
    assert only_fact(done(reopened, amend(unit="1"), NOON)).unit == "1"


def test_a_fact_about_a_case_never_heard_of_is_ignored() -> None:
    assert heard(None, CLOSED, NOON).why == "case_unknown"


def test_an_upgrade_by_time_counts_promises_from_its_instant() -> None:
    at = local("2025-03-01T00:00:00")
    fact = SeverityUpgraded(rule="CK-CMP-21", was="minor", severity="major", effective_at=at)
    case = heard(logged("2025-01-31T09:00:00"), fact, "2025-03-01T00:00:00").state
    wanted = {"CK-CMP-16": "2025-03-02 00:00", "CK-CMP-17": "2025-03-09 00:00"}
    assert wanted.items() <= dues(case.promises).items(), "AS-019"


def test_a_later_classification_outlives_an_earlier_upgrade() -> None:
    case = done(logged(), classify(severity="important"), NOON).state
    fact = SeverityUpgraded(rule="r", was="minor", severity="major", effective_at=local("2025-03-04T11:00:00"))
    assert heard(case, fact, "2025-03-04T13:00:00").state.severity == "important"


def test_an_upgrade_taken_back_brings_the_old_severity_and_its_promises_back() -> None:
    at = local("2025-03-01T00:00:00")
    before = logged("2025-01-31T09:00:00")
    up = SeverityUpgraded(rule="CK-CMP-21", was="minor", severity="major", effective_at=at)
    back = UpgradeAnnulled(rule="CK-CMP-21", was="major", severity="minor", effective_at=at, by_fact="m9")
    case = heard(before, up, "2025-03-01T00:00:00").state
    case = heard(case, back, "2025-02-28T23:00:00").state
    assert (case.severity, dues(case.promises)) == ("minor", dues(before.promises))


def test_an_upgrade_taken_back_leaves_a_later_classification() -> None:
    at = local("2025-03-04T11:00:00")
    case = done(logged(), classify(severity="important"), NOON).state
    back = UpgradeAnnulled(rule="r", was="major", severity="minor", effective_at=at, by_fact="m9")
    assert heard(case, back, "2025-03-04T13:00:00").state.severity == "important"


def test_a_state_survives_being_stored() -> None:
    case = done(logged(customer_limit="2025-03-05T12:00:00+08:00"), Link(incident=CASE, reason="试"), NOON).state
    assert Decoder(Case).decode(Encoder().encode(case)) == case


def handover() -> Case:
    return logged(site="s4", case_type="shift_handover", category="day")


@pytest.mark.parametrize(
    ("command", "field"),
    [
        pytest.param(Withdraw(reason="不交接了"), "/reason", id="withdrawn"),
        pytest.param(Classify(category="night_check", reason="改类"), "/category", id="of another kind"),
        pytest.param(Classify(case_type="complaint", category="other", reason="改类"), "/category", id="a complaint"),
        pytest.param(Link(incident=OTHER, reason="并入"), "/incident", id="part of an incident"),
    ],
)
def test_a_shift_handover_is_not_got_rid_of(command: Any, field: str) -> None:
    refusal = refused(handover(), command, NOON)
    assert (refusal.why, refusal.field) == ("handover_kept", field)


def test_a_handover_logged_by_mistake_is_corrected_by_whoever_leads_the_desk() -> None:
    mistake = Classify(case_type="complaint", category="other", correction=True, reason="误登")
    assert refused(handover(), mistake, NOON).why == "handover_kept"
    assert done(handover(), mistake, NOON, actor=LEAD).why == "classified"
