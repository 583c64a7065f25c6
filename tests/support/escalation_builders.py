"""One case at an estate with everybody appointed, folded by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from services.escalation.folds import CASE
from services.escalation.state import Case, Docket
from shared.contracts.advancing import advance
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.escalation import ClockStopped
from shared.contracts.fold import Actor, Ask, Grant, Moment, Refusal, Step
from shared.contracts.intake import RequestReceived
from shared.organisation.records import (
    Activation,
    Appointment,
    CalendarRecord,
    Named,
    Person,
    Site,
)
from shared.rules.book import Book
from shared.storage.slots import StateCodec
from tests.support.packs import DAY_SHIFT, SHANGHAI, local, pack_named

CASE_ID = "case-" + "0" * 31 + "1"
SITE = "s1"
F = TypeVar("F", bound=Fact)
_CODEC = StateCodec(CASE)


def book(pack: str, *, without: tuple[str, ...] = (), parameters: dict[str, str | int] | None = None) -> Book:
    """A directory with one site; the person of role ``butler`` is ``p-butler``, and so on for every role."""
    directory = Book()
    rules = pack_named(pack)
    directory.put_pack(rules)
    hours = CalendarRecord(version="reference", weekly=((DAY_SHIFT,),) * 7)
    active = Activation(pack=pack, version=rules.version, since=local("2020-01-01 00:00"))
    directory.put_site(Site(SITE, "SZ1", Named("一号苑", "One"), SHANGHAI, (active,), hours, parameters or {}))
    for role in rules.roles:
        if role not in without:
            directory.put_person(person(f"p-{role}", role))
    directory.put_person(person("p-engineer", "engineering_dept"))
    return directory


def person(person_id: str, role: str) -> Person:
    """Somebody appointed to *role* for ever."""
    post = Appointment(site=SITE, role=role, since=local("2020-01-01 00:00"))
    return Person(person_id, person_id, appointments=(post,))


def actor(role: str, right: str = "work") -> Actor:
    """The person of that role."""
    key = f"p-{role}"
    return Actor(key, key, person=key, grants=(Grant(SITE, right),), roles={SITE: (role,)})


def received(pack: str, at: str, **fields: Any) -> RequestReceived:
    """A complaint logged at the moment it was received."""
    given: dict[str, Any] = {
        "number": "SZ1-250304-001",
        "site": SITE,
        "pack": pack,
        "pack_version": pack_named(pack).version,
        "case_type": "complaint",
        "category": "engineering",
        "severity": "minor",
        "channel": "phone",
        "department": "engineering_dept",
        "received_at": local(at),
        "logged_at": local(at),
        "first_receiver": "p-service_center",
        "registered_by": "p-service_center",
    }
    return RequestReceived.model_validate(given | fields)


@dataclass
class Folded:
    """A case as the runtime would fold it: time passes first, then the message; the state survives its encoding."""

    book: Book
    docket: Docket | None = None
    said: list[tuple[datetime, Fact]] = field(default_factory=list)
    count: int = 0

    @property
    def case(self) -> Case:
        """The case as it stands."""
        assert self.docket is not None
        assert self.docket.case is not None
        return self.docket.case

    def hear(self, fact: Fact, at: str, *, now: str | None = None) -> str:
        """Fold a fact; *now* is when it is handled, if later than it happened."""
        self.count += 1
        heading = Heading(f"m{self.count:04}", fact.wire_kind(), CASE_ID, local(at), self.count, CASE_ID)
        moment = Moment(local(at), local(now or at), self.book, heading.id)
        self._live(local(at))
        return self._take(CASE.react(self.docket, Heard(heading, fact), moment), local(at))

    def ask(self, command: Any, who: Actor, at: str) -> str | Refusal:
        """Obey a command; a refusal leaves nothing behind."""
        moment = Moment(local(at), local(at), self.book)
        self._live(local(at))
        answer = CASE.obey(self.docket, Ask(entities=(CASE_ID,), command=command, actor=who, at=local(at)), moment)
        return answer if isinstance(answer, Refusal) else self._take(answer, local(at))

    def until(self, at: str) -> None:
        """Let time pass with the service awake; what is due at the very instant has not fired yet."""
        self._live(local(at))

    def past(self, at: str) -> None:
        """Let time pass over that instant."""
        self._live(local(at) + timedelta(microseconds=1))

    def wake(self, at: str) -> None:
        """Let time pass with the service down: all of it is handled at its end."""
        self._pass(local(at), Moment(local(at), local(at), self.book))

    def told(self, kind: type[F]) -> list[F]:
        """Every fact of one kind said so far."""
        return [fact for _, fact in self.said if isinstance(fact, kind)]

    def instants(self, kind: type[Fact]) -> list[datetime]:
        """When they happened."""
        return [at for at, fact in self.said if isinstance(fact, kind)]

    @property
    def outcomes(self) -> dict[str, str]:
        """How each clock ended last."""
        return {one.clock: one.outcome for fact in self.told(ClockStopped) for one in fact.clocks}

    def due(self, clock: str) -> datetime | None:
        """Due instant of a clock; fails if the case has none of that rule."""
        found = self.case.clock(clock)
        assert found is not None, f"no clock {clock}; there are {[one.id for one in self.case.clocks]}"
        return found.due_at

    def _live(self, to: datetime) -> None:
        while self.docket is not None and (due := CASE.due(self.docket)) is not None and due < to:
            instant = due + timedelta(microseconds=1)
            self._pass(instant, Moment(instant, instant, self.book))

    def _pass(self, to: datetime, moment: Moment) -> None:
        if self.docket is None:
            return
        docket, steps = advance(CASE, self.docket, to, moment)
        self.docket = docket
        for at, step in steps:
            self.said.extend((say.at or at, say.fact) for say in step.say)

    def _take(self, step: Step, at: datetime) -> str:
        self.said.extend((say.at or at, say.fact) for say in step.say)
        self.docket = None if step.state is None else _CODEC.decode(_CODEC.encode(step.state), CASE.schema)
        assert self.docket == step.state
        return step.why


def opened(pack: str, at: str, *, directory: Book | None = None, **fields: Any) -> Folded:
    """A case just received."""
    folded = Folded(directory or book(pack))
    folded.hear(received(pack, at, **fields), at)
    return folded
