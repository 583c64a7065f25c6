"""Incidents: many matters with one cause."""

import json
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response

from services.intake.api.answers import incident_shown, received
from services.intake.api.means import Means
from services.intake.commands import Link, Numbered, OpenIncident
from shared.contracts.fold import Ask, Done
from shared.contracts.intake import RequestReceived


def add(api: FastAPI, means: Means) -> None:
    """Add the routes."""
    process, surface = means.process, means.process.surface

    @api.post("/incidents", status_code=201)
    async def open_incident(request: Request, command: OpenIncident) -> Response:
        """Open an incident; ``from_case`` joins it at once."""
        if command.from_case is not None:
            await means.visible(await surface.actor(request), command.from_case)
        (number,) = await means.numbers.take()
        opened = await surface.command(
            request,
            (process.ids.entity("case"),),
            Numbered(command, number),
            right="desk",
            status=201,
            render=lambda done: _answer(means, request, done),
        )
        return opened if command.from_case is None else await _joined(means, request, command, opened)

    @api.get("/incidents")
    async def incidents(request: Request, site: Annotated[str, Query()]) -> dict[str, Any]:
        """Incidents of a site that matters may join, newest first."""
        actor = await surface.actor(request)
        means.site(actor, "view", site)
        voice = means.voice(request, site)
        return {"incidents": [incident_shown(one, voice) for one in await means.cases.incidents(site)]}


def _answer(means: Means, request: Request, done: Done) -> dict[str, Any]:
    fact = done.facts[0][1]
    assert isinstance(fact, RequestReceived)
    return received(fact, means.process.book, means.voice(request, fact.site))


async def _joined(means: Means, request: Request, command: OpenIncident, opened: Response) -> Response:
    """Link the first case; the incident stands even if that one ended meanwhile, and the answer says which."""
    assert command.from_case is not None
    answer = json.loads(bytes(opened.body))
    ask = Ask(
        entities=(command.from_case,),
        command=Link(incident=answer["entity"], reason=command.cause),
        actor=await means.process.surface.actor(request),
        at=means.process.clock.now(),
        right="desk",
    )
    await means.process.desk.ask(ask, lambda _done: b"")
    kept = await means.cases.one(command.from_case)
    answer["linked"] = kept is not None and kept.case.incident == answer["entity"]
    content = json.dumps(answer, ensure_ascii=False)
    headers = {"ETag": opened.headers["ETag"]}
    return Response(content, opened.status_code, headers, media_type="application/json")
