"""A batch in memory: every message applied in order, nothing written yet.

Reads no clock and no database; what it leaves behind in :class:`Work` is the whole effect of the batch.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.advancing import advance
from shared.contracts.envelope import Fact, Heading
from shared.contracts.fold import Ask, Done, Folds, Kind, Moment, Refusal, Step
from shared.contracts.ids import Ids
from shared.contracts.refusing import no_right, stale, unknown
from shared.rules.book import Book
from shared.storage.letters import Dead, Letter, told
from shared.storage.slots import Slot
from shared.storage.unit import Spoken, Work


class _Trial(Struct, frozen=True):
    """What a message would do to one entity; taken only when it did no harm to any."""

    slot: Slot
    state: Any
    steps: tuple[tuple[datetime, Step], ...]
    cause: str | None


class Folding:
    """Applies facts, commands and time to the slots of a batch."""

    def __init__(self, folds: Folds, book: Book, ids: Ids) -> None:
        """Fold for one service, with the directory it sees."""
        self._folds = folds
        self._book = book
        self._ids = ids

    def entities_of(self, letter: Letter) -> set[str]:
        """Every entity row *letter* needs: its own, where its version is counted, and those it touches here."""
        own = {letter.heading.entity}
        return own if letter.heard is None else own | set(self._folds.keys(letter.heard))

    def hear(self, work: Work, letter: Letter, now: datetime, *, drain: bool = True) -> None:
        """Apply one fact, park it when it has to wait, drop it when it was heard before.

        Args:
            work: What the transaction has loaded.
            letter: The fact.
            now: When it is handled.
            drain: Whether those parked behind it follow at once.
        """
        heading = letter.heading
        last = work.slots[heading.entity].last_heard(heading.speaker)
        if heading.version <= last:
            return
        if heading.version > last + 1 or not self.ready(letter):
            self._park(work, letter)
            return
        if work.parked:
            self._unpark(work, heading)
        if self._apply(work, letter, now) and drain and work.parked:
            self._drain(work, heading, now)

    def ready(self, letter: Letter) -> bool:
        """Whether the directory knows what *letter* names."""
        return letter.heard is None or self._folds.ready(letter.heard, self._book)

    def following(self, work: Work, heading: Heading) -> Letter | None:
        """The letter parked behind *heading* whose turn it is, unless it still has to wait or touches others."""
        lane = work.parked.get((heading.entity, heading.speaker), {})
        letter = lane.get(work.slots[heading.entity].last_heard(heading.speaker) + 1) if lane else None
        if letter is None or not self.ready(letter) or not self.entities_of(letter) <= work.slots.keys():
            return None
        return letter

    def _park(self, work: Work, letter: Letter) -> None:
        heading = letter.heading
        lane = work.parked.setdefault((heading.entity, heading.speaker), {})
        if heading.version in lane:
            return
        lane[heading.version] = letter
        work.to_park.append(letter)
        slot = work.slots[heading.entity]
        slot.waiting += 1
        slot.changed = True

    def _unpark(self, work: Work, heading: Heading) -> None:
        letter = work.parked.get((heading.entity, heading.speaker), {}).pop(heading.version, None)
        if letter is None:
            return
        slot = work.slots[heading.entity]
        slot.waiting -= 1
        slot.changed = True
        work.to_unpark.append((heading.entity, heading.speaker, heading.version))
        if letter in work.to_park:
            work.to_park.remove(letter)

    def _drain(self, work: Work, heading: Heading, now: datetime) -> None:
        while (letter := self.following(work, heading)) is not None:
            self._unpark(work, letter.heading)
            if not self._apply(work, letter, now):
                return

    def _apply(self, work: Work, letter: Letter, now: datetime) -> bool:
        """Fold one fact whose turn it is; False when it is poison and keeps its version slot."""
        heading = letter.heading
        if letter.flaw:
            work.dead.append(Dead(letter, letter.flaw))
            return False
        if letter.heard is not None:
            try:
                trials = [
                    self._trial_of_fact(work, key, letter, now) for key in dict.fromkeys(self._folds.keys(letter.heard))
                ]
            except Exception as defect:  # noqa: BLE001  a defect in one fold must hurt only the entity it met
                work.dead.append(Dead(letter, told(defect)))
                return False
            for trial in trials:
                self._take(work, trial)
            work.applied.append(letter.heard)
        work.slots[heading.entity].hear(heading.speaker, heading.version, heading.id)
        return True

    def _trial_of_fact(self, work: Work, key: str, letter: Letter, now: datetime) -> _Trial:
        slot, heard = work.slots[key], letter.heard
        kind = self._folds.kind_of(key)
        if kind is None or heard is None:
            return _Trial(slot, slot.state, (), letter.heading.id)
        react = kind.react
        return self._trial(
            kind,
            slot,
            letter.heading.at,
            now,
            letter.heading.id,
            lambda state, moment: react(state, heard, moment),
        )

    def _trial(
        self,
        kind: Kind[Any],
        slot: Slot,
        at: datetime,
        now: datetime,
        cause: str | None,
        act: Callable[[Any, Moment], Step],
    ) -> _Trial:
        moment = Moment(at=at, now=now, book=self._book, cause=cause)
        state: Any = slot.state
        steps: list[tuple[datetime, Step]] = []
        if state is not None:
            state, steps = advance(kind, state, at, moment)
        step = act(state, moment)
        return _Trial(slot, step.state, (*steps, (at, step)), cause)

    def _take(self, work: Work, trial: _Trial) -> tuple[tuple[Heading, Fact], ...]:
        slot = trial.slot
        if trial.state is not slot.state and trial.state != slot.state:
            slot.state, slot.encoded = trial.state, None
            slot.changed = True
        said: list[tuple[Heading, Fact]] = []
        for at, step in trial.steps:
            work.wants += [(slot.entity, want) for want in step.want]
            work.unwants += step.unwant
            said += self._speak(slot, step, at, trial.cause) if step.say else ()
        work.spoken += [Spoken(h, fact, h.headers(), fact.model_dump_json().encode()) for h, fact in said]
        return tuple(said)

    def _speak(self, slot: Slot, step: Step, at: datetime, cause: str | None) -> list[tuple[Heading, Fact]]:
        said = []
        for say in step.say:
            message = self._ids.message()
            heading = Heading(
                id=message,
                kind=say.fact.wire_kind(),
                entity=slot.entity,
                at=say.at or at,
                version=slot.say(message),
                correlation=say.correlation or slot.entity,
                causation=cause,
                schema_version=say.fact.schema_version,
            )
            said.append((heading, say.fact))
        return said

    def obey(self, work: Work, ask: Ask, now: datetime) -> Done | Refusal:
        """Carry out a command, or say why not; a refusal leaves nothing behind."""
        trials: list[_Trial] = []
        beside = {entity: work.slots[entity].state for entity in ask.entities}
        for number, entity in enumerate(ask.entities):
            verdict = self._trial_of_ask(work.slots[entity], ask, now, beside)
            if isinstance(verdict, _Trial):
                trials.append(verdict)
            elif number == 0:
                return verdict
        first, said = trials[0], [self._take(work, trial) for trial in trials]
        return Done(first.slot.entity, first.slot.said, first.state, first.steps[-1][1].why, said[0])

    def _trial_of_ask(self, slot: Slot, ask: Ask, now: datetime, beside: dict[str, Any]) -> _Trial | Refusal:
        kind = self._folds.kind_of(slot.entity)
        site = kind.columns(slot.state).site if kind is not None and slot.state is not None else None
        if kind is None or (site is not None and not ask.actor.can("view", site)):
            return unknown()  # another site's case answers as if it did not exist
        if ask.if_match is not None and slot.entity == ask.entities[0] and ask.if_match != slot.said:
            return stale(ask.if_match, slot.said)
        if site is not None and not ask.actor.can(ask.right, site):
            return no_right()
        refused: list[Refusal] = []

        def act(state: Any, moment: Moment) -> Step:
            verdict = kind.obey(state, ask, replace(moment, beside=beside))
            if isinstance(verdict, Step):
                return verdict
            refused.append(verdict)
            return Step(why=verdict.why, state=state)

        trial = self._trial(kind, slot, ask.at, now, None, act)
        return refused[0] if refused else trial

    def tick(self, work: Work, now: datetime) -> None:
        """Fire every step due before *now*."""
        for slot in work.slots.values():
            kind = self._folds.kind_of(slot.entity)
            if kind is None or slot.state is None:
                continue
            moment = Moment(at=now, now=now, book=self._book)
            state, steps = advance(kind, slot.state, now, moment)
            self._take(work, _Trial(slot, state, tuple(steps), None))
            work.late.extend((now - at).total_seconds() for at, _ in steps)


def heard_entities(folding: Folding, letters: Sequence[Letter]) -> set[str]:
    """Every entity row a batch of letters needs."""
    return set().union(*(folding.entities_of(letter) for letter in letters))
