"""One case type of a pack as a page: what the desk fills in, who answers, by when, which steps."""

from collections.abc import Iterator, Mapping, Sequence

from shared.packs.lexicon import Lexicon
from shared.rules.forms import FormField
from shared.rules.limits import DueWhy, Limits, at_site
from shared.rules.model import CaseType, ClockRule, Pack
from shared.rules.phrases import MEANS, OUTSIDE
from shared.rules.steps import RollRule, RollScope, StepRule
from shared.rules.tallies import TallyRule
from shouwen.manuals.naming import bounds, condition, mark, marks, waits
from shouwen.manuals.phrases import (
    FIELDS,
    GATES,
    PAYERS,
    ROLLS,
    SUMS,
    TALLIES,
    WAYS,
    begin,
    both,
    ends,
    length,
    limits_of,
    ours,
    people,
)
from shouwen.manuals.tabling import joined, table
from shouwen.words import Words

WHOLE_SITE = Words("全项目", "the whole site")
SITE = Words("本项目", "this site")
REQUIRED = Words("必填", "required")
PERSONAL = Words("个人信息", "personal")
AS_FILLED = Words("按表填写", "as filled in")
AGAIN = Words("重做", "again")
OTHERS_AGAIN = Words("办理后重新开放", "open again afterwards")
CONSENT = Words("须先登记同意", "consent first")
REPEATS, COMPLETES = Words("可多次", "as often as it happens"), Words("办完即完成", "completes the work")
EVEN_CLOSED = Words("结案后也可办", "even when closed")
UNSETTLED = Words("这样回答，事情就没有解决", "with this answer the matter is not settled")
MONTHS = Words("{n} 个月未解决", "unsolved for {n} months")
RAISES = Words("多次提出（参数 {name}）", "raised several times (parameter {name})")
SOFT, PAUSES = Words("只提示", "shown only"), Words("可暂停", "may pause")
NOT_BEFORE = Words("此前 {n} 不得办", "not before {n}")
DEFAULT_TOLD = Words("直接上级", "the superior")
Parameters = Mapping[str, str | int]


def _heads(line: str) -> tuple[str, ...]:
    return tuple(line.split("|"))


CATEGORIES = _heads("编号 / id|类别 / category|部门 / department|")
SEVERITIES = _heads("编号 / id|等级 / severity|标准 / criteria|谁 / who")
FORM = _heads("编号 / id|字段 / field|类型 / kind||何时 / when|可填 / takes")
CLOCKS = _heads(
    "编号 / id|何事 / what|何时 / when|自 / from|时限 / limit|至 / until|超时告知 / told|延期 / extension|出处 / source"
)
NOTICES = _heads("编号 / id|何事 / what|何时 / when|自 / from|告知 / told|出处 / source")
UPGRADES = _heads("编号 / id|何事 / what|何时 / when|升为 / to|告知 / told|出处 / source")
STEPS = _heads("编号 / id|做什么 / what|何时 / when|谁 / who|之后 / after|先于 / before|结果 / outcomes|出处 / source")
MONEY = _heads("编号 / id|名称 / name|谁付 / payer|金额 / amount|何时 / when|出处 / source")


def procedure(pack: Pack, case_type: CaseType, parameters: Parameters) -> Iterator[str]:
    """Everything about one case type, the values of a site beside the manual's."""
    yield ""
    yield f"## {both(case_type.name)} `{case_type.id}` ({case_type.source})"
    page = _Page(pack, case_type, parameters)
    yield from table("类别 / categories", CATEGORIES, page.categories())
    if len(case_type.severities) > 1:
        yield from table("等级 / severities", SEVERITIES, page.severities())
    yield from page.form("登记 / form", case_type.form)
    yield from table("时限 / clocks", CLOCKS, page.clocks())
    yield from table("通知 / notices", NOTICES, page.notices())
    yield from table("升级 / upgrades", UPGRADES, page.upgrades())
    yield from table("步骤 / steps", STEPS, page.steps())
    yield from table("费用 / money", MONEY, page.money())
    yield from page.follow_up()


def _listed(move: RollRule) -> str:
    reach = f"（{both(WHOLE_SITE)}）" if move.scope is RollScope.SITE else ""
    return f"{both(ROLLS[move.move])} `{move.roll}`{reach}"


def _counted(rule: TallyRule) -> str:
    return f"{both(TALLIES[rule.move])} `{rule.tally}`：`{rule.field}`"


class _Page:
    """The rows of one case type."""

    def __init__(self, pack: Pack, case_type: CaseType, parameters: Parameters) -> None:
        self._pack, self._of, self._words = pack, case_type, Lexicon(pack, case_type)
        self._limits = Limits(parameters=parameters, pack=pack, case_type=case_type.id)

    def categories(self) -> Iterator[tuple[str, ...]]:
        for one in self._of.categories:
            yield one.id, both(one.name), people(self._pack, [one.department]), ours(one)

    def severities(self) -> Iterator[tuple[str, ...]]:
        for one in self._of.severities:
            switched = [f"{people(self._pack, [role])}（`{switch}`）" for switch, role in one.handler_if.items()]
            who = joined(people(self._pack, [one.handler]) if one.handler else "", *switched)
            yield one.id, both(one.name), "；".join(f"`{each.id}` {both(each.text)}" for each in one.criteria), who

    def form(self, title: str, form: Sequence[FormField]) -> Iterator[str]:
        rows = (
            (
                one.id,
                f"{both(one.name)} {ours(one)}".strip(),
                both(FIELDS[one.kind]),
                joined(both(REQUIRED) if one.required else "", both(PERSONAL) if one.personal else ""),
                condition(one.when, self._of, self._pack),
                joined("、".join(f"`{each.id}` {both(each.name)}" for each in one.choices), *bounds(one, self._words)),
            )
            for one in form
        )
        yield from table(title, FORM, rows)

    def clocks(self) -> Iterator[tuple[str, ...]]:
        for one in self._of.clocks:
            yield (
                one.id,
                both(one.name),
                condition(one.when, self._of, self._pack),
                begin(self._of, one.start, one.after),
                self._limit(one),
                joined(ends(one), marks(one.steps, self._words)),
                people(self._pack, one.tell) or f"{both(DEFAULT_TOLD)} (ESC-1)",
                people(self._pack, [one.extend]) if one.extend else "",
                one.source,
            )

    def _limit(self, rule: ClockRule) -> str:
        here, why = at_site(rule, self._limits)
        own = f" → {length(here)} [{both(SITE)}]" if why is DueWhy.SITE_OVERRIDE else ""
        early = Words(NOT_BEFORE.zh.format(n=rule.opens_after), NOT_BEFORE.en.format(n=rule.opens_after))
        return joined(
            length(rule) + own,
            limits_of(rule),
            both(SOFT) if rule.soft else "",
            both(PAUSES) if rule.pausable else "",
            both(early) if rule.opens_after is not None else "",
        )

    def notices(self) -> Iterator[tuple[str, ...]]:
        for one in self._of.raises_at_intake:
            outward = "、".join(both(OUTSIDE[who]) for who in one.outside)
            means = "、".join(both(MEANS[way]) for way in one.means)
            copied = f"（抄送 / copy）{people(self._pack, one.copy)}" if one.copy else ""
            told = joined(people(self._pack, one.tell), copied, f"{outward}（{means}）" if means else outward)
            what = f"{both(one.name)} {ours(one)}".strip() + (f"<br>“{both(one.text)}”" if one.text else "")
            when, on = condition(one.when, self._of, self._pack), begin(self._of, one.on, one.after)
            yield one.id, what, when, on, told, one.source

    def upgrades(self) -> Iterator[tuple[str, ...]]:
        named = {one.id: both(one.name) for one in self._of.severities}
        for one in self._of.upgrades:
            zh, en = (
                (MONTHS.zh.format(n=one.months), MONTHS.en.format(n=one.months))
                if one.months
                else (RAISES.zh.format(name=one.after_raises), RAISES.en.format(name=one.after_raises))
            )
            when = joined(both(Words(zh, en)), condition(one.when, self._of, self._pack))
            yield one.id, both(one.name), when, named[one.to], people(self._pack, one.tell), one.source

    def steps(self) -> Iterator[tuple[str, ...]]:
        for one in self._of.steps:
            yield (
                one.id,
                self._what(one),
                condition(one.when, self._of, self._pack),
                people(self._pack, one.by),
                joined(
                    marks(one.after, self._words),
                    *waits(one, self._words),
                    *(f"{both(CONSENT)} {word}" for word in one.needs),
                ),
                "、".join(both(GATES[gate]) for gate in one.before),
                "；".join(self._outcomes(one)),
                one.source,
            )

    def _what(self, step: StepRule) -> str:
        asked = [self._asked(one) for one in step.form]
        sums = {one.id: both(one.name) for one in self._of.money}
        moved = [f"{both(SUMS[one.move])}：{sums[one.item]}" for one in step.money]
        traits = ((REPEATS, step.repeats), (COMPLETES, step.completes), (EVEN_CLOSED, step.even_closed))
        kinds = [both(word) for word, holds in traits if holds]
        limit = f"{step.minutes} 分钟 / min" if step.minutes else ""
        figure = [f"{limit}（{both(step.label)}）"] if step.label else []
        listed = [*(_listed(one) for one in step.rolls), *(_counted(one) for one in step.tallies)]
        again = [f"{both(OTHERS_AGAIN)}：{'、'.join(f'`{one}`' for one in step.reopens)}"] if step.reopens else []
        said = f"{both(step.text)} {ours(step)}".strip()
        return "<br>".join([said, *asked, *moved, *listed, *kinds, *again, *figure])

    def _asked(self, one: FormField) -> str:
        """A field of a step, with what dates and numbers there are bound to."""
        kept = "、".join(bounds(one, self._words)) if one.pattern or one.not_before else ""
        return f"`{one.id}` {both(one.name)}{' *' if one.required else ''}" + (f"（{kept}）" if kept else "")

    def _outcomes(self, step: StepRule) -> Iterator[str]:
        for one in step.outcomes:
            again = f"（{both(AGAIN)}：{'、'.join(one.reopens)}）" if one.reopens else ""
            opens = f" → {both(self._pack.case_types[one.opens.case_type].name)}" if one.opens else ""
            yield f"`{one.id}` {both(one.name)}{again}{opens}"

    def money(self) -> Iterator[tuple[str, ...]]:
        for one in self._of.money:
            amount = both(AS_FILLED) if one.amount is None else str(one.amount)
            per = f" × {both(self._words.fields[one.per].name)}" if one.per else ""
            when = condition(one.when, self._of, self._pack)
            payer = both(PAYERS[one.payer]) if one.payer in PAYERS else one.payer
            yield one.id, f"{both(one.name)} {ours(one)}".strip(), payer, amount + per, when, one.source

    def follow_up(self) -> Iterator[str]:
        rule = self._of.follow_up
        if not rule.required:
            return
        share = f" · ≥ {rule.share_percent} %" if rule.share_percent else ""
        yield ""
        yield f"**回访 / follow-up**: {people(self._pack, rule.who)} ({both(WAYS[rule.method])}){share} {rule.source}"
        for by in rule.instead:
            who = people(self._pack, by.roles)
            yield f"- {condition(by.when, self._of, self._pack)} → {who} ({by.source})"
        yield from (f"- {both(UNSETTLED)}：{mark(one, self._words)}" for one in rule.unsettled)
        yield from self.form("", rule.form)
