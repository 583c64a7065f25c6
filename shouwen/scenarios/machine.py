"""One service in memory: its folds, applied by the very code that applies them in production."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from services.dispatch.folds import FOLDS as DISPATCH
from services.escalation.folds import FOLDS as ESCALATION
from services.intake.folds import FOLDS as INTAKE
from services.notify.folds import FOLDS as NOTIFY
from services.reporting.folds import FOLDS as REPORTING
from shared.contracts.escalation import ClockBreached
from shared.contracts.fold import Ask, Done, Folds, Moment, Refusal
from shared.rules.book import Book
from shared.runtime.folding import Folding
from shared.storage.letters import Letter
from shared.storage.slots import Slot
from shared.storage.unit import Work

FOLDS: tuple[Folds, ...] = (INTAKE, DISPATCH, ESCALATION, NOTIFY, REPORTING)
AFTER = timedelta(microseconds=1)
"""A step is fired once its instant has passed; nothing a scenario can write lies between."""


class Counter:
    """Ids that sort by the order in which they were made, the same in every run."""

    def __init__(self) -> None:
        """Begin at one."""
        self._next = count(1)

    def message(self) -> str:
        """See `shared.contracts.ids.Ids`."""
        return f"{next(self._next):032x}"

    def entity(self, prefix: str) -> str:
        """See `shared.contracts.ids.Ids`."""
        return f"{prefix}-{next(self._next):032x}"


class Defect(RuntimeError):
    """A fold raised instead of answering: a defect of the product, not of the scenario."""


class Machine:
    """A service whose rows live in a dict.

    Attributes:
        slots: Its entities by id.
    """

    def __init__(self, folds: Folds, book: Book, ids: Counter) -> None:
        """Start with nothing known."""
        self.folds, self.slots = folds, dict[str, Slot]()
        self._book, self._folding = book, Folding(folds, book, ids)
        self._parked: dict[tuple[str, str], dict[int, Letter]] = {}
        self._due: dict[str, datetime] = {}

    @property
    def next_due(self) -> datetime | None:
        """When time alone changes something here; None if never."""
        return min(self._due.values(), default=None)

    def hear(self, letter: Letter, now: datetime) -> Work:
        """Take in one fact."""
        work = self._work(self._folding.entities_of(letter))
        self._folding.hear(work, letter, now)
        if work.dead:
            raise Defect(f"{self.folds.service}: {letter.heading.kind}: {work.dead[0].reason}")
        return self._kept(work)

    def obey(self, ask: Ask, now: datetime) -> tuple[Done | Refusal, Work]:
        """Carry out a command, or say why not."""
        work = self._work(ask.entities)
        verdict = self._folding.obey(work, ask, now)
        return verdict, self._kept(work)

    def due_at(self, at: datetime, *, keep_limits: bool) -> tuple[str, ...]:
        """The entities with something due up to and including *at*.

        Args:
            at: How far time has come.
            keep_limits: A limit that ends at *at* itself is still kept; what passes it stays for later.
        """
        due = (entity for entity, instant in self._due.items() if instant <= at)
        return tuple(entity for entity in due if not (keep_limits and self._breaks_at(entity, at)))

    def tick(self, entities: Iterable[str], at: datetime, now: datetime) -> Work:
        """Fire what is due on *entities* up to and including *at*; *now* is when it is noticed."""
        work = self._work(entities)
        self._folding.tick(work, max(at, now) + AFTER)
        return self._kept(work)

    def state(self, entity: str) -> object:
        """The state of an entity; None where there is none."""
        slot = self.slots.get(entity)
        return slot.state if slot else None

    def _breaks_at(self, entity: str, at: datetime) -> bool:
        kind, state = self.folds.kind_of(entity), self.slots[entity].state
        assert kind is not None
        while kind.due(state) == at:
            step = kind.fire(state, Moment(at=at, now=at + AFTER, book=self._book))
            if any(isinstance(say.fact, ClockBreached) for say in step.say):
                return True
            state = step.state
        return False

    def _work(self, entities: Iterable[str]) -> Work:
        return Work({entity: self.slots.setdefault(entity, Slot(entity)) for entity in entities}, parked=self._parked)

    def _kept(self, work: Work) -> Work:
        for entity, slot in work.slots.items():
            kind = self.folds.kind_of(entity)
            due = kind.due(slot.state) if kind is not None and slot.state is not None else None
            if due is None:
                self._due.pop(entity, None)
            else:
                self._due[entity] = due
        return work
