"""Cases, timelines and the live board."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.reporting.api.answers import answer, cursor_of, place_of, sites_of, unknown_case
from services.reporting.policy.windows import MONTH
from services.reporting.ports import BoardWanted, CaseReader, Explain, Row, Wanted
from shared.runtime.process import ServiceProcess
from shared.web.problems import voice_of

CaseId = Annotated[str, Path(max_length=100)]
Word = Annotated[str | None, Query(max_length=100)]
Month = Annotated[str | None, Query(pattern=MONTH)]
PAGE_MOST = 200
BOARD_MOST = 500


def routes(process: ServiceProcess, reader: CaseReader, explain: Explain) -> None:
    """Add the routes of single cases, lists and the board."""
    _one(process, reader, explain)
    _many(process, reader, explain)
    _board(process, reader, explain)


def _one(process: ServiceProcess, reader: CaseReader, explain: Explain) -> None:
    @process.api.get("/cases/{case}")
    async def case(request: Request, case: CaseId, at_least: Word = None) -> Response:
        """The case with its personal data and its timeline; ``at_least=dispatch:7`` waits for that version."""
        actor = await process.surface.actor(request)
        current = await process.surface.at_least(case, at_least)
        row = await reader.case(case)
        if row is None or row["site"] is None or not actor.can("view", row["site"]):
            raise unknown_case()
        facts = await reader.timeline(row["case_id"])
        return answer(explain.case(row, facts, voice_of(request)) | {"current": current})


def _many(process: ServiceProcess, reader: CaseReader, explain: Explain) -> None:
    @process.api.get("/cases")
    async def cases(  # noqa: PLR0913  one parameter of the query each
        request: Request,
        *,
        site: Word = None,
        status: Word = None,
        month: Month = None,
        case_type: Word = None,
        category: Word = None,
        q: Word = None,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MOST)] = 50,
    ) -> Response:
        """Cases of the sites the caller sees, newest first; ``q`` looks in number, unit, name, phone, content."""
        sites = sites_of(process, await process.surface.actor(request), site)
        at, last = place_of(cursor) or (None, "")
        after = (at, last) if at is not None else None
        wanted = Wanted(sites, status, month, q, case_type, category, after, limit)
        rows = await reader.search(wanted)
        voice = voice_of(request)
        items = [explain.listed(row, voice) for row in rows]
        return answer({"items": items, "next": _next(rows, limit, "received_at")})


def _board(process: ServiceProcess, reader: CaseReader, explain: Explain) -> None:
    @process.api.get("/board")
    async def board(
        request: Request,
        sites: Annotated[str | None, Query(max_length=4000)] = None,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
        limit: Annotated[int, Query(ge=1, le=BOARD_MOST)] = 200,
    ) -> Response:
        """Everything open on the caller's sites, the most overdue first, what has no due instant last."""
        chosen = sites_of(process, await process.surface.actor(request), sites)
        now = process.clock.now()
        rows = await reader.board(BoardWanted(chosen, place_of(cursor), limit))
        counts = await reader.open_counts(chosen, now)
        voice = voice_of(request)
        items = [explain.open_case(row, voice) for row in rows]
        return answer({"now": now, "sites": counts, "items": items, "next": _next(rows, limit, "next_due_at")})

    @process.api.get("/board/row/{case}")
    async def board_row(request: Request, case: CaseId, at_least: Word = None) -> Response:
        """One case as the board shows it, open or not."""
        actor = await process.surface.actor(request)
        current = await process.surface.at_least(case, at_least)
        row = await reader.case(case)
        if row is None or row["site"] is None or not actor.can("view", row["site"]):
            raise unknown_case()
        item = explain.open_case(row, voice_of(request))
        return answer({"now": process.clock.now(), "item": item, "current": current})


def _next(rows: Sequence[Row], limit: int, by: str) -> str | None:
    return cursor_of(rows[-1][by], rows[-1]["case_id"]) if len(rows) == limit else None
