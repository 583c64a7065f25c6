"""Steps that can never be taken, or leave a case without a way on."""

from collections.abc import Iterator, Mapping

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import Lexicon, lexicons, outcome_ids, together
from shared.packs.lint_words import unknown
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import Pack
from shared.rules.steps import Opens, RollMove, RollRule, RollScope, StepRule

_CONSENTS = frozenset(f"CN-{number}" for number in range(1, 11))
_NAMES = frozenset({FieldKind.TEXT, FieldKind.LINES})


def step_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the steps of the pack."""
    at_site = put_at_site(pack)
    yield from _scopes(pack)
    for words in lexicons(pack):
        put = {roll.roll for step in words.steps.values() for roll in step.rolls if roll.move is RollMove.PUT}
        put |= at_site
        for step in words.case_type.steps:
            path = f"{words.top}.steps.{step.id}"
            yield from _words(words, step, path)
            yield from _order(words, step, path)
            yield from _figures(step, path)
            for opens in (step.opens, *(outcome.opens for outcome in step.outcomes)):
                yield from opens_findings(pack, opens, f"{path}.opens", given=words.fields)
            for roll in step.rolls:
                yield from _roll(step, roll, put, f"{path}.rolls")
                yield from _paid_by(words, roll, f"{path}.rolls")


def opens_findings(
    pack: Pack, opens: Opens | None, path: str, *, given: Mapping[str, FormField] | None = None
) -> Iterator[Finding]:
    """Why a case could not be opened: its type, category or severity is not in the pack, or a field it takes over.

    *given* are the fields of the case that gives rise to it, where that is of one type. Nothing personal is taken over.
    """
    if opens is None:
        return
    yield from unknown("case_type_unknown", ("事项类型", "case type"), path, (opens.case_type,), pack.case_types)
    if opens.case_type not in pack.case_types:
        return
    words = Lexicon(pack, pack.case_types[opens.case_type])
    yield from unknown("category_unknown", ("类别", "category"), path, (opens.category,), words.categories)
    graded = (opens.severity,) if opens.severity else ()
    yield from unknown("severity_unknown", ("等级", "severity"), path, graded, words.severities)
    taken = [field.id for field in words.case_type.form if not field.personal]
    both = [id_ for id_ in taken if given is None or (id_ in given and not given[id_].personal)]
    yield from unknown("field_unknown", ("字段", "field"), f"{path}.carries", opens.carries, both)


def _words(words: Lexicon, step: StepRule, path: str) -> Iterator[Finding]:
    what = ("步骤", "step")
    reopened = (*step.reopens, *(id_ for outcome in step.outcomes for id_ in outcome.reopens))
    yield from unknown("step_unknown", what, f"{path}.after", step.after, words.step_words)
    yield from unknown("step_unknown", what, f"{path}.reopens", reopened, words.steps)
    yield from unknown("consent_unknown", ("同意", "consent"), f"{path}.needs", step.needs, _CONSENTS)


def _order(words: Lexicon, step: StepRule, path: str) -> Iterator[Finding]:
    if step.id in steps_before(words, step):
        yield Finding("after_cycle", f"{path}.after", _circle(step.id), _BREAK_IT)
    for word in step.after:
        first = words.steps.get(word.split("=", 1)[0])
        if first is None:
            continue
        if not together(step.when, first.when):
            yield Finding("after_never", f"{path}.after", _never_both(first.id), _SAME_CASES)
        if step.before and "=" in word and not _comes_again(words, first, word, step):
            yield Finding("step_dead_end", f"{path}.after", _stuck(word), _REOPEN)


def steps_before(words: Lexicon, step: StepRule) -> set[str]:
    """Every step that has to be taken before *step*."""
    found: set[str] = set()
    ahead = list(step.after)
    while ahead:
        id_ = ahead.pop().split("=", 1)[0]
        if id_ in words.steps and id_ not in found:
            found.add(id_)
            ahead.extend(words.steps[id_].after)
    return found


def _comes_again(words: Lexicon, first: StepRule, word: str, waiting: StepRule) -> bool:
    """Whether a step that turned out otherwise may be taken again, so that acts waiting for *waiting* ever come."""
    if first.repeats or word in waiting.when.flags:
        return True
    reopeners = {id_ for step in words.steps.values() for id_ in step.reopens}
    others = [outcome for outcome in first.outcomes if f"{first.id}={outcome.id}" != word]
    return first.id in reopeners or all(first.id in outcome.reopens for outcome in others)


def _figures(step: StepRule, path: str) -> Iterator[Finding]:
    if step.minutes is not None and (step.minutes < 1 or step.label is None):
        yield Finding("minutes", f"{path}.minutes", _BARE_MINUTES, _LABEL)
    if step.copies < 1:
        yield Finding("not_positive", f"{path}.copies", _NO_COPY, _ONE_COPY)
    ids = outcome_ids(step)
    if len(set(ids)) < len(ids):
        yield Finding("duplicate_id", f"{path}.outcomes", _OUTCOME_TWICE, _ONCE)
    if "=" in step.id:
        yield Finding("step_id", path, _EQUALS, _PLAIN_ID)


def _roll(step: StepRule, roll: RollRule, put: set[str], path: str) -> Iterator[Finding]:
    fields = {field.id: field for field in step.form}
    yield from unknown("field_unknown", ("字段", "field"), path, (roll.field,), fields)
    if roll.field in fields and fields[roll.field].kind not in _NAMES:
        yield Finding("field_kind", path, _not_names(roll.field), _TEXT)
    if roll.roll not in put:
        yield Finding("roll_never_put", path, _empty(roll.roll), _PUT)


def _paid_by(words: Lexicon, roll: RollRule, path: str) -> Iterator[Finding]:
    """Names are counted against a sum only where the case puts them on a roll of its own, at a price for each."""
    if roll.paid_by is None:
        return
    priced = {item.id for item in words.case_type.money if item.amount is not None and item.per is not None}
    yield from unknown("money_unknown", ("按份收取的款项", "sum with a price for each"), path, (roll.paid_by,), priced)
    if roll.move is not RollMove.PUT or roll.scope is not RollScope.CASE:
        yield Finding("paid_by_idle", f"{path}.paid_by", _NOTHING_GIVEN, _ONLY_PUT)


def put_at_site(pack: Pack) -> set[str]:
    """The rolls of the site that some step of any case puts names on."""
    return {move.roll for _, move in _moves(pack) if move.move is RollMove.PUT and move.scope is RollScope.SITE}


def _moves(pack: Pack) -> Iterator[tuple[str, RollRule]]:
    for words in lexicons(pack):
        for step in words.case_type.steps:
            yield from ((f"{words.top}.steps.{step.id}.rolls", move) for move in step.rolls)


def _scopes(pack: Pack) -> Iterator[Finding]:
    """A roll belongs to every case of its own or to the site, not now to this and now to that."""
    of_site = {move.roll for _, move in _moves(pack) if move.scope is RollScope.SITE}
    taken = {move.roll for _, move in _moves(pack) if move.move is RollMove.TAKE}
    for path, move in _moves(pack):
        if move.roll in of_site and move.scope is not RollScope.SITE:
            yield Finding("roll_scope", path, _two_scopes(move.roll), _ONE_SCOPE)
        if move.scope is RollScope.SITE and move.move is RollMove.PUT and move.roll not in taken:
            yield Finding("roll_never_taken", path, _for_ever(move.roll), _TAKE)


def _circle(id_: str) -> Named:
    return Named(f"步骤互为前提，{id_} 永远不能进行", f"steps wait for each other, {id_} can never be taken")


def _never_both(id_: str) -> Named:
    return Named(f"须先做 {id_}，但两者从不适用于同一事项", f"it waits for {id_}, but both never apply to one case")


def _stuck(word: str) -> Named:
    return Named(f"若没有得到 {word}，事项便无法继续", f"unless it turns out {word}, the case has no way on")


def _not_names(id_: str) -> Named:
    return Named(f"字段 {id_} 不是文字", f"the field {id_} holds no names")


def _two_scopes(roll: str) -> Named:
    return Named(f"名单 {roll} 有时属于事项，有时属于项目", f"the roll {roll} is now of the case, now of the site")


def _for_ever(roll: str) -> Named:
    return Named(f"没有步骤能从项目名单 {roll} 上除名", f"no step ever takes anybody off the roll {roll} of the site")


def _empty(roll: str) -> Named:
    return Named(f"没有步骤往名单 {roll} 上登记", f"no step puts anybody on the roll {roll}")


_BREAK_IT = Named("请从其中一个 after 中删去", "drop it from one after")
_SAME_CASES = Named("请改其中一个 when", "change the when of one of them")
_REOPEN = Named(
    "请让其他结果 reopens 该步骤，或让它 repeats，或在 when 中注明该结果",
    "let the other outcomes reopen that step, let it repeat, or ask for the outcome in when",
)
_BARE_MINUTES = Named("法规数字须为正数并注明出处", "a figure of law is positive and says where it comes from")
_LABEL = Named("请填 label", "give a label")
_NO_COPY = Named("至少一份", "there is one copy at least")
_ONE_COPY = Named("请填 1 或更大", "give 1 or more")
_OUTCOME_TWICE = Named("结果编号重复", "an outcome appears more than once")
_ONCE = Named("只保留一处", "keep it once")
_EQUALS = Named("编号不得含有 =", "an id has no = in it")
_PLAIN_ID = Named("请改用字母、数字和下划线", "use letters, digits and underscores")
_TEXT = Named("请用 text 或 lines 类字段", "use a field of kind text or lines")
_ONE_SCOPE = Named("请在每处都写 scope: site，或都不写", "say scope: site everywhere, or nowhere")
_NOTHING_GIVEN = Named("只有往本事项名单上登记时才按款数限定", "only names put on a roll of the case are paid for")
_ONLY_PUT = Named("请移到 move: put 处，或删去 paid_by", "move it to a move: put, or drop paid_by")
_TAKE = Named("请加上 move: take、scope: site 的步骤", "add a step with move: take and scope: site")
_PUT = Named("请加上 move: put 的步骤，或改名单名称", "add a step with move: put, or mend the name of the roll")
