"""Help for the desk: what there is to ask, how a matter would be graded, what to keep in mind, whom to call.

Source: requirements section 3 (CL-1 to CL-7), section 8.1 (prompt cards), N-45, R-46.
"""

from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from services.intake.api.answers import promise_shown
from services.intake.api.case_types import (
    decision_shown,
    prompts_shown,
    questions_shown,
    type_shown,
)
from services.intake.api.means import Means
from services.intake.commands import Grade, graded
from services.intake.policy.foreseeing import Foreseen
from shared.contracts.fold import Refusal
from shared.organisation.emergency import EmergencyNumber, emergency_numbers
from shared.organisation.records import NoPackYet
from shared.rules.book import UnknownPack
from shared.rules.model import CaseType, NoticeRule, Pack
from shared.rules.prompts import Moment
from shared.web.forms import named
from shared.web.problems import Problem
from shared.web.wording import Voice


def add(api: FastAPI, means: Means) -> None:
    """Add the routes."""
    surface = means.process.surface

    @api.get("/case-types")
    async def case_types(request: Request, site: Annotated[str, Query()]) -> dict[str, Any]:
        """Every case type of a site with its form, its criteria as questions, gravest first, and its prompt cards."""
        means.site(await surface.actor(request), "view", site)
        packs = packs_of(means, site)
        return {"site": site, "case_types": [_offered(packs, pack, one) for pack, one in visible_types(means, site)]}

    @api.get("/prompts")
    async def prompts(
        request: Request, site: Annotated[str, Query()], on: Annotated[Moment | None, Query()] = None
    ) -> dict[str, Any]:
        """Prompt cards of a site, all or those of one moment; where packs differ, all of them."""
        means.site(await surface.actor(request), "view", site)
        packs = packs_of(means, site)
        wanted = [one for pack in packs for one in pack.prompts if on is None or on in one.on]
        return {"site": site, "prompts": prompts_shown(packs, wanted)}

    @api.get("/emergency-numbers")
    async def numbers(request: Request, site: Annotated[str, Query()]) -> dict[str, Any]:
        """The list every desk has on its screen; ``missing`` names those the site has yet to enter."""
        known = means.site(await surface.actor(request), "view", site)
        listed = emergency_numbers(known.parameters)
        missing = [one.id for one in listed if one.number is None]
        return {"site": site, "numbers": [_number(one) for one in listed], "missing": missing}

    @api.post("/grading")
    async def grading(request: Request, command: Grade) -> dict[str, Any]:
        """How grave a matter would be and why, who would have it, what would be promised; nothing is kept."""
        means.site(await surface.actor(request), "desk", command.site)
        found = graded(command, means.process.book, means.process.clock.now())
        if isinstance(found, Refusal):
            raise Problem(found)
        return _foreseen_shown(found, means.voice(request, command.site))


def visible_types(means: Means, site: str) -> tuple[tuple[Pack, CaseType], ...]:
    """What the site offers now; nothing while it runs no pack."""
    try:
        return means.process.book.case_types(site, means.process.clock.now())
    except (NoPackYet, UnknownPack):
        # A site without a pack yet: the form says so by offering nothing.
        return ()


def packs_of(means: Means, site: str) -> tuple[Pack, ...]:
    """The packs the site runs now; none while it runs none."""
    try:
        return means.process.book.packs_at(site, means.process.clock.now())
    except (NoPackYet, UnknownPack):
        return ()


def _offered(packs: tuple[Pack, ...], pack: Pack, case_type: CaseType) -> dict[str, Any]:
    cards = [one for each in packs for one in each.prompts if case_type.id in one.case_types]
    return type_shown(pack, case_type) | {
        "questions": questions_shown(case_type),
        "prompts": prompts_shown(packs, cards),
    }


def _number(one: EmergencyNumber) -> dict[str, Any]:
    return {"id": one.id, "name": named(one.name), "number": one.number, "required": one.required}


def _foreseen_shown(found: Foreseen, voice: Voice) -> dict[str, Any]:
    return decision_shown(found.decided) | {
        "department": found.department,
        "handler": found.handler,
        "flags": sorted(found.matter.flags),
        "promises": [promise_shown(promise, voice) for promise in found.promises],
        "told": [_notice(one) for one in found.notices],
        "asked": list(found.asked),
        "missing": list(found.missing),
    }


def _notice(notice: NoticeRule) -> dict[str, Any]:
    return {
        "rule": notice.id,
        "name": named(notice.name),
        "tell": list(notice.tell),
        "copy": list(notice.copy),
        "outside": [one.value for one in notice.outside],
        "source": notice.source,
    }
