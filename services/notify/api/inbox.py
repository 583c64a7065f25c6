"""A person's inbox, and what people were told about a case."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from services.notify.api.paging import NEWEST, cursor_of, place_of
from services.notify.ports import Inboxes
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.web.problems import Problem, refuse, voice_of

MOST_OF_CASE = 1000


def inbox_routes(process: ServiceProcess, inboxes: Inboxes) -> None:
    """Add a person's inbox, and what was sent about a case."""
    _inbox_routes(process.api, process, inboxes)
    _case_routes(process.api, process, inboxes)


def _inbox_routes(app: FastAPI, process: ServiceProcess, inboxes: Inboxes) -> None:
    @app.get("/inbox")
    async def inbox(
        request: Request,
        *,
        unread: bool = False,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """My messages, newest first; ``cursor`` of one answer asks for the next page."""
        person = _person(await process.surface.actor(request))
        now, before = process.clock.now(), place_of(cursor, NEWEST)
        rows = await inboxes.page(person, now=now, unread=unread, before=before, most=limit)
        waiting = await inboxes.unread(person, now)
        language = voice_of(request).language
        following = cursor_of(rows[-1].sent_at, rows[-1].id) if len(rows) == limit else None
        return {"items": [_item(row, language) for row in rows], "unread": waiting, "cursor": following}

    @app.post("/inbox/{notice}/read")
    async def read(request: Request, notice: str) -> dict[str, Any]:
        """I have read this message."""
        person = _person(await process.surface.actor(request))
        read_at = await inboxes.mark_read(notice, person, process.clock.now())
        if read_at is None:
            raise _unknown()
        return {"id": notice, "read_at": read_at}

    @app.post("/inbox/read-all")
    async def read_all(request: Request) -> dict[str, Any]:
        """I have read everything."""
        person = _person(await process.surface.actor(request))
        return {"read": await inboxes.mark_all_read(person, process.clock.now())}


def _case_routes(app: FastAPI, process: ServiceProcess, inboxes: Inboxes) -> None:
    @app.get("/cases/{case}/notices")
    async def notices(request: Request, case: str) -> dict[str, Any]:
        """Who was told what about a case, and what became of it on each channel."""
        actor = await process.surface.actor(request)
        site = await inboxes.site_of(case)
        if site is None or not actor.can("view", site):
            raise _unknown()
        rows = await inboxes.of_case(case, most=MOST_OF_CASE)
        return {"items": _grouped(rows, voice_of(request).language)}


def _person(actor: Actor) -> str:
    if actor.person is None:
        hint = text("请用关联了人员的账号登录")
        sentence = text("这个账号没有关联人员，没有收件箱")
        raise refuse("no_inbox", sentence, status=404, hint=hint)
    return actor.person


def _unknown() -> Problem:
    return refuse("unknown", text("没有找到这个编号"), status=404)


def _item(row: Any, language: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "case": row.entity,
        "site": row.site,
        "number": row.number,
        "text": row.en if language == "en" else row.zh,
        "severity": row.severity,
        "topic": row.topic,
        "reason": row.reason,
        "raise_id": row.raise_id,
        "sent_at": row.sent_at,
        "read_at": row.read_at,
    }


def _grouped(rows: Sequence[Any], language: str) -> list[dict[str, Any]]:
    notices: dict[str, dict[str, Any]] = {}
    for row in rows:
        notice = notices.setdefault(row.id, _notice(row, language))
        if row.channel is not None:
            notice["channels"].append(_delivery(row))
    return list(notices.values())


def _notice(row: Any, language: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "person": row.person,
        "text": row.en if language == "en" else row.zh,
        "topic": row.topic,
        "reason": row.reason,
        "raise_id": row.raise_id,
        "sent_at": row.sent_at,
        "read_at": row.read_at,
        "channels": [],
    }


def _delivery(row: Any) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "outcome": row.outcome,
        "code": row.code,
        "evidence": row.evidence,
        "attempts": row.attempts,
        "ended_at": row.ended_at,
    }
