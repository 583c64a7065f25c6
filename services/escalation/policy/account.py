"""A due instant accounted for: stretch by stretch or day by day, with the calendar it was reckoned with.

Source: design.md §7 (every deadline explains itself interval by interval, and the parts add up).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from services.escalation.policy.clockwork import COUNTS_WORKING_TIME, Clock, Terms
from shared.organisation.records import CalendarRecord, Named, Site
from shared.organisation.site_calendar import calendar_from, calendar_records
from shared.rules.clocks import call_window, due
from shared.rules.limits import SHIFTS
from shared.rules.model import ClockRule
from shared.rules.words import Basis
from shared.timekeeping.calendar import (
    Calendar,
    CountedDay,
    explain_working_days,
    explain_working_time,
    midnight,
    provisional_years,
)

PROMISED, ELAPSED, CALENDAR_DAYS = "promised", "elapsed", "calendar_days"
BACKWARDS, TO_SHIFT = "backwards", "to_shift"
DECIDED = frozenset(
    {"extended", "consent", "deferred", "owner_limit", "department_limit", "form_date", "planned", "outside_deadline"}
)
"""Where a due instant comes from when a person has set it."""
_TICK = timedelta(microseconds=1)

_OPEN: dict[str, Named] = {
    "weekly": Named("开放时间", "opening hours"),
    "make_up_day": Named("调休上班日的开放时间", "opening hours of a make-up working day"),
    "special_day": Named("特殊日的开放时间", "opening hours of a special day"),
    ELAPSED: Named("昼夜节假日照计", "nights and holidays included"),
    CALENDAR_DAYS: Named("按自然日计，至24:00", "calendar days, until 24:00"),
    PROMISED: Named("按当时的承诺", "as promised at the time"),
    "extended": Named("经批准延期", "extended by approval"),
    "consent": Named("按客户同意的时间顺延", "moved by what the customer agreed to"),
    "owner_limit": Named("业主限定的时间", "the owner's limit"),
    "department_limit": Named("责任部门所定期限", "the department's own deadline"),
    "deferred": Named("客户同意暂缓，随之顺延", "moved because handling waits with the customer's consent"),
    "form_date": Named("表单所填的期限", "the date on the form"),
    "planned": Named("计划完成的期限", "due by plan"),
    "outside_deadline": Named("外部来件要求的期限", "the deadline of the outside line"),
    BACKWARDS: Named("自起算日向前数", "counted back from the date"),
    TO_SHIFT: Named("至所等的班次，昼夜节假日照计", "until the shift it waits for, nights and holidays included"),
}
_CLOSED: dict[str, Named] = {
    "weekly": Named("非开放时间", "outside opening hours"),
    "make_up_day": Named("调休上班日，非开放时间", "outside opening hours of a make-up working day"),
    "special_day": Named("特殊日，不开放", "closed on a special day"),
    "statutory_holiday": Named("法定节假日", "public holiday"),
    "paused": Named("暂停计时", "the clock was paused"),
}
_DAYS: dict[tuple[str, bool], Named] = {
    ("weekly", True): Named("工作日", "working day"),
    ("weekly", False): Named("休息日", "day of rest"),
    ("make_up_day", True): Named("调休上班日", "make-up working day"),
    ("special_day", True): Named("特殊日，开放", "special day, open"),
    ("special_day", False): Named("特殊日，不开放", "special day, closed"),
    ("statutory_holiday", False): Named("法定节假日", "public holiday"),
    ("start_day", False): Named("起算日不计", "the day of the start is not counted"),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """From *start* to *end*: counted or not, and why.

    Attributes:
        word: The reason for a program; ``because`` for a person.
    """

    start: datetime
    end: datetime
    counted: bool
    word: str
    because: Named


@dataclass(frozen=True, slots=True)
class Account:
    """How a due instant came about; empty where there is none.

    Attributes:
        pieces: From the start on, without a gap; the counted ones add up to the amount of the rule.
        days: The days of a clock in working days.
        calendar: The one reckoned with; None where no opening hours are counted.
        provisional: Years the reckoning touches whose public holidays are not announced.
        counted_to: Where the count ended, if the due instant was brought forward from there.
    """

    pieces: tuple[Stretch, ...] = ()
    days: tuple[CountedDay, ...] = ()
    calendar: CalendarRecord | None = None
    provisional: tuple[int, ...] = ()
    counted_to: datetime | None = None

    @property
    def counted(self) -> timedelta:
        """What the counted pieces add up to."""
        return sum((one.end - one.start for one in self.pieces if one.counted), timedelta(0))


def account(rule: ClockRule, clock: Clock, *, site: Site, terms: Terms) -> Account:
    """Account for the due instant of *clock*, with the calendar of *site* it was reckoned with."""
    if clock.due_at is None or rule.basis is Basis.COUNT:
        return Account()
    if clock.fixed or clock.why in DECIDED:
        return Account(_whole(clock.start_at, clock.due_at, clock.why if clock.why in DECIDED else PROMISED))
    record = reckoned_with(rule, clock, site=site, terms=terms)
    if record is None:
        return Account(_whole(clock.start_at, clock.due_at, PROMISED))
    calendar = calendar_from(record, site.zone)
    end = _counted_to(rule, clock, terms, calendar) or clock.due_at
    brought_forward = end if end != clock.due_at else None
    if clock.why not in {"counted", "site_override"} or rule.basis not in COUNTS_WORKING_TIME:
        return Account(_whole(clock.start_at, end, _word(rule, clock)), counted_to=brought_forward)
    days = explain_working_days(calendar, clock.start_at, rule.amount or 0) if _by_days(rule) else ()
    pieces = _by_day(days, clock.start_at, end, calendar) if days else _by_hour(calendar, clock.start_at, end)
    provisional = provisional_years(calendar, clock.start_at, end - _TICK)
    return Account(tuple(_joined(pieces)), days, record, provisional, brought_forward)


def reckoned_with(rule: ClockRule, clock: Clock, *, site: Site, terms: Terms) -> CalendarRecord | None:
    """The calendar that leads to the due instant of *clock*; None where it was promised otherwise.

    The one it was counted with, else, for a clock from before that was remembered, the newest that fits.
    """
    records = sorted(_candidates(rule, site), key=lambda record: record.version != clock.calendar)
    return next(filter(partial(_leads_there, rule, clock, site, terms), records), None)


def day_reason(day: CountedDay) -> Named:
    """Why a day counts as a working day, or not."""
    return _DAYS.get((str(day.because), day.counted), _DAYS["weekly", False])


def _by_days(rule: ClockRule) -> bool:
    return rule.basis is Basis.WORKING_DAYS


def _candidates(rule: ClockRule, site: Site) -> Iterable[CalendarRecord]:
    """The calendars a clock may have been reckoned with; where no hours are counted any of them will do."""
    return calendar_records(site) if rule.basis in COUNTS_WORKING_TIME else (site.calendar,)


def _leads_there(rule: ClockRule, clock: Clock, site: Site, terms: Terms, record: CalendarRecord) -> bool:
    window = call_window(terms.pack, terms.limits.parameters)
    return _reckoned(rule, clock, terms, calendar_from(record, site.zone), window) == clock.due_at


def _counted_to(rule: ClockRule, clock: Clock, terms: Terms, calendar: Calendar) -> datetime | None:
    return _reckoned(rule, clock, terms, calendar, None)


def _reckoned(
    rule: ClockRule, clock: Clock, terms: Terms, calendar: Calendar, window: tuple[int, int] | None
) -> datetime | None:
    start, limits, category = clock.start_at, terms.limits, terms.category
    return due(rule, start=start, calendar=calendar, limits=limits, category=category, call_window=window).at


def _word(rule: ClockRule, clock: Clock) -> str:
    if clock.due_at is not None and clock.due_at < clock.start_at:
        return BACKWARDS
    if rule.basis in SHIFTS:
        return TO_SHIFT
    return CALENDAR_DAYS if clock.day_based else ELAPSED


def _whole(start: datetime, end: datetime, word: str) -> tuple[Stretch, ...]:
    begin, until = min(start, end), max(start, end)
    return (Stretch(begin, until, counted=True, word=word, because=_OPEN[word]),)


def _by_hour(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Stretch]:
    for piece in explain_working_time(calendar, start, end):
        word = str(piece.because)
        because = (_OPEN if piece.counted else _CLOSED)[word]
        yield Stretch(piece.start, piece.end, piece.counted, word, because)


def _by_day(days: Iterable[CountedDay], start: datetime, end: datetime, calendar: Calendar) -> Iterator[Stretch]:
    for day in days:
        begin = max(midnight(day.day, calendar.zone), start)
        until = min(midnight(day.day + timedelta(days=1), calendar.zone), end)
        yield Stretch(begin, until, day.counted, str(day.because), day_reason(day))


def _joined(pieces: Iterable[Stretch]) -> Iterator[Stretch]:
    """Neighbours of one reason as one."""
    last: Stretch | None = None
    for piece in pieces:
        if last is not None and (last.counted, last.because) == (piece.counted, piece.because):
            last = Stretch(last.start, piece.end, last.counted, last.word, last.because)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
