"""Words that one part of a pack uses and no other part defines."""

from collections.abc import Iterable, Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.rules.conditions import Condition
from shared.rules.model import CaseType, Pack
from shared.rules.words import PERSONS_OF_A_CASE, Flag

_Used = Iterator[tuple[str, str]]


def word_findings(pack: Pack) -> Iterator[Finding]:
    """Roles, severities, categories, flags and clocks that are used but not defined."""
    for case_type in pack.case_types.values():
        for path, role in _roles(case_type):
            if role not in pack.roles and role not in PERSONS_OF_A_CASE:
                yield Finding("role_missing", path, _no("角色", "role", role), _within("roles"))
        for path, condition in _conditions(case_type):
            yield from _condition_findings(pack, case_type, condition, path)
        yield from _own_words(case_type)
    for path, role in _register_roles(pack):
        if role not in pack.roles:
            yield Finding("role_missing", path, _no("角色", "role", role), _within("roles"))


def _roles(case_type: CaseType) -> _Used:
    top = f"case_types.{case_type.id}"
    for category in case_type.categories:
        yield f"{top}.categories.{category.id}.department", category.department
    for severity in case_type.severities:
        handlers = [severity.handler] if severity.handler else []
        yield from _each(f"{top}.severities.{severity.id}.handler", [*handlers, *severity.handler_if.values()])
    for clock in case_type.clocks:
        yield from _each(f"{top}.clocks.{clock.id}.tell", clock.tell)
    for upgrade in case_type.upgrades:
        yield from _each(f"{top}.upgrades.{upgrade.id}.tell", upgrade.tell)
    for notice in case_type.raises_at_intake:
        yield from _each(f"{top}.raises_at_intake.{notice.id}.tell", (*notice.tell, *notice.copy))
    follow_up = case_type.follow_up
    yield from _each(f"{top}.follow_up.who", follow_up.who)
    yield from _each(f"{top}.follow_up.closers", follow_up.closers)
    yield from _each(f"{top}.follow_up.instead", (role for by in follow_up.instead for role in by.roles))


def _register_roles(pack: Pack) -> _Used:
    for register in pack.registers.values():
        compiler = [register.compiled_by] if register.compiled_by else []
        yield from _each(f"registers.{register.id}.to", [*compiler, *register.to])


def _conditions(case_type: CaseType) -> Iterator[tuple[str, Condition]]:
    top = f"case_types.{case_type.id}"
    for clock in case_type.clocks:
        yield f"{top}.clocks.{clock.id}.when", clock.when
    for upgrade in case_type.upgrades:
        yield f"{top}.upgrades.{upgrade.id}.when", upgrade.when
    for notice in case_type.raises_at_intake:
        yield f"{top}.raises_at_intake.{notice.id}.when", notice.when
    for step in case_type.steps:
        yield f"{top}.steps.{step.id}.when", step.when
    for place, by in enumerate(case_type.follow_up.instead):
        yield f"{top}.follow_up.instead.{place}.when", by.when


def _condition_findings(pack: Pack, case_type: CaseType, when: Condition, path: str) -> Iterator[Finding]:
    severities = {severity.id for severity in case_type.severities}
    categories = {category.id for category in case_type.categories}
    flags = {flag.value for flag in Flag} | pack.variants.keys()
    yield from _unknown("severity_unknown", "等级", "severity", path, when.severities, severities)
    yield from _unknown("category_unknown", "类别", "category", path, when.categories, categories)
    yield from _unknown("flag_unknown", "情形", "flag", path, (*when.flags, *when.without), flags)


def _own_words(case_type: CaseType) -> Iterator[Finding]:
    top = f"case_types.{case_type.id}"
    severities = {severity.id for severity in case_type.severities}
    clocks = {clock.id for clock in case_type.clocks}
    default = (case_type.default_severity,)
    yield from _unknown("severity_unknown", "等级", "severity", f"{top}.default_severity", default, severities)
    for upgrade in case_type.upgrades:
        path = f"{top}.upgrades.{upgrade.id}.clocks"
        yield from _unknown("clock_unknown", "时钟", "clock", path, upgrade.clocks, clocks)
    for notice in case_type.raises_at_intake:
        path = f"{top}.raises_at_intake.{notice.id}.clocks"
        yield from _unknown("clock_unknown", "时钟", "clock", path, notice.clocks, clocks)


def _unknown(rule: str, zh: str, en: str, path: str, used: Iterable[str], known: set[str]) -> Iterator[Finding]:
    for word in used:
        if word not in known:
            yield Finding(rule, path, _no(zh, en, word), _one_of(known))


def _each(path: str, roles: Iterable[str]) -> _Used:
    return ((path, role) for role in roles)


def _no(zh: str, en: str, word: str) -> Named:
    return Named(f"没有{zh} {word}", f"there is no {en} {word}")


def _within(part: str) -> Named:
    return Named(f"请在 {part} 中定义", f"define it under {part}")


def _one_of(known: set[str]) -> Named:
    return Named(f"可选：{'、'.join(sorted(known))}", f"choose one of {', '.join(sorted(known))}")
