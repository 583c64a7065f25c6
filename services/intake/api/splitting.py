"""Several matters of one caller, logged together: nothing is logged unless every one of them can be."""

import json
from typing import Any

from fastapi import FastAPI, Request, Response

from services.intake.api.means import Means
from services.intake.api.requests import answer_of, check
from services.intake.commands import LogRequest, Numbered, Split, at_matter, linked, obey, parted
from shared.contracts.fold import Ask, Moment, Refusal
from shared.web.problems import Problem


def add(api: FastAPI, means: Means) -> None:
    """Add the route."""
    process = means.process

    @api.post("/requests/split", status_code=201)
    async def split(request: Request, command: Split) -> dict[str, Any]:
        """Log several matters of one caller as linked cases, emergencies first; all are checked before the first."""
        told = parted(command, process.book, process.clock.now())
        await means.check_origin(command.site, command.split_from)
        for place, matter in told:
            await _check(means, request, matter, place)
        first, cases = command.split_from, []
        for place, matter in told:
            answer = await _logged(means, request, linked(matter, first), place)
            first = first or answer["entity"]
            cases.append(answer | {"matter": place})
        return {"cases": cases}


async def _check(means: Means, request: Request, matter: LogRequest, place: int) -> None:
    process, actor = means.process, await means.process.surface.actor(request)
    now = process.clock.now()
    ask = Ask(entities=("case-preview",), command=Numbered(matter, 0), actor=actor, at=now, right="desk")
    try:
        await check(means, request, matter)
        verdict = obey(None, ask, Moment(at=now, now=now, book=process.book))
    except Problem as problem:
        raise Problem(at_matter(problem.refusal, place)) from None
    if isinstance(verdict, Refusal):
        raise Problem(at_matter(verdict, place))


async def _logged(means: Means, request: Request, matter: LogRequest, place: int) -> dict[str, Any]:
    """Log one; under one Idempotency-Key each matter is repeated on its own, so a broken request may be sent again."""
    (number,) = await means.numbers.take()
    response: Response = await means.process.surface.command(
        request,
        (means.process.ids.entity("case"),),
        Numbered(matter, number),
        right="desk",
        status=201,
        render=lambda done: answer_of(means, request, done),
        part=str(place),
    )
    answer: dict[str, Any] = json.loads(bytes(response.body))
    return answer
