"""The monthly statement of what outside parties missed."""

from typing import Annotated

from fastapi import Query, Request, Response

from services.reporting.api.answers import answer, seen
from services.reporting.policy.windows import MONTH
from services.reporting.ports import Statement
from shared.process.service import ServiceProcess
from shared.web.problems import voice_of


def routes(process: ServiceProcess, statement: Statement) -> None:
    """Add the route."""

    @process.api.get("/vendors")
    async def vendors(
        request: Request,
        site: Annotated[str, Query(max_length=100)],
        month: Annotated[str, Query(pattern=MONTH)],
    ) -> Response:
        """Terms of contracts that fell due in the month: how many each party met, and those it missed, one by one.

        Source: requirements §9.7.
        """
        seen(process, await process.surface.actor(request), site)
        return answer(await statement.of(site, month, voice_of(request)))
