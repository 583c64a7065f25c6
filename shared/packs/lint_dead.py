"""Rules that can never apply, severities nobody reaches, variants that apply at once, numbers from nowhere."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import Lexicon, lexicons, single_valued, together
from shared.rules.conditions import Condition
from shared.rules.model import CaseType, ClockRule, NoticeRule, Pack
from shared.rules.steps import Opens
from shared.rules.words import StartFact, Validity


class _Sourced(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def source(self) -> str: ...


def dead_findings(pack: Pack) -> Iterator[Finding]:
    """Conditions no case can meet, and severities no case can have."""
    for words in lexicons(pack):
        reached = _severities(pack, words.case_type)
        for severity in words.severities:
            if severity not in reached:
                path = f"{words.top}.severities.{severity}"
                yield Finding("severity_unreachable", path, _nobody_reaches(severity), _LEAD_THERE)
        for path, when in words.conditions:
            if why := _never(words, when, reached):
                yield Finding("condition_never", path, why, _MEND)
        yield from _judged(words)
        yield from _own_outcome(words)


def variant_findings(pack: Pack) -> Iterator[Finding]:
    """Rules that are each other's variant, by id, and can both hold at once."""
    for words in lexicons(pack):
        parts: dict[str, tuple[ClockRule | NoticeRule, ...]] = {
            "clocks": words.case_type.clocks,
            "raises_at_intake": words.case_type.raises_at_intake,
        }
        for part, rules in parts.items():
            for one in rules:
                for other in rules:
                    if _overlap(pack, one, other):
                        path = f"{words.top}.{part}.{other.id}.when"
                        yield Finding("variants_overlap", path, _both(one.id, other.id), _EXCLUDE)
    for switch in pack.variants.keys() - _asked(pack):
        yield Finding("variant_idle", f"variants.{switch}", _idle(switch), _USE_IT)


def _asked(pack: Pack) -> set[str]:
    """Every switch that a rule asks for."""
    conditions = [when for words in lexicons(pack) for _, when in words.conditions]
    for register in pack.registers.values():
        halves = ((one.numerator_when, one.denominator_when) for one in register.measures)
        conditions += [register.when, *(when for half in halves for when in half)]
    handled = (one.handler_if for case_type in pack.case_types.values() for one in case_type.severities)
    return {flag for when in conditions for flag in (*when.flags, *when.without)} | {
        switch for by_switch in handled for switch in by_switch
    }


def source_findings(pack: Pack) -> Iterator[Finding]:
    """Rules without a source."""
    for words in lexicons(pack):
        one = words.case_type
        parts: dict[str, Sequence[_Sourced]] = {
            "clocks": one.clocks,
            "upgrades": one.upgrades,
            "raises_at_intake": one.raises_at_intake,
            "steps": one.steps,
            "money": one.money,
        }
        yield from _without(
            [(f"{words.top}.{part}.{each.id}", each.source) for part, all_ in parts.items() for each in all_]
        )
        asked = [(f"{words.top}.follow_up", one.follow_up.source)] if one.follow_up.required else []
        yield from _without([(words.top, one.source), *asked])
        if not one.categories:
            yield Finding("no_category", f"{words.top}.categories", _NO_CATEGORY, _ADD_CATEGORY)
    whole: dict[str, Sequence[_Sourced]] = {
        "plans": pack.plans,
        "recurrences": pack.recurrences,
        "prompts": pack.prompts,
        "registers": tuple(pack.registers.values()),
    }
    yield from _without([(f"{part}.{rule.id}", rule.source) for part, rules in whole.items() for rule in rules])
    yield from _without([(f"parameters.{name}", parameter.source) for name, parameter in pack.parameters.items()])


def _without(named: list[tuple[str, str]]) -> Iterator[Finding]:
    for path, source in named:
        if not source.strip():
            yield Finding("source_missing", f"{path}.source", _NO_SOURCE, _GIVE_SOURCE)


def _severities(pack: Pack, case_type: CaseType) -> set[str]:
    ticked = {severity.id for severity in case_type.severities if severity.criteria}
    climbed = {rule.to for rule in case_type.upgrades}
    opened = {opens.severity for opens in _opened(pack) if opens.case_type == case_type.id and opens.severity}
    return {case_type.default_severity} | ticked | climbed | opened


def _opened(pack: Pack) -> Iterator[Opens]:
    for case_type in pack.case_types.values():
        for step in case_type.steps:
            yield from (each for each in (step.opens, *(one.opens for one in step.outcomes)) if each)
    yield from (rule.opens for rule in pack.recurrences)


def _never(words: Lexicon, when: Condition, reached: set[str]) -> Named | None:
    if set(when.flags) & set(when.without) or not single_valued(when.flags):
        return _CONTRADICTION
    if when.severities and not set(when.severities) & reached:
        return _NO_SUCH_CASE
    if when.validity == (Validity.INVALID,) and not words.case_type.invalid_reasons:
        return _NEVER_INVALID
    return None


def _judged(words: Lexicon) -> Iterator[Finding]:
    for clock in words.case_type.clocks:
        asked = clock.when.validity
        if clock.start is StartFact.INVALIDATED and asked and Validity.INVALID not in asked:
            yield Finding("condition_never", f"{words.top}.clocks.{clock.id}.when", _NEVER_INVALID, _MEND)


def _own_outcome(words: Lexicon) -> Iterator[Finding]:
    for step in words.case_type.steps:
        if any(flag.startswith(f"{step.id}=") for flag in step.when.flags):
            yield Finding("condition_never", f"{words.top}.steps.{step.id}.when", _ITSELF, _MEND)


def _overlap(pack: Pack, one: ClockRule | NoticeRule, other: ClockRule | NoticeRule) -> bool:
    switched = {*one.when.flags, *one.when.without, *other.when.flags, *other.when.without} & pack.variants.keys()
    if not switched or not together(one.when, other.when):
        return False
    return other.id.startswith(f"{one.id}-") or _one_limit(one, other, switched)


def _one_limit(one: ClockRule | NoticeRule, other: ClockRule | NoticeRule, switched: set[str]) -> bool:
    """Whether two clocks are of one thing, told apart by a switch alone; the one without it is told of once."""
    if not isinstance(one, ClockRule) or not isinstance(other, ClockRule):
        return False
    same = _ends_of(one) == _ends_of(other) and _bare(one.when, switched) == _bare(other.when, switched)
    return same and one.id != other.id and bool(switched & set(other.when.flags)) and not switched & set(one.when.flags)


def _ends_of(clock: ClockRule) -> tuple[object, ...]:
    return clock.start, clock.after, clock.stop, clock.steps


def _bare(when: Condition, switched: set[str]) -> Condition:
    kept = (tuple(flag for flag in flags if flag not in switched) for flags in (when.flags, when.without))
    flags, without = kept
    return replace(when, flags=flags, without=without)


def _idle(switch: str) -> Named:
    return Named(f"没有规则看开关 {switch}", f"no rule asks for the switch {switch}")


def _nobody_reaches(severity: str) -> Named:
    return Named(f"没有标准、升级或缺省会得到等级 {severity}", f"no criterion, upgrade or default leads to {severity}")


def _both(one: str, other: str) -> Named:
    return Named(f"{one} 与 {other} 互为变体，却可同时适用", f"{one} and {other} are variants and can both hold")


_MEND = Named("请改正 when，或删去此规则", "mend when, or remove the rule")
_USE_IT = Named("请在 when 的 flags 或 without 中使用，或删去", "use it under flags or without of a rule, or remove it")
_LEAD_THERE = Named("请加上判定标准，或删去此等级", "add a criterion, or remove the severity")
_CONTRADICTION = Named("条件自相矛盾", "the condition contradicts itself")
_NO_SUCH_CASE = Named("没有事项会有这些等级", "no case ever has such a severity")
_NEVER_INVALID = Named("此类事项不会被判无效", "no such case is ever judged invalid")
_ITSELF = Named("步骤以自己的结果为条件", "the step waits for its own outcome")
_EXCLUDE = Named("请在其中一个加上 without: [开关]", "add without: [switch] to one of them")
_NO_SOURCE = Named("没有出处", "it has no source")
_GIVE_SOURCE = Named("请填制度和章节", "give manual and section")
_NO_CATEGORY = Named("没有类别，无法立案", "without a category no case can be opened")
_ADD_CATEGORY = Named("请至少列一个类别", "list one category at least")
