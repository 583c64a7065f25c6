"""The words of one case type as people say them: conditions, steps and fields by name."""

from collections.abc import Iterable, Iterator

from shared.packs.lexicon import Lexicon
from shared.rules.conditions import ALWAYS, Condition
from shared.rules.dating import NOW, RECEIVED
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import CaseType, Pack
from shared.rules.steps import StepRule
from shouwen.manuals.phrases import both
from shouwen.words import Words

NOT = Words("非", "not")
YES_NO = {"yes": Words("是", "yes"), "no": Words("否", "no")}
DONE = Words("已办", "done")
JUDGED = {
    "unjudged": Words("未判定", "not judged"),
    "valid": Words("有效", "valid"),
    "invalid": Words("无效", "invalid"),
}
CIRCUMSTANCES = {
    "solved_same_day": Words("当日解决", "solved the same day"),
    "solved_later": Words("后来解决", "solved later"),
    "works": Words("工程", "works"),
    "joint_handling": Words("多部门处理", "several departments"),
    "within_authority": Words("权限之内", "within authority"),
    "beyond_authority": Words("超出权限", "beyond authority"),
    "contracted_service": Words("合同服务", "contracted service"),
    "unsatisfied": Words("不满意", "unsatisfied"),
    "no_contact": Words("匿名且无联系方式", "anonymous, no way to reach"),
}


def condition(when: Condition, case_type: CaseType, pack: Pack) -> str:
    """A condition in words; empty for always."""
    if when == ALWAYS:
        return ""
    grades = {one.id: both(one.name) for one in case_type.severities}
    kinds = {one.id: both(one.name) for one in case_type.categories}
    words = Lexicon(pack, case_type)
    parts = (
        *(grades.get(id_, id_) for id_ in when.severities),
        *(both(JUDGED[verdict]) for verdict in when.validity),
        *(kinds.get(id_, id_) for id_ in when.categories),
        *(flag(word, words) for word in when.flags),
        *(f"{both(NOT)}：{flag(word, words)}" for word in when.without),
    )
    return "、".join(parts)


def flag(word: str, words: Lexicon) -> str:
    """A circumstance, a switch or a mark by its names."""
    if word in words.pack.variants:
        return f"{both(words.pack.variants[word].name)} `{word}`"
    if word in CIRCUMSTANCES:
        return both(CIRCUMSTANCES[word])
    return mark(word, words)


def mark(word: str, words: Lexicon) -> str:
    """A step, a step with its outcome, or a field with its answer, by name."""
    id_, equals, value = word.partition("=")
    step, field = words.steps.get(id_), words.fields.get(id_)
    if step is not None:
        turned = [both(one.name) for one in step.outcomes if one.id == value]
        return f"{both(step.text)} = {(turned or [both(DONE)])[0]}" if equals else both(step.text)
    if field is not None:
        return f"{both(field.name)} = {_answer(field, value)}"
    return word


def marks(named: Iterable[str], words: Lexicon) -> str:
    """Several steps by id and name."""
    return "；".join(f"`{one}` {mark(one, words)}" for one in named)


def governed(pack: Pack, switch: str) -> tuple[list[str], list[str]]:
    """Rules that apply while a switch is on, severities it gives to another, and rules that apply while it is off."""
    on, off = [], []
    for case_type in pack.case_types.values():
        for path, when in Lexicon(pack, case_type).conditions:
            rule = path.rsplit(".", 2)[-2]
            on += [rule] if switch in when.flags else []
            off += [rule] if switch in when.without else []
        on += [both(one.name) for one in case_type.severities if switch in one.handler_if]
    return list(dict.fromkeys(on)), list(dict.fromkeys(off))


COMPLETED = Words("完成", "completion")
OVER, COME = Words("已过", "is over"), Words("已到", "has come")


def waits(step: StepRule, words: Lexicon) -> Iterator[str]:
    """What a step waits for beside other steps: completion, and days."""
    if step.once_completed:
        yield both(COMPLETED)
    for said, dates in ((OVER, step.once_over), (COME, step.once_come)):
        yield from (f"{both(words.fields[one].name)} {both(said)}" for one in dates)


NOT_BEFORE = Words("不早于", "not before")
CLOCK = {RECEIVED: Words("受理时间", "when it was received"), NOW: Words("填写时间", "when it is filled in")}


def bounds(field: FormField, words: Lexicon) -> Iterator[str]:
    """What a field takes beyond its kind: the least, the most, what it must not lie before, what is refused."""
    if field.pattern:
        yield f"`{field.pattern}`"
    for word in field.not_before:
        floor = both(CLOCK[word]) if word in CLOCK else both(words.fields[word].name)
        yield f"{both(NOT_BEFORE)} {floor}"
    if field.at_least is not None:
        yield f"≥ {field.at_least}"
    if field.at_most is not None:
        yield f"≤ {field.at_most}"
    yield from (f"{_answer(field, value)} → {both(sentence)}" for value, sentence in field.refused.items())


def _answer(field: FormField, value: str) -> str:
    if field.kind is FieldKind.YES_NO:
        return both(YES_NO[value]) if value in YES_NO else value
    named = {choice.id: both(choice.name) for choice in field.choices}
    reached = {one.id: f"≥ {one.at_least}" for one in field.marks}
    return named.get(value) or reached.get(value) or value
