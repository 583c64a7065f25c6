"""Log a matter, see what would be promised, read a case."""

import json
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response

from services.intake.api.answers import case_shown, received
from services.intake.api.means import Means
from services.intake.commands import CaseId, LogRequest, Numbered, obey
from shared.contracts.fold import Ask, Done, Moment, Refusal
from shared.contracts.intake import RequestReceived
from shared.web.plain import plain_post
from shared.web.problems import Problem


def add(api: FastAPI, means: Means) -> None:
    """Add the routes."""
    process, surface = means.process, means.process.surface

    async def log(request: Request, command: LogRequest) -> Response:
        """Log a matter; the answer carries its number and what was promised."""
        await check(means, request, command)
        (number,) = await means.numbers.take()
        case, render = (process.ids.entity("case"),), partial(answer_of, means, request)
        asked = Numbered(command, number)
        return await surface.command(request, case, asked, right="desk", status=201, render=render, fresh=True)

    plain_post(api, "/requests", log, LogRequest, status_code=201)

    @api.post("/requests/preview")
    async def preview(request: Request, command: LogRequest) -> dict[str, Any]:
        """What would be promised, with every check of logging and nothing kept."""
        return await _previewed(means, request, command)

    @api.get("/requests/{case}")
    async def read(request: Request, case: CaseId, at_least: Annotated[str | None, Query()] = None) -> Response:
        """A case as intake knows it."""
        actor = await surface.actor(request)
        current = await surface.at_least(case, at_least)
        kept = await means.visible(actor, case)
        shown = case_shown(kept, process.book, means.voice(request, kept.case.site))
        content = json.dumps(shown | {"current": current}, ensure_ascii=False)
        return Response(content, headers={"ETag": f'"{kept.version}"'}, media_type="application/json")


async def _previewed(means: Means, request: Request, command: LogRequest) -> dict[str, Any]:
    process, surface = means.process, means.process.surface
    await check(means, request, command)
    now = process.clock.now()
    actor = await surface.actor(request)
    ask = Ask(entities=("case-preview",), command=Numbered(command, 0), actor=actor, at=now, right="desk")
    verdict = obey(None, ask, Moment(at=now, now=now, book=process.book))
    if isinstance(verdict, Refusal):
        raise Problem(verdict)
    fact = verdict.say[0].fact
    assert isinstance(fact, RequestReceived)
    shown = received(fact, process.book, means.voice(request, fact.site))
    return {"promises": shown["promises"], "case": shown["case"] | {"number": None}}


async def check(means: Means, request: Request, command: LogRequest) -> None:
    """What only the database knows; a matter that names nothing of it costs nothing."""
    if (
        command.unit is None
        and command.caller.resident is None
        and command.incident is None
        and command.split_from is None
    ):
        return
    actor = await means.process.surface.actor(request)
    await means.check_place(actor, command.site, unit=command.unit, resident=command.caller.resident)
    await means.check_incident(actor, command.incident)
    await means.check_origin(command.site, command.split_from)


def answer_of(means: Means, request: Request, done: Done) -> dict[str, Any]:
    """What is told about a matter just logged."""
    fact = done.facts[0][1]
    assert isinstance(fact, RequestReceived)
    return received(fact, means.process.book, means.voice(request, fact.site))
