"""Who answers for a role, and why."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import AwareDatetime

from shared.contracts.wording import text
from shared.organisation.people import Reason, who
from shared.organisation.records import Site
from shared.process.service import ServiceProcess
from shared.rules.book import UnknownSite
from shared.web.problems import refuse


def who_routes(process: ServiceProcess) -> None:
    """Add the route that explains the chain."""

    @process.api.get("/who")
    async def answer(
        request: Request, role: str, site: str, at: Annotated[AwareDatetime | None, Query()] = None
    ) -> dict[str, Any]:
        """Who answers for *role* at *site* at that instant (now, unless given), with every step that led there."""
        actor = await process.surface.actor(request)
        process.surface.require(actor, "view", site)
        instant: datetime = at or process.clock.now()
        found = who(role, site=_site(process, site), at=instant, staff=process.book.staff)
        people = [
            {"id": one.person.id, "name": one.person.name, "reasons": [_step(step) for step in one.reasons]}
            for one in found.persons
        ]
        return {
            "role": role,
            "site": site,
            "at": instant,
            "people": people,
            "reasons": [_step(s) for s in found.reasons],
        }


def _site(process: ServiceProcess, site: str) -> Site:
    try:
        return process.book.site(site)
    except UnknownSite:
        raise refuse("unknown_site", text("没有这个项目：{site}", site=site), status=404, field="/site") from None


def _step(reason: Reason) -> dict[str, Any]:
    return {"why": reason.why, "person": reason.person, "roster": reason.roster}
