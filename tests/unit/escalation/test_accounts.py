"""Every due instant accounts for itself, and the parts add up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.escalation.api.explaining import explained
from services.escalation.commands import DecideExtension
from services.escalation.policy.account import Account, account
from services.escalation.policy.clockwork import Clock, Terms, moved, wind
from services.escalation.saying.hand import Hand
from shared.contracts.fold import Moment
from shared.contracts.intake import ConsentRecorded
from shared.organisation.records import Activation, CalendarRecord, Evidence, Named, Notice, Site, SpecialDay
from shared.organisation.site_calendar import calendar_of
from shared.rules.clocks import Limits, due
from shared.rules.limits import at_site
from shared.rules.model import ClockRule
from shared.rules.words import Basis
from shared.timekeeping.calendar import Span
from shared.web.wording import Voice
from tests.support.escalation_builders import Folded, actor, opened
from tests.support.packs import SHANGHAI, clock, local, pack_named

OFFICE = (Span(9 * 60, 12 * 60), Span(13 * 60, 17 * 60))
EVIDENCE = Evidence("国办发明电〔2026〕7号", date(2026, 11, 4), "ann", datetime(2026, 11, 5, tzinfo=UTC))
RULE = replace(clock("P001/3", "CK-CMP-11"), overridable_by=("customer_limit",))


def estate(*, closed: tuple[str, ...] = (), past: tuple[CalendarRecord, ...] = ()) -> Site:
    special = tuple(SpecialDay(date.fromisoformat(day)) for day in closed)
    hours = CalendarRecord("2", (OFFICE,) * 5 + ((), ()), special_days=special, evidence=EVIDENCE)
    active = Activation("P001/3", 1, local("2020-01-01 00:00"))
    return Site("s1", "SZ1", Named("一号苑", "One"), SHANGHAI, (active,), hours, past_calendars=past)


def terms(site: Site, limits: Limits | None = None) -> Terms:
    return Terms(pack_named("P001/3"), calendar_of(site), limits or Limits(), None)


def counted(basis: Basis, amount: int | None, **more: Any) -> ClockRule:
    return replace(RULE, basis=basis, amount=amount, **more)


def wound(rule: ClockRule, start: str, site: Site, limits: Limits | None = None) -> Clock:
    return wind(rule, start=local(start), at=local(start), terms=terms(site, limits))


def accounted(rule: ClockRule, start: str, site: Site) -> tuple[Clock, Account]:
    running = wound(rule, start, site)
    return running, account(rule, running, site=site, terms=terms(site))


@pytest.mark.parametrize("start", ["2025-09-30 16:30", "2025-10-04 10:00", "2025-09-28 08:00", "2025-12-31 23:59:59.5"])
@pytest.mark.parametrize("hours", [1, 7, 30, 400])
def test_working_hours_add_up(start: str, hours: int) -> None:
    running, told = accounted(counted(Basis.WORKING_HOURS, hours), start, estate())
    assert told.counted == timedelta(hours=hours)
    assert (told.pieces[0].start, told.pieces[-1].end) == (running.start_at, running.due_at)
    assert all(one.end == other.start for one, other in pairwise(told.pieces))


@pytest.mark.parametrize("start", ["2025-09-30 16:30", "2025-10-04 10:00", "2025-09-28 08:00"])
@pytest.mark.parametrize("days", [1, 3, 20])
def test_working_days_add_up(start: str, days: int) -> None:
    running, told = accounted(counted(Basis.WORKING_DAYS, days), start, estate())
    assert sum(one.counted for one in told.days) == days
    assert told.counted == timedelta(days=days)
    assert (told.pieces[0].start, told.pieces[-1].end) == (running.start_at, running.due_at)


@pytest.mark.parametrize(
    ("basis", "amount", "length", "word"),
    [
        pytest.param(Basis.MINUTES, 30, timedelta(minutes=30), "elapsed", id="minutes"),
        pytest.param(Basis.HOURS, 48, timedelta(hours=48), "elapsed", id="hours"),
        pytest.param(Basis.DAYS, 2, timedelta(days=2, hours=14), "calendar_days", id="days, to 24:00 of the last"),
        pytest.param(Basis.SAME_DAY, None, timedelta(hours=14), "calendar_days", id="the same day"),
    ],
)
def test_what_counts_every_hour_is_one_counted_piece(
    basis: Basis, amount: int | None, length: timedelta, word: str
) -> None:
    _, told = accounted(counted(basis, amount), "2025-03-04 10:00", estate())
    assert [(one.counted, one.word) for one in told.pieces] == [(True, word)]
    assert told.counted == length
    assert (told.calendar, told.provisional) == (None, ())


def test_the_reasons_of_a_week_of_holidays_are_told_in_order() -> None:
    _, told = accounted(counted(Basis.WORKING_DAYS, 2), "2025-09-30 10:00", estate(closed=("2025-10-09",)))
    reasons = [(one.because.zh, (one.end - one.start).days) for one in told.pieces]
    expected = [("起算日不计", 0), ("法定节假日", 8), ("特殊日，不开放", 1), ("工作日", 1), ("调休上班日", 1)]
    assert reasons == expected
    assert [one.day.day for one in told.days if one.counted] == [10, 11]


def test_a_deadline_into_a_year_without_notice_says_so_and_names_the_calendar() -> None:
    site = estate()
    _, told = accounted(counted(Basis.WORKING_DAYS, 3), "2031-12-30 10:00", site)
    assert told.provisional == (2031, 2032)
    assert told.calendar is site.calendar
    announced = replace(site, calendar=replace(site.calendar, notices=(notice(2031), notice(2032))))
    assert accounted(counted(Basis.WORKING_DAYS, 3), "2031-12-30 10:00", announced)[1].provisional == ()


def notice(year: int) -> Notice:
    return Notice(year, "通知", date(year - 1, 11, 4), (date(year, 1, 1),))


def test_a_deadline_reckoned_before_a_change_is_told_by_the_calendar_of_its_time() -> None:
    before = replace(estate().calendar, version="1", evidence=None)
    rule = counted(Basis.WORKING_DAYS, 3)
    running = wound(rule, "2025-03-04 10:00", replace(estate(), calendar=before))
    now = estate(closed=("2025-03-05",), past=(before,))
    told = account(rule, running, site=now, terms=terms(now))
    assert told.calendar is before
    assert told.pieces[-1].end == running.due_at


def test_a_deadline_no_known_calendar_leads_to_was_promised() -> None:
    rule, site = counted(Basis.WORKING_DAYS, 3), estate()
    promised = replace(wound(rule, "2025-03-04 10:00", site), due_at=local("2025-03-20 11:11"))
    told = account(rule, promised, site=site, terms=terms(site))
    assert [(one.word, one.end) for one in told.pieces] == [("promised", promised.due_at)]


def test_a_limit_and_a_decision_stand_for_themselves() -> None:
    site, until = estate(), local("2025-03-05 09:00")
    limited = wound(counted(Basis.HOURS, 72), "2025-03-04 10:00", site, Limits(customer=until))
    told = account(counted(Basis.HOURS, 72), limited, site=site, terms=terms(site, Limits(customer=until)))
    assert [(one.word, one.end) for one in told.pieces] == [("owner_limit", until)]
    later = moved(limited, RULE, until=local("2025-03-09 00:00"), at=until, why="extended", by="p-x", fraction=0.8)
    assert [one.word for one in account(RULE, later, site=site, terms=terms(site)).pieces] == ["extended"]


@pytest.mark.parametrize(
    ("rule", "limits", "word", "sentence"),
    [
        pytest.param(
            counted(Basis.NEXT_SHIFT, None),
            Limits(),
            "to_shift",
            "until the next day shift begins (08:30)",
            id="a shift",
        ),
        pytest.param(
            counted(Basis.MONTH_END, None),
            Limits(),
            "calendar_days",
            "until 24:00 of the last day of the month",
            id="a month",
        ),
        pytest.param(
            counted(Basis.DAYS, -2), Limits(), "backwards", "2 days back, until 24:00 of that day", id="days before"
        ),
        pytest.param(
            counted(Basis.MIDPOINT, None, between=("a", "b")),
            Limits(form={"a": "2025-03-10", "b": "2025-03-20"}),
            "calendar_days",
            "until 24:00 of the day halfway between 2025-03-10 – 2025-03-20",
            id="the middle of two dates",
        ),
        pytest.param(
            counted(Basis.AGREED, None, overridable_by=("planned",)),
            Limits(planned=datetime(2025, 3, 6, tzinfo=UTC)),
            "planned",
            "due by plan: 2025-03-06 08:00:00",
            id="a plan",
        ),
    ],
)
def test_every_basis_accounts_for_itself(rule: ClockRule, limits: Limits, word: str, sentence: str) -> None:
    site = estate()
    running = wound(rule, "2025-03-04 10:00", site, limits)
    (piece,) = account(rule, running, site=site, terms=terms(site, limits)).pieces
    assert piece.word == word
    assert sorted((running.start_at, running.due_at or running.start_at)) == [piece.start, piece.end]
    reckoned = due(rule, start=running.start_at, calendar=calendar_of(site), limits=limits)
    assert sentence in [step.en for step in reckoned.because]


def test_working_days_of_the_sites_own_are_counted_day_by_day() -> None:
    limits = Limits(parameters={"CK-CMP-11.amount": 2})
    rule, site = counted(Basis.WORKING_DAYS, 5), estate()
    running = wound(rule, "2025-03-04 10:00", site, limits)
    told = account(at_site(rule, limits)[0], running, site=site, terms=terms(site, limits))
    assert (running.why, running.calendar, running.due_at) == ("site_override", "2", local("2025-03-07 00:00"))
    assert sum(one.counted for one in told.days) == 2


def test_a_call_brought_forward_out_of_the_night_still_adds_up() -> None:
    rule, site = counted(Basis.HOURS, 12, call=True, overridable_by=()), estate()
    with_window = replace(terms(site), pack=pack_named("P004"))
    running = wind(rule, start=local("2025-03-04 11:00"), at=local("2025-03-04 11:00"), terms=with_window)
    told = account(rule, running, site=site, terms=with_window)
    assert running.due_at == local("2025-03-04 21:00")
    assert told.counted == timedelta(hours=12)
    assert told.counted_to == local("2025-03-04 23:00")


def test_a_clock_without_an_instant_has_no_account() -> None:
    assert accounted(counted(Basis.UNSET, None), "2025-03-04 10:00", estate())[1] == Account()


def told_of(folded: Folded, at: str, language: Any = "zh") -> dict[str, Any]:
    moment = Moment(local(at), local(at), folded.book)
    answer = explained(Hand(folded.case, moment), Voice(language, SHANGHAI))
    return {one["clock"]: one for one in answer["clocks"]}


def test_an_answer_says_who_decided_and_until_when() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    longer = DecideExtension(clock="CK-CMP-11", decision="approve", until=local("2025-03-09 00:00"), reason="缺料")
    folded.ask(longer, actor("head_butler"), "2025-03-05 10:00")
    decided = told_of(folded, "2025-03-05 11:00")["CK-CMP-11"]["decided"]
    assert decided["by"] == {"person": "p-head_butler", "name": "p-head_butler"}
    assert (decided["how"], decided["en"]) == ("extended", "extended by approval")
    assert decided["until"] == local("2025-03-09 00:00").isoformat()


def test_an_answer_says_who_recorded_the_customers_consent() -> None:
    folded = opened("P001/3", "2025-03-04 10:00")
    agreed = ConsentRecorded(consent="CN-1", until=local("2025-03-09 00:00"), by="p-butler")
    folded.hear(agreed, "2025-03-04 11:00")
    decided = told_of(folded, "2025-03-04 12:00")["CK-CMP-11"]["decided"]
    assert (decided["how"], decided["by"]["person"]) == ("consent", "p-butler")


def test_an_answer_names_people_and_posts_in_both_languages_and_its_parts_add_up() -> None:
    told = told_of(opened("P001/3", "2025-03-04 10:00"), "2025-03-04 10:05")
    for one in told.values():
        assert sum(piece["seconds"] for piece in one["pieces"] if piece["counted"]) == one["counted_seconds"]
        assert one["decided"] is None
    assert told["CK-CMP-11"]["told"][0]["post"]["zh"]
    assert told["CK-CMP-10"]["pieces"][0]["because"] == {
        "word": "elapsed",
        "zh": "昼夜节假日照计",
        "en": "nights and holidays included",
    }
