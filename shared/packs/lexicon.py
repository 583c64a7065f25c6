"""The words a case type defines, for the checks that look up the words its rules use."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from shared.rules.conditions import Condition
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import CaseType, ClockRule, NoticeRule, Pack, UpgradeRule
from shared.rules.money import MoneyItem
from shared.rules.stepping import DONE
from shared.rules.steps import StepRule
from shared.rules.words import Flag

YES_OR_NO = ("yes", "no")
NUMBERS = frozenset({FieldKind.COUNT, FieldKind.RATING, FieldKind.MONEY})
DATES = frozenset({FieldKind.DATE, FieldKind.INSTANT})

_Rule = ClockRule | UpgradeRule | NoticeRule | StepRule | MoneyItem
Placed = tuple[str, FormField]
"""A field and the path of it."""


@dataclass(frozen=True)
class Lexicon:
    """What can be looked up in one case type."""

    pack: Pack
    case_type: CaseType

    @property
    def top(self) -> str:
        """The path of the case type."""
        return f"case_types.{self.case_type.id}"

    @cached_property
    def forms(self) -> tuple[tuple[str, tuple[FormField, ...]], ...]:
        """Every form with its path: intake, steps, follow-up, in the order they are filled."""
        steps = ((f"{self.top}.steps.{step.id}.form", step.form) for step in self.case_type.steps)
        asked = (f"{self.top}.follow_up.form", self.case_type.follow_up.form)
        return ((f"{self.top}.form", self.case_type.form), *steps, asked)

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """Every field with its path."""
        return tuple((f"{path}.{field.id}", field) for path, form in self.forms for field in form)

    @cached_property
    def fields(self) -> dict[str, FormField]:
        """Every field by id."""
        return {field.id: field for _, field in self.placed}

    @cached_property
    def steps(self) -> dict[str, StepRule]:
        """Every step by id."""
        return {step.id: step for step in self.case_type.steps}

    @cached_property
    def step_words(self) -> frozenset[str]:
        """Every step, and every ``step=outcome``."""
        outcomes = (f"{step.id}={each}" for step in self.case_type.steps for each in outcome_ids(step))
        return frozenset(self.steps) | frozenset(outcomes)

    @cached_property
    def severities(self) -> dict[str, int]:
        """The rank of every severity."""
        return {severity.id: severity.rank for severity in self.case_type.severities}

    @cached_property
    def categories(self) -> frozenset[str]:
        """Ids of the categories."""
        return frozenset(category.id for category in self.case_type.categories)

    @cached_property
    def clocks(self) -> frozenset[str]:
        """Ids of the clocks."""
        return frozenset(clock.id for clock in self.case_type.clocks)

    @cached_property
    def marks(self) -> frozenset[str]:
        """Every ``word=value`` that a form or a step can bring about."""
        steps = (f"{step.id}={each}" for step in self.case_type.steps for each in outcome_ids(step) or (DONE,))
        fields = (f"{field.id}={each}" for field in self.fields.values() for each in marks_of(field))
        return frozenset((*steps, *fields))

    @cached_property
    def flags(self) -> frozenset[str]:
        """Everything a condition may ask for: circumstances, switches and marks."""
        return frozenset({flag.value for flag in Flag} | self.pack.variants.keys()) | self.marks

    @cached_property
    def conditions(self) -> tuple[tuple[str, Condition], ...]:
        """Every condition with its path."""
        return (*self._of_rules(), *self._of_forms())

    def _of_rules(self) -> Iterator[tuple[str, Condition]]:
        one = self.case_type
        named: dict[str, tuple[_Rule, ...]] = {
            "clocks": one.clocks,
            "upgrades": one.upgrades,
            "raises_at_intake": one.raises_at_intake,
            "steps": one.steps,
            "money": one.money,
        }
        for part, rules in named.items():
            yield from ((f"{self.top}.{part}.{rule.id}.when", rule.when) for rule in rules)
        for place, by in enumerate(one.follow_up.instead):
            yield f"{self.top}.follow_up.instead.{place}.when", by.when

    def _of_forms(self) -> Iterator[tuple[str, Condition]]:
        return ((f"{path}.when", field.when) for path, field in self.placed)


def outcome_ids(step: StepRule) -> tuple[str, ...]:
    """The ways a step can turn out; none for one that is done or not."""
    return tuple(outcome.id for outcome in step.outcomes)


def answers(field: FormField) -> tuple[str, ...]:
    """What may be chosen in a field; none where one writes freely."""
    if field.kind is FieldKind.YES_NO:
        return YES_OR_NO
    return tuple(choice.id for choice in field.choices)


def marks_of(field: FormField) -> tuple[str, ...]:
    """The values of the flag a field can put on its case; a refused answer never gets that far."""
    if field.personal:
        return ()
    chosen = tuple(answer for answer in answers(field) if answer not in field.refused)
    return (*chosen, *(mark.id for mark in field.marks))


def lexicons(pack: Pack) -> Iterator[Lexicon]:
    """One for every case type."""
    return (Lexicon(pack, case_type) for case_type in pack.case_types.values())


def together(one: Condition, other: Condition) -> bool:
    """Whether both conditions can hold of one case."""
    return (
        _shared(one.severities, other.severities)
        and _shared(one.validity, other.validity)
        and _shared(one.categories, other.categories)
        and not {*one.flags, *other.flags} & {*one.without, *other.without}
        and single_valued((*one.flags, *other.flags))
    )


def single_valued(flags: tuple[str, ...]) -> bool:
    """Whether no word is asked to have two values: a word has one at a time."""
    marks = {flag for flag in flags if "=" in flag}
    return len({mark.split("=", 1)[0] for mark in marks}) == len(marks)


def _shared(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return not one or not other or bool(set(one) & set(other))
