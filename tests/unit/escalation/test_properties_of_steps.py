"""Whatever steps, forms and deferrals say, in whatever order: the fold answers and the books balance."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.escalation.folds import CASE
from shared.contracts.dispatch import (
    CaseClosed,
    CaseDeferred,
    CaseReopened,
    FollowUpRecorded,
    OrderAccepted,
    OrderCompleted,
    OrderIssued,
    OrderReturned,
    ReplyGiven,
    StepTaken,
)
from shared.contracts.envelope import Fact
from shared.contracts.escalation import BreachAnnulled, ClockArmed, ClockBreached, ClockStopped, NoticeWanted
from shared.contracts.intake import RequestAmended
from shared.contracts.origins import Outer
from shared.organisation.outsiders import Contract
from shared.rules.asking import FollowUpRule
from shared.rules.conditions import Condition
from shared.rules.forms import FieldKind, FormField
from shared.rules.words import Basis, Means, Outside, PromiseKind, StartFact, StopFact
from tests.support.escalation_builders import Folded
from tests.support.made_packs import NAME, begun, book_of, clock, notice, pack_of
from tests.support.packs import local

START = local("2025-03-04 10:00")
BAD = Condition(flags=("inspect=fail",))
CLOCKS = (
    clock("CK-R", StartFact.RECEIVED, Basis.HOURS, 30, promise=PromiseKind.REPLY),
    clock("CK-H", StartFact.RECEIVED, Basis.DAYS, 2, promise=PromiseKind.RESOLVE, pausable=True, extend="lead"),
    clock("CK-S", StartFact.STEP, Basis.HOURS, 5, after="lend", steps=("return", "inspect=pass"), stop=()),
    clock("CK-F", StartFact.STEP, Basis.SHIFT_END, after="inspect=fail", stop=(StopFact.TOLD, StopFact.COMPLETED)),
    clock("CK-W", StartFact.RECEIVED, Basis.WORKING_DAYS, 2, when=BAD),
    clock("CK-D", StartFact.DATE, Basis.DAYS, -1, after="day", steps=("return",), stop=()),
    clock("CK-M", StartFact.ISSUED, Basis.MIDPOINT, between=("day", "last"), steps=("return",), stop=()),
    clock("CK-C", StartFact.RECEIVED, Basis.COUNT, 2, between=("rings",), stop=()),
    clock("CK-A", StartFact.REPLIED, Basis.AGREED, overridable_by=("field:last", "outside_deadline")),
    clock("CK-Z", StartFact.MISSED, Basis.HOURS, 3, after="CK-S", when=Condition(without=("inspect=pass",))),
)
NOTICES = (
    notice("N-1", StartFact.STEP, after="inspect", tell=("lead",), clocks=("CK-F",)),
    notice("N-2", StartFact.MISSED, after="CK-S", outside=(Outside.CUSTOMER,), means=(Means.PHONE,), quiet=True),
    notice("N-3", StartFact.DATE, after="last", copy=("lead",)),
    notice("N-4", StartFact.CLOSED, outside=(Outside.SUPERIOR,)),
)
ASKED = FollowUpRule(form=(FormField("polite", NAME, FieldKind.YES_NO),))
PACK = pack_of(*CLOCKS, raises_at_intake=NOTICES, follow_up=ASKED, form=(FormField("day", NAME, FieldKind.DATE),))
BOOK = book_of(PACK, {"CK-R.amount": 20, "call_from_minute": 540, "call_to_minute": 1260}, Contract(10, 30, 240))


def step(name: str, outcome: str | None = None, reopened: tuple[str, ...] = (), **form: str) -> StepTaken:
    marks = (f"{name}={outcome or 'done'}",)
    return StepTaken(step=name, outcome=outcome, marks=marks, reopened=reopened, form=form, by="x")


FACTS: tuple[Fact, ...] = (
    OrderIssued(site="s1", order="o", number=1, department="engineering_dept"),
    OrderAccepted(by="x", complete_by=local("2025-03-06 10:00")),
    OrderReturned(by="x", department="engineering_dept"),
    ReplyGiven(kind="first", method="phone", by="x"),
    OrderCompleted(by="x"),
    CaseReopened(because="false_completion", round=2, by="x"),
    FollowUpRecorded(answer="unsatisfied", method="phone", round=1, form={"polite": "no"}, by="x"),
    step("lend", last="2025-03-20"),
    step("return", reopened=("lend",)),
    step("inspect", "pass"),
    step("inspect", "fail", reopened=("lend", "inspect")),
    step("noted", day="2025-03-10"),
    step("noted", day="2025-03-04", last="2025-03-06"),
    step("call", rings="5"),
    step("call", rings="1"),
    CaseDeferred(until=local("2025-03-09 08:30"), consent="CN-1", by="x"),
    RequestAmended(changed=("form",), form={"day": "2025-03-08", "rings": "3"}, flags=("day=x",), by="x"),
    RequestAmended(changed=("form",), form={"rings": "1"}, correction=True, by="x"),
    RequestAmended(changed=("outer",), outer=Outer(line="12345", deadline=local("2025-03-05 12:00")), by="x"),
    RequestAmended(changed=("received_at",), received_at=local("2025-03-04 08:00"), correction=True, by="x"),
)
STORIES = st.lists(st.tuples(st.sampled_from(FACTS), st.integers(-3 * 60, 4 * 24 * 60)), max_size=10)


def lived(story: list[tuple[Fact, int]]) -> Folded:
    folded, at = begun(BOOK, "2025-03-04 10:00", form={"rings": "2"}), START
    for fact, minutes in story:
        at = max(at + timedelta(minutes=minutes), START)
        folded.hear(fact, f"{at + timedelta(hours=8):%Y-%m-%d %H:%M}")
    return folded


@settings(max_examples=150)
@given(story=STORIES)
def test_every_clock_ends_with_its_case_and_no_timer_is_left(story: list[tuple[Fact, int]]) -> None:
    folded = lived(story)
    folded.hear(CaseClosed(ending="satisfied", by="x"), "2026-12-01 10:00")
    armed = {one.clock for fact in folded.told(ClockArmed) for one in fact.clocks}
    assert armed == {one.clock for fact in folded.told(ClockStopped) for one in fact.clocks}
    assert folded.case.running == ()
    assert folded.docket is not None
    assert CASE.due(folded.docket) is None


@settings(max_examples=150)
@given(story=STORIES)
def test_each_breach_stands_at_its_instant_and_is_annulled_once_at_most(story: list[tuple[Fact, int]]) -> None:
    folded = lived(story)
    breaches = [(fact.clock, fact.due_at, at) for at, fact in folded.said if isinstance(fact, ClockBreached)]
    assert all(at == due_at for _, due_at, at in breaches)
    annulled = [(fact.clock, fact.due_at) for fact in folded.told(BreachAnnulled)]
    left = [(clock_, due_at) for clock_, due_at, _ in breaches]
    for one in annulled:
        left.remove(one)


@settings(max_examples=150)
@given(story=STORIES)
def test_the_same_facts_give_the_same_case(story: list[tuple[Fact, int]]) -> None:
    one, other = lived(story), lived(story)
    assert (one.case, one.said) == (other.case, other.said)


@settings(max_examples=150)
@given(story=STORIES)
def test_a_mark_has_one_value_and_calls_wait_for_calling_hours(story: list[tuple[Fact, int]]) -> None:
    folded = lived(story)
    words = [mark.partition("=")[0] for mark in folded.case.marks]
    assert len(words) == len(set(words))
    for fact in folded.told(NoticeWanted):
        waits = fact.not_before
        assert waits is None or (waits + timedelta(hours=8)).hour == 9
