"""Steps, forms and dates start, stop and move clocks."""

import pytest

from services.escalation.api.explaining import explained
from services.escalation.saying.hand import Hand
from shared.contracts.dispatch import CaseClosed, FollowUpRecorded, OrderCompleted, ReplyGiven, StepTaken
from shared.contracts.escalation import BreachAnnulled, CaseRaised, ClockArmed, ClockBreached, ClockStopped
from shared.contracts.fold import Moment
from shared.contracts.intake import RequestAmended, RequestClassified
from shared.rules.asking import FollowUpRule
from shared.rules.conditions import Condition
from shared.rules.forms import FieldKind, FormField
from shared.rules.words import Basis, StartFact, StopFact
from shared.web.wording import Voice
from tests.support.escalation_builders import Folded
from tests.support.made_packs import NAME, begun, book_of, clock, pack_of
from tests.support.packs import local

DAYS, HOURS = Basis.DAYS, Basis.HOURS
KEY = clock("CK-KEY", StartFact.STEP, DAYS, 3, after="lend", steps=("return",), stop=())
RECHECK = clock("CK-AGAIN", StartFact.STEP, HOURS, 4, after="inspect=fail", steps=("inspect=pass",), stop=())
MAILBOX = clock("CK-NOT-02", StartFact.DATE, DAYS, -1, after="effective", steps=("mailed",), stop=())
MIDDLE = clock("CK-MID", StartFact.RECEIVED, Basis.MIDPOINT, between=("first", "last"), steps=("visited",), stop=())
RINGS = clock("CK-TEL", StartFact.RECEIVED, Basis.COUNT, 3, between=("rings",), stop=())
FORM = tuple(FormField(id_, NAME, FieldKind.DATE) for id_ in ("effective", "first", "last"))


def step(step_: str, outcome: str | None = None, **more: object) -> StepTaken:
    given = {"step": step_, "outcome": outcome, "by": "p-desk"} | more
    return StepTaken.model_validate(given)


def case(*clocks: object, at: str = "2025-04-01 09:00", form: dict[str, str] | None = None, **more: object) -> Folded:
    pack = pack_of(*clocks, form=FORM, **more)  # type: ignore[arg-type]  # rows name their clocks loosely
    return begun(book_of(pack), at, form=form or {})


def test_as_109_a_key_is_overdue_after_the_third_day_ends() -> None:
    folded = case(KEY)
    folded.hear(step("lend"), "2025-04-01 09:10")
    assert folded.due("CK-KEY") == local("2025-04-05 00:00")
    folded.past("2025-04-05 00:00")
    assert folded.instants(ClockBreached) == [local("2025-04-05 00:00")]
    folded.hear(step("return"), "2025-04-05 10:00")
    assert folded.outcomes["CK-KEY"] == "late"


def test_a_step_taken_again_starts_its_clock_again_once_it_has_ended() -> None:
    folded = case(KEY)
    folded.hear(step("lend"), "2025-04-01 09:10")
    folded.hear(step("lend", count=2), "2025-04-02 09:10")
    assert folded.due("CK-KEY") == local("2025-04-05 00:00")
    folded.hear(step("return", reopened=("lend",)), "2025-04-03 10:00")
    assert folded.outcomes["CK-KEY"] == "met"
    folded.hear(step("lend", count=3), "2025-04-10 09:10")
    assert folded.due("CK-KEY") == local("2025-04-14 00:00")


def test_an_outcome_starts_and_meets_a_clock() -> None:
    folded = case(RECHECK)
    folded.hear(step("inspect", "pass"), "2025-04-01 10:00")
    assert folded.case.clock("CK-AGAIN") is None
    folded.hear(step("inspect", "fail", count=2), "2025-04-01 11:00")
    assert folded.due("CK-AGAIN") == local("2025-04-01 15:00")
    folded.hear(step("inspect", "pass", count=3), "2025-04-01 14:00")
    assert folded.outcomes["CK-AGAIN"] == "met"


def test_what_a_reopened_step_had_started_ends() -> None:
    started = clock("CK-PAY", StartFact.STEP, DAYS, 3, after="accept", steps=("refund",), stop=())
    folded = case(started)
    folded.hear(step("accept"), "2025-04-01 10:00")
    folded.hear(step("recheck", "bad", reopened=("accept",)), "2025-04-02 10:00")
    assert folded.told(ClockStopped)[-1].because == "reopened"
    assert folded.outcomes["CK-PAY"] == "cancelled"
    folded.hear(step("accept", count=2), "2025-04-03 10:00")
    assert folded.due("CK-PAY") == local("2025-04-07 00:00")


def test_a_mark_of_a_step_chooses_the_clocks_and_goes_with_it() -> None:
    other = Condition(flags=("cause=other",))
    slow = clock("CK-SLOW", StartFact.RECEIVED, DAYS, 5, when=other)
    quick = clock("CK-QUICK", StartFact.RECEIVED, DAYS, 1, when=Condition(without=("cause=other",)))
    folded = case(slow, quick)
    assert [one.id for one in folded.case.running] == ["CK-QUICK"]
    folded.hear(step("verify", marks=("cause=other",)), "2025-04-01 10:00")
    assert {one.id: one.due_at for one in folded.case.running} == {"CK-SLOW": local("2025-04-07 00:00")}
    folded.hear(step("again", marks=(), reopened=("verify",)), "2025-04-01 11:00")
    assert [one.id for one in folded.case.running] == ["CK-QUICK"]


def test_a_reclassification_keeps_the_marks_of_steps() -> None:
    slow = clock("CK-SLOW", StartFact.RECEIVED, DAYS, 5, when=Condition(flags=("cause=other", "kind=b")))
    folded = case(slow)
    folded.hear(step("verify", marks=("cause=other",)), "2025-04-01 10:00")
    again = {"case_type": "complaint", "category": "engineering", "severity": "minor", "validity": "valid"}
    fact = RequestClassified.model_validate(
        again | {"flags": ("kind=b",), "effective_at": local("2025-04-01 11:00"), "by": "x"}
    )
    folded.hear(fact, "2025-04-01 11:00")
    assert [one.id for one in folded.case.running] == ["CK-SLOW"]


def test_an_answer_of_the_follow_up_is_a_mark_that_steps_do_not_drop() -> None:
    asked = FormField("polite", NAME, FieldKind.YES_NO)
    apology = clock("CK-SORRY", StartFact.FOLLOWED_UP, DAYS, 1, when=Condition(flags=("polite=no",)))
    folded = case(apology, follow_up=FollowUpRule(form=(asked,)))
    folded.hear(OrderCompleted(by="x"), "2025-04-01 10:00")
    answer = FollowUpRecorded(answer="unsatisfied", method="phone", round=1, form={"polite": "no"}, by="x")
    folded.hear(answer, "2025-04-02 10:00")
    assert folded.due("CK-SORRY") == local("2025-04-04 00:00")
    folded.hear(step("verify", marks=("verify=done",)), "2025-04-02 11:00")
    assert folded.case.marks == ("polite=no", "verify=done")


def test_as_103_a_notice_is_in_the_mailbox_the_day_before() -> None:
    folded = case(MAILBOX, at="2025-06-01 09:00", form={"effective": "2025-06-10"})
    assert folded.due("CK-NOT-02") == local("2025-06-10 00:00")
    found = folded.case.clock("CK-NOT-02")
    assert found is not None
    assert found.warn_at is not None
    assert local("2025-06-01 09:00") < found.warn_at < local("2025-06-10 00:00")
    folded.hear(step("mailed"), "2025-06-09 23:59")
    assert folded.outcomes["CK-NOT-02"] == "met"


def test_a_date_known_later_arms_its_clock_and_moves_it_when_it_changes() -> None:
    folded = case(MAILBOX, at="2025-06-01 09:00")
    folded.hear(step("drafted", form={"effective": "2025-06-10"}), "2025-06-02 09:00")
    assert folded.due("CK-NOT-02") == local("2025-06-10 00:00")
    folded.hear(step("drafted", count=2, form={"effective": "2025-06-20"}), "2025-06-03 09:00")
    assert folded.due("CK-NOT-02") == local("2025-06-20 00:00")
    assert [fact.because for fact in folded.told(ClockArmed)] == ["date:effective", "date:effective"]


def test_a_date_that_has_passed_is_missed_at_its_true_instant() -> None:
    folded = case(MAILBOX, at="2025-06-10 09:00", form={"effective": "2025-06-10"})
    folded.past("2025-06-10 09:00")
    assert folded.instants(ClockBreached) == [local("2025-06-10 00:00")]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param({"effective": "2025-06-20"}, "2025-06-20 00:00", id="another date"),
        pytest.param({}, None, id="none any more"),
    ],
)
def test_an_amended_form_moves_its_clocks(form: dict[str, str], expected: str | None) -> None:
    folded = case(MAILBOX, at="2025-06-01 09:00", form={"effective": "2025-06-05"})
    folded.past("2025-06-05 00:00")
    folded.hear(RequestAmended(changed=("form",), form=form, by="x"), "2025-06-06 09:00")
    running = {one.id: one.due_at for one in folded.case.running}
    assert running == ({"CK-NOT-02": local(expected)} if expected else {})
    assert len(folded.told(BreachAnnulled)) == (1 if expected else 0)


def test_as_085_the_middle_of_a_contract_follows_its_dates() -> None:
    folded = case(MIDDLE, at="2025-02-20 09:00", form={"first": "2025-03-01", "last": "2025-05-31"})
    assert folded.due("CK-MID") == local("2025-04-16 00:00")
    amended = RequestAmended(changed=("form",), form={"first": "2025-03-01", "last": "2025-03-31"}, by="x")
    folded.hear(amended, "2025-02-21 09:00")
    assert folded.due("CK-MID") == local("2025-03-17 00:00")


def test_as_149_rings_are_counted_and_four_are_too_many() -> None:
    folded = case(RINGS, form={"rings": "3"})
    assert (folded.outcomes["CK-TEL"], folded.told(ClockBreached)) == ("met", [])
    late = case(RINGS, form={"rings": "4"})
    assert late.outcomes["CK-TEL"] == "late"
    assert late.instants(ClockBreached) == [local("2025-04-01 09:00")]
    (raised,) = late.told(CaseRaised)
    assert raised.roles == ("assignee", "first_receiver", "lead")


def test_a_count_explains_itself_by_its_number() -> None:
    folded = case(RINGS, form={"rings": "4"})
    moment = Moment(local("2025-04-01 10:00"), local("2025-04-01 10:00"), folded.book)
    (told,) = explained(Hand(folded.case, moment), Voice(language="en"))["clocks"]
    assert (told["because"], told["pieces"], told["state"]) == (["up to 3 is within the rule"], [], "late")


def test_each_call_is_judged_and_a_correction_takes_a_breach_back() -> None:
    folded = case(RINGS)
    folded.hear(step("call", form={"rings": "4"}), "2025-04-01 10:00")
    folded.hear(step("call", count=2, form={"rings": "2"}), "2025-04-01 11:00")
    assert [one.outcome for fact in folded.told(ClockStopped) for one in fact.clocks] == ["late", "met"]
    wrong = case(RINGS, form={"rings": "4"})
    wrong.hear(RequestAmended(changed=("form",), form={"rings": "2"}, by="x"), "2025-04-01 10:00")
    (annulled,) = wrong.told(BreachAnnulled)
    assert {one.person for one in annulled.people} == {"p-engineering_dept", "p-desk", "p-lead"}
    assert wrong.outcomes["CK-TEL"] == "met"


@pytest.mark.parametrize(
    ("start", "fact"),
    [
        pytest.param(StartFact.REPLIED, ReplyGiven(kind="first", method="phone", by="x"), id="a reply"),
        pytest.param(
            StartFact.FOLLOWED_UP,
            FollowUpRecorded(answer="satisfied", method="phone", round=1, by="x"),
            id="a follow-up",
        ),
        pytest.param(StartFact.CLOSED, CaseClosed(ending="satisfied", by="x"), id="the end"),
    ],
)
def test_every_fact_may_start_a_clock(start: StartFact, fact: ReplyGiven | FollowUpRecorded | CaseClosed) -> None:
    folded = case(clock("CK-N", start, HOURS, 2, stop=(StopFact.TOLD,)))
    folded.hear(fact, "2025-04-01 10:00")
    assert folded.due("CK-N") == local("2025-04-01 12:00")
    folded.past("2025-04-01 12:00")
    assert folded.instants(ClockBreached) == [local("2025-04-01 12:00")]
    assert [one.reason for one in folded.told(CaseRaised)] == ["breach"]


def test_a_step_of_a_case_that_asks_for_nothing_says_nothing() -> None:
    folded = case(KEY)
    said = len(folded.said)
    assert folded.hear(step("note", form={"x": "1"}), "2025-04-01 10:00") == "step_taken"
    assert len(folded.said) == said
