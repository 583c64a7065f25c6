"""The HTTP routes of escalation, under ``/api/escalation``."""

from typing import Any

from fastapi import FastAPI, Request, Response

from services.escalation.api import ledger
from services.escalation.api.calendars import calendar_routes
from services.escalation.api.explaining import explained
from services.escalation.api.showing import shown
from services.escalation.commands import Acknowledge, DecideExtension, PushUp, RequestExtension
from services.escalation.ports import Calendars, OpenCases
from services.escalation.saying.hand import Hand
from services.escalation.state import Docket
from shared.contracts.fold import Moment
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.storage.slots import Slot
from shared.web.problems import refuse, voice_of

__all__ = ["routes"]


def routes(process: ServiceProcess, calendars: Calendars, cases: OpenCases) -> None:
    """Add every route to the API of *process*."""
    ledger.routes(process)
    calendar_routes(process, calendars, cases)
    _reading(process.api, process)
    _acting(process.api, process)


def _reading(app: FastAPI, process: ServiceProcess) -> None:
    @app.get("/cases/{case}")
    async def show(request: Request, response: Response, case: str, at_least: str | None = None) -> dict[str, Any]:
        """The clocks of a case with their reckoning, its raises, and what is possible now."""
        current = await process.surface.at_least(case, at_least)
        hand, slot = await _case_in_sight(process, request, case)
        response.headers["ETag"] = f'"{slot.said}"'
        body = shown(hand, voice_of(request, hand.site.zone))
        return {"entity": case, "version": slot.said, "current": current} | body

    @app.get("/cases/{case}/explain")
    async def explain(request: Request, case: str) -> dict[str, Any]:
        """Why each clock is due when it is, interval by interval, and who would hear of a breach now."""
        hand, slot = await _case_in_sight(process, request, case)
        return {"entity": case, "version": slot.said} | explained(hand, voice_of(request, hand.site.zone))


def _acting(app: FastAPI, process: ServiceProcess) -> None:
    @app.post("/cases/{case}/acknowledge")
    async def acknowledge(request: Request, case: str, command: Acknowledge) -> Response:
        """I take this raise; it stops climbing."""
        return await process.surface.command(request, (case,), command, right="view")

    @app.post("/cases/{case}/push-up")
    async def push_up(request: Request, case: str, command: PushUp) -> Response:
        """I cannot settle it: the next level of the chain is asked."""
        return await process.surface.command(request, (case,), command, right="view", status=201)

    @app.post("/cases/{case}/extensions")
    async def ask_for_more(request: Request, case: str, command: RequestExtension) -> Response:
        """Ask for more time; the approver is told."""
        return await process.surface.command(request, (case,), command, right="work", status=201)

    @app.post("/cases/{case}/extensions/decide")
    async def decide(request: Request, case: str, command: DecideExtension) -> Response:
        """Give more time or not; the role decides whether one may."""
        return await process.surface.command(request, (case,), command, right="view")


async def _case_in_sight(process: ServiceProcess, request: Request, case: str) -> tuple[Hand, Slot]:
    """The case as of now; another site's case answers as if it did not exist."""
    actor = await process.surface.actor(request)
    async with process.db.connect() as conn:
        slot = (await process.engine.unit.peek(conn, [case])).get(case)
    docket = slot.state if slot is not None else None
    if slot is None or not isinstance(docket, Docket) or docket.case is None:
        raise refuse("unknown", text("没有找到这个编号"), status=404)
    if not actor.can("view", docket.case.site, docket.case.department):
        raise refuse("unknown", text("没有找到这个编号"), status=404)
    now = process.clock.now()
    return Hand(docket.case, Moment(at=now, now=now, book=process.book)), slot
