"""Somebody who may do everything wanders through a case of any procedure, and somebody who brings it to its end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random  # noqa: TID251  seeded by whoever asks
from typing import Any

from services.dispatch.commands import (
    Accept,
    Assign,
    Close,
    Complete,
    Defer,
    FollowUp,
    Reopen,
    Reply,
    Start,
    TakeStep,
    Transfer,
)
from services.dispatch.commands import Return as GiveBack
from services.dispatch.policy.lifecycle import Act, Status
from services.dispatch.policy.standing import SiteState
from services.dispatch.state import chosen_endings, floors, hindered, owed, possible_acts, procedure, progress
from shared.contracts.fold import Refusal
from shared.contracts.intake import ConsentRecorded
from shared.rules.conditions import Matter
from shared.rules.filling import marks, with_marks
from shared.rules.forms import Filled, FormField
from shared.rules.ledger import Purse
from shared.rules.model import CaseType, Pack
from shared.rules.money import Move
from shared.rules.rolls import OnRolls
from shared.rules.stepping import Hindrance, step_named, would_mark
from shared.rules.steps import Gate, RollMove, StepOutcome, StepRule
from shared.rules.tallies import TallyMove
from shouwen.torture.filling import plausible
from tests.support.dispatch_builders import SITE, Hand, actor, book_of, person, request

MOVES_TO_THE_END = 120
"""Far more than any procedure takes from anywhere to its end."""


class DeadEnd(AssertionError):
    """A case that no allowed act brings to its end."""


@dataclass
class Wanderer:
    """One case, everybody's rights, and a source of choices.

    Attributes:
        done: What was carried out, for the reader of a failure.
    """

    pack: Pack
    kind: CaseType
    random: Random
    hand: Hand = field(init=False)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Receive a case of a category and a severity."""
        book = book_of("P000")
        book.put_pack(self.pack)
        book.put_person(person("p-1", "engineering_dept"))
        category, severity = self.random.choice(self.kind.categories), self.random.choice(self.kind.severities)
        matter = Matter(severity.id, category=category.id)
        values = plausible(self.kind.form, matter, self.random)
        self.hand = Hand(book)
        fact = request("P000").model_copy(
            update={
                "pack": self.pack.id,
                "pack_version": self.pack.version,
                "case_type": self.kind.id,
                "category": category.id,
                "department": category.department,
                "severity": severity.id,
                "form": {f.id: values[f.id] for f in self.kind.form if f.id in values and not f.personal},
                "flags": tuple(sorted(marks(self.kind.form, values))),
            }
        )
        self.hand.hear(fact)
        self.actor = replace(actor("lead"), roles={SITE: tuple(self.pack.roles)})

    @property
    def closed(self) -> bool:
        """Whether the case has come to its end."""
        return self.hand.known.status is Status.CLOSED

    def wander(self, moves: int) -> None:
        """Try so many things, in any order; refusals change nothing."""
        for _ in range(moves):
            self.tries(self.random.choice([*self._acts(), *self._steps(), *self._beside()]))

    def tries(self, command: Any) -> Refusal | None:
        """Ask for it."""
        waiting = self.hand.known.follow_up
        if waiting is not None and waiting.opens_at is not None:
            self.hand.at = max(self.hand.at, waiting.opens_at)
        before = self.hand.known
        verdict = self.hand.ask(command, self.actor)
        if isinstance(verdict, Refusal):
            assert self.hand.known is before
            return verdict
        self.done.append(repr(command))
        return None

    def _acts(self) -> Iterator[Any]:
        state, book = self.hand.known, self.hand.book
        for act in possible_acts(state, book):
            yield from self._command(act)

    def _command(self, act: Act) -> Iterator[Any]:
        state, book = self.hand.known, self.hand.book
        if act is Act.FOLLOW_UP:
            yield self.asks(self.random.choice(("satisfied", "unsatisfied", "unreached", "refused")))
        elif act is Act.CLOSE:
            yield from (Close(ending=ending, reason="x") for ending in chosen_endings(state, book))
        elif act is Act.TRANSFER:
            yield from (Transfer(department=one.department, reason="x") for one in self.kind.categories)
        else:
            yield PLAIN[act]

    def _steps(self) -> Iterator[Any]:
        for rule in self.kind.steps:
            if self._hindrance(rule) is None:
                yield self.takes(rule, self.random.choice(rule.outcomes or (None,)))

    def _beside(self) -> Iterator[Any]:
        yield Defer(until=self.hand.at.replace(year=2026), reason="x")

    def asks(self, answer: Any) -> FollowUp:
        """Ask the customer everything; who is satisfied says nothing that leaves the matter open."""
        rule, now = self.kind.follow_up, progress(self.hand.known).now
        form = plausible(rule.form, now, self.random)
        while answer == "satisfied" and marks(rule.form, form) & set(rule.unsettled):
            form = plausible(rule.form, now, self.random)
        return FollowUp(answer=answer, method="visit", form=form)

    def takes(self, rule: StepRule, outcome: StepOutcome | None) -> TakeStep:
        """Take a step with its form filled in as it should be."""
        state, word = self.hand.known, outcome.id if outcome else None
        for consent in rule.needs:
            if consent not in state.work.consents:
                self.hand.hear(ConsentRecorded(consent=consent, by="p-1"))
        now = progress(self.hand.known).now
        matter = replace(now, flags=with_marks(now.flags, {would_mark(rule, word)}))
        form = plausible(rule.form, matter, self.random, self._hints(rule))
        return TakeStep(step=rule.id, outcome=word, form=form)

    def _hints(self, rule: StepRule) -> Filled:
        """Names that stand on a roll, and sums that may move."""
        work, kind = self.hand.known.work, procedure(self.hand.known, self.hand.book)
        money = Purse(kind.money, progress(self.hand.known).now, work.counts, work.sums)
        standing = self.hand.standing or SiteState()
        on = {m: OnRolls(work.rolls, standing.rolls).names(m) for m in rule.rolls if m.move is RollMove.NEED}
        names = {move.field: found[-1] for move, found in on.items() if found}
        left = {m.amount: money.of(m.item).left for m in rule.money if m.amount and m.move is not Move.PAY}
        sums = {f.id: f"{left[f.id]:.2f}" for f in rule.form if f.id in left and _allowed(f, left[f.id])}
        there = {one.field: work.tallies.get(one.tally, 0) for one in rule.tallies if one.move is TallyMove.TAKE}
        counts = {id_: str(number) for id_, number in there.items() if number}
        return {id_: value for id_, value in (names | sums | counts).items() if value}

    def ends(self) -> None:
        """Bring the case to its end by the shortest way there is.

        Raises:
            DeadEnd: There is none.
        """
        for _ in range(MOVES_TO_THE_END):
            if self.closed:
                return
            act, gate = self._next()
            missing = owed(self.hand.known, self.hand.book, gate) if gate else ()
            if missing:
                self._reaches(missing[0], ())
            else:
                self._must(self.asks("satisfied") if act is Act.FOLLOW_UP else next(self._command(act)))
        raise DeadEnd(self._told("no end in sight"))

    def _next(self) -> tuple[Act, Gate | None]:
        """The act that leads on from here, and what may hold it up."""
        state = self.hand.known
        if state.status is Status.RESOLVED:
            return (Act.FOLLOW_UP, Gate.FOLLOW_UP) if state.follow_up else (Act.CLOSE, Gate.CLOSE)
        return WAY_ON[state.status]

    def _reaches(self, rule: StepRule, on_the_way: tuple[str, ...], outcome: str | None = None) -> None:
        """Take a step, and before it whatever it waits for."""
        if rule.id in on_the_way:
            raise DeadEnd(self._told(f"{rule.id} waits for itself: {on_the_way}"))
        found = self._hindrance(rule)
        if found is not None and found.why == "too_soon":
            self._waits_for(found)
            return
        if found is not None and found.why == "step_missing":
            for word in found.missing:
                id_, _, turned = word.partition("=")
                before = step_named(self.kind, id_)
                assert before is not None
                self._reaches(before, (*on_the_way, rule.id), turned or None)
            return
        if found is not None and found.why != "consent_missing":
            raise DeadEnd(self._told(f"{rule.id} is owed and not possible: {found}"))
        self._must(self.takes(rule, _chosen(rule, outcome)))

    def _hindrance(self, rule: StepRule) -> Hindrance | None:
        return hindered(rule, self.hand.known, self.hand.book, at=self.hand.at)

    def _waits_for(self, found: Hindrance) -> None:
        """Let the days pass that have to be over."""
        dates = floors(self.hand.known, self.hand.book, at=self.hand.at)
        last = max(date.fromisoformat(dates[word].value[:10]) for word in found.missing)
        self.hand.at = max(self.hand.at, datetime.combine(last + timedelta(days=2), time(12), tzinfo=UTC))

    def _must(self, command: Any) -> None:
        refusal = self.tries(command)
        if refusal is not None and refusal.why == "not_on_roll":
            self._named_first(command)
        elif refusal is not None and refusal.why == "still_out":
            self._kept_first()
            self._must(command)
        elif refusal is not None:
            raise DeadEnd(self._told(f"{command!r} is refused: {refusal}"))

    def _kept_first(self) -> None:
        """Keep what is held for names that are still on a roll, as for passes that never came back."""
        limited = {move.paid_by for each in self.kind.steps for move in each.rolls}
        for each in self.kind.steps:
            if any(move.move is Move.DEDUCT and move.item in limited for move in each.money):
                self._reaches(each, ())
                return
        raise DeadEnd(self._told("nothing keeps what is held for names on a roll"))

    def _named_first(self, command: TakeStep) -> None:
        """Put a name on the roll that the step asks for."""
        rule = step_named(self.kind, command.step)
        assert rule is not None
        needed = {move.roll for move in rule.rolls if move.move is RollMove.NEED}
        for each in self.kind.steps:
            if any(move.move is RollMove.PUT and move.roll in needed for move in each.rolls):
                self._reaches(each, ())
                return
        raise DeadEnd(self._told(f"nothing puts a name on {needed}"))

    def _told(self, what: str) -> str:
        state = self.hand.known
        flags = sorted(progress(state).now.flags)
        return f"{self.pack.id} {self.kind.id} {state.status} {flags}: {what}\n" + "\n".join(self.done)


PLAIN: Mapping[Act, Any] = {
    Act.ACCEPT: Accept(),
    Act.ASSIGN: Assign(assignee="p-1"),
    Act.START: Start(),
    Act.REPLY: Reply(kind="first", method="phone"),
    Act.COMPLETE: Complete(),
    Act.RETURN: GiveBack(reason="x"),
    Act.REOPEN: Reopen(because="customer", reason="x"),
}
WAY_ON: Mapping[Status, tuple[Act, Gate | None]] = {
    Status.DISPATCHED: (Act.ACCEPT, Gate.ACCEPT),
    Status.ACCEPTED: (Act.COMPLETE, Gate.COMPLETE),
    Status.IN_PROGRESS: (Act.COMPLETE, Gate.COMPLETE),
    Status.RETURNED: (Act.TRANSFER, None),
}


def _allowed(one: FormField, amount: Decimal) -> bool:
    """Whether the field takes so much."""
    least, most = one.at_least, one.at_most
    return (least is None or least <= amount) and (most is None or amount <= most)


def _chosen(rule: StepRule, outcome: str | None) -> StepOutcome | None:
    """The outcome asked for; else one that sends nobody back, where there is one."""
    wanted = [one for one in rule.outcomes if one.id == outcome]
    onward = [one for one in rule.outcomes if not one.reopens]
    return next(iter((*wanted, *onward, *rule.outcomes)), None)
