"""What is done to an incident and everything that joined it, in one transaction (requirements §9.3)."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.dispatch.api.showing import shown
from services.dispatch.commands import CloseAll, CompleteAll, ReplyToAll
from services.dispatch.ports import CaseIndex
from shared.contracts.fields import Command
from shared.contracts.fold import Done
from shared.process.service import ServiceProcess

COMPLETED = CompleteAll()


class _Incidents:
    """The routes, with the index that knows who joined."""

    def __init__(self, process: ServiceProcess, index: CaseIndex) -> None:
        self._process, self._index = process, index

    async def _obey(self, request: Request, case: str, command: Command) -> Response:
        async with self._process.db.connect() as conn:
            members = await self._index.joined(conn, case)

        def render(done: Done) -> dict[str, Any]:
            return shown(done.state, self._process.book) | {"members": len(members)}

        entities = (case, *members)
        return await self._process.surface.command(request, entities, command, right="own", render=render)

    async def reply(self, request: Request, case: str, asked: ReplyToAll) -> Response:
        """Tell every caller of the incident the same."""
        return await self._obey(request, case, asked)

    async def complete(self, request: Request, case: str, asked: CompleteAll = COMPLETED) -> Response:
        """The cause is gone: every joined matter is done; a sample of callers is asked."""
        return await self._obey(request, case, asked)

    async def close(self, request: Request, case: str, asked: CloseAll) -> Response:
        """Close the incident and whatever still hangs under it."""
        return await self._obey(request, case, asked)


def incident_routes(process: ServiceProcess, index: CaseIndex) -> None:
    """Add ``POST /incidents/{case}/reply``, ``complete`` and ``close``."""
    incidents = _Incidents(process, index)
    router = APIRouter(prefix="/incidents/{case}", tags=["incidents"])
    router.post("/reply", name="reply_to_all")(incidents.reply)
    router.post("/complete", name="complete_all")(incidents.complete)
    router.post("/close", name="close_all")(incidents.close)
    process.api.include_router(router)
