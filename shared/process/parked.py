"""What waits for another message, entity by entity, and for what it waits.

Source: design.md §4 (order and duplicates).
"""

import json
from typing import Any, Literal

from fastapi import FastAPI, Request
from sqlalchemy import text as sql

from shared.process.dead_letters import Broker, Limit, administrator
from shared.process.giving_up import giving_up_routes
from shared.runtime.engine import Engine
from shared.storage.letters import letter_of
from shared.storage.slots import decode_heard
from shared.web.surface import Surface

Because = Literal["dead_letter", "directory", "gap"]

# The schema is the code's own name of a service, never input.
TOTAL = """
    select count(*) as letters, count(distinct (entity, speaker)) as lanes from {s}.parked"""
LANES = """
    with lanes as (
        select entity, speaker, count(*) as letters, min(version) as first, min(parked_at) as since
        from {s}.parked group by entity, speaker order by since, entity, speaker limit :most)
    select l.*, e.heard, p.headers, p.body,
        (select d.id from {s}.dead_letters d where d.entity = l.entity and d.speaker = l.speaker and d.settled is null
            order by d.version limit 1) as dead
    from lanes l join {s}.parked p on p.entity = l.entity and p.speaker = l.speaker and p.version = l.first
        left join {s}.entities e on e.id = l.entity
    order by l.since, l.entity, l.speaker"""


def parked_routes(api: FastAPI, surface: Surface, engine: Engine, broker: Broker) -> None:
    """Add ``GET /parked`` to a service, and what gives up a gap; *broker* answers the connection to the log."""
    giving_up_routes(api, surface, engine, broker)
    total, lanes = (sql(each.format(s=engine.folds.service)) for each in (TOTAL, LANES))

    @api.get("/parked")
    async def parked(request: Request, limit: Limit = 100) -> dict[str, Any]:
        """Entities that wait, the longest first: how many letters, since when, and for what."""
        await administrator(request, surface)
        async with engine.db.connect() as conn:
            counted = (await conn.execute(total)).one()
            listed = [_lane(row, engine) for row in await conn.execute(lanes, {"most": limit})]
        return {"letters": counted.letters, "entities": counted.lanes, "waiting": listed}


def _lane(row: Any, engine: Engine) -> dict[str, Any]:
    heard = decode_heard(row.heard).get(row.speaker, (0, 0))[0]
    return {
        "entity": row.entity,
        "speaker": row.speaker,
        "letters": row.letters,
        "heard": heard,
        "first": row.first,
        "since": row.since.isoformat(),
        "because": _because(row, heard, engine),
        "dead_letter": row.dead,
    }


def _because(row: Any, heard: int, engine: Engine) -> Because:
    """A letter whose turn it is can only wait for what it names."""
    if row.dead is not None:
        return "dead_letter"
    headers: dict[str, str] = json.loads(row.headers)
    letter = letter_of("", headers, bytes(row.body))
    return "directory" if row.first == heard + 1 and not engine.folding.ready(letter) else "gap"
