"""Who answers for a role, and why."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import AwareDatetime

from shared.organisation.people import Reason, who
from shared.process.service import ServiceProcess
from shared.web.sites import site_of


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
        found = who(role, site=site_of(process.book, site), at=instant, staff=process.book.staff)
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


def _step(reason: Reason) -> dict[str, Any]:
    return {"why": reason.why, "person": reason.person, "roster": reason.roster}
