"""Plans, recurrences and prompt cards that could never come about."""

from collections import Counter
from collections.abc import Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import Lexicon
from shared.packs.lint_steps import opens_findings
from shared.packs.lint_words import unknown
from shared.rules.forms import FieldKind
from shared.rules.limits import PLANNED
from shared.rules.model import Pack
from shared.rules.plans import LAST_DAY, Every, PlanRule
from shared.rules.recurring import OR, RecurrenceRule
from shared.rules.registers import WindowKind

_SUNDAY, _DECEMBER, _MIDNIGHT, _A_YEAR = 7, 12, 1440, 366
_BY_MONTH = frozenset({Every.MONTH, Every.QUARTER, Every.YEAR})
_SAME = frozenset({"category", "unit", "criteria"})
_TWICE = 2


def plan_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the plans of the pack."""
    for plan in pack.plans:
        path = f"plans.{plan.id}"
        yield from _case(pack, plan.case_type, plan.category, path)
        yield from _days(plan, path)
        yield from _rounds(plan, path)
        yield from _parameters(pack, plan, path)
        yield from _bites(pack, plan, path)
        yield from _of_whom(pack, plan, path)


def recurrence_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the recurrences of the pack."""
    for rule in pack.recurrences:
        path = f"recurrences.{rule.id}"
        what = ("事项类型", "case type")
        yield from unknown("case_type_unknown", what, f"{path}.case_types", rule.case_types, pack.case_types)
        yield from opens_findings(pack, rule.opens, f"{path}.opens")
        yield from _numbers(rule, path)
        yield from _same(pack, rule, f"{path}.same")


def prompt_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the prompt cards of the pack."""
    for prompt in pack.prompts:
        path = f"prompts.{prompt.id}"
        what = ("事项类型", "case type")
        yield from unknown("case_type_unknown", what, f"{path}.case_types", prompt.case_types, pack.case_types)
        if not prompt.points:
            yield Finding("prompt_empty", f"{path}.points", _NO_POINTS, _LIST_POINTS)
        if not prompt.on and not prompt.case_types:
            yield Finding("prompt_never", path, _NEVER_SHOWN, _WHEN_SHOWN)


def _case(pack: Pack, case_type: str, category: str, path: str) -> Iterator[Finding]:
    what = ("事项类型", "case type")
    yield from unknown("case_type_unknown", what, f"{path}.case_type", (case_type,), pack.case_types)
    if case_type in pack.case_types:
        known = Lexicon(pack, pack.case_types[case_type]).categories
        yield from unknown("category_unknown", ("类别", "category"), f"{path}.category", (category,), known)


def _days(plan: PlanRule, path: str) -> Iterator[Finding]:
    weekly, monthly, yearly = plan.every is Every.WEEK, plan.every in _BY_MONTH, plan.every is Every.YEAR
    if (plan.weekday is not None and not weekly) or (plan.day is not None and not monthly):
        yield Finding("plan_day", path, _OTHER_PERIOD, _FITTING_DAY)
    if (plan.month is not None) != yearly:
        yield Finding("plan_day", f"{path}.month", _MONTH, _FITTING_DAY)
    ranges = ((plan.weekday, _SUNDAY, "weekday"), (plan.day, LAST_DAY, "day"), (plan.month, _DECEMBER, "month"))
    for number, most, word in ranges:
        if number is not None and not 1 <= number <= most:
            yield Finding("plan_day", f"{path}.{word}", _range(1, most), _FITTING_DAY)
    stated = [plan.weekday if weekly else plan.day, plan.day_parameter]
    said = sum(each is not None for each in stated)
    if (plan.every is Every.DAY and said) or (plan.every is not Every.DAY and said != 1 and not _silent(plan)):
        yield Finding("plan_day", path, _ONE_DAY, _FITTING_DAY)


def _silent(plan: PlanRule) -> bool:
    """The manual names no time at all, and says so."""
    return plan.unset is not None and plan.weekday is None and plan.day is None and plan.day_parameter is None


def _rounds(plan: PlanRule, path: str) -> Iterator[Finding]:
    if (plan.every is Every.DAY and not plan.rounds) or (plan.every in _BY_MONTH and plan.rounds):
        yield Finding("plan_rounds", f"{path}.rounds", _ROUNDS, _GIVE_ROUNDS)
    if len({each.id for each in plan.rounds}) < len(plan.rounds):
        yield Finding("duplicate_id", f"{path}.rounds", _ROUND_TWICE, _RENAME)
    for each in plan.rounds:
        if not 0 <= each.opens < _MIDNIGHT or not 0 < each.due <= _MIDNIGHT or each.opens == each.due:
            yield Finding("plan_rounds", f"{path}.rounds.{each.id}", _range(0, _MIDNIGHT), _MINUTES)
    if plan.opens_days_before is not None and not 0 <= plan.opens_days_before <= _A_YEAR:
        yield Finding("not_positive", f"{path}.opens_days_before", _range(0, _A_YEAR), _NOT_NEGATIVE)


def _parameters(pack: Pack, plan: PlanRule, path: str) -> Iterator[Finding]:
    season = (plan.season.begins, plan.season.ends) if plan.season else ()
    named = (*((plan.day_parameter,) if plan.day_parameter else ()), *season)
    yield from unknown("parameter_unknown", ("参数", "parameter"), path, named, pack.parameters)
    if plan.day_parameter and plan.unset is None:
        yield Finding("unset_without_words", f"{path}.unset", _NO_WORDS, _QUOTE)


def _bites(pack: Pack, plan: PlanRule, path: str) -> Iterator[Finding]:
    case_type = pack.case_types.get(plan.case_type)
    if case_type is not None and not any(PLANNED in clock.overridable_by for clock in case_type.clocks):
        yield Finding("plan_without_clock", path, _NO_CLOCK, _ADD_CLOCK)


def _of_whom(pack: Pack, plan: PlanRule, path: str) -> Iterator[Finding]:
    """A plan of each holder of a role names the role, and a field of the form for his name."""
    if (plan.each_of is None) != (plan.named_in is None) or (plan.each_of is not None and plan.each_unit):
        yield Finding("each_of", path, _HALF_OF_EACH, _BOTH_OF_EACH)
    elif plan.each_of is not None and plan.named_in is not None and plan.case_type in pack.case_types:
        form = {field.id for field in pack.case_types[plan.case_type].form if field.kind is FieldKind.TEXT}
        yield from unknown("field_unknown", ("文字字段", "text field"), f"{path}.named_in", (plan.named_in,), form)


def _numbers(rule: RecurrenceRule, path: str) -> Iterator[Finding]:
    if rule.windows < 1 or rule.at_least < 1 or (rule.windows == 1 and rule.at_least < _TWICE):
        yield Finding("recurrence_number", f"{path}.at_least", _ONCE_IS_NONE, _TWO_OR_MORE)
    day = rule.window.due_day
    if (rule.window.kind is WindowKind.CUTOFF) != (day is not None) or (day is not None and not 1 <= day <= LAST_DAY):
        yield Finding("due_day", f"{path}.window", _CUTOFF, _DAY)
    if rule.windows > 1 and rule.window.kind is WindowKind.RUNNING:
        yield Finding("recurrence_window", f"{path}.window", _ENDLESS, _CLOSED)


def _same(pack: Pack, rule: RecurrenceRule, path: str) -> Iterator[Finding]:
    if not rule.same:
        yield Finding("recurrence_same", path, _NOTHING_SAME, _NAME_SAME)
    for word in (one for each in rule.same for one in each.split(OR)):
        field = word.removeprefix("field:")
        if word == field:
            yield from unknown("same_unknown", ("标准", "measure of sameness"), path, (word,), _SAME)
            continue
        for case_type in rule.case_types:
            known = Lexicon(pack, pack.case_types[case_type]).fields if case_type in pack.case_types else {field: None}
            yield from unknown("field_unknown", ("字段", "field"), path, (field,), known)


def id_findings(pack: Pack) -> Iterator[Finding]:
    """Plans, recurrences and cards that share an id."""
    parts = {
        "plans": [plan.id for plan in pack.plans],
        "recurrences": [rule.id for rule in pack.recurrences],
        "prompts": [prompt.id for prompt in pack.prompts],
    }
    for part, ids in parts.items():
        for id_, times in Counter(ids).items():
            if times > 1:
                yield Finding("duplicate_id", f"{part}.{id_}", _ID_TWICE, _RENAME)


def _range(least: int, most: int) -> Named:
    return Named(f"应在 {least} 与 {most} 之间", f"it must lie between {least} and {most}")


_OTHER_PERIOD = Named(
    "weekday 只用于每周，day 只用于每月、每季、每年", "weekday is for weeks, day for months, quarters, years"
)
_FITTING_DAY = Named(
    "每周填 weekday，每月每季填 day，每年填 month 和 day；制度未定日子的填 day_parameter，完全未定的填 unset",
    "a week has a weekday, a month or quarter a day, a year month and day; where the manual names none, "
    "day_parameter; where it names nothing at all, unset",
)
_MONTH = Named("month 用于且必用于每年", "month is for years, and a year needs it")
_ONE_DAY = Named("到期日须正好指定一次", "its day must be said exactly once")
_ROUNDS = Named("每天须有时段；每月以上没有时段", "a day has rounds; a month and more has none")
_GIVE_ROUNDS = Named("请填 rounds，或改 every", "give rounds, or change every")
_ROUND_TWICE = Named("时段编号重复", "a round appears more than once")
_RENAME = Named("请改名", "rename one")
_MINUTES = Named("按当地当天的分钟数填写", "give minutes of the local day")
_NOT_NEGATIVE = Named("请填到期前的天数", "give the days before the due day")
_NO_WORDS = Named("未定日子却没有引用制度原文", "no day, without the manual's own words")
_QUOTE = Named("请在 unset 中写明原文", "quote them under unset")
_NO_CLOCK = Named("此类事项没有按计划到期的时钟", "no clock of the case type falls due as planned")
_ADD_CLOCK = Named("请给一个时钟加上 overridable_by: [planned]", "give one of its clocks overridable_by: [planned]")
_ONCE_IS_NONE = Named("一次不算重复", "once is no recurrence")
_TWO_OR_MORE = Named("请填 2 或更大，或 windows 2 以上", "give 2 or more, or 2 windows or more")
_CUTOFF = Named("cutoff 须有 due_day，其他没有", "a cutoff has a due_day, the others have none")
_DAY = Named("请填 1 至 31", "give 1 to 31")
_ENDLESS = Named("不断延续的窗口没有下一个", "a running window has no next one")
_CLOSED = Named("请改用按周或按月的窗口", "use weeks or months")
_NOTHING_SAME = Named("没有说明怎样算同一事项", "it does not say what makes two matters the same")
_NAME_SAME = Named("请填 category、unit、criteria 或 field:字段", "give category, unit, criteria or field:<id>")
_NO_POINTS = Named("提示卡没有内容", "the card says nothing")
_LIST_POINTS = Named("请列出要点", "list its points")
_NEVER_SHOWN = Named("提示卡永不显示", "the card never shows")
_WHEN_SHOWN = Named("请填 on 或 case_types", "give on or case_types")
_ID_TWICE = Named("编号重复", "this id appears more than once")
_HALF_OF_EACH = Named(
    "each_of 与 named_in 须一起写，且不与 each_unit 同用", "each_of and named_in go together, without each_unit"
)
_BOTH_OF_EACH = Named("请写岗位和登记姓名的字段", "give the role, and the field his name goes into")
