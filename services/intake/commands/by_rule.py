"""Cases nobody called about: a duty that comes round, a step or a recurrence that makes another case necessary.

The id of such a case follows from what made it necessary, so a second attempt meets the case of the first.

Source: requirements §3.41, UP-6, UP-7, UP-10; design section 4.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, Field

from services.intake.commands.opening import Opening, by, case_of, request_of
from services.intake.commands.refusing import NotPossible, bad
from services.intake.policy.forming import NO_FORM, Form, formed, refitted
from services.intake.policy.judging import department_for, severity_for
from services.intake.policy.planning import plan_of
from services.intake.policy.recurring import rule_named, same_of, told
from services.intake.policy.ruling import Under, rules_pinned
from services.intake.saying import open_wanted, rules_of, traits_of
from services.intake.state import Case
from shared.contracts.fields import Command
from shared.contracts.fold import Ask, Moment, Refusal, Say, Step
from shared.contracts.ids import case_named
from shared.contracts.intake import Caller, Channel, MatterRecurred
from shared.contracts.origins import OpenedBy, Planned
from shared.contracts.wording import text
from shared.rules.conditions import Matter
from shared.rules.plans import PlanRule

ROUND: Channel = "patrol"
"""How a duty comes to us: the house finds it on its own round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlanned:
    """Open the case of a duty.

    Attributes:
        unit: For a plan of each unit; ``person`` likewise for one of each holder of a role.
    """

    site: str
    rule: str
    period: str
    opens_at: datetime
    due_at: datetime
    remind_at: datetime | None = None
    unit: str | None = None
    person: str | None = None


class OpenByRule(Command):
    """Open a case another one made necessary, under the rules that one pinned.

    Attributes:
        parent: The case that gave rise to it; ``cases`` are all that did, oldest first.
        at: When it became necessary.
        form: What its form takes over.
    """

    entity: str
    site: str
    pack: str
    version: int
    case_type: str
    category: str
    severity: str | None
    content: str
    rule: str
    parent: str
    cases: tuple[str, ...]
    at: AwareDatetime
    unit: str | None
    channel: Channel
    drill: bool
    form: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A command that opens a case by a rule, with the sequence number drawn for it."""

    command: OpenPlanned | OpenByRule
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recur:
    """Say of the case that completed the number that the matter has come back.

    Attributes:
        case: That case.
        cases: Those counted, oldest first, this one included.
        window: Which stretch of time, as text; with rule and kind it comes once.
    """

    rule: str
    case: str
    cases: tuple[str, ...]
    window: str


def planned_case(site: str, rule: str, period: str, one: str | None = None) -> str:
    """The case id of a duty, for ever; *one* is the unit or person it is about."""
    return case_named("planned", site, rule, period, one or "")


def open_ruled(state: Case | None, ask: Ask, ruled: Ruled, moment: Moment) -> Step | Refusal:
    """Open a case by a rule, or say that an earlier attempt has done so."""
    if state is not None:
        return Refusal(why="already_open", text=text("这个编号已经登记过：{number}", number=state.number))
    command = ruled.command
    opening = _planned(ask, command, moment) if isinstance(command, OpenPlanned) else _linked(ask, command, moment)
    fact = request_of(opening, ask, moment, ruled.number)
    return Step(why="opened_by_rule", state=case_of(fact), say=(Say(fact, at=opening.received_at),))


def _planned(ask: Ask, command: OpenPlanned, moment: Moment) -> Opening:
    """The case of a duty opens at the instant it was to open, however late that is done."""
    found = plan_of(moment.book, site=command.site, rule=command.rule, at=command.opens_at)
    if found is None:
        raise NotPossible(bad("unknown_plan", "/rule", text("没有这项计划：{rule}", rule=command.rule)))
    pack, plan = found
    under = rules_pinned(moment.book, site=command.site, pack=pack.id, version=pack.version, case_type=plan.case_type)
    return Opening(
        under=under,
        filled=_naming(plan, command.person, under, moment),
        category=plan.category,
        department=department_for(under.case_type, plan.category),
        severity=under.case_type.default_severity,
        flags=under.switches(),
        channel=ROUND,
        unit=command.unit,
        received_at=command.opens_at,
        logged_at=max(moment.at, command.opens_at),
        first_receiver=by(ask),
        planned=Planned(
            rule=plan.id, period=command.period, due_at=command.due_at, role=plan.role, remind_at=command.remind_at
        ),
        private=Caller(content=plan.name.zh),
    )


def _naming(plan: PlanRule, person: str | None, under: Under, moment: Moment) -> Form:
    """The form with the name of the person the duty is about."""
    known = moment.book.staff.person(person) if person is not None else None
    if known is None or plan.named_in is None:
        return NO_FORM
    return formed(under, {plan.named_in: known.name}, Matter(under.case_type.default_severity), partial=True)


def _linked(ask: Ask, command: OpenByRule, moment: Moment) -> Opening:
    under = rules_pinned(
        moment.book,
        site=command.site,
        pack=command.pack,
        version=command.version,
        case_type=command.case_type,
    )
    severity = severity_for(under.case_type, severity=command.severity, criteria=())
    return Opening(
        under=under,
        filled=refitted(under, command.form, Matter(severity, category=command.category, flags=under.switches())),
        category=command.category,
        department=department_for(under.case_type, command.category),
        severity=severity,
        flags=under.switches(),
        channel=command.channel,
        unit=command.unit,
        received_at=command.at,
        logged_at=max(moment.at, command.at),
        first_receiver=by(ask),
        split_from=command.parent,
        drill=command.drill,
        opened_by=OpenedBy(rule=command.rule, cases=command.cases),
        private=Caller(content=command.content),
    )


def recur(case: Case, _ask: Ask, command: Recur, moment: Moment) -> Step | Refusal:
    """Say that the matter came back, and have the case opened that this makes necessary."""
    rule = rule_named(rules_of(case, moment).pack, case.case_type, command.rule)
    same = same_of(rule, traits_of(case)) if rule is not None else ()
    if rule is None or not same:
        return bad("not_counted", "/rule", text("没有这项规定：{rule}", rule=command.rule))
    fact = MatterRecurred(
        rule=rule.id, count=len(command.cases), cases=command.cases, window=command.window, same=told(same)
    )
    want = open_wanted(
        case,
        rule.opens,
        rule=rule.id,
        parent=command.case,
        cases=command.cases,
        named=("recurred", case.site, rule.id, *same, command.window),
        at=moment.at,
    )
    return Step(why="recurred", state=case, say=(Say(fact),), want=(want,))
