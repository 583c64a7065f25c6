"""Clocks whose numbers or limits say nothing."""

from collections.abc import Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import DATES, Lexicon, lexicons
from shared.rules.forms import FieldKind
from shared.rules.limits import (
    CUSTOMER_LIMIT,
    DEPARTMENT_LIMIT,
    FIELD,
    MOST,
    NUMBERED,
    OUTSIDE_DEADLINE,
    PLANNED,
    SITE_PARAMETER,
)
from shared.rules.model import ClockRule, Pack
from shared.rules.words import FIRST_RECEIVER, Basis, PromiseKind, StartFact

_BETWEEN = {Basis.MIDPOINT: 2, Basis.COUNT: 1}
_LIMITS = frozenset({CUSTOMER_LIMIT, DEPARTMENT_LIMIT, OUTSIDE_DEADLINE, PLANNED})


def clock_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the numbers and limits of the clocks."""
    for words in lexicons(pack):
        for clock in words.case_type.clocks:
            path = f"{words.top}.clocks.{clock.id}"
            yield from _amount(clock, path)
            yield from _unset(clock, path)
            yield from _between(words, clock, path)
            yield from _limits(words, clock, path)
            yield from _extension(pack, clock, path)
            yield from _shift(pack, clock, path)


def _amount(clock: ClockRule, path: str) -> Iterator[Finding]:
    counted, amount = clock.basis in NUMBERED, clock.amount or 0
    if not counted and clock.amount is not None:
        yield Finding("amount_idle", f"{path}.amount", _IDLE, _DROP_AMOUNT)
    backwards = clock.start is StartFact.DATE and clock.basis is Basis.DAYS and amount < 0
    if counted and amount <= 0 and not backwards:
        yield Finding("amount_missing", f"{path}.amount", _NOT_POSITIVE, _POSITIVE)
    if abs(amount) > MOST:
        yield Finding("amount_great", f"{path}.amount", _TOO_GREAT, _UP_TO)
    if clock.opens_after is not None and not 0 < clock.opens_after < amount:
        yield Finding("opens_after", f"{path}.opens_after", _OPENS_LATE, _OPENS_BEFORE)


def _unset(clock: ClockRule, path: str) -> Iterator[Finding]:
    if clock.basis is Basis.UNSET and clock.unset is None:
        yield Finding("unset_without_words", f"{path}.unset", _NO_WORDS, _QUOTE)
    if clock.pausable and clock.promise is PromiseKind.REPLY:
        yield Finding("reply_pausable", f"{path}.pausable", _REPLY_PAUSES, _NOT_PAUSABLE)


def _between(words: Lexicon, clock: ClockRule, path: str) -> Iterator[Finding]:
    wanted = _BETWEEN.get(clock.basis, 0)
    if len(clock.between) != wanted:
        yield Finding("between", f"{path}.between", _between_wrong(wanted), _NAME_BETWEEN)
    kinds = frozenset({FieldKind.COUNT}) if clock.basis is Basis.COUNT else DATES
    for id_ in clock.between:
        yield from field_findings(words, id_, kinds, f"{path}.between")


def _shift(pack: Pack, clock: ClockRule, path: str) -> Iterator[Finding]:
    if clock.shift_of is None:
        return
    if clock.basis not in {Basis.NEXT_SHIFT, Basis.NEXT_DAY_SHIFT} or clock.promise is not None:
        yield Finding("shift_idle", f"{path}.shift_of", _NO_SHIFT, _DROP_SHIFT)
    if clock.shift_of not in {*pack.roles, FIRST_RECEIVER}:
        yield Finding("role_missing", f"{path}.shift_of", _NOBODYS_SHIFT, _NAME_ROLE)


def _limits(words: Lexicon, clock: ClockRule, path: str) -> Iterator[Finding]:
    path = f"{path}.overridable_by"
    if clock.basis is Basis.AGREED and not clock.overridable_by:
        yield Finding("clock_without_end", path, _NO_DATE, _NAME_LIMIT)
    for limit in clock.overridable_by:
        if limit.startswith(FIELD):
            yield from field_findings(words, limit.removeprefix(FIELD), DATES, path)
        elif limit not in _LIMITS and not limit.startswith(SITE_PARAMETER):
            yield Finding("limit_unknown", path, _no_limit(limit), _NAME_LIMIT)
    planned = any(plan.case_type == words.case_type.id for plan in words.pack.plans)
    if PLANNED in clock.overridable_by and not planned:
        yield Finding("limit_idle", path, _NOT_PLANNED, _PLAN_IT)


def field_findings(words: Lexicon, id_: str, kinds: frozenset[FieldKind], path: str) -> Iterator[Finding]:
    """Why a rule cannot reckon with the field *id_*: it is missing, of another kind, or personal."""
    field = words.fields.get(id_)
    if field is None:
        yield Finding("field_unknown", path, _no_field(id_), _NAME_FIELD)
    elif field.kind not in kinds:
        yield Finding("field_kind", path, _wrong_kind(id_, field.kind), _want_kind(kinds))
    elif field.personal:
        yield Finding("field_personal", path, _is_personal(id_), _PUBLIC)


def _extension(pack: Pack, clock: ClockRule, path: str) -> Iterator[Finding]:
    if clock.extend is not None and clock.extend not in pack.chain:
        yield Finding("extend_outside_chain", f"{path}.extend", _outside(clock.extend), _CHAIN_ROLE)


def _between_wrong(wanted: int) -> Named:
    if not wanted:
        return Named("此种计法不用 between", "this basis takes no between")
    return Named(f"between 应有 {wanted} 个字段", f"between takes {wanted} field(s) here")


def _no_limit(word: str) -> Named:
    return Named(f"不认识的限定 {word}", f"unknown limit {word}")


def _no_field(id_: str) -> Named:
    return Named(f"没有字段 {id_}", f"there is no field {id_}")


def _wrong_kind(id_: str, kind: FieldKind) -> Named:
    return Named(f"字段 {id_} 是 {kind} 类", f"the field {id_} is of kind {kind}")


def _want_kind(kinds: frozenset[FieldKind]) -> Named:
    listed = sorted(kinds)
    return Named(f"应为 {'、'.join(listed)} 类", f"it should be of kind {' or '.join(listed)}")


def _is_personal(id_: str) -> Named:
    return Named(f"字段 {id_} 属个人信息，规则不得使用", f"the field {id_} is personal, no rule may reckon with it")


def _outside(role: str) -> Named:
    return Named(f"延期批准人 {role} 不在责任链上", f"the approver {role} is not in the chain")


_IDLE = Named("此种计法不用数量", "this basis takes no amount")
_DROP_AMOUNT = Named("请删去 amount", "drop amount")
_NOT_POSITIVE = Named("数量必须为正数", "the amount must be positive")
_POSITIVE = Named(
    "请填 1 或更大；从某个日期（start: date）倒数的天数可以为负",
    "give 1 or more; only days counted from a date (start: date) may be negative",
)
_OPENS_LATE = Named("开放时间不早于期限", "it opens no earlier than it is due")
_OPENS_BEFORE = Named("应大于 0 且小于 amount", "more than 0, less than amount")
_TOO_GREAT = Named("数量太大", "the amount is too great")
_UP_TO = Named(f"至多 {MOST}", f"{MOST} at most")
_NO_WORDS = Named("未定时限却没有引用制度原文", "unset, without the manual's own words")
_QUOTE = Named("请在 unset 中写明原文", "quote them under unset")
_REPLY_PAUSES = Named("首次答复不得暂停", "a first reply is never paused")
_NOT_PAUSABLE = Named("请删去 pausable", "drop pausable")
_NO_SHIFT = Named("此种计法不等班次，或已作承诺", "this basis waits for no shift, or the clock is promised")
_DROP_SHIFT = Named(
    "请删去 shift_of；只用于 next_shift、next_day_shift，且不作承诺的时钟",
    "drop shift_of; it is for next_shift and next_day_shift, of a clock that is not promised",
)
_NOBODYS_SHIFT = Named("没有这个角色的班次", "nobody of that role stands on a shift")
_NAME_ROLE = Named("请填 roles 中的角色，或 first_receiver", "name one of roles, or first_receiver")
_NAME_BETWEEN = Named(
    "midpoint 填两个日期字段，count 填一个数量字段，其余不填",
    "midpoint takes two date fields, count one count field, anything else none",
)
_NO_DATE = Named("约定时限却没有人可以约定", "agreed, but nobody may set the date")
_NAME_LIMIT = Named(
    "请填 customer_limit、department_limit、outside_deadline、planned、field:字段 或 site_parameter:名称",
    "give customer_limit, department_limit, outside_deadline, planned, field:<id> or site_parameter:<name>",
)
_NOT_PLANNED = Named("没有计划会开出此类事项", "no plan opens cases of this type")
_PLAN_IT = Named("请删去 planned，或在 plans 中加上计划", "drop planned, or add a plan to plans")
_NAME_FIELD = Named("请用本事项表单中的字段", "use a field of a form of this case type")
_PUBLIC = Named("请改用非个人信息字段，或删去 personal", "use a field that is not personal, or drop personal")
_CHAIN_ROLE = Named("请用 chain 中的角色", "use a role of the chain")
