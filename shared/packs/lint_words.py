"""Words that one part of a pack uses and no other part defines."""

from collections.abc import Iterable, Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import Lexicon, lexicons
from shared.rules.conditions import Condition
from shared.rules.limits import ELAPSED
from shared.rules.model import CaseType, ClockRule, Pack
from shared.rules.words import INFORMED, PERSONS_OF_A_CASE, StartFact

_Used = Iterator[tuple[str, str]]


def word_findings(pack: Pack) -> Iterator[Finding]:
    """Roles, severities, categories, flags and clocks that are used but not defined."""
    for words in lexicons(pack):
        for path, role in _roles(words.case_type):
            if role not in PERSONS_OF_A_CASE - {INFORMED}:
                yield from role_findings(pack, path, (role,))
        for path, condition in words.conditions:
            yield from condition_findings(words, condition, path)
        yield from _own_words(words)
    for path, role in _pack_roles(pack):
        yield from role_findings(pack, path, (role,))


def condition_findings(words: Lexicon, when: Condition, path: str) -> Iterator[Finding]:
    """What a condition asks for and its case type does not have."""
    yield from unknown("severity_unknown", ("等级", "severity"), path, when.severities, words.severities)
    yield from unknown("category_unknown", ("类别", "category"), path, when.categories, words.categories)
    yield from unknown("flag_unknown", ("情形", "flag"), path, (*when.flags, *when.without), words.flags)


def role_findings(pack: Pack, path: str, roles: Iterable[str]) -> Iterator[Finding]:
    """Roles the pack does not define."""
    for role in roles:
        if role not in pack.roles:
            yield Finding("role_missing", path, _no(("角色", "role"), role), _DEFINE_ROLE)


def unknown(
    rule: str, what: tuple[str, str], path: str, used: Iterable[str], known: Iterable[str]
) -> Iterator[Finding]:
    """A finding for each word that is not among those *known*; *what* says of what kind, in Chinese and English."""
    there = frozenset(known)
    for word in used:
        if word not in there:
            yield Finding(rule, path, _no(what, word), _one_of(there))


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
        copied = (role for role in notice.copy if role != INFORMED)  # they only hear of it: nobody has to act twice
        yield from _each(f"{top}.raises_at_intake.{notice.id}.tell", (*notice.tell, *copied))
    for step in case_type.steps:
        yield from _each(f"{top}.steps.{step.id}.by", step.by)
    follow_up = case_type.follow_up
    yield from _each(f"{top}.follow_up.who", follow_up.who)
    yield from _each(f"{top}.follow_up.closers", follow_up.closers)
    yield from _each(f"{top}.follow_up.instead", (role for by in follow_up.instead for role in by.roles))


def _pack_roles(pack: Pack) -> _Used:
    for register in pack.registers.values():
        named = [role for role in (register.compiled_by, register.signed_by) if role]
        yield from _each(f"registers.{register.id}.to", [*named, *register.to])
    for plan in pack.plans:
        yield from _each(f"plans.{plan.id}.role", [one for one in (plan.role, plan.each_of) if one])
    for rule in pack.recurrences:
        yield from _each(f"recurrences.{rule.id}.tell", rule.tell)


def _own_words(words: Lexicon) -> Iterator[Finding]:
    one, severity, clock = words.case_type, ("等级", "severity"), ("时钟", "clock")
    default, path = (one.default_severity,), f"{words.top}.default_severity"
    yield from unknown("severity_unknown", severity, path, default, words.severities)
    for upgrade in one.upgrades:
        path = f"{words.top}.upgrades.{upgrade.id}"
        yield from unknown("severity_unknown", severity, f"{path}.to", (upgrade.to,), words.severities)
        yield from unknown("clock_unknown", clock, f"{path}.clocks", upgrade.clocks, words.clocks)
    for notice in one.raises_at_intake:
        path = f"{words.top}.raises_at_intake.{notice.id}.clocks"
        yield from unknown("clock_unknown", clock, path, notice.clocks, words.clocks)
        if notice.within is not None and (notice.within < 1 or not notice.outside):
            yield Finding("within", f"{words.top}.raises_at_intake.{notice.id}.within", _NO_TIME, _SAY_WITHIN)
        if notice.within is not None and not any(_as_long(rule, notice.within) for rule in one.clocks):
            yield Finding(
                "within_unguarded", f"{words.top}.raises_at_intake.{notice.id}.within", _NOBODY_HEARS, _A_CLOCK
            )
        if notice.incoming and (notice.on is not StartFact.STEP or not notice.tell):
            yield Finding("incoming", f"{words.top}.raises_at_intake.{notice.id}.incoming", _NO_HANDOVER, _HAND_OVER)


def _as_long(rule: ClockRule, minutes: int) -> bool:
    return (rule.amount or 0) * ELAPSED.get(rule.basis, 0) == minutes


def _each(path: str, roles: Iterable[str]) -> _Used:
    return ((path, role) for role in roles)


def _no(what: tuple[str, str], word: str) -> Named:
    return Named(f"没有{what[0]} {word}", f"there is no {what[1]} {word}")


def _one_of(known: frozenset[str]) -> Named:
    if not known:
        return Named("此处没有可选项，请删去", "there is none to choose from; remove it")
    return Named(f"可选：{'、'.join(sorted(known))}", f"choose one of {', '.join(sorted(known))}")


_DEFINE_ROLE = Named("请在 roles 中定义", "define it under roles")
_NOBODY_HEARS = Named("超过这个时间无人知道", "nobody hears that this time has passed")
_A_CLOCK = Named(
    "请加一个同样长的时钟，超时即上报；通知本身不上报",
    "add a clock as long, which raises when it is missed; the notice itself raises nobody",
)
_NO_HANDOVER = Named("这里没有人交班", "nobody hands over here")
_HAND_OVER = Named("incoming 只用于 on: step 且有 tell 的通知", "incoming is for a notice on: step that has tell")
_NO_TIME = Named("这里不能有这个时间", "this time cannot stand here")
_SAY_WITHIN = Named(
    "请填 1 或更多分钟，只用于有 outside 的通知", "give 1 minute or more, of a notice that has outside only"
)
