"""One route for each act on a case; which right it takes is decided in the fold, where several fit."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.dispatch.api.handing_over import Handover
from services.dispatch.api.showing import given_by, rendering
from services.dispatch.commands import (
    Accept,
    Assign,
    Close,
    Complete,
    Defer,
    FollowUp,
    Reopen,
    Reply,
    Return,
    Start,
    StepGiven,
    TakeStep,
    Transfer,
)
from services.dispatch.ports import CaseIndex
from shared.contracts.fields import Command, Line
from shared.contracts.fold import Done
from shared.process.service import ServiceProcess

ACCEPTED, STARTED, COMPLETED, TAKEN = Accept(), Start(), Complete(), StepGiven()
"""These acts need no words, so no body either."""


class _Acts:
    """The routes, sharing the surface they answer through."""

    def __init__(self, process: ServiceProcess, index: CaseIndex) -> None:
        self._surface, self._handover = process.surface, Handover(process, index)
        self._render, self._book = rendering(process.book), process.book

    async def _obey(self, request: Request, case: str, command: Command) -> Response:
        return await self._surface.command(request, (case,), command, right="own", render=self._render)

    def _render_step(self, done: Done) -> dict[str, Any]:
        """The numbers it was given beside the usual, for whoever has to write them down."""
        return self._render(done) | {"given": given_by(done, self._book)}

    async def accept(self, request: Request, case: str, asked: Accept = ACCEPTED) -> Response:
        """Sign for the order."""
        return await self._obey(request, case, asked)

    async def assign(self, request: Request, case: str, asked: Assign) -> Response:
        """Name who does it."""
        return await self._obey(request, case, asked)

    async def start(self, request: Request, case: str, asked: Start = STARTED) -> Response:
        """Begin the work."""
        return await self._obey(request, case, asked)

    async def reply(self, request: Request, case: str, asked: Reply) -> Response:
        """Record what the customer was told."""
        return await self._obey(request, case, asked)

    async def complete(self, request: Request, case: str, asked: Complete = COMPLETED) -> Response:
        """The work is done."""
        return await self._obey(request, case, asked)

    async def give_back(self, request: Request, case: str, asked: Return) -> Response:
        """Give the order back to the desk."""
        return await self._obey(request, case, asked)

    async def transfer(self, request: Request, case: str, asked: Transfer) -> Response:
        """Send the order to another department."""
        return await self._obey(request, case, asked)

    async def follow_up(self, request: Request, case: str, asked: FollowUp) -> Response:
        """Record what the customer answered."""
        return await self._obey(request, case, asked)

    async def defer(self, request: Request, case: str, asked: Defer) -> Response:
        """Let the handling wait, as the customer has agreed."""
        return await self._obey(request, case, asked)

    async def take_step(self, request: Request, case: str, step: Line, asked: StepGiven = TAKEN) -> Response:
        """Take a step of the manual; one that takes a shift over accepts everything open at the site."""
        await self._surface.actor(request)
        command, entities = await self._handover.knowing(case, TakeStep(step=step, **dict(asked)))
        return await self._surface.command(request, entities, command, right="own", render=self._render_step)

    async def close(self, request: Request, case: str, asked: Close) -> Response:
        """End the case by a person's word."""
        return await self._obey(request, case, asked)

    async def reopen(self, request: Request, case: str, asked: Reopen) -> Response:
        """Handle it again."""
        return await self._obey(request, case, asked)


def act_routes(process: ServiceProcess, index: CaseIndex) -> None:
    """Add ``POST /cases/{case}/<act>`` for every act, and ``POST /cases/{case}/steps/{step}``."""
    acts, router = _Acts(process, index), APIRouter(prefix="/cases/{case}", tags=["acts"])
    for path, route in (
        ("accept", acts.accept),
        ("assign", acts.assign),
        ("start", acts.start),
        ("reply", acts.reply),
        ("complete", acts.complete),
        ("return", acts.give_back),
        ("transfer", acts.transfer),
        ("follow-up", acts.follow_up),
        ("defer", acts.defer),
        ("close", acts.close),
        ("reopen", acts.reopen),
    ):
        router.post(f"/{path}", name=path)(route)
    router.post("/steps/{step}", name="take_step")(acts.take_step)
    process.api.include_router(router)
