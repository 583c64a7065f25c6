"""A pack as readable pages: Markdown, Chinese first, English second."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shared.organisation.records import Named
from shared.rules.conditions import ALWAYS, Condition
from shared.rules.forms import FormField
from shared.rules.model import CaseType, Pack
from shared.rules.plans import PlanRule
from shouwen.manuals.phrases import EVERY, OURS, begin, both, ends, length, people
from shouwen.words import Words

UNSET = Words("未设定", "unset")


def shown(pack: Pack) -> Iterator[str]:
    """The whole manual, line by line."""
    yield f"# {both(pack.name)}"
    yield ""
    yield f"{pack.id} · 版本 / version {pack.version} · {pack.source}"
    yield ""
    yield f"责任链 / chain: {people(pack, pack.chain)}"
    yield from _table("参数 / parameters", ("", "", ""), _parameters(pack))
    yield from _table(
        "变体 / variants", ("", "", ""), ((key, both(one.name), one.source) for key, one in pack.variants.items())
    )
    for case_type in pack.case_types.values():
        yield from _case_type(pack, case_type)
    yield from _table(
        "计划 / plans", ("编号 / id", "何事 / what", "何时 / when", "谁 / who", "出处 / source"), _plans(pack)
    )
    yield from _table(
        "重复 / recurrences",
        ("编号 / id", "何事 / what", "次数 / times", "则 / then", "出处 / source"),
        ((one.id, both(one.name), str(one.at_least), one.opens.case_type, one.source) for one in pack.recurrences),
    )
    yield from _registers(pack)
    for card in pack.prompts:
        yield from _list(
            f"{card.id} {both(card.name)} ({card.source})", [*card.points, *([card.caution] if card.caution else [])]
        )


def _case_type(pack: Pack, case_type: CaseType) -> Iterator[str]:
    yield ""
    yield f"## {both(case_type.name)} `{case_type.id}` ({case_type.source})"
    departments = ((both(one.name), people(pack, [one.department]), ours(one)) for one in case_type.categories)
    yield from _table("类别 / categories", ("类别 / category", "部门 / department", ""), departments)
    if len(case_type.severities) > 1:
        grades = ((both(one.name), "；".join(both(each.text) for each in one.criteria)) for one in case_type.severities)
        yield from _table("等级 / severities", ("等级 / severity", "标准 / criteria"), grades)
    yield from _form("登记 / form", case_type.form)
    yield from _table(
        "时限 / clocks",
        (
            "编号 / id",
            "何事 / what",
            "何时 / when",
            "自 / from",
            "时限 / limit",
            "至 / until",
            "超时告知 / told",
            "延期 / extension",
            "出处 / source",
        ),
        _clocks(pack, case_type),
    )
    yield from _table(
        "通知 / notices",
        ("编号 / id", "何事 / what", "自 / when", "告知 / told", "出处 / source"),
        _notices(pack, case_type),
    )
    yield from _table(
        "升级 / upgrades",
        ("编号 / id", "何事 / what", "告知 / told", "出处 / source"),
        ((one.id, both(one.name), people(pack, one.tell), one.source) for one in case_type.upgrades),
    )
    yield from _table(
        "步骤 / steps",
        ("编号 / id", "做什么 / what", "谁 / who", "之后 / after", "先于 / before", "结果 / outcomes", "出处 / source"),
        _steps(pack, case_type),
    )
    yield from _table("费用 / money", ("编号 / id", "名称 / name", "金额 / amount", "出处 / source"), _money(case_type))
    yield from _follow_up(pack, case_type)


def _parameters(pack: Pack) -> Iterator[tuple[str, ...]]:
    for name, one in pack.parameters.items():
        yield name, both(UNSET) if one.value is None else str(one.value), f"{one.source} {ours(one)}"


def _clocks(pack: Pack, case_type: CaseType) -> Iterator[tuple[str, ...]]:
    for one in case_type.clocks:
        told, extend = people(pack, one.tell) or "ESC-1", people(pack, [one.extend]) if one.extend else ""
        yield (
            one.id,
            both(one.name),
            condition(one.when),
            begin(one.start, one.after),
            length(one),
            ends(one),
            told,
            extend,
            one.source,
        )


def _notices(pack: Pack, case_type: CaseType) -> Iterator[tuple[str, ...]]:
    for one in case_type.raises_at_intake:
        outward = "、".join(one.outside)
        told = "；".join(part for part in (people(pack, one.tell), people(pack, one.copy), outward) if part)
        yield one.id, both(one.name), begin(one.on, one.after), told, one.source


def _steps(pack: Pack, case_type: CaseType) -> Iterator[tuple[str, ...]]:
    for one in case_type.steps:
        outcomes = "；".join(both(each.name) for each in one.outcomes)
        fields = "".join(f"<br>{both(field.name)}" for field in one.form)
        yield (
            one.id,
            both(one.text) + fields,
            people(pack, one.by),
            "、".join(one.after),
            "、".join(one.before),
            outcomes,
            one.source,
        )


def _money(case_type: CaseType) -> Iterator[tuple[str, ...]]:
    for one in case_type.money:
        each = f" × {one.per}" if one.per else ""
        yield (
            one.id,
            f"{both(one.name)} ({one.payer})",
            (str(one.amount) if one.amount is not None else "—") + each,
            one.source,
        )


def _follow_up(pack: Pack, case_type: CaseType) -> Iterator[str]:
    rule = case_type.follow_up
    if rule.required:
        yield ""
        yield f"**回访 / follow-up**: {people(pack, rule.who)} ({rule.method}) {rule.source}"
        yield from _form("", rule.form)


def _form(title: str, form: Sequence[FormField]) -> Iterator[str]:
    rows = (
        (
            both(one.name),
            one.kind.value,
            "必填 / required" if one.required else "",
            condition(one.when),
            "、".join(both(each.name) for each in one.choices),
        )
        for one in form
    )
    yield from _table(title, ("字段 / field", "类型 / kind", "", "何时 / when", "选项 / choices"), rows)


def _plans(pack: Pack) -> Iterator[tuple[str, ...]]:
    for one in pack.plans:
        yield one.id, both(one.name), _when(one), people(pack, [one.role]) if one.role else "", one.source


def _when(plan: PlanRule) -> str:
    day = (
        f" {plan.day}"
        if plan.day
        else f" {plan.weekday}"
        if plan.weekday
        else f" ({plan.day_parameter})"
        if plan.day_parameter
        else ""
    )
    rounds = "、".join(
        f"{one.opens // 60:02d}:{one.opens % 60:02d}–{one.due // 60:02d}:{one.due % 60:02d}" for one in plan.rounds
    )
    return f"{both(EVERY[plan.every])}{day} {rounds}".strip()


def _registers(pack: Pack) -> Iterator[str]:
    for one in pack.registers.values():
        day = f" · {one.window.due_day}" if one.window.due_day else ""
        to = people(pack, one.to)
        yield from _list(
            f"{one.id} {both(one.name)} ({one.window.kind}{day}) → {to} ({one.source})",
            [column.name for column in one.columns],
        )
        rows = (
            (each.id, both(each.name), f"≥ {each.target_percent} %" if each.target_percent else "—", each.source)
            for each in one.measures
        )
        yield from _table("", ("编号 / id", "指标 / measure", "目标 / target", "出处 / source"), rows)


def condition(when: Condition) -> str:
    """A condition in its own words; empty for always."""
    if when == ALWAYS:
        return ""
    parts = (*when.severities, *when.validity, *when.categories, *when.flags, *(f"≠ {word}" for word in when.without))
    return "、".join(str(part) for part in parts)


def ours(part: Any) -> str:
    """The label of a number that is not the manual's."""
    return f"[{both(OURS)}]" if part.product_default else ""


def _list(title: str, lines: Iterable[Named]) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""
    yield from (f"- {both(one)}" for one in lines)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    found = list(rows)
    if not found:
        return
    if title:
        yield ""
        yield f"**{title}**"
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    yield from (f"| {' | '.join(_cell(cell) for cell in row)} |" for row in found)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
