"""The services of a scenario in one memory, with a clock that is moved by hand.

What one service says the others hear at once and in order, unless one of them is down or the message is late; what
time alone does happens at its true instant; a message to a person leaves at its hour.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.intake.saying import OPEN_CASE
from services.notify.app import report
from services.notify.channels.rendering import both_languages
from shared.contracts.effects import Outcome, Wanted
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import Ask, Done, Refusal, Want
from shared.contracts.intake import RequestReceived
from shared.rules.book import Book
from shared.storage.letters import Letter
from shared.storage.unit import Work
from shouwen.scenarios.machine import AFTER, FOLDS, Counter, Defect, Machine
from shouwen.scenarios.ruled import Ruling, name_of

STEPS_MOST = 20_000
"""Far more than any row of a manual takes; a scenario that needs more never comes to its end."""


@dataclass(frozen=True, slots=True)
class Said:
    """A fact, and when the service said it."""

    heading: Heading
    fact: Fact
    now: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What reached a person.

    Attributes:
        at: When it left.
        cause: Id of the fact it came from.
        payload: What the sender was given.
    """

    at: datetime
    case: str
    person: str
    channel: str
    cause: str
    topic: str
    reason: str
    payload: Mapping[str, Any]

    @property
    def words(self) -> tuple[str, str]:
        """Chinese and English, as the recipient reads them."""
        return both_languages(self.payload)


class EndlessStory(RuntimeError):
    """Things went on happening without end."""


@dataclass(slots=True)
class _Late:
    """A message on its way."""

    at: datetime
    letter: Letter


@dataclass(slots=True)
class World:
    """Everything of one run.

    Attributes:
        now: How far time has come.
        log: Every fact in the order said.
        messages: Every message in the order sent.
        down: Services that stand still, and until when.
        plans: Ids of the plans that run.
        names: Case ids by the names the scenario has for them; cases of rules join with theirs.
    """

    book: Book
    now: datetime
    ids: Counter = field(default_factory=Counter)
    log: list[Said] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    down: dict[str, datetime] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    plans: frozenset[str] = frozenset()
    names: dict[str, str] = field(default_factory=dict)
    ruling: Ruling = field(init=False)
    _ways: deque[tuple[str, Letter]] = field(default_factory=deque)
    _waiting: dict[str, list[Letter]] = field(default_factory=dict)
    _late: list[_Late] = field(default_factory=list)
    _wanted: dict[str, tuple[str, Want]] = field(default_factory=dict)
    _carried: set[str] = field(default_factory=set)
    _steps: int = 0

    def __post_init__(self) -> None:
        """Start every service."""
        for folds in FOLDS:
            self.machines[folds.service] = Machine(folds, self.book, self.ids)
        self.ruling = Ruling(self.book, self.plans, self.now)

    def pass_time(self, to: datetime, *, through: bool = False, past: bool = True) -> None:
        """Let time pass up to *to*.

        Args:
            to: Not before now.
            through: Whether what is due at *to* itself happens too.
            past: With *through*: whether limits that end at *to* are over.
        """
        while (at := self._next(to)) is not None:
            self._happens()
            self.now = max(self.now, at)
            self._arrive()
            self._open()
            # What opens at the last instant itself must not end the limits of others that end there.
            self._fire(min(self.now, to - AFTER))
            self._send()
        self.now = max(self.now, to)
        self._arrive()
        self._send()
        while through and self._fire(to, keep_limits=not past):
            self._happens()
            self._send()

    def ask(self, service: str, ask: Ask, *, heard_at: datetime | None = None) -> Done | Refusal:
        """Let a person ask a service; what it says is heard at once, or at *heard_at*."""
        verdict, work = self.machines[service].obey(ask, self.now)
        self._taken(work, heard_at)
        self._settle()
        self._send()
        return verdict

    def repeat(self, said: Said) -> None:
        """Deliver a fact once more to everybody who hears it."""
        self._deliver(said.heading, said.fact)
        self._settle()

    def stop(self, service: str, until: datetime) -> None:
        """Let a service stand still."""
        self.down[service] = until

    def facts(self, case: str, *kinds: type[Fact]) -> list[Said]:
        """What was said about a case, in order."""
        return [
            said for said in self.log if said.heading.entity == case and (not kinds or isinstance(said.fact, kinds))
        ]

    def _happens(self) -> None:
        self._steps += 1
        if self._steps > STEPS_MOST:
            raise EndlessStory(f"more than {STEPS_MOST} things happened")

    def _next(self, to: datetime) -> datetime | None:
        due = (machine.next_due for name, machine in self.machines.items() if name not in self.down)
        steps = [at for at in due if at is not None and at < to]
        late = [one.at for one in self._late if one.at <= to]
        ups = [at for at in self.down.values() if at <= to]
        opening = self.ruling.next_opening(to) if "intake" not in self.down else None
        opens = () if opening is None else (max(opening, self.now),)
        return min((*steps, *late, *ups, *opens, *self._hours(to)), default=None)

    def _hours(self, to: datetime) -> Iterable[datetime]:
        wants = (want for _, want in self._wanted.values() if carried_by(want) not in self.down)
        return (w.not_before or self.now for w in wants if (w.not_before or self.now) <= to)

    def _open(self) -> None:
        for ask in self.ruling.openings(self.now) if "intake" not in self.down else ():
            self._ruled(ask)
        self._settle()

    def _ruled(self, ask: Ask) -> None:
        """Let intake do what a rule demands of it.

        Raises:
            Defect: It refuses: no person could have done otherwise.
        """
        verdict, work = self.machines["intake"].obey(ask, self.now)
        if isinstance(verdict, Refusal):
            raise Defect(f"intake: {type(ask.command).__name__}: {verdict.why}")
        self._taken(work, None)

    def _arrive(self) -> None:
        for service in [name for name, until in self.down.items() if until <= self.now]:
            del self.down[service]
            self._ways.extend((service, letter) for letter in self._waiting.pop(service, ()))
        for late in [one for one in self._late if one.at <= self.now]:
            self._late.remove(late)
            self._deliver(late.letter.heading, _fact(late.letter))
        self._settle()

    def _fire(self, at: datetime, *, keep_limits: bool = False) -> bool:
        fired = False
        for name, machine in self.machines.items():
            due = machine.due_at(at, keep_limits=keep_limits) if name not in self.down else ()
            if due:
                self._taken(machine.tick(due, at, self.now), None)
                fired = True
        self._settle()
        return fired

    def _settle(self) -> None:
        while self._ways:
            self._happens()
            service, letter = self._ways.popleft()
            if service in self.down:
                self._waiting.setdefault(service, []).append(letter)
                continue
            self._taken(self.machines[service].hear(letter, self.now), None)

    def _taken(self, work: Work, heard_at: datetime | None) -> None:
        for spoken in work.spoken:
            self._said(Said(spoken.heading, spoken.fact, self.now))
            if heard_at is not None and heard_at > self.now:
                self._late.append(_Late(heard_at, _letter(spoken.heading, spoken.fact)))
            else:
                self._deliver(spoken.heading, spoken.fact)
        for entity, want in work.wants:
            if want.key not in self._carried:
                self._wanted.setdefault(want.key, (entity, want))
        for key in work.unwants:
            self._wanted.pop(key, None)
        for ask in self.ruling.recurred(work, self.now):
            self._ruled(ask)

    def _said(self, said: Said) -> None:
        self.log.append(said)
        if isinstance(said.fact, RequestReceived) and (name := name_of(said.fact, self.names)):
            self.names[name] = said.heading.entity

    def _deliver(self, heading: Heading, fact: Fact) -> None:
        letter = _letter(heading, fact)
        hearers = (name for name, machine in self.machines.items() if heading.speaker in machine.folds.hears)
        self._ways.extend((name, letter) for name in hearers)

    def _send(self) -> None:
        there = [(key, want) for key, (_, want) in self._wanted.items() if carried_by(want) not in self.down]
        for key in [key for key, want in there if (want.not_before or self.now) <= self.now]:
            entity, want = self._wanted.pop(key)
            self._carried.add(want.key)
            if want.kind == OPEN_CASE:
                self._ruled(self.ruling.linked(entity, want, self.now))
            else:
                self._carry(entity, want)
        self._settle()

    def _carry(self, entity: str, want: Want) -> None:
        told = want.payload
        self.messages.append(
            Message(
                at=self.now,
                case=entity,
                person=told["person"],
                channel=want.kind,
                cause=want.key.partition("/")[0],
                topic=told["topic"],
                reason=told["reason"],
                payload=told,
            )
        )
        wanted = Wanted(want.key, entity, want.kind, want.recipient, want.payload, 1)
        _, work = self.machines["notify"].obey(report(wanted, Outcome(done=True), 1, self.now), self.now)
        self._taken(work, None)


def carried_by(want: Want) -> str:
    """The service whose process carries an effect out."""
    return "intake" if want.kind == OPEN_CASE else "notify"


def _letter(heading: Heading, fact: Fact) -> Letter:
    return Letter(heading, fact.subject(heading), {}, b"", Heard(heading, fact))


def _fact(letter: Letter) -> Fact:
    assert letter.heard is not None
    return letter.heard.fact
