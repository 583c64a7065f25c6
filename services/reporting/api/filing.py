"""Signing, filing and destroying issues of registers."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.reporting.api.answers import answer, seen
from services.reporting.api.refusing import NOTHING_FILED, refusal, signing_roles
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
from services.reporting.ports.filing import Cabinet
from services.reporting.ports.registers import Office, Paper
from shared.contracts.fold import Actor
from shared.process.service import ServiceProcess
from shared.rules.registers import Register
from shared.web.problems import Problem

RegisterId = Annotated[str, Path(max_length=50)]
Period = Annotated[str, Path(pattern=PERIOD)]
Site = Annotated[str, Query(max_length=100)]


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
        roles = signing_roles(actor.person, actor.roles_at(site), paper.register, process.book, site, now)
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
            raise Problem(NOTHING_FILED)
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


def _stop(bar: Bar | None, paper: Paper, until: datetime | None = None) -> None:
    if bar is not None:
        raise Problem(refusal(bar, paper, until))


def _years(process: ServiceProcess, register: Register, site: str) -> int | None:
    return years_kept(register, process.book.site(site).parameters.get(RETENTION))


def _term(process: ServiceProcess, register: Register, filed: Filed, site: str) -> dict[str, Any]:
    years = _years(process, register, site)
    since = filed.archived_at
    until = kept_until(since, years, process.book.site(site).zone) if since is not None else None
    return {"retention_years": years, "deletable_from": until}
