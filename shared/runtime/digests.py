"""What a service knows of each entity, as versions and chains; ``shouwen verify`` compares them with the log."""

from typing import Any

from fastapi import FastAPI, Request

from shared.contracts.wording import text
from shared.runtime.engine import Engine
from shared.storage.slots import decode_heard
from shared.web.problems import refuse
from shared.web.surface import Surface

MOST = 5000


def digest_routes(api: FastAPI, surface: Surface, engine: Engine) -> None:
    """Add ``GET /digest`` to a service."""

    @api.get("/digest")
    async def digest(request: Request, after: str = "", limit: int = 1000) -> list[dict[str, Any]]:
        """Entities in order of id: versions and chains said and heard, and how many letters wait."""
        actor = await surface.actor(request)
        if not actor.can("admin", "*"):
            raise refuse("no_right", text("只有管理员可以核对"), status=403)
        async with engine.db.connect() as conn:
            rows = await conn.execute(engine.sql["digest"], {"after": after, "most": min(limit, MOST)})
            return [
                {
                    "entity": row.id,
                    "said": [row.said, row.said_chain],
                    "heard": {speaker: list(heard) for speaker, heard in decode_heard(row.heard).items()},
                    "waiting": row.waiting,
                }
                for row in rows
            ]
