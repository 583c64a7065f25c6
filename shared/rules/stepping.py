"""Which steps of a case are possible now, why others are not, which acts wait for them, and what taking one changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.organisation.records import Named
from shared.rules.conditions import Matter
from shared.rules.filling import marks, with_marks
from shared.rules.forms import Filled
from shared.rules.model import CaseType
from shared.rules.rolls import Among, OnRolls, Rolls, moved, names_in, personal_in
from shared.rules.steps import Gate, Opens, RollMove, RollRule, StepOutcome, StepRule

DONE = "done"
"""Stands in the flag of a step without outcomes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken at least once.

    Attributes:
        count: How often.
        marks: Flags of its outcome and its form that stand.
        again: It was reopened since: it has to be, or may be, taken again.
    """

    step: str
    outcome: str | None
    count: int
    at: datetime
    by: str
    marks: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case has come, as steps see it.

    Attributes:
        matter: The case with its circumstances and the marks of its intake form; marks of steps come from *taken*.
        taken: By step id.
        consents: Consents (CN-…) on record.
    """

    matter: Matter
    taken: Mapping[str, Taken] = field(default_factory=dict)
    consents: Collection[str] = ()
    rolls: Rolls = field(default_factory=dict)

    @property
    def now(self) -> Matter:
        """The case with everything its steps have brought about."""
        return replace(self.matter, flags=with_marks(self.matter.flags, standing_marks(self.taken)))

    def stands(self, step: str) -> bool:
        """Whether that step was taken and has not been reopened."""
        return step in self.taken and not self.taken[step].again


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a step is not possible.

    Attributes:
        why: already_taken, step_missing, consent_missing, too_soon, not_on_roll, on_roll or not_now; the service that
            asks adds not_your_step.
        missing: Steps (``step`` or ``step=outcome``), consents, date fields, or names, that stand in the way.
        field: The field of the form it is about.
        refusal: The whole sentence, the pack's own or ours, where there is one.
    """

    why: str
    missing: tuple[str, ...] = ()
    field: str | None = None
    refusal: Named | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What taking a step changed.

    Attributes:
        count: How often it has been taken, this time included.
        reopened: Steps that have to be, or may be, taken again because of it.
    """

    progress: Progress
    count: int
    reopened: tuple[str, ...]


def step_named(case_type: CaseType, word: str) -> StepRule | None:
    """The step of that id."""
    return next((step for step in case_type.steps if step.id == word), None)


def outcome_named(rule: StepRule, word: str | None) -> StepOutcome | None:
    """The outcome of that id; None also for a step without outcomes."""
    return next((outcome for outcome in rule.outcomes if outcome.id == word), None)


def standing_marks(taken: Mapping[str, Taken]) -> frozenset[str]:
    """Every flag the steps of a case have brought about and that still stands."""
    return frozenset(mark for one in taken.values() for mark in one.marks)


def hindrance(rule: StepRule, progress: Progress) -> Hindrance | None:
    """What stands in the way of a step, before anybody fills in its form; None if nothing does."""
    if progress.stands(rule.id) and not rule.repeats:
        return Hindrance("already_taken", (rule.id,))
    if not rule.when.holds(progress.now):
        return Hindrance("not_now")
    if missing := tuple(word for word in rule.after if not _came(word, progress)):
        return Hindrance("step_missing", missing)
    if missing := tuple(word for word in rule.needs if word not in progress.consents):
        return Hindrance("consent_missing", missing)
    return None


def _came(word: str, progress: Progress) -> bool:
    return word in standing_marks(progress.taken) if "=" in word else progress.stands(word)


def roll_hindrance(rule: StepRule, filled: Filled, rolls: OnRolls) -> Hindrance | None:
    """What the rolls of the case and of its site say against a step filled in like that."""
    for move in rule.rolls:
        if wrong := _wrong(move, filled, rolls.names(move), personal=personal_in(rule.form, move)):
            return Hindrance(_AGAINST[move.move], wrong, move.field, move.refusal)
    return None


_AGAINST = {RollMove.NEED: "not_on_roll", RollMove.BAR: "on_roll"}


def _wrong(move: RollRule, filled: Filled, on: tuple[str, ...], *, personal: bool) -> tuple[str, ...]:
    if move.move not in _AGAINST:
        return ()
    roll, named = Among(on, personal=personal), names_in(filled.get(move.field, ""))
    return tuple(name for name in named if roll.has(name) is (move.move is RollMove.BAR))


def missing_steps(case_type: CaseType, progress: Progress, gate: Gate) -> tuple[StepRule, ...]:
    """The steps an act still has to wait for."""
    waiting = [rule for rule in case_type.steps if gate in rule.before and not progress.stands(rule.id)]
    if not waiting:
        return ()
    now = progress.now
    return tuple(rule for rule in waiting if rule.when.holds(now))


def would_mark(rule: StepRule, outcome: str | None) -> str:
    """The flag that taking the step with this outcome brings about."""
    return f"{rule.id}={outcome or DONE}"


def take(rule: StepRule, outcome: str | None, filled: Filled, progress: Progress, *, at: datetime, by: str) -> Change:
    """Take a step that nothing hinders.

    An outcome that reopens its own step keeps its flag until the step is taken again: it is how the last try ended.
    """
    count = progress.taken[rule.id].count + 1 if rule.id in progress.taken else 1
    said = frozenset({would_mark(rule, outcome)}) | marks(rule.form, filled)
    fresh = Taken(rule.id, outcome, count, at, by, tuple(sorted(said)))
    turned = outcome_named(rule, outcome)
    reopened = tuple(dict.fromkeys((*rule.reopens, *(turned.reopens if turned else ()))))
    taken = {id_: _reopened(one) if id_ in reopened else one for id_, one in progress.taken.items()}
    taken[rule.id] = _own(fresh, rule, turned)
    rolls = moved(rule.rolls, rule.form, filled, progress.rolls)
    effective = tuple(id_ for id_ in reopened if id_ in taken)
    return Change(replace(progress, taken=taken, rolls=rolls), count, effective)


def _reopened(one: Taken) -> Taken:
    return replace(one, marks=(), again=True)


def _own(fresh: Taken, rule: StepRule, turned: StepOutcome | None) -> Taken:
    if rule.id in rule.reopens:
        return _reopened(fresh)
    return replace(fresh, again=turned is not None and rule.id in turned.reopens)


def linked(case_type: CaseType, step: str, outcome: str | None) -> tuple[Opens, ...]:
    """The linked cases the manual demands of a step, and of the way it turned out."""
    rule = step_named(case_type, step)
    turned = [one.opens for one in rule.outcomes if one.id == outcome] if rule is not None else []
    return tuple(opens for opens in (rule.opens if rule else None, *turned) if opens is not None)
