"""Clocks that cannot begin or cannot end, and upgrades that lead nowhere."""

from collections.abc import Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import DATES, Lexicon, lexicons
from shared.packs.lint_clocks import field_findings
from shared.packs.lint_words import unknown
from shared.rules.limits import MOST
from shared.rules.model import CaseType, ClockRule, Pack, UpgradeRule
from shared.rules.words import Basis, StartFact, StopFact

_NAMING = frozenset({StartFact.MISSED, StartFact.STEP, StartFact.DATE})
# The work of one round, in the order in which it can happen.
_ORDER = ("issued", "accepted", "started", "completed", "followed_up", "closed")


def end_findings(pack: Pack) -> Iterator[Finding]:
    """Clocks and notices that never start, and clocks that never stop."""
    for words in lexicons(pack):
        for clock in words.case_type.clocks:
            path = f"{words.top}.clocks.{clock.id}"
            yield from _start(words, clock.start, clock.after, path, itself=clock.id)
            yield from _stop(words, clock, path)
        for notice in words.case_type.raises_at_intake:
            yield from _start(words, notice.on, notice.after, f"{words.top}.raises_at_intake.{notice.id}")


def upgrade_findings(pack: Pack) -> Iterator[Finding]:
    """Upgrades without a cause, downwards or in a circle."""
    for words in lexicons(pack):
        for rule in words.case_type.upgrades:
            path = f"{words.top}.upgrades.{rule.id}"
            if (rule.months is None) == (rule.after_raises is None):
                yield Finding("upgrade_cause", f"{path}.months", _TWO_CAUSES, _ONE_CAUSE)
            if rule.months is not None and not 1 <= rule.months <= MOST:
                yield Finding("not_positive", f"{path}.months", _MONTHS, _MONTHS_KEPT)
            yield from _several(pack, rule, path)
            yield from _upwards(words, rule, path)


def _several(pack: Pack, rule: UpgradeRule, path: str) -> Iterator[Finding]:
    if rule.after_raises is None:
        return
    parameter = pack.parameters.get(rule.after_raises)
    if parameter is None or not isinstance(parameter.value, int) or parameter.value < 1:
        yield Finding("raises_unknown", f"{path}.after_raises", _no_parameter(rule.after_raises), _NAME_PARAMETER)


def _upwards(words: Lexicon, rule: UpgradeRule, path: str) -> Iterator[Finding]:
    taken = rule.when.severities or tuple(words.severities)
    ranks = [words.severities[severity] for severity in taken if severity in words.severities]
    goal = words.severities.get(rule.to)
    if goal is None or not ranks:
        return
    if rule.to in _reached(words.case_type, rule.to):
        yield Finding("upgrade_cycle", f"{path}.to", _circle(rule.to), _DROP_ONE)
    if all(rank >= goal for rank in ranks):
        yield Finding("upgrade_never", f"{path}.to", _not_graver(rule.to), _GRAVER)


def _reached(case_type: CaseType, severity: str) -> set[str]:
    """The severities that upgrades which name where they come from lead to."""
    found: set[str] = set()
    ahead = [severity]
    while ahead:
        here = ahead.pop()
        onward = {rule.to for rule in case_type.upgrades if here in rule.when.severities} - found
        found |= onward
        ahead.extend(onward)
    return found


def _start(
    words: Lexicon, start: StartFact, after: str | None, path: str, *, itself: str | None = None
) -> Iterator[Finding]:
    path = f"{path}.after"
    if (start in _NAMING) != (after is not None):
        yield Finding("after_missing", path, _NO_AFTER, _NAME_AFTER)
    elif after is not None:
        yield from _named(words, start, after, path, itself)


def _named(words: Lexicon, start: StartFact, after: str, path: str, itself: str | None) -> Iterator[Finding]:
    if start is StartFact.STEP:
        yield from unknown("step_unknown", ("步骤", "step"), path, (after,), words.step_words)
        return
    if start is StartFact.DATE:
        yield from field_findings(words, after, DATES, path)
        return
    missable = {clock.id for clock in words.case_type.clocks if clock.id != itself and clock.basis is not Basis.UNSET}
    if after not in missable:
        yield Finding("after_unknown", path, _never_missed(after), _NAME_AFTER)


def _stop(words: Lexicon, clock: ClockRule, path: str) -> Iterator[Finding]:
    yield from unknown("step_unknown", ("步骤", "step"), f"{path}.steps", clock.steps, words.step_words)
    if clock.basis is Basis.COUNT:
        return
    if not clock.stop and not clock.steps:
        yield Finding("clock_without_end", f"{path}.stop", _NO_STOP, _NAME_STOP)
    elif not clock.steps and clock.stop == (StopFact.TOLD,) and not _told(words.case_type, clock.id):
        yield Finding("told_by_nobody", f"{path}.stop", _TOLD_BY_NOBODY, _NAME_NOTICE)
    elif not clock.steps and not any(_possible(words.case_type, clock, stop) for stop in clock.stop):
        yield Finding("stop_never", f"{path}.stop", _NEVER, _LATER)


def _possible(case_type: CaseType, clock: ClockRule, stop: StopFact) -> bool:
    if stop is StopFact.TOLD:
        return _told(case_type, clock.id)
    if stop is StopFact.FOLLOWED_UP and not case_type.follow_up.required:
        return False
    begun = clock.start.value
    if begun in _ORDER and stop.value in _ORDER:
        return _ORDER.index(begun) < _ORDER.index(stop.value)
    return not (begun in {"completed", "followed_up", "closed"} and stop is StopFact.ASSIGNED)


def _told(case_type: CaseType, clock: str) -> bool:
    notices = (id_ for notice in case_type.raises_at_intake for id_ in notice.clocks)
    upgrades = (id_ for rule in case_type.upgrades for id_ in rule.clocks)
    return clock in {*notices, *upgrades}


def _no_parameter(name: str) -> Named:
    return Named(f"参数 {name} 没有次数", f"the parameter {name} gives no number of times")


def _never_missed(clock: str) -> Named:
    return Named(f"{clock} 不会超时", f"{clock} is never missed")


def _not_graver(severity: str) -> Named:
    return Named(f"等级 {severity} 不比原来的更重", f"the severity {severity} is no graver than what it takes")


def _circle(severity: str) -> Named:
    return Named(f"升级成环，又回到 {severity}", f"the upgrades run in a circle back to {severity}")


_TWO_CAUSES = Named("升级须由时间或次数之一引起", "an upgrade comes by time or by raises, one of them")
_ONE_CAUSE = Named("请只填 months 或 after_raises", "give months or after_raises, not both")
_MONTHS = Named("月数必须为正数，且不太大", "the months must be positive, and not too many")
_MONTHS_KEPT = Named(f"请填 1 至 {MOST}", f"give 1 to {MOST}")
_NAME_PARAMETER = Named("请填 parameters 中一个正整数的名称", "name a parameter that is a positive whole number")
_GRAVER = Named("只能升到更重的等级", "an upgrade leads to a graver severity")
_DROP_ONE = Named("请删去其中一条升级", "drop one of them")
_NO_AFTER = Named(
    "由超时、步骤、日期起算须写明是哪一个",
    "what starts with a miss, a step or a date says which one, and only such a thing does",
)
_NAME_AFTER = Named(
    "请在 after 中填有期限的时钟、步骤（步骤=结果）或日期字段，与起点相符",
    "give the clock that has a limit, the step (step=outcome) or the date field, as the start asks",
)
_NO_STOP = Named("时钟没有终点", "the clock has no end")
_NAME_STOP = Named("请写明由什么事实或步骤停止", "name the fact, or the step, that stops it")
_TOLD_BY_NOBODY = Named("没有通知会停止此时钟", "no notice meets this clock")
_NAME_NOTICE = Named("请在 raises_at_intake 的 clocks 中列出", "list it under clocks of a notice")
_NEVER = Named("时钟开始之后，这些事都不会再发生", "none of this can happen once the clock has started")
_LATER = Named(
    "请填起点之后才会发生的事；不回访的事项不会有 followed_up",
    "name something that comes after the start; without a required follow-up nothing is followed_up",
)
