"""A pack as readable pages: Markdown, Chinese first, English second."""

from collections.abc import Iterator, Mapping

from shared.rules.model import Pack
from shared.rules.phrases import parameter_said
from shared.rules.plans import PlanRule
from shared.rules.registers import Measure
from shouwen.manuals.naming import governed
from shouwen.manuals.phrases import EVERY, WINDOWS, both, ours, people
from shouwen.manuals.procedures import procedure
from shouwen.manuals.tabling import joined, listed, table
from shouwen.words import Words

UNSET = Words("未设定", "unset")
WANTED = Words("启用前须由项目填写", "a site fills it in before it goes live")
SITE = Words("本项目", "this site")
ON, OFF = Words("开", "on"), Words("关", "off")
PARAMETER = Words("项目参数", "site parameter")
SAID_THERE = Words("表单所填", "as filled in")
BEFORE = Words("到期前 {n} 日开立", "opened {n} days before")
SEASON = Words("{begins} 至 {ends}", "{begins} to {ends}")
LAST = 31
"""The day of the month that means its last one."""
LAST_DAY, ON_DAY = Words("最后一日", "the last day"), Words("{n} 日", "day {n}")
WEEKDAYS = tuple(
    Words(f"星期{zh}", en)
    for zh, en in zip(
        "一二三四五六日", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True
    )
)
EACH_UNIT = Words("每户一件", "one for every unit")
EACH_OF = Words("每人一件", "one for everybody who is")
Parameters = Mapping[str, str | int]
NONE: Parameters = {}


def shown(pack: Pack, parameters: Parameters = NONE) -> Iterator[str]:
    """The whole manual, line by line; with the *parameters* of a site its own values beside the manual's."""
    yield f"# {both(pack.name)}"
    yield ""
    yield f"{pack.id} · 版本 / version {pack.version} · {pack.source}"
    yield ""
    yield f"责任链 / chain: {people(pack, pack.chain)}"
    if pack.locked:
        yield f"锁定，项目和下级制度不得改 / locked: {'、'.join(pack.locked)}"
    yield from table(
        "参数 / parameters", ("编号 / id", "何事 / what", "值 / value", "出处 / source"), _parameters(pack, parameters)
    )
    yield from table(
        "变体 / variants",
        (
            "编号 / id",
            "制度自相矛盾之处 / where the manual contradicts itself",
            "现为 / now",
            "打开后适用 / while on",
            "打开后不适用 / while off",
            "出处 / source",
        ),
        _variants(pack, parameters),
    )
    yield from table(
        "制度留白 / left open by the manual", ("编号 / id", "何事 / what", "原文 / its words"), _open(pack)
    )
    for case_type in pack.case_types.values():
        yield from procedure(pack, case_type, parameters)
    yield from table(
        "计划 / plans", ("编号 / id", "何事 / what", "何时 / when", "谁 / who", "出处 / source"), _plans(pack)
    )
    yield from table(
        "重复 / recurrences",
        ("编号 / id", "何事 / what", "次数 / times", "同 / same", "则开 / then opens", "出处 / source"),
        _recurrences(pack),
    )
    yield from _registers(pack)
    for card in pack.prompts:
        points = [*card.points, *([card.caution] if card.caution else [])]
        yield from listed(f"{card.id} {both(card.name)} ({card.source})", [both(one) for one in points])


def _parameters(pack: Pack, own: Parameters) -> Iterator[tuple[str, ...]]:
    for id_, one in pack.parameters.items():
        value = both(UNSET) if one.value is None else str(one.value)
        label = f"[{both(WANTED)}]" if one.required else ours(one)
        stated = f" → {own[id_]} [{both(SITE)}]" if id_ in own else ""
        named = parameter_said(id_, one)
        yield id_, both(named) if named else "", f"{value}{stated} {label}".strip(), one.source


def _variants(pack: Pack, own: Parameters) -> Iterator[tuple[str, ...]]:
    for id_, one in pack.variants.items():
        turned = str(own.get(f"variant.{id_}", "")).strip().lower() == "on"
        now = f"{both(ON)} [{both(SITE)}]" if turned else f"{both(OFF)}（缺省 / default）"
        on, off = governed(pack, id_)
        yield f"variant.{id_}", both(one.name), now, "、".join(on), "、".join(off), one.source


def _open(pack: Pack) -> Iterator[tuple[str, ...]]:
    for id_, parameter in pack.parameters.items():
        if parameter.value is None:
            yield id_, both(parameter_said(id_, parameter) or PARAMETER), parameter.source
    for case_type in pack.case_types.values():
        for clock in case_type.clocks:
            if clock.unset:
                yield clock.id, f"{both(case_type.name)}：{both(clock.name)}", both(clock.unset)
    for plan in pack.plans:
        if plan.unset:
            yield plan.id, both(plan.name), both(plan.unset)


def _plans(pack: Pack) -> Iterator[tuple[str, ...]]:
    for one in pack.plans:
        opened = both(pack.case_types[one.case_type].name)
        who = people(pack, [one.role]) if one.role else ""
        yield one.id, f"{both(one.name)} → {opened} {ours(one)}".strip(), _when(one), who, one.source


def _when(plan: PlanRule) -> str:
    on = [plan.month and f"{plan.month} 月 / month", _day(plan), plan.day_parameter and _set_by(plan)]
    rounds = "、".join(f"{_clock(one.opens)}–{_clock(one.due)}" for one in plan.rounds)
    season, early = plan.season, plan.opens_days_before
    return joined(
        " ".join([both(EVERY[plan.every]), *(str(part) for part in on if part), rounds]).strip(),
        _filled(SEASON, begins=season.begins, ends=season.ends) if season else "",
        _filled(BEFORE, n=str(early)) if early is not None else "",
        both(EACH_UNIT) if plan.each_unit else "",
        f"{both(EACH_OF)} `{plan.each_of}`" if plan.each_of else "",
        f"{both(UNSET)}（{both(plan.unset)}）" if plan.unset else "",
    )


def _day(plan: PlanRule) -> str:
    if plan.weekday is not None:
        return both(WEEKDAYS[plan.weekday - 1])
    if plan.day is None:
        return ""
    return both(LAST_DAY) if plan.day == LAST else _filled(ON_DAY, n=str(plan.day))


def _set_by(plan: PlanRule) -> str:
    return f"{both(PARAMETER)} `{plan.day_parameter}`"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _filled(words: Words, **parts: str) -> str:
    return both(Words(words.zh.format(**parts), words.en.format(**parts)))


def _recurrences(pack: Pack) -> Iterator[tuple[str, ...]]:
    for one in pack.recurrences:
        opened = both(pack.case_types[one.opens.case_type].name)
        times = f"≥ {one.at_least}" + (f" × {one.windows} {one.window.kind}" if one.windows > 1 else "")
        yield one.id, f"{both(one.name)} {ours(one)}".strip(), times, "、".join(one.same), opened, one.source


def _registers(pack: Pack) -> Iterator[str]:
    for one in pack.registers.values():
        window = _filled(WINDOWS[one.window.kind], day=str(one.window.due_day))
        to = people(pack, one.to)
        title = f"{one.id} {both(one.name)} ({window}){f' → {to}' if to else ''} ({one.source})"
        yield from listed(title, [both(column.name) for column in one.columns])
        rows = ((each.id, both(each.name), _target(each), each.source) for each in one.measures)
        yield from table("", ("编号 / id", "指标 / measure", "目标 / target", "出处 / source"), rows)


def _target(measure: Measure) -> str:
    if measure.target_field or measure.target_parameter:
        said = f"{both(SAID_THERE)} `{measure.target_field}`" if measure.target_field else ""
        stated = f"{both(PARAMETER)} `{measure.target_parameter}`" if measure.target_parameter else ""
        return f"≥ {joined(said, stated)} %"
    return f"≥ {measure.target_percent} %" if measure.target_percent else "—"
