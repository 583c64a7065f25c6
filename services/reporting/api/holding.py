"""What reporting holds of each case, for ``shouwen verify``."""

import json
from typing import Annotated, Any

from fastapi import Query, Request

from services.reporting.ports import HoldingsReader, Row
from services.reporting.state.view import CaseView
from shared.contracts.catalogue import FACTS
from shared.contracts.envelope import Heading
from shared.contracts.wording import text
from shared.process.books import Books
from shared.process.service import ServiceProcess
from shared.web.problems import refuse

MOST = 5000
STATES_MOST = 1000


def routes(process: ServiceProcess, holdings: HoldingsReader) -> None:
    """Add the routes."""
    books = Books(process.engine)

    @process.api.get("/rows")
    async def rows(
        request: Request,
        after: Annotated[str, Query(max_length=100)] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = 1000,
    ) -> list[dict[str, Any]]:
        """Cases in order of id: the site of the row."""
        await _require_administrator(process, request)
        return [dict(row) for row in await holdings.holdings(after, limit)]

    @process.api.get("/ledger")
    async def ledger(
        request: Request, after: str = "", limit: Annotated[int, Query(ge=1, le=STATES_MOST)] = STATES_MOST
    ) -> dict[str, Any]:
        """Cases in order of id: the version of escalation heard, and the clocks that run by what it said."""
        await _require_administrator(process, request)
        upto, slots = await books.states(after, limit)
        cases = {
            entity: {"version": slot.last_heard("escalation"), "running": _running(slot.state)}
            for entity, slot in slots.items()
            if isinstance(slot.state, CaseView)
        }
        return {"upto": upto, "cases": cases}

    @process.api.get("/archive")
    async def archive(request: Request, entity: Annotated[str, Query(max_length=200)]) -> list[dict[str, Any]]:
        """Every fact of an entity as the log once had it, also those the log has forgotten."""
        await _require_administrator(process, request)
        return [_as_said(row) for row in await holdings.archive(entity) if row["kind"] in FACTS]


async def _require_administrator(process: ServiceProcess, request: Request) -> None:
    actor = await process.surface.actor(request)
    if not actor.can("admin", "*"):
        raise refuse("no_right", text("只有管理员可以核对"), status=403)


def _running(view: CaseView) -> dict[str, list[Any]]:
    return {clock.clock: [clock.due_at, clock.breached] for clock in view.watch.clocks if clock.running}


def _as_said(row: Row) -> dict[str, Any]:
    kind = FACTS[row["kind"]]
    heading = Heading(
        id=row["id"],
        kind=row["kind"],
        entity=row["entity"],
        at=row["at"],
        version=row["version"],
        correlation=row["correlation"],
        causation=row["causation"],
        schema_version=kind.schema_version,
    )
    body = json.loads(row["public"]) | ({"private": json.loads(row["private"])} if row["private"] else {})
    return {"headers": heading.headers(), "body": kind.model_validate(body).model_dump_json()}
