"""Cases, timelines and the live board."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.reporting.api.answers import answer, cursor_of, place_of, sites_of, unknown_case
from services.reporting.policy.windows import MONTH
from services.reporting.ports import BoardWanted, CaseReader, Explain, Row, Wanted
from shared.contracts.fold import Actor
from shared.process.service import ServiceProcess
from shared.web.problems import voice_of

CaseId = Annotated[str, Path(max_length=100)]
Word = Annotated[str | None, Query(max_length=100)]
Month = Annotated[str | None, Query(pattern=MONTH)]
PAGE_MOST = 200
BOARD_MOST = 500
Some = Annotated[str | None, Field(max_length=100)]


class Finding(BaseModel):
    """Which cases are looked for.

    Attributes:
        since: Received then or later; ``until``: received before.
        case_type: One or several, comma-separated.
        incident: Case id of the incident the cases joined.
        q: Looked for in number, unit, name, phone and content.
    """

    site: Some = None
    status: Some = None
    month: Annotated[str | None, Field(pattern=MONTH)] = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    case_type: Annotated[str | None, Field(max_length=400)] = None
    category: Some = None
    severity: Some = None
    validity: Some = None
    drill: bool | None = None
    incident: Some = None
    q: Some = None
    cursor: Annotated[str | None, Field(max_length=400)] = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MOST)] = 50


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
        if row is None or not _is_in_sight(row, actor):
            raise unknown_case()
        facts = await reader.timeline(row["case_id"])
        return answer(explain.case(row, facts, voice_of(request)) | {"current": current})


def _many(process: ServiceProcess, reader: CaseReader, explain: Explain) -> None:
    @process.api.get("/cases")
    async def cases(request: Request, finding: Annotated[Finding, Query()]) -> Response:
        """Cases of the sites the caller sees, newest first; ``q`` looks in number, unit, name, phone, content.

        ``q`` looks through twenty thousand cases at a time: while there is ``next``, older ones may be found, even
        behind an empty page. The whole number of a case finds that case alone.
        """
        sites = sites_of(process, await process.surface.actor(request), finding.site)
        found = await reader.search(_wanted(finding, sites))
        voice = voice_of(request)
        items = [explain.listed(row, voice) for row in found.rows]
        return answer({"items": items, "next": cursor_of(*found.after) if found.after is not None else None})


def _wanted(finding: Finding, sites: tuple[str, ...]) -> Wanted:
    at, last = place_of(finding.cursor) or (None, "")
    return Wanted(
        sites=sites,
        status=finding.status,
        month=finding.month,
        since=finding.since,
        until=finding.until,
        text=finding.q,
        case_types=tuple(filter(None, (finding.case_type or "").split(","))),
        category=finding.category,
        severity=finding.severity,
        validity=finding.validity,
        drill=finding.drill,
        incident=finding.incident,
        after=(at, last) if at is not None else None,
        most=finding.limit,
    )


def _board(process: ServiceProcess, reader: CaseReader, explain: Explain) -> None:
    @process.api.get("/board")
    async def board(
        request: Request,
        sites: Annotated[str | None, Query(max_length=4000)] = None,
        department: Word = None,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
        limit: Annotated[int, Query(ge=1, le=BOARD_MOST)] = 200,
    ) -> Response:
        """Everything open on the caller's sites, the most overdue first, what has no due instant last.

        ``department`` is the role that has the order, or would get it; counts follow it.
        """
        actor, now = await process.surface.actor(request), process.clock.now()
        chosen, department = _on_board(process, actor, sites, department)
        wanted = BoardWanted(chosen, department, place_of(cursor), limit)
        rows, counts = await asyncio.gather(reader.board(wanted), reader.open_counts(wanted, now))
        voice = voice_of(request)
        items = [explain.open_case(row, voice) for row in rows]
        return answer({"now": now, "sites": counts, "items": items, "next": _next(rows, limit)})

    @process.api.get("/board/row/{case}")
    async def board_row(request: Request, case: CaseId, at_least: Word = None) -> Response:
        """One case as the board shows it, open or not."""
        actor = await process.surface.actor(request)
        current = await process.surface.at_least(case, at_least)
        row = await reader.case(case)
        if row is None or not _is_in_sight(row, actor):
            raise unknown_case()
        item = explain.open_case(row, voice_of(request))
        return answer({"now": process.clock.now(), "item": item, "current": current})


def _is_in_sight(row: Row, actor: Actor) -> bool:
    """Whether the case is the caller's to see; of an outside party's people only its own orders are (§9.7)."""
    return row["site"] is not None and actor.can("view", row["site"], row["department"] or row["responsible"])


def _on_board(
    process: ServiceProcess, actor: Actor, sites: str | None, department: str | None
) -> tuple[tuple[str, ...], str | None]:
    """Whose open cases: of whole sites, or, for people of an outside party, its own orders, kind by kind."""
    asked = tuple(filter(None, (sites or "").split(",")))
    held = {
        site: kinds for site, kinds in actor.outside.items() if actor.can("own", site) and site in (asked or [site])
    }
    if not held or (asked and set(asked) - set(held)):
        return sites_of(process, actor, sites), department
    kinds = sorted(frozenset().union(*held.values()))
    kind = department if department in kinds else next(iter(kinds), None)
    return tuple(site for site, own in held.items() if kind in own), kind


def _next(rows: Sequence[Row], limit: int) -> str | None:
    return cursor_of(rows[-1]["next_due_at"], rows[-1]["case_id"]) if len(rows) == limit else None
