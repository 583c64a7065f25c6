"""What the rules of a manual cost a fold: the same facts folded under the pack, and under it without any rule.

A fold is pure, so each fact of the story is folded again and again from the state before it, on CPU time.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from time import process_time
from typing import Any

from bench.measuring import MICROSECONDS
from bench.result import Result, aimed, compared
from bench.scale import Scale
from services.escalation.folds import CASE
from services.escalation.state import Docket
from shared.contracts.dispatch import (
    CaseClosed,
    FollowUpRecorded,
    OrderAccepted,
    OrderAssigned,
    OrderCompleted,
    OrderIssued,
    OrderStarted,
    ReplyGiven,
    StepTaken,
)
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import Moment
from shared.contracts.intake import RequestReceived
from shared.organisation.records import Activation, Appointment, CalendarRecord, Named, Person, Site
from shared.packs.loader import builtin_pack
from shared.rules.book import Book
from shared.rules.model import Pack
from shared.timekeeping.calendar import Span

MOST = 100.0
PACKS = ("P001/3", "P004")
REPEATS = 100
START = datetime(2025, 3, 4, 2, 0, tzinfo=UTC)
CASE_ID = "case-" + "0" * 31 + "1"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Turn:
    """One fact and the state it meets."""

    docket: Docket | None
    heard: Heard
    moment: Moment

    def fold(self) -> Docket:
        """The state after it."""
        state = CASE.react(self.docket, self.heard, self.moment).state
        assert isinstance(state, Docket)
        return state

    def cost(self) -> float:
        """CPU microseconds of one fold."""
        began = process_time()
        for _ in range(REPEATS):
            self.fold()
        return (process_time() - began) * MICROSECONDS / REPEATS


async def measure(scale: Scale) -> list[Result]:
    """Medians over the facts of a life, for each pack, and the costliest of them."""
    rounds = scale.of(5, 20)
    return [row for pack in PACKS for row in _rows(builtin_pack(pack), rounds)]


def _rows(pack: Pack, rounds: int) -> list[Result]:
    ruled, plain = _turns(pack), _turns(_without_rules(pack))
    mine, theirs = [], []
    for _ in range(rounds):
        mine.append([turn.cost() for turn in ruled])
        theirs.append([turn.cost() for turn in plain])
    middle, floor = [median(each) for each in mine], [median(each) for each in theirs]
    costs = [median(each) for each in zip(*mine, strict=True)]
    dearest = max(range(len(costs)), key=costs.__getitem__)
    note = f"{len(ruled)} facts; the costliest, {ruled[dearest].heard.fact.name}, {costs[dearest]:.0f} µs"
    name = f"fold_rules: a fact folded by escalation under {pack.id}, median"
    return [
        aimed(f"{name}, aim", middle, MOST, better="lower", unit="µs CPU", note=note),
        compared(f"{name}, without rules", middle, floor, better="lower", target=None, unit="µs CPU"),
    ]


def _without_rules(pack: Pack) -> Pack:
    kinds = {
        id_: replace(kind, clocks=(), raises_at_intake=(), upgrades=(), steps=())
        for id_, kind in pack.case_types.items()
    }
    return replace(pack, case_types=kinds)


def _turns(pack: Pack) -> list[Turn]:
    book, docket, turns = _book(pack), None, []
    for number, (minutes, fact) in enumerate(_story(pack), start=1):
        at = START + timedelta(minutes=minutes)
        heading = Heading(f"m{number:04}", fact.wire_kind(), CASE_ID, at, number, CASE_ID)
        turn = Turn(docket, Heard(heading, fact), Moment(at, at, book, heading.id))
        turns.append(turn)
        docket = turn.fold()
    return turns


def _story(pack: Pack) -> list[tuple[int, Fact]]:
    by = "p-1"
    return [
        (0, _received(pack)),
        (1, OrderIssued(site="s1", order="o-1", number=1, department="engineering_dept")),
        (5, OrderAccepted(by=by)),
        (6, OrderAssigned(assignee=by, by=by)),
        (20, OrderStarted(by=by)),
        (30, ReplyGiven(kind="first", method="phone", by=by)),
        (50, StepTaken(step="seen", marks=("seen=done",), form={"note": "x"}, by=by)),
        (80, ReplyGiven(kind="result", method="phone", by=by)),
        (90, OrderCompleted(by=by, same_day=True)),
        (200, FollowUpRecorded(answer="satisfied", method="phone", round=1, by=by)),
        (200, CaseClosed(ending="satisfied", by=by)),
    ]


def _received(pack: Pack) -> RequestReceived:
    kind = pack.case_types["complaint"]
    given: dict[str, Any] = {
        "number": "SZ1-250304-001",
        "site": "s1",
        "pack": pack.id,
        "pack_version": pack.version,
        "case_type": kind.id,
        "category": kind.categories[0].id,
        "severity": kind.default_severity,
        "channel": "phone",
        "department": "engineering_dept",
        "received_at": START,
        "logged_at": START,
        "first_receiver": "p-1",
        "registered_by": "p-1",
    }
    return RequestReceived.model_validate(given)


def _book(pack: Pack) -> Book:
    book, hours = Book(), (Span(8 * 60 + 30, 17 * 60 + 30),)
    book.put_pack(pack)
    active = (Activation(pack.id, pack.version, SINCE),)
    calendar = CalendarRecord("bench", (hours,) * 7)
    book.put_site(Site("s1", "SZ1", Named("一号苑", "One"), "Asia/Shanghai", active, calendar, {"occupied_units": 500}))
    numbers = count(1)
    for role in pack.roles:
        person = f"p-{next(numbers)}"
        book.put_person(Person(person, person, appointments=(Appointment("s1", role, SINCE),)))
    return book
