"""Duties that come round: what is planned for a site, as JSON and as a calendar; skip one, take that back."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response

from services.intake.api.answers import named, stamp
from services.intake.api.means import Means
from services.intake.commands import planned_case
from services.intake.policy.planning import AHEAD, Duty, Wait, duties, plan_of, rules_for, waiting
from services.intake.ports.planning import OPENED, SKIPPED, SPREAD, WAITING, Entry, Written
from shared.contracts.fields import Command, Instant, Reason
from shared.contracts.fold import Actor
from shared.contracts.wording import Text, text
from shared.organisation.records import Named, Site
from shared.rules.phrases import parameter_said
from shared.rules.plans import PlanRule
from shared.timekeeping.calendar import local_date, zone_named
from shared.timekeeping.zones import midnight
from shared.web.problems import Problem, refuse
from shared.web.wording import Voice

SPAN_MOST = timedelta(days=400)
CALENDAR = "text/calendar; charset=utf-8"
SiteNamed = Annotated[str, Query(max_length=200)]


class Skip(Command):
    """Let a duty be for once; the reason stays with it."""

    reason: Reason


def add(api: FastAPI, means: Means) -> None:
    """Add the routes."""
    _reading(api, means)
    _skipping(api, means)


def _reading(api: FastAPI, means: Means) -> None:
    surface, clock = means.process.surface, means.process.clock

    @api.get("/plans")
    async def listed(
        request: Request,
        site: SiteNamed,
        since: Annotated[Instant | None, Query(alias="from")] = None,
        until: Annotated[Instant | None, Query(alias="to")] = None,
    ) -> dict[str, Any]:
        """Duties due after ``from`` (now) and up to ``to`` (a quarter on), and the plans that wait for something."""
        found = means.site(await surface.actor(request), "view", site)
        start = since or clock.now()
        listed = await _duties(means, found, start, _end(start, until))
        waits = waiting(rules_for(means.process.book, found), clock.now())
        shown = [_shown(means, found, duty) for duty in listed]
        return {"site": site, "duties": shown, "waiting": [_wait_shown(wait, means, request, site) for wait in waits]}

    @api.get("/plans.ics")
    async def feed(
        request: Request, site: SiteNamed, token: Annotated[str | None, Query(max_length=200)] = None
    ) -> Response:
        """The same as a calendar to subscribe to, the quarter behind and the one ahead; a program that cannot send
        headers names its token in the address.
        """
        found = means.site(await _reader(means, request, token), "view", site)
        voice, now = means.voice(request, site), clock.now()
        shown = await _duties(means, found, now - AHEAD, now + AHEAD)
        entries = [_entry(means, found, duty, voice) for duty in shown]
        return Response(means.feed(voice.name(found.name), entries, now), media_type=CALENDAR)


def _skipping(api: FastAPI, means: Means) -> None:
    surface, clock = means.process.surface, means.process.clock

    @api.post("/plans/{site}/{rule}/{period}/skip")
    async def skip(request: Request, site: str, rule: str, period: str, command: Skip) -> dict[str, Any]:
        """Let a duty be that has not begun; who, when and why stay with it."""
        actor = await surface.actor(request)
        found = means.site(actor, "lead", site)
        ahead = await _duties(means, found, clock.now(), clock.now() + SPAN_MOST)
        duty = next((one for one in ahead if (one.rule, one.period) == (rule, period)), None)
        if duty is None or duty.state != WAITING:
            raise _too_late(duty.state if duty else None)
        skipped = replace(duty, by=_name(actor), at=clock.now(), reason=command.reason)
        stood = await means.plans.skip(skipped)
        if stood not in (WAITING, None):
            raise _too_late(stood)
        return {"site": site, "rule": rule, "period": period, "state": SKIPPED}

    @api.post("/plans/{site}/{rule}/{period}/restore")
    async def restore(request: Request, site: str, rule: str, period: str) -> dict[str, Any]:
        """Take a skip back; a duty whose time has come opens at once."""
        means.site(await surface.actor(request), "lead", site)
        stood = await means.plans.restore((site, rule, period))
        if stood != SKIPPED:
            raise _too_late(stood)
        return {"site": site, "rule": rule, "period": period, "state": WAITING}


async def _duties(means: Means, site: Site, start: datetime, end: datetime) -> list[Written]:
    """Duties due after *start* and up to *end*, in order: those written down, and those reckoned that come later."""
    found, upto = await means.plans.between(site.id, start, end)
    since, there = upto or means.process.clock.now(), {(one.rule, one.period) for one in found}
    later = [_later(site, duty) for duty in duties(rules_for(means.process.book, site), start=since, end=end)]
    new = [one for one in later if start < one.due_at <= end and (one.rule, one.period) not in there]
    return sorted([*found, *new], key=lambda one: (one.due_at, one.opens_at, one.rule))


def _later(site: Site, duty: Duty) -> Written:
    time = duty.time
    return Written(site.id, duty.plan.id, time.period, "", time.opens_at, time.due_at, time.remind_at)


def _end(start: datetime, until: datetime | None) -> datetime:
    end = until or start + AHEAD
    if not start < end <= start + SPAN_MOST:
        hint = text("结束须晚于开始，最多相隔 {days} 天", days=SPAN_MOST.days)
        raise refuse("bad_span", text("这段时间无法查询"), status=422, field="/to", hint=hint)
    return end


async def _reader(means: Means, request: Request, token: str | None) -> Actor:
    surface = means.process.surface
    account = surface.accounts.bearer(token, surface.clock.now()) if token else None
    return surface.accounts.actor(account, surface.clock.now()) if account else await surface.actor(request)


def _name(actor: Actor) -> str:
    return actor.person or actor.account


def _too_late(stood: str | None) -> Problem:
    if stood is None:
        hint = text("可先查看这个项目的计划")
        return refuse("unknown_duty", text("没有这项计划"), status=404, hint=hint)
    states = {OPENED: text("已经开始"), SPREAD: text("已经开始"), SKIPPED: text("已经取消"), WAITING: text("尚未开始")}
    sentence = text("现在不能这样做：这项计划{state}", state=states.get(stood, text("已经结束")))
    return refuse("not_possible_now", sentence, status=409)


def _plan(means: Means, duty: Written) -> PlanRule | None:
    found = plan_of(means.process.book, site=duty.site, rule=duty.rule, at=duty.opens_at)
    return found[1] if found is not None else None


def _shown(means: Means, site: Site, duty: Written) -> dict[str, Any]:
    plan = _plan(means, duty)
    skipped = {"by": duty.by, "at": stamp(duty.at, site.zone) if duty.at else None, "reason": duty.reason}
    return {
        "rule": duty.rule,
        "period": duty.period,
        "name": named(plan.name) if plan else None,
        "source": plan.source if plan else None,
        "product_default": plan.product_default if plan else False,
        "case_type": plan.case_type if plan else None,
        "category": plan.category if plan else None,
        "role": plan.role if plan else None,
        "each_unit": plan.each_unit if plan else False,
        "each_of": plan.each_of if plan else None,
        "opens_at": stamp(duty.opens_at, site.zone),
        "due_at": stamp(duty.due_at, site.zone),
        "remind_at": stamp(duty.remind_at, site.zone) if duty.remind_at else None,
        "state": duty.state,
        "skipped": skipped if duty.state == SKIPPED else None,
        "case": planned_case(duty.site, duty.rule, duty.period) if duty.state == OPENED else None,
    }


def _wait_shown(wait: Wait, means: Means, request: Request, site: str) -> dict[str, Any]:
    voice = means.voice(request, site)
    unset = wait.plan.unset
    lacks = tuple(lack for lack in wait.lacks if lack != "unset")
    said = text("等待项目参数：{names}", names=_called(wait, lacks)) if lacks else text("手册没有规定时间")
    return {
        "rule": wait.plan.id,
        "name": named(wait.plan.name),
        "source": wait.plan.source,
        "lacks": list(lacks),
        "manual": named(unset) if unset else None,
        "sentence": voice.say(said),
    }


def _called(wait: Wait, lacks: tuple[str, ...]) -> tuple[Text, ...]:
    """What the site has to fill in, each with the name under which it is set."""
    found = ((lack, parameter_said(lack, wait.pack.parameters.get(lack))) for lack in lacks)
    return tuple(text("{name}（{id}）", name=name or Named(id_, id_), id=id_) for id_, name in found)


def _entry(means: Means, site: Site, duty: Written, voice: Voice) -> Entry:
    plan = _plan(means, duty)
    last = local_date(duty.due_at - timedelta(microseconds=1), site.zone)
    whole = duty.opens_at <= midnight(last, site.zone) and duty.due_at == midnight(last + timedelta(days=1), site.zone)
    due = voice.until(duty.due_at)
    reason = f"\n{duty.reason}" if duty.state == SKIPPED and duty.reason else ""
    about = voice.say(text("{rule} {period}，须在 {due} 前完成", rule=duty.rule, period=duty.period, due=due))
    return Entry(
        id=planned_case(duty.site, duty.rule, duty.period),
        title=voice.name(plan.name) if plan else duty.rule,
        about=about + reason,
        opens_at=duty.opens_at.astimezone(zone_named(site.zone)),
        due_at=duty.due_at,
        remind_at=duty.remind_at,
        whole_day=last if whole else None,
        skipped=duty.state == SKIPPED,
    )
