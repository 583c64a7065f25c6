"""A case in the hands of dispatch: facts heard, acts asked, and what came of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from msgspec import structs

from services.dispatch.commands import TakeStep, entities_of
from services.dispatch.folds import CASE
from services.dispatch.folds import SITE as SITE_KIND
from services.dispatch.policy.standing import SiteState
from services.dispatch.state import CaseState
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import Actor, Ask, Grant, Moment, Refusal, Say, Step
from shared.contracts.history import Act, ActName, History
from shared.contracts.intake import RequestReceived
from shared.organisation.records import Activation, Appointment, CalendarRecord, Department, Named, Person, Site
from shared.packs.loader import builtin, builtin_pack
from shared.rules.book import Book
from tests.support.packs import DAY_SHIFT, SHANGHAI, local

SITE = "s1"
CASE_ID = "case-" + "1" * 32
INCIDENT = "case-" + "0" * 32
TUESDAY = local("2025-03-04 10:00")
EVER = local("2020-01-01 00:00")
PACKS = {"P001/3": "complaint", "P004": "complaint", "P000": "complaint"}


def book_of(pack: str = "P001/3") -> Book:
    """A directory with one site on *pack*, two departments, an engineer and a closer."""
    book = Book()
    hours = CalendarRecord(version="1", weekly=((DAY_SHIFT,),) * 7)
    activation = Activation(pack=pack, version=builtin_pack(pack).version, since=EVER)
    name = Named("一号苑", "Estate One")
    book.put_site(Site(SITE, "SZ1", name, SHANGHAI, packs=(activation,), calendar=hours))
    for each in builtin():
        book.put_pack(each)
    for kind in ("engineering_dept", "security_dept"):
        book.put_department(Department(f"d-{kind}", SITE, Named(kind, kind), kind))
    book.put_person(person("worker", "engineering_dept"))
    return book


def person(id_: str, role: str, site: str = SITE) -> Person:
    """Somebody appointed to *role* since ever."""
    return Person(id_, name=id_.title(), appointments=(Appointment(site=site, role=role, since=EVER),))


def actor(*rights: str, roles: tuple[str, ...] = (), site: str = SITE) -> Actor:
    """An account with *rights* at a site, and a person behind it."""
    grants = tuple(Grant(site, right) for right in rights)
    return Actor(account="a-1", name="小王", person="p-1", grants=grants, roles={site: roles})


DESK = actor("desk")
WORKER = actor("work")


def request(pack: str = "P001/3", **changes: Any) -> RequestReceived:
    """A minor complaint about engineering, received on Tuesday at ten."""
    fact = RequestReceived(
        number="SZ1-20250304-001",
        site=SITE,
        pack=pack,
        pack_version=builtin_pack(pack).version,
        case_type="complaint",
        category="engineering",
        severity="minor",
        channel="phone",
        department="engineering_dept",
        received_at=TUESDAY,
        logged_at=TUESDAY,
        first_receiver="p-1",
        registered_by="p-1",
    )
    return fact.model_copy(update=changes)


def history(*acts: tuple[ActName, str]) -> History:
    """The past of an imported case: acts at Shanghai times."""
    told = tuple(Act(act=act, at=local(at)) for act, at in acts)
    return History(source="test", key="1", acts=told, quiet_until=local("2025-06-01 00:00"))


@dataclass
class Hand:
    """One case in hand, and what its site keeps: applies facts and commands in order and keeps what was said."""

    book: Book = field(default_factory=book_of)
    case: str = CASE_ID
    state: CaseState | None = None
    at: datetime = TUESDAY
    said: list[Say] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    standing: SiteState | None = None

    @property
    def known(self) -> CaseState:
        """The state, which must be there."""
        assert self.state is not None
        return self.state

    def hear(self, fact: Fact, *, message: str | None = None) -> Step:
        """Let the case hear *fact* now."""
        number = next(self.numbers)
        heading = Heading(
            id=message or f"m-{number:04}",
            kind=fact.wire_kind(),
            entity=self.case,
            at=self.at,
            version=number,
            correlation=self.case,
        )
        return self._take(CASE.react(self.state, Heard(heading, fact), self._moment()))

    def ask(self, command: Any, who: Actor = DESK, entities: tuple[str, ...] = ()) -> Step | Refusal:
        """Ask for *command* a minute later; a refusal changes nothing."""
        self.at += timedelta(minutes=1)
        reached = entities or entities_of(self.case, self.state, command, self.book)
        ask = Ask(entities=reached, command=command, actor=who, at=self.at)
        beside = {self.case: self.state, **dict.fromkeys(reached[1:], self.standing)}
        moment = structs.replace(self._moment(), beside=beside)
        verdict = CASE.obey(self.state, ask, moment)
        if isinstance(verdict, Refusal):
            return verdict
        if isinstance(command, TakeStep) and len(reached) > 1:
            kept = SITE_KIND.obey(self.standing, ask, moment)
            assert isinstance(kept, Step)
            self.standing = kept.state
        return self._take(verdict)

    def does(self, *commands: Any) -> "Hand":
        """Carry out commands as somebody who may do all of them; none may be refused."""
        for command in commands:
            verdict = self.ask(command, actor("lead"))
            assert isinstance(verdict, Step), verdict
        return self

    def facts(self) -> list[str]:
        """Names of the facts said so far."""
        return [say.fact.name for say in self.said]

    def last(self) -> Any:
        """The last fact said."""
        return self.said[-1].fact

    def _moment(self) -> Moment:
        return Moment(at=self.at, now=self.at, book=self.book)

    def _take(self, step: Step) -> Step:
        self.state = step.state
        self.said.extend(replace(say, at=say.at or self.at) for say in step.say)
        return step


def received(pack: str = "P001/3", *, case: str = CASE_ID, **changes: Any) -> Hand:
    """A case whose request was just heard."""
    hand = Hand(book_of(pack), case)
    hand.hear(request(pack, **changes))
    return hand
