"""Who lives where: written by the administrator, found by the desk while typing."""

from typing import Annotated, Any

from fastapi import Body, FastAPI, Query, Request

from services.intake.api.answers import resident_shown
from services.intake.api.means import Means
from services.intake.ports import Resident

RESIDENTS_MOST = 5000
FOUND_MOST = 50


def add(api: FastAPI, means: Means) -> None:
    """Add the routes."""
    surface = means.process.surface

    @api.put("/sites/{site}/residents")
    async def put(
        request: Request,
        site: str,
        residents: Annotated[list[Resident], Body(max_length=RESIDENTS_MOST)],
    ) -> dict[str, Any]:
        """Take in residents and their units; those of the same id are replaced, nobody is removed."""
        actor = await surface.actor(request)
        means.site(actor, "admin", site)
        if residents:
            await means.estate.put(site, residents)
        return {"site": site, "residents": len(residents)}

    @api.get("/residents")
    async def find(
        request: Request,
        *,
        site: Annotated[str, Query()],
        q: Annotated[str, Query(max_length=50)],
        limit: Annotated[int, Query(ge=1, le=FOUND_MOST)] = 10,
        ended: Annotated[bool, Query()] = False,
    ) -> dict[str, Any]:
        """Residents by the beginning of a unit, part of a name, its pinyin or its initials, digits of the phone.

        Whoever has left is offered with ``ended=true`` only, and shows the day ``until``.
        """
        actor = await surface.actor(request)
        today = means.today(means.site(actor, "desk", site))
        found = await means.estate.find(site, q, limit, today=today, ended=ended)
        return {"residents": [resident_shown(one) for one in found]}
