"""Change a standing request: classify, amend, consent, raise again, withdraw, link."""

from typing import Any

from fastapi import FastAPI, Request, Response

from services.intake.api.answers import decided_by, promises_shown
from services.intake.api.means import Means
from services.intake.commands import Amend, CaseId, Classify, Consent, Link, RaiseAgain, Withdraw
from services.intake.ports import Kept
from shared.contracts.fold import Done


def add(api: FastAPI, means: Means) -> None:
    """Add the routes."""

    @api.post("/requests/{case}/classify")
    async def classify(request: Request, case: CaseId, command: Classify) -> Response:
        """Decide category, severity or validity again."""
        return await _change(means, request, case, command)

    @api.post("/requests/{case}/amend")
    async def amend(request: Request, case: CaseId, command: Amend) -> Response:
        """Change or correct details."""
        actor = await means.process.surface.actor(request)
        kept = await means.visible(actor, case)
        resident = command.caller.resident if command.caller is not None else None
        await means.check_place(actor, kept.case.site, unit=command.unit, resident=resident)
        return await _change(means, request, case, command, kept)

    @api.post("/requests/{case}/consent")
    async def consent(request: Request, case: CaseId, command: Consent) -> Response:
        """Record what the customer agreed to."""
        return await _change(means, request, case, command)

    @api.post("/requests/{case}/raise-again")
    async def raise_again(request: Request, case: CaseId, command: RaiseAgain) -> Response:
        """The customer comes back about a matter that is not solved yet."""
        return await _change(means, request, case, command)

    @api.post("/requests/{case}/withdraw")
    async def withdraw(request: Request, case: CaseId, command: Withdraw) -> Response:
        """The customer takes the matter back."""
        return await _change(means, request, case, command)

    @api.post("/requests/{case}/link")
    async def link(request: Request, case: CaseId, command: Link) -> Response:
        """Hang the case under an incident, or take it off again."""
        actor = await means.process.surface.actor(request)
        kept = await means.visible(actor, case)
        await means.check_incident(actor, command.incident, case=case)
        return await _change(means, request, case, command, kept)


async def _change(means: Means, request: Request, case: str, command: Any, kept: Kept | None = None) -> Response:
    surface = means.process.surface
    # Looked up first, so that a wrong number leaves no trace of itself behind.
    found = kept or await means.visible(await surface.actor(request), case)
    voice = means.voice(request, found.case.site)

    def render(done: Done) -> dict[str, Any]:
        state = done.state
        shown = {"status": state.status.value} | promises_shown(state.promises, voice)
        return shown | {"severity": state.severity, "decided_by": decided_by(state, means.process.book)}

    return await surface.command(request, (case,), command, right="desk", render=render)
