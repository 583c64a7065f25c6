"""Which clocks run, page by page, for whoever compares them with what was said of them.

Source: design.md §8 (the ledger: for every step a clock owes exactly one of armed, fired, cancelled).
"""

from typing import Annotated, Any

from fastapi import Query, Request

from services.escalation.state import Docket
from shared.contracts.wording import text
from shared.process.books import Books
from shared.process.service import ServiceProcess
from shared.web.problems import refuse

MOST = 1000


def routes(process: ServiceProcess) -> None:
    """Add the route."""
    books = Books(process.engine)

    @process.api.get("/ledger")
    async def ledger(
        request: Request, after: str = "", limit: Annotated[int, Query(ge=1, le=MOST)] = MOST
    ) -> dict[str, Any]:
        """Cases in order of id: the version spoken, and the running clocks with due instant and breach."""
        actor = await process.surface.actor(request)
        if not actor.can("admin", "*"):
            raise refuse("no_right", text("只有管理员可以核对"), status=403)
        upto, slots = await books.states(after, limit)
        cases = {
            entity: {"version": slot.said, "running": _running(slot.state)}
            for entity, slot in slots.items()
            if isinstance(slot.state, Docket)
        }
        return {"upto": upto, "cases": cases}


def _running(docket: Docket) -> dict[str, list[Any]]:
    running = docket.case.running if docket.case is not None else ()
    return {clock.id: [clock.due_at, clock.breached] for clock in running}
