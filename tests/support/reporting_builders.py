"""A small log of facts about cases, and the directory they were said in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.reporting.folds import FOLDS
from services.reporting.state.view import CaseView
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import Moment
from shared.contracts.intake import RequestReceived
from shared.contracts.pieces import Armed, Stopped
from shared.organisation.records import Activation, CalendarRecord, Department, Named, Person, Site
from shared.packs.loader import builtin_pack
from shared.rules.book import Book
from shared.storage.letters import Letter
from shared.timekeeping.calendar import Span
from tests.support.packs import SHANGHAI, local

EVER = datetime(2020, 1, 1, tzinfo=UTC)
CASE = "case-00000000000000000000000000000001"
MIGRATIONS = Path(__file__).parents[2] / "services" / "reporting" / "migrations"
PACKS = {"s000": "P000", "s001": "P001/3", "s004": "P004"}


def site(site_id: str, pack: str, **parameters: int | str) -> Site:
    """A site that runs *pack* for ever, open on all days."""
    hours = CalendarRecord(version="1", weekly=((Span(8 * 60 + 30, 17 * 60 + 30),),) * 7)
    name = Named(f"{site_id}苑", f"Estate {site_id}")
    return Site(
        site_id,
        site_id.upper(),
        name,
        SHANGHAI,
        packs=(Activation(pack, builtin_pack(pack).version, EVER),),
        calendar=hours,
        parameters=dict(parameters),
    )


def directory() -> Book:
    """Three sites on three packs, one department, one person."""
    book = Book()
    for pack in (*PACKS.values(), "G-SAFETY"):
        book.put_pack(builtin_pack(pack))
    for site_id, pack in PACKS.items():
        book.put_site(site(site_id, pack, occupied_units=500))
    book.put_department(Department("d-eng", "s000", Named("一队", "Team One"), "engineering_dept"))
    book.put_person(Person("p-li", "李工"))
    return book


@dataclass(slots=True)
class Log:
    """Facts in the order said, with the versions a speaker would give them."""

    facts: list[Heard] = field(default_factory=list)

    def say(self, fact: Fact, at: str, case: str = CASE) -> Heard:
        """Say *fact* at a Shanghai time."""
        same = [h for h in self.facts if h.heading.entity == case and h.heading.speaker == fact.speaker]
        number = len(self.facts) + 1
        heading = Heading(
            id=f"0190{case[-8:]}{number:06d}",
            kind=fact.wire_kind(),
            entity=case,
            at=local(at),
            version=len(same) + 1,
            correlation=case,
        )
        self.facts.append(Heard(heading, fact))
        return self.facts[-1]


def received(at: str, **more: Any) -> RequestReceived:
    """A complaint about cleaning at ``s000``, logged when it was received."""
    instant = local(at)
    usual: dict[str, Any] = {
        "number": "S000-250304-001",
        "site": "s000",
        "pack": "P000",
        "pack_version": builtin_pack(more.get("pack", "P000")).version if "pack_version" not in more else 0,
        "case_type": "complaint",
        "category": "cleaning",
        "severity": "minor",
        "channel": "phone",
        "unit": "3-2-501",
        "department": "cleaning_dept",
        "received_at": instant,
        "logged_at": instant,
        "first_receiver": "p-li",
        "registered_by": "p-li",
    }
    return RequestReceived(**(usual | more))


def armed(clock: str, start: str, due: str | None, promise: str | None = "resolve") -> Armed:
    """A clock counted in hours."""
    due_at = local(due) if due else None
    return Armed(clock=clock, start_at=local(start), due_at=due_at, basis="hours", promise=promise)


def stopped(clock: str, start: str, due: str | None, outcome: Any) -> Stopped:
    """The end of such a clock."""
    return Stopped(clock=clock, start_at=local(start), due_at=local(due) if due else None, outcome=outcome)


def folded(facts: Iterable[Heard], book: Book | None = None) -> CaseView:
    """The view of one case after *facts*, in the order given."""
    kind, view, book = FOLDS.kinds[0], None, book or directory()
    for heard in facts:
        moment = Moment(at=heard.heading.at, now=heard.heading.at, book=book, cause=heard.heading.id)
        view = kind.react(view, heard, moment).state
    assert isinstance(view, CaseView)
    return view


def letter(heard: Heard) -> Letter:
    """The fact as it comes from the log."""
    body = heard.fact.model_dump_json().encode()
    return Letter(heard.heading, heard.fact.subject(heard.heading), heard.heading.headers(), body, heard)
