"""Who is told because something happened, inside the house and outside, once."""

from typing import Any

import pytest

from shared.contracts.dispatch import CaseClosed, OrderCompleted, ReplyGiven, StepTaken
from shared.contracts.envelope import Fact
from shared.contracts.escalation import CaseRaised, ClockBreached, NoticeWanted, Reminded
from shared.contracts.intake import RequestAmended, RequestClassified, RequestWithdrawn
from shared.rules.conditions import Condition
from shared.rules.model import NoticeRule
from shared.rules.words import Basis, Means, Outside, StartFact, StopFact
from tests.support.escalation_builders import Folded, opened
from tests.support.made_packs import NAME, begun, book_of, clock, notice, pack_of
from tests.support.packs import local

REPLY = ReplyGiven(kind="first", method="phone", by="x")
WITHDRAWN, CLOSED = RequestWithdrawn(by="x"), CaseClosed(ending="withdrawn", by="x")
TO_CUSTOMER: dict[str, Any] = {"outside": (Outside.CUSTOMER,), "means": (Means.PHONE, Means.VISIT)}
CALLS = {"call_from_minute": 540, "call_to_minute": 1260}


def case(*notices: NoticeRule, at: str = "2025-03-04 10:00", clocks: Any = (), **fields: Any) -> Folded:
    pack = pack_of(*clocks, raises_at_intake=notices, parameters=CALLS)
    return begun(book_of(pack), at, **fields)


def step(outcome: str | None = None) -> StepTaken:
    return StepTaken(step="inspect", outcome=outcome, by="x")


@pytest.mark.parametrize(
    ("rule", "fact"),
    [
        pytest.param(notice("N-1", StartFact.REPLIED, tell=("lead",)), REPLY, id="a reply"),
        pytest.param(notice("N-1", StartFact.STEP, after="inspect", tell=("lead",)), step("fail"), id="a step"),
        pytest.param(
            notice("N-1", StartFact.STEP, after="inspect=fail", tell=("lead",)), step("fail"), id="an outcome"
        ),
        pytest.param(
            notice("N-1", StartFact.CLOSED, tell=("lead",)), CaseClosed(ending="satisfied", by="x"), id="N-16 the end"
        ),
    ],
)
def test_the_pack_says_who_is_told_of_what(rule: NoticeRule, fact: Fact) -> None:
    folded = case(rule)
    folded.hear(fact, "2025-03-04 11:00")
    (raised,) = folded.told(CaseRaised)
    assert (raised.reason, raised.rule, raised.roles) == ("notice", "N-1", ("lead",))


def test_another_outcome_tells_nobody() -> None:
    folded = case(notice("N-1", StartFact.STEP, after="inspect=fail", tell=("lead",)))
    folded.hear(step("pass"), "2025-03-04 11:00")
    assert folded.told(CaseRaised) == []


def test_a_missed_clock_tells_those_outside_and_its_ladder() -> None:
    rule = notice("N-11", StartFact.MISSED, after="CK-R", text=NAME, **TO_CUSTOMER)
    folded = case(rule, clocks=(clock("CK-R", StartFact.RECEIVED, Basis.HOURS, 1),))
    folded.past("2025-03-04 11:00")
    (wanted,) = folded.told(NoticeWanted)
    assert (wanted.rule, wanted.to, wanted.means) == ("N-11", ("customer",), ("phone", "visit"))
    assert (wanted.zh, wanted.en, wanted.not_before) == ("某项", "something", None)
    assert [one.person for one in wanted.people] == ["p-engineering_dept"]
    assert [one.reason for one in folded.told(CaseRaised)] == ["breach"]


@pytest.mark.parametrize(
    ("at", "severity", "not_before"),
    [
        pytest.param("2025-03-04 22:10", "minor", "2025-03-05 09:00", id="N-22 not after 21:00"),
        pytest.param("2025-03-04 06:00", "minor", "2025-03-04 09:00", id="not before 9:00"),
        pytest.param("2025-03-04 21:00", "minor", None, id="21:00 is still calling time"),
        pytest.param("2025-03-04 22:10", "major", None, id="grave matters run later"),
    ],
)
def test_calls_wait_for_calling_hours(at: str, severity: str, not_before: str | None) -> None:
    rule = notice("N-22", StartFact.RECEIVED, quiet=True, **TO_CUSTOMER)
    (wanted,) = case(rule, at=at, severity=severity).told(NoticeWanted)
    assert wanted.not_before == (local(not_before) if not_before else None)


def test_a_site_has_its_own_calling_hours() -> None:
    pack = pack_of(raises_at_intake=(notice("N-22", StartFact.RECEIVED, quiet=True, **TO_CUSTOMER),), parameters=CALLS)
    folded = begun(book_of(pack, {"call_to_minute": 1380}), "2025-03-04 22:10")
    assert folded.told(NoticeWanted)[0].not_before is None


def test_what_nobody_is_told_inside_is_raised_to_nobody() -> None:
    assert case(notice("N-3", StartFact.RECEIVED, **TO_CUSTOMER)).told(CaseRaised) == []


@pytest.mark.parametrize(
    ("fields", "silent"),
    [pytest.param({"drill": True}, True, id="a drill"), pytest.param({}, False, id="in earnest")],
)
def test_a_drill_asks_nobody_to_call(fields: dict[str, Any], silent: bool) -> None:  # noqa: FBT001  a row's column
    (wanted,) = case(notice("N-3", StartFact.RECEIVED, **TO_CUSTOMER), **fields).told(NoticeWanted)
    assert (wanted.silent, wanted.people == ()) == (silent, silent)


def test_a_telling_meets_its_clock() -> None:
    told = clock("CK-T", StartFact.STEP, Basis.SAME_DAY, after="inspect", stop=(StopFact.TOLD,))
    folded = case(notice("N-1", StartFact.STEP, after="inspect", copy=("lead",), clocks=("CK-T",)), clocks=(told,))
    folded.hear(step(), "2025-03-04 11:00")
    assert folded.outcomes["CK-T"] == "met"


def test_a_notice_of_the_reception_is_given_once_however_often_it_is_classified() -> None:
    rule = notice("N-6", StartFact.RECEIVED, tell=("lead",))
    folded = case(NoticeRule("N-5", NAME, "test", tell=("manager",)), rule)
    for minute, severity in enumerate(("major", "minor", "major")):
        at = f"2025-03-04 11:0{minute}"
        given = {"case_type": "complaint", "category": "engineering", "severity": severity, "validity": "valid"}
        folded.hear(RequestClassified.model_validate(given | {"effective_at": local(at), "by": "x"}), at)
    assert [one.rule for one in folded.told(CaseRaised) if one.reason == "intake"] == ["N-5", "N-6"]


def test_a_notice_for_a_date_waits_for_it_and_forgets_the_date_before() -> None:
    rule = notice("N-35", StartFact.DATE, after="birthday", tell=("lead",))
    folded = case(rule)
    folded.hear(StepTaken(step="noted", form={"birthday": "2025-03-06"}, by="x"), "2025-03-04 11:00")
    folded.hear(StepTaken(step="noted", count=2, form={"birthday": "2025-03-10"}, by="x"), "2025-03-04 12:00")
    folded.past("2025-03-09 23:59")
    assert folded.told(CaseRaised) == []
    folded.past("2025-03-10 00:00")
    assert folded.instants(CaseRaised) == [local("2025-03-10 00:00")]


def planned(at: str, **fields: Any) -> Folded:
    duty = {"rule": "PLAN-VAC", "period": "2025-05", "due_at": local("2025-05-06 00:00"), "role": "quality"}
    table = clock("CK-VAC-02", StartFact.RECEIVED, Basis.AGREED, overridable_by=("planned",), tell=("manager",))
    return case(clocks=(table,), at=at, planned=duty | {"remind_at": local("2025-04-30 08:30")}, **fields)


def test_as_009_whoever_has_to_do_it_is_reminded_on_the_last_working_day() -> None:
    folded = planned("2025-04-28 00:00", department=None)
    folded.past("2025-04-30 08:30")
    (reminded,) = folded.told(Reminded)
    assert (reminded.rule, reminded.due_at) == ("PLAN-VAC", local("2025-05-06 00:00"))
    assert [one.person for one in reminded.people] == ["p-quality"]
    folded.past("2025-05-06 00:00")
    assert folded.instants(Reminded) == [local("2025-04-30 08:30")]


def test_n_47_the_role_of_the_plan_and_the_reviewer_hear_of_a_miss() -> None:
    folded = planned("2025-04-28 00:00")
    folded.past("2025-05-06 00:00")
    assert folded.instants(ClockBreached) == [local("2025-05-06 00:00")]
    (raised,) = folded.told(CaseRaised)
    assert {one.person for one in raised.people} == {"p-quality", "p-desk", "p-manager"}


def test_what_is_done_needs_no_reminder() -> None:
    folded = planned("2025-04-28 00:00")
    folded.hear(CaseClosed(ending="completed", by="x"), "2025-04-29 10:00")
    folded.past("2025-05-06 00:00")
    assert folded.told(Reminded) == []


@pytest.mark.parametrize(
    ("site", "whose", "minutes"),
    [
        pytest.param({"immediate_ack_minutes": 10}, "site_override", 10, id="AS-166 the site's own minutes"),
        pytest.param({}, "product_default", 30, id="the product's"),
    ],
)
def test_whose_minutes_these_are_is_said(site: dict[str, str | int], whose: str, minutes: int) -> None:
    pack = pack_of(raises_at_intake=(notice("N-2", StartFact.RECEIVED, tell=("lead",)),))
    (raised,) = begun(book_of(pack, site), "2025-03-04 10:00").told(CaseRaised)
    assert (raised.acknowledge_by, raised.acknowledge_why) == (local(f"2025-03-04 10:{minutes}"), whose)


def test_a_soft_miss_is_marked() -> None:
    folded = case(clocks=(clock("CK-S", StartFact.RECEIVED, Basis.HOURS, 1, soft=True),))
    folded.past("2025-03-04 11:00")
    assert [one.soft for one in folded.told(ClockBreached)] == [True]


def test_what_is_heard_late_is_told_once_and_nobody_is_called_silent_before_he_was_told() -> None:
    folded = case(notice("N-1", StartFact.STEP, after="inspect", tell=("lead",)))
    folded.hear(step("fail"), "2025-03-04 11:00", now="2025-03-04 15:00")
    (raised,) = folded.told(CaseRaised)
    assert folded.instants(CaseRaised) == [local("2025-03-04 11:00")]
    assert raised.acknowledge_by == local("2025-03-04 15:30")


def test_a_miss_noticed_after_an_outage_is_told_outside_once() -> None:
    rule = notice("N-11", StartFact.MISSED, after="CK-R", **TO_CUSTOMER)
    folded = case(rule, clocks=(clock("CK-R", StartFact.RECEIVED, Basis.HOURS, 1),))
    folded.wake("2025-03-04 20:00")
    folded.hear(REPLY, "2025-03-04 20:00")
    assert folded.instants(NoticeWanted) == [local("2025-03-04 11:00")]


def test_what_an_amended_form_brings_about_is_told() -> None:
    folded = case(notice("N-6", StartFact.RECEIVED, tell=("lead",), when=Condition(flags=("loss=serious",))))
    amended = RequestAmended(changed=("form",), form={"loss": "500.00"}, flags=("loss=serious",), by="x")
    folded.hear(amended, "2025-03-04 11:00")
    folded.hear(amended, "2025-03-04 11:10")
    assert [(one.rule, one.reason) for one in folded.told(CaseRaised)] == [("N-6", "intake")]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param((WITHDRAWN, CLOSED), id="intake is heard first"),
        pytest.param((CLOSED, WITHDRAWN), id="dispatch is heard first"),
    ],
)
def test_fc_4_whoever_tells_of_a_withdrawal_first_the_first_receiver_hears_of_it_once(told: tuple[Fact, ...]) -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    for fact in told:
        folded.hear(fact, "2025-03-04 10:30")
    assert [one.rule for one in folded.told(CaseRaised) if one.rule == "FC-4"] == ["FC-4"]


RUNG = notice("N-1", StartFact.RECEIVED, tell=("lead",), copy=("quality",))
TAKEN_BACK = notice("N-OFF", StartFact.WITHDRAWN, copy=("informed",))


@pytest.mark.parametrize(
    ("facts", "heard_by"),
    [
        pytest.param((WITHDRAWN, CLOSED), ["p-lead", "p-manager", "p-quality"], id="intake is heard first"),
        pytest.param((CLOSED, WITHDRAWN), ["p-lead", "p-manager", "p-quality"], id="dispatch is heard first"),
        pytest.param((CaseClosed(ending="completed", by="x"),), [], id="done, not taken back"),
    ],
)
def test_everybody_who_was_rung_hears_once_that_a_matter_was_taken_back(
    facts: tuple[Fact, ...], heard_by: list[str]
) -> None:
    folded = case(RUNG, TAKEN_BACK)
    folded.past("2025-03-04 10:35")
    for fact in facts:
        folded.hear(fact, "2025-03-04 10:40")
    told = [one for one in folded.told(CaseRaised) if one.rule == "N-OFF"]
    assert [sorted(person.person for person in one.people) for one in told] == ([heard_by] if heard_by else [])
    assert all(one.acknowledge_by is None for one in told)


def test_a_matter_taken_back_before_anybody_heard_of_it_rings_nobody() -> None:
    folded = case(TAKEN_BACK)
    folded.hear(WITHDRAWN, "2025-03-04 10:40")
    assert [one.people for one in folded.told(CaseRaised)] == [()]


def test_whoever_left_no_way_to_reach_him_is_not_to_be_called() -> None:
    (wanted,) = case(notice("N-10", StartFact.RECEIVED, **TO_CUSTOMER), flags=("no_contact",)).told(NoticeWanted)
    assert (wanted.to, wanted.no_contact, wanted.people, wanted.silent) == ((), ("customer",), (), True)


def test_the_others_outside_are_told_all_the_same() -> None:
    both = {"outside": (Outside.CUSTOMER, Outside.CONTRACTOR), "means": (Means.PHONE,)}
    (wanted,) = case(notice("N-32", StartFact.RECEIVED, **both), flags=("no_contact",)).told(NoticeWanted)
    assert (wanted.to, wanted.no_contact, wanted.silent) == (("contractor",), ("customer",), False)


def test_a_phone_left_later_is_a_way_to_reach_him() -> None:
    folded = case(notice("N-10", StartFact.COMPLETED, **TO_CUSTOMER), flags=("no_contact", "works"))
    folded.hear(RequestAmended(changed=("caller", "contact"), flags=("works",), by="x"), "2025-03-04 11:00")
    folded.hear(OrderCompleted(by="x", same_day=True), "2025-03-04 12:00")
    assert [one.to for one in folded.told(NoticeWanted)] == [("customer",)]


PAID = StepTaken(step="paid", marks=("paid=done",), by="x")
HELD = notice("N-HELD", StartFact.WITHDRAWN, tell=("lead",), when=Condition(flags=("paid=done",)))


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param((WITHDRAWN, PAID, CLOSED), id="taken back while the payment was on its way"),
        pytest.param((PAID, WITHDRAWN, CLOSED), id="intake is heard before the end"),
        pytest.param((PAID, CLOSED, WITHDRAWN), id="dispatch is heard first"),
    ],
)
def test_whoever_sees_to_what_was_done_meanwhile_hears_once_of_the_withdrawal(facts: tuple[Fact, ...]) -> None:
    folded = case(HELD, TAKEN_BACK)
    for fact in facts:
        folded.hear(fact, "2025-03-04 10:40")
    raised = [one for one in folded.told(CaseRaised) if one.rule == "N-HELD"]
    assert [[person.person for person in one.people] for one in raised] == [["p-lead"]]
    assert folded.case.closed


def test_a_withdrawal_without_it_tells_nobody_of_it() -> None:
    folded = case(HELD)
    for fact in (WITHDRAWN, CLOSED):
        folded.hear(fact, "2025-03-04 10:40")
    assert folded.told(CaseRaised) == []
