"""Facts about one case, as notify hears them, and a book to look people up in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.notify.folds import FOLDS
from services.notify.state import Case
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.escalation import CaseRaised
from shared.contracts.fold import Moment, Step
from shared.contracts.history import History
from shared.contracts.intake import RequestReceived
from shared.contracts.pieces import Told
from shared.organisation.records import Department, Named
from shared.rules.book import Book
from shared.storage.letters import Letter
from tests.support.organisation import ENGINEER, person, site

CASE = "case-018f"
NOON = datetime(2025, 3, 4, 4, 0, tzinfo=UTC)
GROUP = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret-of-the-group"


def book(*people: str, robot: str | None = None) -> Book:
    """Return a book with site ``s1``, its engineering department and these engineers."""
    made = Book()
    made.put_site(site())
    made.put_department(Department("eng", "s1", Named("工程部", "Engineering"), ENGINEER, wecom=robot))
    for each in people:
        made.put_person(person(each))
    return made


def heard(fact: Fact, *, id: str = "m1", at: datetime = NOON, version: int = 1) -> Heard:  # noqa: A002 -- the envelope's own word
    """Return *fact* in an envelope about the case."""
    return Heard(Heading(id=id, kind=fact.wire_kind(), entity=CASE, at=at, version=version, correlation=CASE), fact)


def received(*, drill: bool = False, quiet_until: datetime | None = None) -> Heard:
    """Return the request the case begins with; with *quiet_until* it is an import."""
    history = History(source="file", key="1", quiet_until=quiet_until) if quiet_until else None
    fact = RequestReceived(
        number="SZ1-20250304-0001",
        site="s1",
        pack="P001/3",
        pack_version=2,
        case_type="complaint",
        category="leak",
        severity="major",
        channel="phone",
        received_at=NOON,
        logged_at=NOON,
        first_receiver="desk",
        registered_by="desk",
        drill=drill,
        history=history,
    )
    return heard(fact, id="m0")


def told(name: str, at: datetime = NOON) -> Told:
    """Return one person to be told."""
    return Told(person=name, role=ENGINEER, tell_at=at)


def raised(
    *people: Told,
    reason: Any = "breach",
    id: str = "m1",  # noqa: A002 -- the envelope's own word
    at: datetime = NOON,
    copied: tuple[str, ...] = (),
) -> Heard:
    """Return a raise to *people*."""
    fact = CaseRaised(
        reason=reason,
        clock="CK-CMP-13",
        raise_id="r1",
        level=0,
        roles=(ENGINEER,),
        people=people,
        copied=copied,
        severity="major",
        acknowledge_by=at + timedelta(minutes=15),
        due_at=at,
    )
    return heard(fact, id=id, at=at)


def fold(*facts: Heard, book: Book, case: Case | None = None) -> list[Step]:
    """Hear *facts* in order; every step taken."""
    steps: list[Step] = []
    for fact in facts:
        moment = Moment(at=fact.heading.at, now=fact.heading.at, book=book, cause=fact.heading.id)
        steps.append(FOLDS.kinds[0].react(case, fact, moment))
        case = steps[-1].state
    return steps


def letter(heard: Heard) -> Letter:
    """Return *heard* as it comes from the log."""
    heading, body = heard.heading, heard.fact.model_dump_json().encode()
    return Letter(heading, heard.fact.subject(heading), heading.headers(), body, heard)
