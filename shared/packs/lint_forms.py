"""Fields nobody can fill in, or whose answers mean nothing."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import NUMBERS, Lexicon, answers, lexicons
from shared.packs.lint_given import date_findings, serial_findings
from shared.packs.lint_words import unknown
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import Pack

_CENT = Decimal("0.01")


def form_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the forms of the pack."""
    for words in lexicons(pack):
        yield from _ids(words)
        for path, field in words.placed:
            yield from _choices(field, path)
            yield from _refused(field, path)
            yield from _bounds(field, path)
            yield from _marks(field, path)
        for path, form in words.forms:
            yield from _order(form, path)
        yield from date_findings(words)
        yield from serial_findings(words)


def _ids(words: Lexicon) -> Iterator[Finding]:
    """Fields and steps share one name space: both put ``word=value`` on the case."""
    times = Counter([field.id for _, field in words.placed] + list(words.steps))
    for path, field in words.placed:
        if times[field.id] > 1:
            yield Finding("duplicate_id", path, _twice(field.id), _ONCE)
        if "=" in field.id:
            yield Finding("field_id", path, _EQUALS, _PLAIN_ID)


def _choices(field: FormField, path: str) -> Iterator[Finding]:
    if (field.kind is FieldKind.CHOICE) != bool(field.choices):
        yield Finding("choices", f"{path}.choices", _CHOICES, _LIST_CHOICES)
    for id_, times in Counter(choice.id for choice in field.choices).items():
        if times > 1:
            yield Finding("duplicate_id", f"{path}.choices.{id_}", _twice(id_), _ONCE)
    if field.personal and field.marks:
        yield Finding("field_personal", f"{path}.marks", _PERSONAL, _NO_MARKS)


def _refused(field: FormField, path: str) -> Iterator[Finding]:
    known = answers(field)
    yield from unknown("answer_unknown", ("答案", "answer"), f"{path}.refused", field.refused, known)
    if known and field.required and not set(known) - field.refused.keys():
        yield Finding("answers_all_refused", f"{path}.refused", _ALL_REFUSED, _ALLOW_ONE)


def _bounds(field: FormField, path: str) -> Iterator[Finding]:
    least, most = field.at_least, field.at_most
    if field.kind not in NUMBERS and (least is not None or most is not None or field.marks):
        yield Finding("bounds_idle", path, _NO_NUMBER, _DROP_BOUNDS)
    if least is not None and most is not None and least > most:
        yield Finding("bounds", path, _NO_ROOM, _MAKE_ROOM)
    for number in (least, most, *(mark.at_least for mark in field.marks)):
        if number is not None and (number < 0 or not _exact(field, number)):
            yield Finding("bounds", path, _inexact(number), _EXACT)
    if (least is not None or most is not None or field.marks) and not (field.source or field.product_default):
        yield Finding("source_missing", f"{path}.source", _NO_SOURCE, _GIVE_SOURCE)


def _exact(field: FormField, number: Decimal) -> bool:
    step = _CENT if field.kind is FieldKind.MONEY else Decimal(1)
    return number % step == 0


def _marks(field: FormField, path: str) -> Iterator[Finding]:
    steps = [mark.at_least for mark in field.marks]
    if steps != sorted(set(steps)) or len({mark.id for mark in field.marks}) < len(steps):
        yield Finding("marks_order", f"{path}.marks", _NOT_ASCENDING, _ASCENDING)
    if field.at_most is not None and any(step > field.at_most for step in steps):
        yield Finding("mark_never", f"{path}.marks", _ABOVE_MOST, _MAKE_ROOM)


def _order(form: tuple[FormField, ...], path: str) -> Iterator[Finding]:
    """A field is asked by what the fields before it said; one after it has not been answered yet."""
    ahead = {field.id for field in form}
    for field in form:
        asked = {flag.split("=", 1)[0] for flag in (*field.when.flags, *field.when.without) if "=" in flag}
        for word in sorted(asked & ahead):
            yield Finding("field_later", f"{path}.{field.id}.when", _later(word), _EARLIER)
        ahead.discard(field.id)


def _twice(word: str) -> Named:
    return Named(
        f"编号 {word} 出现不止一次（字段与步骤不得重名）",
        f"the id {word} appears more than once, fields and steps together",
    )


def _inexact(number: Decimal) -> Named:
    return Named(f"数值 {number} 不合本字段", f"{number} is no value of such a field")


def _later(word: str) -> Named:
    return Named(f"字段 {word} 排在它之后", f"the field {word} comes no earlier than this one")


_ONCE = Named("只保留一处，或改名", "keep it once, or rename one")
_EQUALS = Named("编号不得含有 =", "an id has no = in it")
_PLAIN_ID = Named("请改用字母、数字和下划线", "use letters, digits and underscores")
_CHOICES = Named("choice 类字段须有选项，其他类没有", "a field of kind choice has choices, and only such a one")
_LIST_CHOICES = Named("请在 choices 中列出，或改 kind", "list them under choices, or change the kind")
_PERSONAL = Named("个人信息不产生情形", "what is personal never becomes a circumstance")
_NO_MARKS = Named("请删去 marks 或 personal", "drop marks or personal")
_ALL_REFUSED = Named("每个答案都被拒绝", "every answer is refused")
_ALLOW_ONE = Named("请至少允许一个答案", "allow one answer at least")
_NO_NUMBER = Named("只有数量、评分、金额有上下限和 marks", "only counts, ratings and money have bounds and marks")
_DROP_BOUNDS = Named("请删去 at_least、at_most、marks", "drop at_least, at_most and marks")
_NO_ROOM = Named("下限高于上限", "the least is above the greatest")
_MAKE_ROOM = Named("请放宽 at_most", "widen at_most")
_EXACT = Named(
    "金额至多两位小数，其余为整数，均不为负", "money has two decimals at most, the rest none; nothing is negative"
)
_NO_SOURCE = Named("数值没有出处", "a number without a source")
_GIVE_SOURCE = Named("请填 source，或标明 product_default", "give its source, or say product_default")
_NOT_ASCENDING = Named("marks 未按数值由小到大，或重名", "the marks do not ascend, or repeat an id")
_ASCENDING = Named("请由小到大排列", "sort them upwards")
_ABOVE_MOST = Named("有的 mark 高于上限，永不达到", "a mark above the greatest value is never reached")
_EARLIER = Named("请把那个字段移到前面", "move that field before this one")
