"""Registers that show or count what there is not."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import NUMBERS, Lexicon
from shared.packs.lint_words import unknown
from shared.rules.conditions import Condition
from shared.rules.model import Pack
from shared.rules.plans import LAST_DAY
from shared.rules.registers import MONEY, Count, Measure, Register, WindowKind, place_of, step_of

_Lexicons = tuple[Lexicon, ...]


def register_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the registers and measures of the pack."""
    for register in pack.registers.values():
        path = f"registers.{register.id}"
        what = ("事项类型", "case type")
        yield from unknown("register_case_type", what, f"{path}.case_types", register.case_types, pack.case_types)
        known = tuple(Lexicon(pack, pack.case_types[id_]) for id_ in register.case_types if id_ in pack.case_types)
        yield from _window(register, path)
        yield from _columns(register, known, path)
        yield from _rows(register, known, path)
        yield from _measures(register, known, path)
        yield from _set_by_site(register, pack, path)


def _window(register: Register, path: str) -> Iterator[Finding]:
    day = register.window.due_day
    if day is not None and not 1 <= day <= LAST_DAY:
        yield Finding("due_day", f"{path}.window.due_day", _OUT_OF_RANGE, _DAY)
    if day is not None and register.window.kind not in _WITH_DAY:
        yield Finding("due_day", f"{path}.window.due_day", _DAY_IDLE, _DROP_DAY)
    if day is None and register.window.kind is WindowKind.CUTOFF:
        yield Finding("due_day", f"{path}.window.due_day", _NO_DUE_DAY, _DAY)
    if register.retention_years is not None and register.retention_years < 1:
        yield Finding("not_positive", f"{path}.retention_years", _OUT_OF_RANGE, _POSITIVE)


def _columns(register: Register, known: _Lexicons, path: str) -> Iterator[Finding]:
    if not register.columns:
        yield Finding("register_empty", f"{path}.columns", _NO_COLUMNS, _LIST_COLUMNS)
    for number, column in enumerate(register.columns):
        place, at = place_of(column.field), f"{path}.columns.{number}.field"
        if place is None or (place.group == MONEY and register.rows != MONEY):
            yield Finding("column_unknown", at, _no_column(column.field), _NAME_COLUMN)
        elif place.group == "form" and known:
            yield from unknown("field_unknown", ("字段", "field"), at, (place.of,), _all(one.fields for one in known))
        elif place.group == "step" and known:
            yield from unknown("step_unknown", ("步骤", "step"), at, (place.of,), _all(one.steps for one in known))
        elif place.group == "notice" and known:
            notices = {rule.id for one in known for rule in one.case_type.raises_at_intake if rule.outside}
            yield from unknown("notice_unknown", ("对外通知", "notice to those outside"), at, (place.of,), notices)


def _rows(register: Register, known: _Lexicons, path: str) -> Iterator[Finding]:
    step = step_of(register.rows)
    if step is None and register.rows not in {"case", MONEY}:
        yield Finding("rows_unknown", f"{path}.rows", _no_rows(register.rows), _NAME_ROWS)
    if step is not None and known:
        yield from unknown("step_unknown", ("步骤", "step"), f"{path}.rows", (step,), _all(one.steps for one in known))
    yield from _condition(register.when, known, f"{path}.when")


def _measures(register: Register, known: _Lexicons, path: str) -> Iterator[Finding]:
    for id_, times in Counter(measure.id for measure in register.measures).items():
        if times > 1:
            yield Finding("duplicate_id", f"{path}.measures.{id_}", _TWICE, _ONCE)
    for measure in register.measures:
        at = f"{path}.measures.{measure.id}"
        yield from _condition(measure.numerator_when, known, f"{at}.numerator_when")
        yield from _condition(measure.denominator_when, known, f"{at}.denominator_when")
        yield from _counted(measure.numerator, measure.numerator_of, known, f"{at}.numerator_of")
        yield from _counted(measure.denominator, measure.denominator_of, known, f"{at}.denominator_of")
        yield from _target(measure, at)
        yield from _target_field(measure, known, at)


def _target(measure: Measure, path: str) -> Iterator[Finding]:
    if measure.target_percent is not None and not 0 < measure.target_percent <= _WHOLE:
        yield Finding("target", f"{path}.target_percent", _OUT_OF_RANGE, _PERCENT)
    if measure.sample and not (measure.target_percent or measure.target_parameter or measure.target_field):
        yield Finding("target", f"{path}.sample", _NO_SHARE, _PERCENT)


def _target_field(measure: Measure, known: _Lexicons, path: str) -> Iterator[Finding]:
    """A target is said in a number field, in percent of what the denominator sums."""
    if measure.target_field is None:
        return
    yield from _counted(Count.SUM, measure.target_field, known, f"{path}.target_field")
    if measure.denominator is not Count.SUM:
        yield Finding("target", f"{path}.target_field", _OF_NOTHING, _SUM_IT)


def _set_by_site(register: Register, pack: Pack, path: str) -> Iterator[Finding]:
    for measure in register.measures:
        at, named = f"{path}.measures.{measure.id}.target_parameter", measure.target_parameter
        yield from unknown(
            "parameter_unknown", ("参数", "parameter"), at, (named,) if named else (), set(pack.parameters)
        )


def _counted(count: Count, of: str | None, known: _Lexicons, path: str) -> Iterator[Finding]:
    if count in {Count.LIMITS_OF, Count.LIMITS_KEPT, Count.LIMITS_MISSED}:
        clocks = _all(one.clocks for one in known)
        yield from unknown("clock_unknown", ("时钟", "clock"), path, (of,) if of else (), clocks)
    elif count is Count.STEPS:
        yield from unknown("step_unknown", ("步骤", "step"), path, (of or "",), _all(one.step_words for one in known))
    elif count is Count.SUM:
        numbers = {id_ for one in known for id_, field in one.fields.items() if field.kind in NUMBERS}
        yield from unknown("field_unknown", ("数字字段", "number field"), path, (of or "",), numbers)
    elif of is not None:
        yield Finding("of_idle", path, _OF_IDLE, _DROP_OF)


def _condition(when: Condition, known: _Lexicons, path: str) -> Iterator[Finding]:
    if not known:
        return
    severities, categories = _all(one.severities for one in known), _all(one.categories for one in known)
    yield from unknown("severity_unknown", ("等级", "severity"), path, when.severities, severities)
    yield from unknown("category_unknown", ("类别", "category"), path, when.categories, categories)
    flags = _all(one.flags for one in known)
    yield from unknown("flag_unknown", ("情形", "flag"), path, (*when.flags, *when.without), flags)


def _all(parts: Iterable[Iterable[str]]) -> set[str]:
    return {word for part in parts for word in part}


def _no_column(word: str) -> Named:
    return Named(f"没有列 {word}", f"there is no column {word}")


def _no_rows(word: str) -> Named:
    return Named(f"不认识的行 {word}", f"unknown rows {word}")


_WITH_DAY = frozenset({WindowKind.CUTOFF, WindowKind.CALENDAR_MONTH})
_WHOLE = 100
_DAY_IDLE = Named("只有按月的登记表有截止日", "only a register kept by the month has a due day")
_DROP_DAY = Named("请删去", "drop it")
_OUT_OF_RANGE = Named("数值超出范围", "the number is out of range")
_NO_DUE_DAY = Named("按截止日统计却没有截止日", "a cut-off window without a due day")
_DAY = Named("请填 1 至 31", "give 1 to 31")
_POSITIVE = Named("请填 1 或更大", "give 1 or more")
_OF_NOTHING = Named("目标是所合计数字的百分比，分母却不是 sum", "a share of a sum, but the denominator is none")
_SUM_IT = Named("请把 denominator 改为 sum，或删去 target_field", "make the denominator a sum, or drop target_field")
_PERCENT = Named("请填 1 至 100", "give 1 to 100")
_NO_SHARE = Named("抽样却没有比例", "a sample without a share")
_NO_COLUMNS = Named("登记表没有列", "the register has no columns")
_LIST_COLUMNS = Named("请按表格次序列出", "list them in the order of the form")
_NAME_COLUMN = Named(
    "请用登记表的列名、form.字段、step.步骤.at|by|outcome、notice.通知.at|by|outcome|means、"
    "planned.period|due、outer.number|deadline；台账用 money.…",
    "use a word of a register, form.<field>, step.<step>.at|by|outcome, notice.<notice>.at|by|outcome|means, "
    "planned.period|due, outer.number|deadline; in a ledger money.<word>",
)
_NAME_ROWS = Named("请填 case、step:步骤 或 money", "give case, step:<step> or money")
_TWICE = Named("指标编号重复", "this measure appears more than once")
_ONCE = Named("只保留一处", "keep it once")
_OF_IDLE = Named("此种计数不用 of", "this count takes no of")
_DROP_OF = Named("请删去，或改计数方式", "drop it, or count otherwise")
