"""What the customer agreed to about time: later by it, never earlier, and never due before anybody could begin."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.escalation.commands import DecideExtension, FollowCalendar
from services.escalation.policy.clockwork import Clock
from shared.contracts.dispatch import CaseDeferred, CaseReopened, OrderAccepted, OrderCompleted, OrderIssued, ReplyGiven
from shared.contracts.envelope import Fact
from shared.contracts.fold import SYSTEM
from shared.contracts.intake import ConsentRecorded, RequestAmended, RequestClassified
from shared.contracts.origins import Outer
from shared.organisation.records import Activation, CalendarRecord, Evidence, Named, Site, SpecialDay
from shared.rules.conditions import Condition
from shared.rules.model import ClockRule, UpgradeRule
from shared.rules.words import Basis, PromiseKind, StartFact, StopFact
from shared.timekeeping.calendar import Span
from tests.support.escalation_builders import SITE, Folded, actor
from tests.support.made_packs import NAME, begun, book_of, clock, pack_of
from tests.support.packs import SHANGHAI, local

START = local("2026-12-28 10:00")
NIGHT = "2026-12-28 02:15"
OPEN = (Span(540, 1080),)
WEEK = CalendarRecord("1", (*(OPEN,) * 5, (), ()))
CLOSED = tuple(SpecialDay((START + timedelta(days=day)).date()) for day in (1, 2, 4, 5))
CLOSURE = replace(WEEK, version="2", special_days=CLOSED, evidence=Evidence("通知", START.date(), "ann", START))
MINOR, MAJOR = Condition(severities=("minor",)), Condition(severities=("major",))
DONE = (StopFact.COMPLETED,)


def handling(name: str, basis: Basis, amount: int | None = None, **more: object) -> ClockRule:
    given = {"stop": DONE, "promise": PromiseKind.RESOLVE, "pausable": True} | more
    return clock(name, given.pop("start", StartFact.RECEIVED), basis, amount, **given)  # type: ignore[arg-type]  # a start


CLOCKS = (
    clock("CK-REPLY", StartFact.RECEIVED, Basis.HOURS, 5, promise=PromiseKind.REPLY, when=MINOR),
    clock("CK-REPLY-DAYS", StartFact.RECEIVED, Basis.WORKING_DAYS, 3, promise=PromiseKind.REPLY),
    clock("CK-REPLY-MAJOR", StartFact.RECEIVED, Basis.HOURS, 24, promise=PromiseKind.REPLY, when=MAJOR),
    handling("CK-HOURS", Basis.HOURS, 4),
    handling("CK-LIMIT", Basis.HOURS, 9, extend="lead", overridable_by=("customer_limit",)),
    handling("CK-DAYS", Basis.DAYS, 2, extend="lead", overridable_by=("customer_limit",), when=MINOR),
    handling("CK-WEEK", Basis.WEEKS, 1, extend="lead", overridable_by=("customer_limit",), when=MAJOR),
    handling("CK-OPEN", Basis.WORKING_HOURS, 6),
    handling("CK-WORK", Basis.WORKING_DAYS, 2, overridable_by=("department_limit",)),
    handling("CK-AGREED", Basis.AGREED, overridable_by=("customer_limit", "department_limit")),
    handling("CK-SHIFT", Basis.NEXT_SHIFT, stop=(StopFact.STARTED,), promise=None),
    handling("CK-ORDER", Basis.HOURS, 3, start=StartFact.ISSUED),
    clock("CK-HARD", StartFact.RECEIVED, Basis.HOURS, 20, stop=DONE),
)
GRAVER = UpgradeRule("UP", NAME, "major", (), "test", months=1, when=MINOR)


def estate(calendar: CalendarRecord, *past: CalendarRecord, **parameters: str | int) -> Site:
    active = Activation("MADE", 1, local("2020-01-01 00:00"))
    return Site(SITE, "SZ1", Named("一号苑", "One"), SHANGHAI, (active,), calendar, parameters, past_calendars=past)


def case(*clocks: ClockRule, at: str = NIGHT, **fields: object) -> Folded:
    book = book_of(pack_of(*clocks, upgrades=(GRAVER,)))
    book.put_site(estate(WEEK))
    return begun(book, at, **fields)


def classified(severity: str) -> RequestClassified:
    given = {"case_type": "complaint", "category": "engineering", "severity": severity, "validity": "valid"}
    return RequestClassified.model_validate(given | {"effective_at": START, "by": "x"})


def consent(number: int, until: datetime) -> ConsentRecorded:
    return ConsentRecorded(consent=f"CN-{number}", until=until, by="x")


def waits(until: str) -> CaseDeferred:
    return CaseDeferred(until=local(until), consent="CN-1", by="x")


OTHERS: tuple[Fact | str, ...] = (
    classified("major"),
    classified("minor"),
    OrderIssued(site="s1", order="o", number=1, department="engineering_dept"),
    OrderAccepted(by="x", complete_by=START + timedelta(hours=30)),
    ReplyGiven(kind="first", method="phone", by="x"),
    OrderCompleted(by="x"),
    CaseReopened(because="false_completion", round=2, by="x"),
    CaseReopened(because="unsatisfied", round=2, by="x"),
    RequestAmended(changed=("received_at",), correction=True, received_at=START - timedelta(hours=2), by="x"),
    RequestAmended(changed=("contact",), by="x"),
    RequestAmended(
        changed=("outer",), outer=Outer(line="12345", number="A", deadline=START + timedelta(days=3)), by="x"
    ),
    RequestAmended(changed=("outer",), outer=None, by="x"),
    "calendar",
    "override",
    "month",
)
AGREED = st.tuples(st.sampled_from((1, 2, 3)), st.integers(1, 9 * 24 * 60))
STORIES = st.lists(st.tuples(st.sampled_from(OTHERS) | AGREED, st.integers(0, 40 * 60)), min_size=2, max_size=8)


def lived(story: list[tuple[object, int]], *, agreeing: bool) -> list[dict[tuple[str, datetime], Clock]]:
    """The running clocks after every act of *story*, the consents and deferrals left out unless *agreeing*."""
    folded, at, seen = case(*CLOCKS, at="2026-12-28 10:00"), START, []
    for act, minutes in story:
        at += timedelta(minutes=minutes) if act != "month" else timedelta(days=32)
        _happens(folded, act, at, agreeing=agreeing)
        seen.append({(one.id, one.start_at): one for one in folded.case.running if not one.breached})
    return seen


def _happens(folded: Folded, act: object, at: datetime, *, agreeing: bool) -> None:
    wall = f"{at + timedelta(hours=8):%Y-%m-%d %H:%M}"
    if isinstance(act, Fact):
        folded.hear(act, wall)
    if act == "calendar":
        folded.book.put_site(estate(CLOSURE, WEEK))
        folded.ask(FollowCalendar(since=START), SYSTEM, wall)
    if act == "override":
        folded.book.put_site(estate(WEEK, **{"CK-DAYS.amount": 5, "CK-LIMIT.hours": 40, "CK-REPLY.amount": 20}))
    if isinstance(act, tuple):
        number, minutes = act
        until = at + timedelta(minutes=minutes)
        said = CaseDeferred(until=until, consent="CN-1", by="x") if number == 3 else consent(number, until)
        folded.hear(said if agreeing else ConsentRecorded(consent="CN-4", by="x"), wall)


@settings(max_examples=150, deadline=None)
@given(story=STORIES)
def test_nothing_the_customer_agrees_to_brings_a_limit_forward(story: list[tuple[object, int]]) -> None:
    for agreed, plain in zip(lived(story, agreeing=True), lived(story, agreeing=False), strict=True):
        for key in agreed.keys() & plain.keys():
            due, without = agreed[key].due_at, plain[key].due_at
            assert without is None or (due is not None and due >= without), key


@pytest.mark.parametrize(
    ("rule", "until", "expected"),
    [
        pytest.param(handling("CK", Basis.HOURS, 4), "08:30", "2026-12-28 12:25", id="hours: what was left"),
        pytest.param(handling("CK", Basis.HOURS, 4), "05:00", "2026-12-28 08:55", id="also where it was due later"),
        pytest.param(handling("CK", Basis.WORKING_HOURS, 4), "08:30", "2026-12-28 13:00", id="begins before opening"),
        pytest.param(handling("CK", Basis.WORKING_HOURS, 4), "10:00", "2026-12-28 14:00", id="opening hours: the same"),
        pytest.param(handling("CK", Basis.SAME_DAY), "23:30", "2026-12-29 00:00", id="the same day stays"),
        pytest.param(handling("CK", Basis.NEXT_SHIFT), "10:30", "2026-12-28 10:30", id="a shift's begin: right then"),
        pytest.param(handling("CK", Basis.SHIFT_END), "18:30", "2026-12-29 17:30", id="a shift's end: of that shift"),
        pytest.param(clock("CK", StartFact.RECEIVED, Basis.HOURS, 4), "08:30", "2026-12-28 06:15", id="never waits"),
    ],
)
def test_after_a_wait_a_clock_has_what_was_left_to_it(rule: ClockRule, until: str, expected: str) -> None:
    folded = case(rule)
    folded.hear(waits(f"2026-12-28 {until}"), "2026-12-28 02:20")
    assert folded.due("CK") == local(expected)


@pytest.mark.parametrize(
    ("basis", "until", "expected"),
    [
        pytest.param(Basis.DAYS, "2027-01-03 08:30", "2027-01-04 00:00", id="a wait past its last day: that day's end"),
        pytest.param(Basis.DAYS, "2026-12-29 08:30", "2026-12-31 00:00", id="one night moves no day"),
        pytest.param(Basis.WORKING_DAYS, "2027-01-03 08:30", "2027-01-05 00:00", id="on a Sunday: Monday's end"),
        pytest.param(Basis.WORKING_DAYS, "2027-01-04 18:30", "2027-01-06 00:00", id="after closing: the next one's"),
    ],
)
def test_days_are_due_at_the_end_of_a_day(basis: Basis, until: str, expected: str) -> None:
    folded = case(handling("CK", basis, 2))
    folded.hear(waits(until), "2026-12-28 02:20")
    found = folded.case.clock("CK")
    assert found is not None
    assert (found.due_at, found.day_based) == (local(expected), True)


def test_a_wait_agreed_to_and_the_handling_put_off_under_it_are_one_wait() -> None:
    folded = case(handling("CK", Basis.HOURS, 4))
    folded.hear(consent(1, local("2026-12-28 08:30")), "2026-12-28 02:20")
    folded.hear(waits("2026-12-28 08:30"), "2026-12-28 02:25")
    assert folded.due("CK") == local("2026-12-28 12:25")
    folded.hear(consent(1, local("2026-12-28 09:30")), "2026-12-28 08:00")
    assert folded.due("CK") == local("2026-12-28 13:25")


def test_reckoned_anew_it_is_what_it_was_by_the_same_words() -> None:
    folded = case(handling("CK", Basis.HOURS, 4, overridable_by=("customer_limit",)))
    folded.hear(consent(1, local("2026-12-28 08:30")), "2026-12-28 02:20")
    folded.hear(RequestAmended(changed=("contact",), by="x"), "2026-12-28 02:30")
    assert folded.due("CK") == local("2026-12-28 12:25")
    fact = RequestAmended(changed=("received_at",), correction=True, received_at=local("2026-12-28 02:05"), by="x")
    folded.hear(fact, "2026-12-28 02:40")
    assert folded.due("CK") == local("2026-12-28 12:15")


def test_a_prescribed_number_of_the_site_needs_its_approver_a_time_agreed_with_the_customer_does_not() -> None:
    prescribed = handling("CK", Basis.AGREED, extend="lead", overridable_by=("customer_limit", "site_parameter:limit"))
    book = book_of(pack_of(prescribed), {"limit": 10})
    set_by_site = begun(book, NIGHT)
    set_by_site.hear(consent(2, local("2026-12-30 10:00")), "2026-12-28 02:20")
    assert set_by_site.due("CK") == local("2026-12-28 12:15")
    with_him = case(prescribed)
    with_him.hear(consent(2, local("2026-12-30 10:00")), "2026-12-28 02:20")
    assert with_him.due("CK") == local("2026-12-30 10:00")


def test_an_extension_stands_beside_what_the_customer_agreed_to() -> None:
    folded = case(handling("CK", Basis.HOURS, 4, extend="lead"))
    wanted = DecideExtension(clock="CK", decision="approve", until=local("2026-12-28 20:00"), reason="x")
    folded.ask(wanted, actor("lead", "lead"), "2026-12-28 02:20")
    folded.hear(waits("2026-12-29 08:30"), "2026-12-28 19:00")
    assert folded.due("CK") == local("2026-12-29 09:30")
    folded.hear(RequestAmended(changed=("contact",), by="x"), "2026-12-28 19:30")
    assert folded.due("CK") == local("2026-12-29 09:30")


def test_an_outside_line_named_after_a_consent_holds_and_its_end_gives_the_wait_back() -> None:
    folded = case(handling("CK", Basis.HOURS, 4))
    folded.hear(waits("2026-12-28 08:30"), "2026-12-28 02:20")
    outer = Outer(line="12345", number="A-1", deadline=local("2026-12-28 10:00"))
    folded.hear(RequestAmended(changed=("outer",), outer=outer, by="x"), "2026-12-28 02:30")
    assert folded.due("CK") == local("2026-12-28 10:00")
    folded.hear(RequestAmended(changed=("outer",), outer=None, by="x"), "2026-12-28 02:40")
    assert folded.due("CK") == local("2026-12-28 12:25")


def test_a_round_begun_after_the_wait_knows_nothing_of_it() -> None:
    folded = case(handling("CK", Basis.HOURS, 4, start=StartFact.ISSUED))
    folded.hear(waits("2026-12-28 08:30"), "2026-12-28 02:20")
    folded.hear(OrderIssued(site="s1", order="o", number=1, department="engineering_dept"), "2026-12-28 09:00")
    assert folded.due("CK") == local("2026-12-28 13:00")


def test_a_calendar_that_now_gives_more_than_the_customer_did_counts() -> None:
    folded = case(handling("CK", Basis.WORKING_DAYS, 2), at="2026-12-28 10:00")
    folded.hear(consent(1, local("2026-12-31 08:30")), "2026-12-28 10:30")
    assert folded.due("CK") == local("2027-01-01 00:00")
    folded.book.put_site(estate(CLOSURE, WEEK))
    folded.ask(FollowCalendar(since=START), SYSTEM, "2026-12-28 11:00")
    assert folded.due("CK") == local("2027-01-05 00:00")
