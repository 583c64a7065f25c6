"""Administrator routes under ``/repair`` and ``/books``: what does not add up in a service, and mending it."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import ENTITY, UnreadableMessage
from shared.contracts.wording import text
from shared.process.books import Books
from shared.process.repairs import Repairs
from shared.process.replaying import NotProvable
from shared.runtime.engine import Engine
from shared.storage.letters import Letter, letter_of
from shared.web.problems import refuse

log = structlog.get_logger()

MOST = 1000
LETTERS_MOST = 20_000
Limit = Annotated[int, Query(ge=1, le=MOST)]
Require = Callable[[Request], Awaitable[str]]


class Named(BaseModel):
    """Entities, or keys of effects."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[str], Field(max_length=MOST)] = []


class Posted(BaseModel):
    """A fact as it stands in the log: its headers, and its body as text."""

    model_config = ConfigDict(extra="forbid")

    headers: dict[str, str]
    body: str


class Letters(BaseModel):
    """Facts in the order of the log."""

    model_config = ConfigDict(extra="forbid")

    letters: Annotated[list[Posted], Field(max_length=LETTERS_MOST)]


class Whole(Letters):
    """Every fact of one entity."""

    entity: Annotated[str, Field(pattern=f"^{ENTITY.pattern}$")]


def repair_routes(api: FastAPI, engine: Engine, require: Require) -> None:
    """Add the routes; *require* lets administrators through and answers who it is."""
    _reading(api, Books(engine), require)
    _mending(api, engine, Repairs(engine), require)


def _reading(api: FastAPI, books: Books, require: Require) -> None:
    @api.get("/books/pending")
    async def pending(request: Request, limit: Limit = MOST) -> list[dict[str, Any]]:
        """What has waited and should not have to: unsent facts, untried effects, overdue steps, parked, dead."""
        await require(request)
        return [asdict(finding) for finding in await books.pending(limit)]

    @api.get("/books")
    async def scan(request: Request, after: str = "", limit: Limit = MOST) -> dict[str, Any]:
        """Entities in order of id: where state, timer, columns and own tables do not agree."""
        await require(request)
        return await books.scan(after, limit)


def _mending(api: FastAPI, engine: Engine, repairs: Repairs, require: Require) -> None:
    def told(request: Request, who: str, count: int) -> dict[str, int]:
        log.warning("repaired", service=engine.folds.service, by=who, path=request.url.path, count=count)
        return {"done": count}

    @api.post("/repair/outbox")
    async def outbox(request: Request, named: Named) -> dict[str, int]:
        """Publish what never left, and once more what is still kept of the entities named."""
        who = await require(request)
        return told(request, who, await repairs.publish(named.ids))

    @api.post("/repair/effects")
    async def effects(request: Request, named: Named) -> dict[str, int]:
        """Have the effects named tried now."""
        who = await require(request)
        return told(request, who, await repairs.bring_forward(named.ids))

    @api.post("/repair/entities")
    async def entities(request: Request, named: Named) -> dict[str, int]:
        """Write timers, columns and own tables of the entities named anew from their states."""
        who = await require(request)
        return told(request, who, await repairs.rewrite(named.ids))

    @api.post("/repair/letters")
    async def letters(request: Request, posted: Letters) -> dict[str, int]:
        """Hear facts of the log that never arrived here."""
        who = await require(request)
        return told(request, who, await repairs.hear(_read(engine, posted)))

    @api.post("/repair/rebuild")
    async def rebuild(request: Request, posted: Whole) -> dict[str, Any]:
        """Fold one entity again from the log; refused when something else comes out than was said."""
        who = await require(request)
        try:
            outcome = await repairs.rebuild(posted.entity, _read(engine, posted))
        except NotProvable as why:
            return {"rebuilt": False, "why": why.why, "version": why.version}
        told(request, who, 1)
        return {"rebuilt": True} | outcome


def _read(engine: Engine, posted: Letters) -> list[Letter]:
    known = (*engine.folds.hears, engine.folds.service)
    letters = []
    for number, one in enumerate(posted.letters):
        where = f"/letters/{number}"
        try:
            letter = letter_of(_subject(one.headers), one.headers, one.body.encode())
        except UnreadableMessage:
            raise refuse("unreadable", text("这不是日志里的消息"), status=422, field=where) from None
        if letter.heading.speaker not in known:
            raise refuse("not_heard_here", text("本服务不听这个服务的消息"), status=422, field=where)
        letters.append(letter)
    return letters


def _subject(headers: dict[str, str]) -> str:
    return f"ev.{headers.get('ce-type')}.{headers.get('ce-subject')}"
