"""What a site keeps, held against the steps of its cases, and told again from them where it was damaged.

Source: design section 11 (`shouwen verify`); decision 0032.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dispatch.policy.standing import UNTOUCHED, SiteState, differing
from services.dispatch.reactions.sites import Taken, reaching_steps, retold
from services.dispatch.state import CaseState, site_entity
from shared.contracts.catalogue import read
from shared.contracts.dispatch import StepTaken
from shared.contracts.envelope import Heard
from shared.process.repairing import Posted
from shared.process.service import ServiceProcess
from shared.storage.slots import UnreadableState

log = structlog.get_logger()

TAKEN_MOST = 5000
_SAID = sql("select headers, body from dispatch.outbox where split_part(subject, '.', 3) = :kind")
_BLANK = sql("update dispatch.entities set state = null where id = :entity")


class SiteTold(BaseModel):
    """The steps taken at a site, as the log holds them.

    Attributes:
        complete: The log still has its first message: what it does not hold never was.
    """

    model_config = ConfigDict(extra="forbid")

    site: str
    letters: Annotated[list[Posted], Field(max_length=TAKEN_MOST)]
    complete: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What a site keeps and what it should; *stands* is None where it cannot be read.

    Attributes:
        should: None where nothing can be proved.
    """

    stands: SiteState | None
    should: SiteState | None

    @property
    def findings(self) -> list[dict[str, str]]:
        """What does not agree, in words and numbers."""
        if self.should is None or self.stands == self.should:
            return []
        told = differing(self.stands or UNTOUCHED, self.should)
        return [{"what": what, "stands": here, "should": there} for what, here, there in told]


class Proving:
    """Holds what sites keep against what was said."""

    def __init__(self, process: ServiceProcess) -> None:
        """Read and write through *process*."""
        self._process = process

    async def steps(self, request: Request) -> list[str]:
        """The steps that reach a site: only of these the facts are asked for."""
        await self._administrator(request)
        return sorted(reaching_steps(self._process.book))

    async def check(self, request: Request, told: SiteTold) -> dict[str, Any]:
        """Where what the site keeps is not what its steps lead to."""
        await self._administrator(request)
        async with self._process.db.begin() as conn:
            await conn.execute(sql("set transaction isolation level repeatable read"))
            compared = await self._compared(conn, told)
        return {"findings": compared.findings}

    async def mend(self, request: Request, told: SiteTold) -> dict[str, Any]:
        """Let the site keep what its steps lead to, if that can be proved; no step reaches it meanwhile."""
        await self._administrator(request)
        engine, entity = self._process.engine, site_entity(told.site)
        async with engine.db.begin() as conn:
            before = await self._compared(conn, told)
            if before.should is None:
                return {"mended": False}
            if before.stands is None:
                await conn.execute(_BLANK, {"entity": entity})  # what cannot be read stands in the way of the lock
            work = await engine.unit.load(conn, [entity])
            slot, now = work.slots[entity], before if before.stands is None else await self._compared(conn, told)
            slot.state, slot.encoded, slot.changed = now.should, None, True
            await engine.write(conn, work)
        await engine.committed(work)
        log.warning("site_retold", site=told.site, differed=len(now.findings))
        return {"mended": True}

    async def _compared(self, conn: AsyncConnection, told: SiteTold) -> Compared:
        stands = await self._stands(conn, told.site)
        said = await self._said(conn, told)
        cases = await self._cases(conn, sorted({one.case for one in said}))
        here = [one for one in said if one.case in cases and cases[one.case].site == told.site]
        whole = told.complete and len({one.case for one in said}) == len(cases)
        base = UNTOUCHED if whole else stands
        return Compared(stands, None if base is None else retold(base, here, cases, self._process.book))

    async def _stands(self, conn: AsyncConnection, site: str) -> SiteState | None:
        entity = site_entity(site)
        try:
            slot = (await self._process.engine.unit.peek(conn, [entity])).get(entity)
        except UnreadableState:
            return None
        return slot.state if slot is not None and isinstance(slot.state, SiteState) else UNTOUCHED

    async def _said(self, conn: AsyncConnection, told: SiteTold) -> list[Taken]:
        """What the log holds, and what has not reached it yet, each once."""
        kept = [(one.headers, one.body.encode()) for one in told.letters]
        rows = await conn.execute(_SAID, {"kind": StepTaken.name})
        kept += [(json.loads(row.headers), bytes(row.body)) for row in rows]
        heard = [one for headers, body in kept if isinstance(one := read(headers, body), Heard)]
        known = {one.heading.id: one for one in heard}.values()
        return [Taken(one.heading.entity, one.heading.at, one.fact) for one in known if isinstance(one.fact, StepTaken)]

    async def _cases(self, conn: AsyncConnection, ids: Sequence[str]) -> dict[str, CaseState]:
        slots = await self._process.engine.unit.peek(conn, ids)
        states = {id_: slot.state for id_, slot in slots.items()}
        return {id_: state for id_, state in states.items() if isinstance(state, CaseState) and state.received_at}

    async def _administrator(self, request: Request) -> None:
        self._process.surface.require(await self._process.surface.actor(request), "admin", "*")


def proving_routes(process: ServiceProcess) -> None:
    """Add ``GET`` and ``POST /books/standing`` and ``POST /repair/standing``."""
    proving, router = Proving(process), APIRouter(tags=["books"])
    router.get("/books/standing", name="steps_of_sites")(proving.steps)
    router.post("/books/standing", name="check_site")(proving.check)
    router.post("/repair/standing", name="mend_site")(proving.mend)
    process.api.include_router(router)
