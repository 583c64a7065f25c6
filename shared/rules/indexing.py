"""What a fold looks up in a case type, found once for each: nothing is scanned while a fact is folded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from shared.organisation.records import Named
from shared.rules.conditions import Condition
from shared.rules.limits import FIELD
from shared.rules.model import CaseType, ClockRule, NoticeRule
from shared.rules.vendors import VENDOR_CLOCKS
from shared.rules.words import Basis, StartFact

STEP = "step:"
"""Before the name of a step, or ``step=outcome``, where it starts or stops something."""
DATE = "date:"
"""Before the id of a field whose date starts something."""

_Rule = TypeVar("_Rule")


@dataclass(frozen=True, slots=True)
class Index:
    """A case type, by what sets its rules off.

    Attributes:
        clocks: By id, those of vendor contracts among them.
        starting: Clocks by what starts them (`ClockRule.starts_with`); counts are judged, never started.
        stopping: Ids of clocks by what meets them: a stop fact, or `STEP` with a step or ``step=outcome``.
        notices: By the fact that sets them off, with its step, clock or date field.
        counts: Clocks judged by a number, by the field that holds it.
        dates: Fields whose date starts a clock or a notice.
        fields: Every field of a form that a clock reads, those of *dates* among them.
        asked: Flags some clock or upgrade asks for.
        of_intake: Fields of the form filled at intake, ``of_answers`` those of the follow-up.
        floors: Names of the fields that others, or steps, must not lie before, by id.
    """

    clocks: Mapping[str, ClockRule]
    starting: Mapping[str, tuple[ClockRule, ...]]
    stopping: Mapping[str, frozenset[str]]
    notices: Mapping[str, tuple[NoticeRule, ...]]
    counts: Mapping[str, tuple[ClockRule, ...]]
    dates: frozenset[str]
    fields: frozenset[str]
    asked: frozenset[str]
    of_intake: frozenset[str]
    of_answers: frozenset[str]
    floors: Mapping[str, Named]


_KNOWN: dict[int, tuple[CaseType, Index]] = {}
_MOST = 4096


def index_of(case_type: CaseType) -> Index:
    """The index of a case type, made the first time it is asked for."""
    # By identity: a case type holds dictionaries and has no hash. The entry keeps it alive, so its id stays its own.
    known = _KNOWN.get(id(case_type))
    if known is not None:
        return known[1]
    if len(_KNOWN) >= _MOST:
        _KNOWN.clear()
    made = _made(case_type)
    _KNOWN[id(case_type)] = (case_type, made)
    return made


def set_off_by(on: StartFact, after: str | None = None) -> str:
    """One word for a fact together with the step, clock or field that it is about."""
    return f"{on.value}:{after}" if after else on.value


def _made(case_type: CaseType) -> Index:
    timed = [rule for rule in case_type.clocks if rule.basis is not Basis.COUNT]
    counted = [rule for rule in case_type.clocks if rule.basis is Basis.COUNT and rule.between]
    everyone = (*case_type.clocks, *VENDOR_CLOCKS)
    dates = _dates((*timed, *case_type.raises_at_intake))
    return Index(
        clocks={rule.id: rule for rule in everyone},
        starting=_grouped((rule.starts_with, rule) for rule in timed),
        stopping={stop: frozenset(ids) for stop, ids in _grouped(_stops(everyone)).items()},
        notices=_grouped((set_off_by(rule.on, rule.after), rule) for rule in case_type.raises_at_intake),
        counts=_grouped((rule.between[0], rule) for rule in counted),
        dates=dates,
        fields=dates | frozenset(name for rule in case_type.clocks for name in _read_by(rule)),
        asked=frozenset(flag for when in _conditions(case_type) for flag in (*when.flags, *when.without)),
        of_intake=frozenset(one.id for one in case_type.form),
        of_answers=frozenset(one.id for one in case_type.follow_up.form),
        floors=_floors(case_type),
    )


def _floors(case_type: CaseType) -> Mapping[str, Named]:
    forms = (case_type.form, *(step.form for step in case_type.steps), case_type.follow_up.form)
    fields = [field for form in forms for field in form]
    wanted = {id_ for field in fields for id_ in field.not_before}
    wanted |= {id_ for step in case_type.steps for id_ in (*step.once_over, *step.once_come)}
    return {field.id: field.name for field in fields if field.id in wanted}


def _dates(rules: Iterable[ClockRule | NoticeRule]) -> frozenset[str]:
    started = ((rule.on if isinstance(rule, NoticeRule) else rule.start, rule.after) for rule in rules)
    return frozenset(after for start, after in started if start is StartFact.DATE and after)


def _stops(rules: Iterable[ClockRule]) -> Iterable[tuple[str, str]]:
    for rule in rules:
        yield from ((stop.value, rule.id) for stop in rule.stop)
        yield from ((STEP + step, rule.id) for step in rule.steps)


def _read_by(rule: ClockRule) -> Iterable[str]:
    yield from rule.between
    yield from (limit.removeprefix(FIELD) for limit in rule.overridable_by if limit.startswith(FIELD))


def _conditions(case_type: CaseType) -> Iterable[Condition]:
    yield from (rule.when for rule in case_type.clocks)
    yield from (rule.when for rule in case_type.upgrades)


def _grouped(pairs: Iterable[tuple[str, _Rule]]) -> dict[str, tuple[_Rule, ...]]:
    found: dict[str, list[_Rule]] = defaultdict(list)
    for key, one in pairs:
        found[key].append(one)
    return {key: tuple(many) for key, many in found.items()}
