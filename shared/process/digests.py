"""What a service knows of each entity, as versions and chains, and how far it is behind.

``shouwen verify`` compares the digests with the log; whoever waits for everything to be heard looks at the backlog.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from shared.contracts.wording import text
from shared.process.repairing import repair_routes
from shared.process.statements import statement
from shared.runtime.engine import Engine
from shared.storage.slots import decode_heard
from shared.web.problems import refuse
from shared.web.surface import Surface

MOST = 5000
Limit = Annotated[int, Query(ge=1, le=MOST)]


def digest_routes(api: FastAPI, surface: Surface, engine: Engine, unheard: Callable[[], Awaitable[int]]) -> None:
    """Add ``GET /digest`` and ``GET /backlog`` to a service, and the routes that look into its books and mend them."""

    async def require(request: Request) -> str:
        return await _require_administrator(request, surface)

    repair_routes(api, engine, require)

    @api.get("/digest")
    async def digest(request: Request, after: str = "", limit: Limit = 1000) -> list[dict[str, Any]]:
        """Entities in order of id: versions and chains said and heard, and how many letters wait."""
        await _require_administrator(request, surface)
        async with engine.db.connect() as conn:
            rows = await conn.execute(statement("digest", engine.folds.service), {"after": after, "most": limit})
            return [
                {
                    "entity": row.id,
                    "said": [row.said, row.said_chain],
                    "heard": {speaker: list(heard) for speaker, heard in decode_heard(row.heard).items()},
                    "waiting": row.waiting,
                }
                for row in rows
            ]

    @api.get("/backlog")
    async def backlog(request: Request) -> dict[str, int]:
        """Messages not yet heard, facts not yet published, letters parked; all zero when nothing is under way."""
        await _require_administrator(request, surface)
        async with engine.db.connect() as conn:
            unsaid = (await conn.execute(engine.sql["unsaid_age"])).one().rows
            parked = (await conn.execute(statement("parked_count", engine.folds.service))).scalar_one()
        return {"unheard": await unheard(), "unsaid": unsaid - engine.publisher.marks_due, "parked": parked}


async def _require_administrator(request: Request, surface: Surface) -> str:
    actor = await surface.actor(request)
    if not actor.can("admin", "*"):
        raise refuse("no_right", text("只有管理员可以核对"), status=403)
    return actor.account
