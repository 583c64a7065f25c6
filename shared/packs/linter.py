"""What a well-formed pack may still get wrong: words nobody defined, clocks that never end, idle numbers."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lint_clocks import clock_findings
from shared.packs.lint_dead import dead_findings, source_findings, variant_findings
from shared.packs.lint_ends import end_findings, upgrade_findings
from shared.packs.lint_forms import form_findings
from shared.packs.lint_late import late_findings
from shared.packs.lint_money import money_findings
from shared.packs.lint_names import name_findings
from shared.packs.lint_plans import id_findings, plan_findings, prompt_findings, recurrence_findings
from shared.packs.lint_registers import register_findings
from shared.packs.lint_steps import step_findings
from shared.packs.lint_words import word_findings
from shared.rules.limits import MOST
from shared.rules.model import CaseType, Pack

_Check = Callable[[Pack], Iterable[Finding]]


def lint(pack: Pack) -> list[Finding]:
    """Everything wrong with the pack, by place; empty for a pack that may go live."""
    found = (finding for check in _CHECKS for finding in check(pack))
    return sorted(found, key=lambda finding: (finding.path, finding.rule))


def _chain(pack: Pack) -> Iterator[Finding]:
    if not pack.chain:
        yield Finding("chain_empty", "chain", _NO_CHAIN, _LIST_ROLES)
    for role, times in Counter(pack.chain).items():
        if times > 1:
            yield Finding("chain_cycle", "chain", _twice("角色", "role", role), _ONCE)
        if role not in pack.roles:
            yield Finding("role_missing", "chain", _nobody(role), _DEFINE_ROLE)


def _numbers(pack: Pack) -> Iterator[Finding]:
    if not 0 < pack.warn_fraction < 1:
        yield Finding("warn_fraction", "warn_fraction", _OUT_OF_RANGE, _FRACTION)
    if "other" not in pack.acknowledge:
        yield Finding("acknowledge_missing", "acknowledge", _NO_OTHER, _ADD_OTHER)
    for severity, minutes in pack.acknowledge.items():
        if not 1 <= minutes <= MOST:
            yield Finding("not_positive", f"acknowledge.{severity}", _MINUTES, _MINUTES_KEPT)
    if pack.version < 1:
        yield Finding("not_positive", "version", _NOT_POSITIVE, _POSITIVE)


def _ids(pack: Pack) -> Iterator[Finding]:
    for case_type in pack.case_types.values():
        for part, ids in _id_lists(case_type).items():
            for word, times in Counter(ids).items():
                if times > 1:
                    path = f"case_types.{case_type.id}.{part}.{word}"
                    yield Finding("duplicate_id", path, _twice("编号", "id", word), _ONCE)


def _id_lists(case_type: CaseType) -> dict[str, list[str]]:
    return {
        "clocks": [clock.id for clock in case_type.clocks],
        "categories": [category.id for category in case_type.categories],
        "severities": [severity.id for severity in case_type.severities],
        "criteria": [criterion.id for severity in case_type.severities for criterion in severity.criteria],
        "upgrades": [upgrade.id for upgrade in case_type.upgrades],
        "raises_at_intake": [notice.id for notice in case_type.raises_at_intake],
        "steps": [step.id for step in case_type.steps],
    }


def _keys(pack: Pack) -> Iterator[Finding]:
    named = [(f"case_types.{key}", key, part.id) for key, part in pack.case_types.items()]
    named += [(f"registers.{key}", key, part.id) for key, part in pack.registers.items()]
    for path, key, own in named:
        if key != own:
            yield Finding("id_differs", path, _differs(own), Named(f"请用 {key}", f"use {key}"))


def _follow_ups(pack: Pack) -> Iterator[Finding]:
    for case_type in pack.case_types.values():
        rule = case_type.follow_up
        for name in ("max_unsatisfied_rounds", "attempts", "attempt_days"):
            if getattr(rule, name) < 1:
                path = f"case_types.{case_type.id}.follow_up.{name}"
                yield Finding("not_positive", path, _NOT_POSITIVE, _POSITIVE)


_CHECKS: tuple[_Check, ...] = (
    _chain,
    _numbers,
    _ids,
    _keys,
    _follow_ups,
    name_findings,
    word_findings,
    form_findings,
    step_findings,
    late_findings,
    money_findings,
    clock_findings,
    end_findings,
    upgrade_findings,
    plan_findings,
    recurrence_findings,
    prompt_findings,
    id_findings,
    register_findings,
    dead_findings,
    variant_findings,
    source_findings,
)


def _twice(zh: str, en: str, word: str) -> Named:
    return Named(f"{zh} {word} 出现不止一次", f"{en} {word} appears more than once")


def _nobody(role: str) -> Named:
    return Named(f"roles 中没有 {role}", f"roles does not have {role}")


def _differs(own: str) -> Named:
    return Named(f"id {own} 与键不同", f"id {own} differs from its key")


_NO_CHAIN = Named("责任链为空", "the chain is empty")
_LIST_ROLES = Named("请自下而上列出角色", "list roles from lowest to highest")
_ONCE = Named("只保留一处", "keep it once")
_DEFINE_ROLE = Named("请在 roles 中定义", "define it under roles")
_OUT_OF_RANGE = Named("数值超出范围", "the number is out of range")
_FRACTION = Named("应大于 0 且小于 1", "more than 0, less than 1")
_NO_OTHER = Named("缺少 other 的确认分钟数", "no acknowledgement minutes for other")
_ADD_OTHER = Named("请加上 other", "add other")
_MINUTES = Named("分钟数必须为正数，且不太大", "the minutes must be positive, and not too many")
_MINUTES_KEPT = Named(f"请填 1 至 {MOST}", f"give 1 to {MOST}")
_NOT_POSITIVE = Named("必须为正数", "it must be positive")
_POSITIVE = Named("请填 1 或更大", "give 1 or more")
