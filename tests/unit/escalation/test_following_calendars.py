"""Deadlines follow a calendar that changes: which move, which are held and by what."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from services.escalation.commands import DecideExtension, FollowCalendar
from services.escalation.policy.clockwork import Clock
from shared.contracts.dispatch import CaseClosed, OrderCompleted
from shared.contracts.envelope import Fact
from shared.contracts.escalation import BreachAnnulled, ClockArmed, ClockBreached
from shared.contracts.fold import SYSTEM
from shared.contracts.intake import ConsentRecorded, RequestAmended
from shared.organisation.records import Activation, CalendarRecord, Evidence, Named, Notice, Site, SpecialDay
from shared.rules.book import Book
from shared.rules.clocks import DueWhy, Promise
from shared.rules.words import Basis, PromiseKind
from shared.timekeeping.calendar import Span
from tests.support.calendar_builders import DAYS, HOURS, PACK, PLAIN, request, working_pack
from tests.support.escalation_builders import SITE, Folded, actor, person
from tests.support.packs import SHANGHAI, local

OPEN = (Span(510, 1050),)
WEEK = CalendarRecord("1", (*(OPEN,) * 5, (), ()), statutory="cn")
TUESDAY = "2026-12-29 10:00"
NEW_YEAR = Notice(2027, "通知", date(2026, 11, 10), tuple(date(2027, 1, day) for day in range(1, 6)))
APPROVED = "2026-12-30 09:00"
EVIDENCE = Evidence("通知", date(2026, 11, 10), "ann", local(APPROVED))
NOTICED = replace(WEEK, version="2", notices=(NEW_YEAR,), evidence=EVIDENCE)
LONGER_DAYS = replace(WEEK, version="2", weekly=((Span(0, 1440),),) * 7, evidence=EVIDENCE)


def put_calendar(book: Book, calendar: CalendarRecord, *past: CalendarRecord) -> None:
    active = Activation(PACK, 1, local("2020-01-01 00:00"))
    names = Named("一号苑", "One")
    book.put_site(Site(SITE, "S1", names, SHANGHAI, (active,), calendar, past_calendars=past))


def opened(at: str = TUESDAY, calendar: CalendarRecord = WEEK, **changes: Any) -> Folded:
    book = Book()
    pack = working_pack()
    book.put_pack(pack)
    put_calendar(book, calendar)
    for role in pack.roles:
        book.put_person(person(f"p-{role}", role))
    folded = Folded(book)
    folded.hear(fact_of(at, **changes), at)
    return folded


def fact_of(at: str, **changes: Any) -> Fact:
    heard = request(1, local(at), SITE, first_receiver="p-desk_officer", **changes).heard
    assert heard is not None
    return heard.fact


def follow(folded: Folded, calendar: CalendarRecord, at: str = APPROVED, since: str = APPROVED) -> Any:
    put_calendar(folded.book, calendar, WEEK)
    return folded.ask(FollowCalendar(since=local(since)), SYSTEM, at)


def clock(folded: Folded, name: str = DAYS) -> Clock:
    found = folded.case.clock(name)
    assert found is not None
    return found


def moved_by_calendar(folded: Folded) -> list[tuple[str, datetime | None, str]]:
    facts = [fact for fact in folded.told(ClockArmed) if fact.because == "calendar 2"]
    return [(one.clock, one.due_at, one.calendar) for fact in facts for one in fact.clocks]


def test_a_clock_that_counts_working_time_knows_its_calendar_and_the_years_it_did_not_know() -> None:
    folded = opened()
    assert (clock(folded).calendar, clock(folded).provisional) == ("1", (2027,))
    assert (clock(folded, HOURS).calendar, clock(folded, HOURS).provisional) == ("1", ())
    assert (clock(folded, PLAIN).calendar, clock(folded, PLAIN).provisional) == ("", ())


def test_a_deadline_at_the_end_of_the_year_reaches_into_no_other() -> None:
    folded = opened("2026-12-28 10:00")
    assert folded.due(DAYS) == local("2027-01-01 00:00")
    assert clock(folded).provisional == ()


def test_what_the_notice_moves_is_armed_anew_and_nothing_else() -> None:
    folded = opened()
    assert follow(folded, NOTICED) == "calendar_followed"
    assert moved_by_calendar(folded) == [(DAYS, local("2027-01-07 00:00"), "2")]
    assert (clock(folded).provisional, clock(folded, HOURS).calendar) == ((), "2")
    assert follow(folded, NOTICED) == "calendar_agrees"


def test_a_deadline_the_notice_agrees_with_is_provisional_no_longer_and_nothing_is_said() -> None:
    folded = opened()
    assert follow(folded, replace(NOTICED, notices=(replace(NEW_YEAR, off=(date(2027, 1, 2),)),))) == "calendar_agrees"
    assert (clock(folded).calendar, clock(folded).provisional, moved_by_calendar(folded)) == ("2", (), [])


def extended(folded: Folded) -> None:
    decided = DecideExtension(clock=DAYS, decision="approve", until=local("2027-01-08 12:00"), reason="parts")
    assert folded.ask(decided, actor("department_supervisor"), "2026-12-29 12:00") == "approved"


def agreed(folded: Folded) -> None:
    until = local("2027-01-08 12:00")
    folded.hear(ConsentRecorded(consent="CN-1", by="ann", until=until), "2026-12-29 12:00")


def limited(folded: Folded) -> None:
    fact = RequestAmended(changed=("customer_limit",), customer_limit=local("2026-12-30 18:00"), by="ann")
    folded.hear(fact, "2026-12-29 12:00")


def completed(folded: Folded) -> None:
    folded.hear(OrderCompleted(by="ann", same_day=True), "2026-12-29 12:00")


def closed(folded: Folded) -> None:
    folded.hear(CaseClosed(ending="satisfied", by="ann"), "2026-12-29 12:00")


@pytest.mark.parametrize("happens", [extended, agreed, limited, completed, closed])
def test_what_people_have_decided_and_what_is_over_stays(happens: Any) -> None:
    folded = opened()
    happens(folded)
    due = folded.due(DAYS)
    assert follow(folded, NOTICED) == "calendar_agrees"
    assert (folded.due(DAYS), moved_by_calendar(folded)) == (due, [])


def test_a_breach_before_the_change_stays_and_one_after_it_is_taken_back() -> None:
    late, later = opened("2026-12-22 10:00"), opened("2026-12-22 10:00")
    assert late.due(DAYS) == local("2026-12-26 00:00")
    closure = replace(WEEK, version="2", special_days=(SpecialDay(date(2026, 12, 25)),))
    for folded in (late, later):
        folded.past("2026-12-26 00:00")
        assert clock(folded).breached
    follow(late, closure, "2026-12-26 10:00", since="2026-12-26 00:00")
    assert (clock(late).breached, moved_by_calendar(late)) == (True, [])
    follow(later, closure, "2026-12-26 10:00", since="2026-12-25 09:00")
    assert [(one[0], one[1]) for one in moved_by_calendar(later)] == [(DAYS, local("2026-12-29 00:00"))]
    assert (clock(later).breached, len(later.told(BreachAnnulled))) == (False, 1)


def test_nobody_is_late_by_what_was_decided_afterwards() -> None:
    folded = opened("2026-12-29 17:00")
    assert folded.due(HOURS) == local("2026-12-30 16:00")
    follow(folded, LONGER_DAYS)  # day and night: the eight hours were used up at one in the morning
    assert (folded.due(HOURS), clock(folded, HOURS).calendar) == (local("2026-12-30 16:00"), "1")
    folded.past("2026-12-30 16:00")
    assert [fact.clock for fact in folded.told(ClockBreached)] == [HOURS]


def test_a_deadline_of_an_older_release_moves_only_once_it_has_agreed_with_a_calendar() -> None:
    folded = opened()
    old = tuple(replace(one, calendar="", provisional=()) for one in folded.case.clocks)
    assert folded.docket is not None
    folded.docket = replace(folded.docket, case=replace(folded.case, clocks=old))
    follow(folded, NOTICED)
    assert moved_by_calendar(folded) == []
    follow(folded, WEEK)
    assert clock(folded).provisional == (2027,)
    follow(folded, NOTICED)
    assert [one[0] for one in moved_by_calendar(folded)] == [DAYS]


def test_a_promise_made_with_a_calendar_since_replaced_is_kept_on_record_and_moved() -> None:
    folded = opened(calendar=WEEK)
    promised = clock(folded).due_at
    rule = next(rule for rule in working_pack().case_types["complaint"].clocks if rule.id == DAYS)
    promise = Promise(
        DAYS, PromiseKind.RESOLVE, rule.name, promised, DueWhy.COUNTED, Basis.WORKING_DAYS, 3, False, "tests", "1"
    )
    late = Folded(folded.book)
    put_calendar(late.book, NOTICED, WEEK)
    late.hear(fact_of(TUESDAY, promises=(promise,)), TUESDAY, now="2026-12-30 10:00")
    armed = [one.due_at for fact in late.told(ClockArmed) for one in fact.clocks if one.clock == DAYS]
    assert armed == [promised, local("2027-01-07 00:00")]
