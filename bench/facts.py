"""Facts as intake really says them, made in memory by its own fold."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bench.estate import MATTER
from bench.floors.atomic import Message
from services.intake.commands import LogRequest, Numbered, obey
from shared.contracts.envelope import Fact, Heading
from shared.contracts.fold import SYSTEM, Ask, Moment, Refusal
from shared.contracts.ids import RealIds
from shared.organisation.records import Department, Person, Roster, Site
from shared.packs.loader import builtin
from shared.rules.book import Book
from shared.timekeeping.clock import SystemClock
from shouwen.demo.loading import sample_group
from shouwen.demo.records import records


def sample_book() -> Book:
    """The sample group as a service knows it."""
    book = Book()
    for pack in builtin():
        book.put_pack(pack)
    puts: dict[str, tuple[type[Any], Any]] = {
        "site": (Site, book.put_site),
        "department": (Department, book.put_department),
        "person": (Person, book.put_person),
        "roster": (Roster, book.put_roster),
    }
    for entry in records(sample_group()):
        if entry["record"] in puts:
            kind, put = puts[entry["record"]]
            put(TypeAdapter(kind).validate_python(entry["body"]))
    return book


def requests(count: int) -> Iterator[Message]:
    """*count* different requests, each the first fact of its own case."""
    book, ids, now = sample_book(), RealIds(), SystemClock().now()
    for number in range(1, count + 1):
        command = LogRequest.model_validate(MATTER | {"content": f"{MATTER['content']} {number}"})
        yield message(request(Numbered(command, number), book, now), ids.entity("case"), now, 1)


def request(numbered: Numbered, book: Book, now: datetime) -> Fact:
    """What intake says about a matter that is logged *now*."""
    ask = Ask(entities=("case-new",), command=numbered, actor=SYSTEM, at=now, right="desk")
    verdict = obey(None, ask, Moment(at=now, now=now, book=book))
    assert not isinstance(verdict, Refusal)
    return verdict.say[0].fact


def message(fact: Fact, entity: str, at: datetime, version: int) -> Message:
    """*fact* with its envelope."""
    heading = Heading(RealIds().message(), fact.wire_kind(), entity, at, version, entity)
    return Message(fact.subject(heading), heading.headers(), fact.model_dump_json().encode())
