"""What reporting holds of each case, for ``shouwen verify``."""

from typing import Annotated, Any

from fastapi import Query, Request

from services.reporting.ports import HoldingsReader
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.web.problems import refuse

MOST = 5000


def routes(process: ServiceProcess, holdings: HoldingsReader) -> None:
    """Add the route."""

    @process.api.get("/rows")
    async def rows(
        request: Request,
        after: Annotated[str, Query(max_length=100)] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = 1000,
    ) -> list[dict[str, Any]]:
        """Cases in order of id: the site of the row, and how many facts the archive has."""
        actor = await process.surface.actor(request)
        if not actor.can("admin", "*"):
            raise refuse("no_right", text("只有管理员可以核对"), status=403)
        return [dict(row) for row in await holdings.holdings(after, limit)]
