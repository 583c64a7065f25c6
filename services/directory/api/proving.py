"""A record whose row was damaged, written again from what the stream of the directory still says.

Source: design section 11 (`shouwen verify`); decision 0018.
"""

import json

import structlog
from fastapi import Request

from services.directory.commands import digest_of
from services.directory.state import Record
from shared.contracts.directory import RecordPut
from shared.contracts.envelope import UnreadableMessage, heading_of
from shared.process.repairing import Posted
from shared.process.service import ServiceProcess
from shared.storage.unit import Spoken

log = structlog.get_logger()


def proving_routes(process: ServiceProcess) -> None:
    """Add ``POST /repair/records``."""

    @process.api.post("/repair/records")
    async def repair_record(request: Request, posted: Posted) -> dict[str, bool]:
        """Keep a record as it was said last, when the directory itself says that this is it."""
        process.surface.require(await process.surface.actor(request), "admin", "*")
        spoken = _read(posted)
        if spoken is None:
            return {"mended": False}
        engine, entity = process.engine, spoken.heading.entity
        async with engine.db.begin() as conn:
            if entity not in await engine.unit.peek(conn, [entity]):
                return {"mended": False}
            work = await engine.unit.load(conn, [entity])
            state, fact = work.slots[entity].state, spoken.fact
            said = isinstance(state, Record) and isinstance(fact, RecordPut) and state.digest == digest_of(fact.body)
            if not said:
                return {"mended": False}
            work.spoken.append(spoken)
            await engine.projection.project(conn, work)
        log.warning("record_written_again", entity=entity)
        return {"mended": True}


def _read(posted: Posted) -> Spoken | None:
    try:
        heading, fact = heading_of(posted.headers), RecordPut.model_validate(json.loads(posted.body))
    except (UnreadableMessage, ValueError):
        return None
    return Spoken(heading, fact, posted.headers, posted.body.encode())
