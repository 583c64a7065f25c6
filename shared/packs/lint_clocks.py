"""Clocks that cannot run or cannot end."""

from collections.abc import Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.rules.clocks import SITE_PARAMETER
from shared.rules.model import CaseType, ClockRule, Pack, UpgradeRule
from shared.rules.words import Basis, PromiseKind, StartFact, StopFact

_WITHOUT_AMOUNT = frozenset({Basis.SAME_DAY, Basis.AGREED, Basis.UNSET})
_LIMITS = frozenset({"customer_limit", "department_limit"})


def clock_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with the clocks of the pack."""
    for case_type in pack.case_types.values():
        for clock in case_type.clocks:
            path = f"case_types.{case_type.id}.clocks.{clock.id}"
            yield from _ends(clock, path)
            yield from _amount(clock, path)
            yield from _extension(pack, clock, path)
            yield from _told(case_type, clock, path)
            yield from _after(case_type, clock, path)


def upgrade_findings(pack: Pack) -> Iterator[Finding]:
    """Upgrades to nowhere or without a time."""
    for case_type in pack.case_types.values():
        known = {severity.id for severity in case_type.severities}
        for rule in case_type.upgrades:
            path = f"case_types.{case_type.id}.upgrades.{rule.id}"
            if rule.to not in known:
                yield Finding("severity_unknown", f"{path}.to", _no_severity(rule.to), _KNOWN_SEVERITY)
            if (rule.months is None) == (rule.after_raises is None):
                yield Finding("upgrade_cause", f"{path}.months", _TWO_CAUSES, _ONE_CAUSE)
            if rule.months is not None and rule.months < 1:
                yield Finding("not_positive", f"{path}.months", _NOT_POSITIVE, _POSITIVE)
            yield from _several(pack, rule, path)


def _several(pack: Pack, rule: UpgradeRule, path: str) -> Iterator[Finding]:
    if rule.after_raises is None:
        return
    parameter = pack.parameters.get(rule.after_raises)
    if parameter is None or not isinstance(parameter.value, int) or parameter.value < 1:
        yield Finding("raises_unknown", f"{path}.after_raises", _no_parameter(rule.after_raises), _NAME_PARAMETER)


def _after(case_type: CaseType, clock: ClockRule, path: str) -> Iterator[Finding]:
    if (clock.start is StartFact.MISSED) != (clock.after is not None):
        yield Finding("after_missing", f"{path}.after", _NO_AFTER, _NAME_AFTER)
    others = {other.id for other in case_type.clocks if other.id != clock.id and other.basis is not Basis.UNSET}
    if clock.after is not None and clock.after not in others:
        yield Finding("after_unknown", f"{path}.after", _never_missed(clock.after), _NAME_AFTER)


def _ends(clock: ClockRule, path: str) -> Iterator[Finding]:
    if not clock.stop:
        yield Finding("clock_without_end", f"{path}.stop", _NO_STOP, _NAME_STOP)
    if clock.basis is Basis.AGREED and not clock.overridable_by:
        yield Finding("clock_without_end", f"{path}.overridable_by", _NO_DATE, _NAME_LIMIT)
    for limit in clock.overridable_by:
        if limit not in _LIMITS and not limit.startswith(SITE_PARAMETER):
            yield Finding("limit_unknown", f"{path}.overridable_by", _no_limit(limit), _NAME_LIMIT)
    if clock.pausable and clock.promise is PromiseKind.REPLY:
        yield Finding("reply_pausable", f"{path}.pausable", _REPLY_PAUSES, _NOT_PAUSABLE)


def _amount(clock: ClockRule, path: str) -> Iterator[Finding]:
    if clock.basis in _WITHOUT_AMOUNT and clock.amount is not None:
        yield Finding("amount_idle", f"{path}.amount", _IDLE, _DROP_AMOUNT)
    if clock.basis not in _WITHOUT_AMOUNT and (clock.amount is None or clock.amount <= 0):
        yield Finding("amount_missing", f"{path}.amount", _NOT_POSITIVE, _POSITIVE)
    if clock.basis is Basis.UNSET and clock.unset is None:
        yield Finding("unset_without_words", f"{path}.unset", _NO_WORDS, _QUOTE)
    if clock.opens_after is not None and not 0 < clock.opens_after < (clock.amount or 0):
        yield Finding("opens_after", f"{path}.opens_after", _OPENS_LATE, _OPENS_BEFORE)


def _extension(pack: Pack, clock: ClockRule, path: str) -> Iterator[Finding]:
    if clock.extend is not None and clock.extend not in pack.chain:
        yield Finding("extend_outside_chain", f"{path}.extend", _outside(clock.extend), _CHAIN_ROLE)


def _told(case_type: CaseType, clock: ClockRule, path: str) -> Iterator[Finding]:
    met = {id_ for notice in case_type.raises_at_intake for id_ in notice.clocks}
    if clock.stop == (StopFact.TOLD,) and clock.id not in met:
        yield Finding("told_by_nobody", f"{path}.stop", _TOLD_BY_NOBODY, _NAME_NOTICE)


def _no_severity(word: str) -> Named:
    return Named(f"没有等级 {word}", f"there is no severity {word}")


def _no_limit(word: str) -> Named:
    return Named(f"不认识的限定 {word}", f"unknown limit {word}")


def _no_parameter(name: str) -> Named:
    return Named(f"参数 {name} 没有次数", f"the parameter {name} gives no number of times")


def _never_missed(clock: str) -> Named:
    return Named(f"{clock} 不会超时", f"{clock} is never missed")


def _outside(role: str) -> Named:
    return Named(f"延期批准人 {role} 不在责任链上", f"the approver {role} is not in the chain")


_TWO_CAUSES = Named("升级须由时间或次数之一引起", "an upgrade comes by time or by raises, one of them")
_ONE_CAUSE = Named("请只填 months 或 after_raises", "give months or after_raises, not both")
_NAME_PARAMETER = Named("请填 parameters 中一个正整数的名称", "name a parameter that is a positive whole number")
_NO_AFTER = Named(
    "由超时起算须写明是哪个时钟", "a clock that starts with a miss names the clock missed, and only such a one does"
)
_NAME_AFTER = Named("请在 after 中填同一事项有期限的时钟", "name another clock of the case type that has a limit")
_KNOWN_SEVERITY = Named("请用 severities 中的编号", "use an id of severities")
_NO_STOP = Named("时钟没有终点", "the clock has no end")
_NAME_STOP = Named("请写明由什么事实停止", "name the fact that stops it")
_NO_DATE = Named("约定时限却没有人可以约定", "agreed, but nobody may set the date")
_NAME_LIMIT = Named(
    "请填 customer_limit、department_limit 或 site_parameter:名称",
    "give customer_limit, department_limit or site_parameter:<name>",
)
_REPLY_PAUSES = Named("首次答复不得暂停", "a first reply is never paused")
_NOT_PAUSABLE = Named("请删去 pausable", "drop pausable")
_IDLE = Named("此种计法不用数量", "this basis takes no amount")
_DROP_AMOUNT = Named("请删去 amount", "drop amount")
_NOT_POSITIVE = Named("数量必须为正数", "the amount must be positive")
_POSITIVE = Named("请填 1 或更大", "give 1 or more")
_NO_WORDS = Named("未定时限却没有引用制度原文", "unset, without the manual's own words")
_QUOTE = Named("请在 unset 中写明原文", "quote them under unset")
_OPENS_LATE = Named("开放时间不早于期限", "it opens no earlier than it is due")
_OPENS_BEFORE = Named("应大于 0 且小于 amount", "more than 0, less than amount")
_CHAIN_ROLE = Named("请用 chain 中的角色", "use a role of the chain")
_TOLD_BY_NOBODY = Named("没有通知会停止此时钟", "no notice meets this clock")
_NAME_NOTICE = Named("请在 raises_at_intake 的 clocks 中列出", "list it under clocks of a notice")
