"""What a site keeps beside its cases: the rolls that reach all of them, and how far its serial numbers have come."""

from typing import Any

from fastapi import APIRouter, Request

from services.dispatch.api.showing import with_offset
from services.dispatch.policy.standing import UNTOUCHED, SiteState
from services.dispatch.state import site_entity
from shared.process.service import ServiceProcess
from shared.rules.book import Book
from shared.rules.rolls import Listed

WORKING = ("desk", "work")
"""Rights of those who read the names of people on a roll."""


async def standing_at(process: ServiceProcess, site: str) -> SiteState:
    """What the site keeps now."""
    entity = site_entity(site)
    async with process.db.connect() as conn:
        slot = (await process.engine.unit.peek(conn, [entity])).get(entity)
    state = slot.state if slot is not None else None
    return state if isinstance(state, SiteState) else UNTOUCHED


def standing_routes(process: ServiceProcess) -> None:
    """Add ``GET /sites/{site}/standing``."""
    router = APIRouter(prefix="/sites/{site}", tags=["sites"])

    @router.get("/standing", name="standing")
    async def standing(request: Request, site: str) -> dict[str, Any]:
        """Names on the rolls of the site, each with the case, step, person and time; the last serial numbers given.

        Names of people only for those who work there.
        """
        actor = await process.surface.actor(request)
        process.surface.require(actor, "view", site)
        works = any(actor.can(right, site) for right in WORKING)
        kept = await standing_at(process, site)
        shown = {roll: [_listed(one, site, process.book, works=works) for one in on] for roll, on in kept.rolls.items()}
        return {"rolls": shown, "serials": kept.serials}

    process.api.include_router(router)


def _listed(one: Listed, site: str, book: Book, *, works: bool) -> dict[str, Any]:
    return {
        "name": one.name if works or not one.personal else None,
        "case": one.case,
        "number": one.number,
        "step": one.step,
        "by": one.by,
        "at": with_offset(one.at, site, book),
    }
