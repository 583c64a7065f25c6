"""Dates that are held against what never stands, and serial numbers that could not be given."""

from collections import Counter
from collections.abc import Iterator, Mapping

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import DATES, Lexicon
from shared.packs.lint_words import unknown
from shared.rules.dating import NOW, RECEIVED
from shared.rules.forms import FieldKind, FormField
from shared.rules.serials import is_sound


def date_findings(words: Lexicon) -> Iterator[Finding]:
    """What is wrong with the fields of a case type that must not lie before something."""
    floors = {id_: field.not_before for id_, field in words.fields.items()}
    for path, field in words.placed:
        here = f"{path}.not_before"
        if field.not_before and field.kind not in DATES:
            yield Finding("not_before_idle", here, _NO_DATE, _DROP_IT)
        for word in field.not_before:
            yield from _floor(words, word, here)
        if field.id in _before(field.id, floors):
            yield Finding("not_before_cycle", here, _circle(field.id), _BREAK_IT)
    for path, form in words.forms:
        yield from _later(form, path)
    yield from _waited_for(words)


def _waited_for(words: Lexicon) -> Iterator[Finding]:
    for step in words.case_type.steps:
        for name, dates in (("once_over", step.once_over), ("once_come", step.once_come)):
            for word in dates:
                yield from _floor(words, word, f"{words.top}.steps.{step.id}.{name}", beside=())


def _floor(words: Lexicon, word: str, path: str, *, beside: tuple[str, ...] = (RECEIVED, NOW)) -> Iterator[Finding]:
    if word in beside:
        return
    dates = [id_ for id_, field in words.fields.items() if field.kind in DATES]
    if word in words.fields and word not in dates:
        yield Finding("field_kind", path, _not_a_date(word), _NAME_A_DATE)
        return
    yield from unknown("field_unknown", ("字段", "field"), path, (word,), (*dates, *beside))
    if word in words.fields and words.fields[word].personal:
        yield Finding("field_personal", path, _personal(word), _NAME_A_DATE)


def _before(id_: str, floors: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Every field that comes, step by step, no later than this one."""
    found: set[str] = set()
    ahead = [*floors[id_]]
    while ahead:
        word = ahead.pop()
        if word in floors and word not in found:
            found.add(word)
            ahead.extend(floors[word])
    return found


def _later(form: tuple[FormField, ...], path: str) -> Iterator[Finding]:
    """Within a form the earlier date is filled in first; one after it would never be looked at."""
    ahead = [field.id for field in form]
    for field in form:
        ahead.remove(field.id)
        for word in field.not_before:
            if word in ahead:
                yield Finding("field_later", f"{path}.{field.id}.not_before", _comes_later(word), _EARLIER)


def serial_findings(words: Lexicon) -> Iterator[Finding]:
    """What is wrong with the serial numbers of a case type."""
    in_steps = {id(field) for step in words.steps.values() for field in step.form}
    for path, field in words.placed:
        if field.kind is FieldKind.SERIAL:
            yield from _serial(field, path, in_a_step=id(field) in in_steps)
        elif field.pattern:
            yield Finding("pattern_idle", f"{path}.pattern", _NO_SERIAL, _DROP_PATTERN)
    for step in words.steps.values():
        patterns = Counter(field.pattern for field in step.form if field.kind is FieldKind.SERIAL)
        for pattern in (one for one, times in patterns.items() if times > 1):
            yield Finding("serial_twice", f"{words.top}.steps.{step.id}.form", _twice(pattern), _ANOTHER_PATTERN)


def _serial(field: FormField, path: str, *, in_a_step: bool) -> Iterator[Finding]:
    if not in_a_step:
        yield Finding("serial_place", path, _NOT_A_STEP, _INTO_A_STEP)
    if not is_sound(field.pattern):
        yield Finding("pattern", f"{path}.pattern", _unsound(field), _PATTERN)
    if field.personal:
        yield Finding("field_personal", path, _NUMBER_OF_NOBODY, _NOT_PERSONAL)


def _not_a_date(id_: str) -> Named:
    return Named(f"字段 {id_} 不是日期或时间", f"the field {id_} is neither a date nor an instant")


def _personal(id_: str) -> Named:
    return Named(f"字段 {id_} 属个人信息，不留作比较", f"the field {id_} is personal and is not kept for comparing")


def _circle(id_: str) -> Named:
    return Named(f"{id_} 绕一圈不得早于它自己", f"{id_} comes round to itself")


def _comes_later(id_: str) -> Named:
    return Named(f"字段 {id_} 排在它之后", f"the field {id_} comes after this one")


def _unsound(field: FormField) -> Named:
    return Named(f"编号格式“{field.pattern}”不能保证不重号", f'the pattern "{field.pattern}" could give a number twice')


def _twice(pattern: str) -> Named:
    return Named(f"同一张表两次取 {pattern} 的号", f"one form takes two numbers of {pattern}")


_NO_DATE = Named("只有日期和时间可写 not_before", "only dates and instants have not_before")
_DROP_IT = Named("请删去 not_before", "drop not_before")
_NAME_A_DATE = Named(
    "请写日期或时间类字段的编号，或 received、now", "name a field of kind date or instant, or received, or now"
)
_BREAK_IT = Named("请删去其中一个 not_before", "drop one not_before")
_EARLIER = Named("请把那个字段移到前面", "move that field before this one")
_NO_SERIAL = Named("只有 serial 类字段有编号格式", "only a field of kind serial has a pattern")
_DROP_PATTERN = Named("请删去 pattern，或改 kind: serial", "drop pattern, or say kind: serial")
_NOT_A_STEP = Named(
    "编号在办理步骤时给出，这里不是步骤的表单", "a number is given when a step is taken, and this is none"
)
_INTO_A_STEP = Named("请把它移到发出编号的步骤中", "move it into the step that gives the number")
_PATTERN = Named(
    "写成 GS-{site}-{year}-{number:4} 这样：一个 {number}，它前面不紧接数字，后面没有数字；"
    "可用 {site}、{year}、{month}",
    "write it like GS-{site}-{year}-{number:4}: one {number}, no digit right before it and none after it;"
    " there are {site}, {year}, {month}",
)
_NUMBER_OF_NOBODY = Named("编号不是个人信息", "a serial number is nothing personal")
_NOT_PERSONAL = Named("请删去 personal", "drop personal")
_ANOTHER_PATTERN = Named("请改用不同的格式", "give one of them another pattern")
