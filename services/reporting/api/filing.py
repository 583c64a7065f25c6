"""Signing, filing and destroying issues of registers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.reporting.api.answers import answer, seen
from services.reporting.api.registers import asked_for, found
from services.reporting.policy.filing import (
    RETENTION,
    Bar,
    Filed,
    bar_to_destroy,
    bar_to_file,
    bar_to_sign,
    kept_until,
    years_kept,
)
from services.reporting.policy.windows import PERIOD
from services.reporting.ports import Cabinet, Office, Paper
from shared.contracts.fold import Actor
from shared.contracts.wording import Text, text
from shared.organisation.people import who
from shared.process.service import ServiceProcess
from shared.rules.registers import Register
from shared.web.problems import refuse

RegisterId = Annotated[str, Path(max_length=50)]
Period = Annotated[str, Path(pattern=PERIOD)]
Site = Annotated[str, Query(max_length=100)]
WHY: Mapping[Bar, Text] = {
    Bar.NO_SIGNATURE_ASKED: text("这张表册不需要签字"),
    Bar.NOT_THE_SIGNER: text("您不能签这张表册"),
    Bar.NOT_OVER: text("统计期尚未结束"),
    Bar.ALREADY_SIGNED: text("这一期已签字"),
    Bar.UNSIGNED: text("签字后才能归档"),
    Bar.CHANGED_SINCE: text("签字后内容有变，请重新签字"),
    Bar.ALREADY_FILED: text("这一期已归档"),
    Bar.NOT_FILED: text("这一期尚未归档"),
    Bar.KEPT: text("保存期限未满，不能销毁"),
    Bar.NO_TERM: text("保存年限未设置，不能销毁"),
}


def routes(process: ServiceProcess, office: Office, cabinet: Cabinet) -> None:
    """Add the routes."""
    _signing(process, office, cabinet)
    _keeping(process, office, cabinet)
    _destroying(process, office, cabinet)


def _signing(process: ServiceProcess, office: Office, cabinet: Cabinet) -> None:
    @process.api.post("/registers/{register}/{period}/sign")
    async def sign(request: Request, register: RegisterId, period: Period, site: Site) -> Response:
        """Sign the issue of a month or week that is over; only for who answers for the role the manual names."""
        actor, paper, now = await _at_desk(process, office, request, register, period, site, "view")
        roles = _roles(process, actor, paper.register, site, now)
        async with cabinet.open(site, register, period) as issue:
            bar = bar_to_sign(paper.register, issue.filed, paper.digest, roles=roles, over=paper.over, now=now)
            _stop(bar, paper)
            signer, role = actor.person or actor.account, paper.register.signed_by or ""
            await issue.sign(signer, role, paper.digest, now)
        return answer({"signed_by": signer, "signed_as": role, "signed_at": now})

    @process.api.post("/registers/{register}/{period}/archive")
    async def archive(request: Request, register: RegisterId, period: Period, site: Site) -> Response:
        """File the issue as it stands: signed first where the manual asks for it."""
        actor, paper, now = await _at_desk(process, office, request, register, period, site, "desk")
        async with cabinet.open(site, register, period) as issue:
            bar = bar_to_file(paper.register, issue.filed, paper.digest, over=paper.over, now=now)
            _stop(bar, paper)
            await issue.put_away(actor.person or actor.account, paper.content, now)
        filed = Filed(archived_at=now)
        return answer({"archived_at": now, **_term(process, paper.register, filed, site)})


def _keeping(process: ServiceProcess, office: Office, cabinet: Cabinet) -> None:
    @process.api.get("/registers/{register}/{period}/retention")
    async def retention(request: Request, register: RegisterId, period: Period, site: Site) -> Response:
        """Who signed and filed the issue, and from when it may be destroyed."""
        _, paper, _ = await _at_desk(process, office, request, register, period, site, "view")
        filed = await cabinet.filed(site, register, period)
        shown = {name: getattr(filed, name) for name in _SHOWN}
        changed = filed.signed_digest not in (None, paper.digest)
        term = _term(process, paper.register, filed, site)
        return answer({"wanted": paper.register.signed_by, **shown, "changed_since_signed": changed, **term})

    @process.api.get("/registers/{register}/{period}/archived")
    async def archived(request: Request, register: RegisterId, period: Period, site: Site) -> Response:
        """The issue as it was filed."""
        seen(process, await process.surface.actor(request), site)
        content = await cabinet.content(site, register, period)
        if content is None:
            raise refuse(Bar.NOT_FILED, WHY[Bar.NOT_FILED], status=404)
        return Response(content, media_type="application/json")


def _destroying(process: ServiceProcess, office: Office, cabinet: Cabinet) -> None:
    @process.api.delete("/registers/{register}/{period}")
    async def destroy(request: Request, register: RegisterId, period: Period, site: Site) -> Response:
        """Destroy a filed issue once its time is over; earlier it is refused with the day from which it may be."""
        _, paper, now = await _at_desk(process, office, request, register, period, site, "admin")
        async with cabinet.open(site, register, period) as issue:
            years, zone = _years(process, paper.register, site), process.book.site(site).zone
            bar = bar_to_destroy(issue.filed, years, zone, now)
            _stop(bar, paper, kept_until(issue.filed.archived_at or now, years, zone))
            await issue.destroy()
        return answer({"destroyed": True})


_SHOWN = ("signed_by", "signed_as", "signed_at", "archived_by", "archived_at")


async def _at_desk(
    process: ServiceProcess, office: Office, request: Request, register: str, period: str, site: str, right: str
) -> tuple[Actor, Paper, datetime]:
    actor = await process.surface.actor(request)
    seen(process, actor, site)
    process.surface.require(actor, right, site)
    now = process.clock.now()
    asked = asked_for(register, site, period, now=now)
    return actor, await found(office.paper(asked), asked), now


def _roles(process: ServiceProcess, actor: Actor, register: Register, site: str, now: datetime) -> tuple[str, ...]:
    """The roles by which somebody may sign: his own, and that of the signer where he stands in for him."""
    role = register.signed_by
    answers = who(role, site=process.book.site(site), at=now, staff=process.book.staff).persons if role else ()
    stands_in = any(one.person.id == actor.person for one in answers)
    return (*actor.roles_at(site), *((role,) if role and stands_in else ()))


def _stop(bar: Bar | None, paper: Paper, until: datetime | None = None) -> None:
    if bar is None:
        return
    hint = None
    if bar in (Bar.NOT_THE_SIGNER, Bar.UNSIGNED, Bar.CHANGED_SINCE):
        role = paper.register.signed_by or ""
        hint = text("由{role}签字", role=paper.pack.roles.get(role, role))
    if bar is Bar.KEPT and until is not None:
        hint = text("{until} 起可以销毁", until=until)
    if bar is Bar.NO_TERM:
        hint = text("请设置项目参数 {name}", name=RETENTION)
    raise refuse(bar, WHY[bar], status=403 if bar is Bar.NOT_THE_SIGNER else 409, hint=hint)


def _years(process: ServiceProcess, register: Register, site: str) -> int | None:
    return years_kept(register, process.book.site(site).parameters.get(RETENTION))


def _term(process: ServiceProcess, register: Register, filed: Filed, site: str) -> dict[str, Any]:
    years = _years(process, register, site)
    since = filed.archived_at
    until = kept_until(since, years, process.book.site(site).zone) if since is not None else None
    return {"retention_years": years, "deletable_from": until}
