"""Inboxes, outcomes and tellings held against the log, and told again where they were damaged.

Source: design section 11 (`shouwen verify`); decision 0018.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any, get_args

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.ports import Proofs, Told
from services.notify.reactions import NAMING, told_by
from services.notify.saying import key_of
from services.notify.state import Case
from shared.contracts.catalogue import read
from shared.contracts.envelope import Heard, UnreadableMessage
from shared.contracts.fold import Moment, Step, Want
from shared.contracts.notify import NoticeDelivered, NoticeDropped, NoticeFailed, NoticeSeenTo, NoticeSent
from shared.process.repairing import Posted, Whole
from shared.process.service import ServiceProcess
from shared.storage.slots import Slot, UnreadableState

log = structlog.get_logger()

MOST = 2000
AT_A_TIME = 50
"""Facts looked at before the loop is given to others."""
ENDED = NoticeDelivered | NoticeSent | NoticeFailed | NoticeDropped
OWN = (*get_args(ENDED), NoticeSeenTo)


class Facts(BaseModel):
    """Facts of any cases, in the order of the log."""

    model_config = ConfigDict(extra="forbid")

    letters: Annotated[list[Posted], Field(max_length=MOST)]


class Proving:
    """Holds what people were told against what was said."""

    def __init__(self, process: ServiceProcess, proofs: Proofs) -> None:
        """Read and write through *process*."""
        self._process, self._proofs = process, proofs

    async def kinds(self, request: Request) -> list[str]:
        """The kinds of facts notices are proved by: only these are asked for."""
        await self._administrator(request)
        return sorted(kind.wire_kind() for kind in (*get_args(NAMING), *OWN))

    async def check(self, request: Request, facts: Facts) -> dict[str, Any]:
        """Where notices are not what those facts led to, and what became of them."""
        await self._administrator(request)
        heard = _heard(facts.letters)
        async with self._process.db.connect() as conn:
            told = await self._told(conn, heard)
            amiss = await self._proofs.amiss(conn, told)
        return {"findings": [{"entity": a.entity, "stands": a.stands, "should": a.should} for a in amiss]}

    async def mend(self, request: Request, whole: Whole) -> dict[str, bool]:
        """Keep of one case what its facts say; a message that never left leaves now."""
        await self._administrator(request)
        engine, heard = self._process.engine, _heard(whole.letters)
        async with engine.db.begin() as conn:
            try:
                slot = (await engine.unit.load(conn, [whole.entity])).slots[whole.entity]
            except UnreadableState:
                return {"mended": False}
            if slot.is_empty:
                await conn.execute(engine.sql["unseed"], {"ids": [whole.entity]})
                return {"mended": False}
            facts = (one.fact for one in heard)
            left = {key_of(f.notice, f.person, f.channel) for f in facts if isinstance(f, ENDED)}
            told = await self._told(conn, heard, left)
            await self._proofs.retell(conn, whole.entity, _case(slot), told, self._process.clock.now())
        self._process.replica.effects_bell.ring()
        log.warning("notices_retold", entity=whole.entity, facts=len(heard))
        return {"mended": True}

    async def _told(self, conn: AsyncConnection, heard: Sequence[Heard], left: Collection[str] = ()) -> Told:
        ids = sorted({one.heading.correlation for one in heard})
        slots = await self._peek(conn, ids)
        aside = await self._proofs.set_aside(conn, ids)
        wants, owed = list[tuple[str, Want]](), list[Any]()
        for number, one in enumerate(heard):
            if number % AT_A_TIME == 0:
                await asyncio.sleep(0)
            slot, heading = slots.get(one.heading.correlation), one.heading
            if slot is None or (heading.entity, heading.speaker, heading.version) in aside:
                continue
            step = self._led_to(slot, one, left)
            wants += [(slot.entity, want) for want in step.want]
            owed += step.state.owed if step.state else ()
        ended = [(one.heading, one.fact) for one in heard if isinstance(one.fact, ENDED)]
        seen = [(one.heading, one.fact) for one in heard if isinstance(one.fact, NoticeSeenTo)]
        return Told(ended, seen, wants, owed)

    def _led_to(self, slot: Slot, heard: Heard, left: Collection[str]) -> Step:
        case, heading, now = _case(slot), heard.heading, self._process.clock.now()
        if case is None or heading.version > slot.last_heard(heading.speaker):
            return Step(why="not_heard", state=None)
        return told_by(case, heard, Moment(at=heading.at, now=now, book=self._process.book, cause=heading.id), left)

    async def _peek(self, conn: AsyncConnection, ids: Sequence[str]) -> Mapping[str, Slot]:
        try:
            return await self._process.engine.unit.peek(conn, ids)
        except UnreadableState:  # the books name it; the others are looked at one by one
            if len(ids) == 1:
                return {}
            each = [await self._peek(conn, [one]) for one in ids]
            return {name: slot for found in each for name, slot in found.items()}

    async def _administrator(self, request: Request) -> None:
        self._process.surface.require(await self._process.surface.actor(request), "admin", "*")


def _case(slot: Slot) -> Case | None:
    return slot.state if isinstance(slot.state, Case) else None


def _heard(letters: Iterable[Posted]) -> list[Heard]:
    found = []
    for posted in letters:
        try:
            one = read(posted.headers, posted.body.encode())
        except UnreadableMessage:  # buried by whoever hears it, and named there
            continue
        if isinstance(one, Heard):
            found.append(one)
    return found


def proving_routes(process: ServiceProcess, proofs: Proofs) -> None:
    """Add ``GET`` and ``POST /books/notices`` and ``POST /repair/notices``."""
    proving, router = Proving(process, proofs), APIRouter(tags=["books"])
    router.get("/books/notices", name="facts_of_notices")(proving.kinds)
    router.post("/books/notices", name="check_notices")(proving.check)
    router.post("/repair/notices", name="mend_notices")(proving.mend)
    process.api.include_router(router)
