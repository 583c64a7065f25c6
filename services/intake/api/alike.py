"""Cases that may be the same matter, each with its reason; nothing is ever merged by itself.

Source: requirements section 9.3, UP-6.
"""

from typing import Annotated, Any

from fastapi import FastAPI, Request
from pydantic import Field

from services.intake.api.answers import stamp
from services.intake.api.means import Means
from services.intake.policy.likeness import WITHIN, Alike, Earlier, Instead, Told, Why, alike, joinable
from services.intake.ports import Kept
from shared.contracts.fields import Command, Line, Prose
from shared.web.wording import Voice

SHOWN_MOST = 20
REASONS = {
    Why.SAME_UNIT_AND_CATEGORY: "同一地点、同一类别，{days} 天以内",
    Why.SAME_CALLER: "同一来电人，{days} 天以内",
    Why.SAME_WORDS: "内容相近，{days} 天以内",
    Why.INCIDENT_HERE: "该处正有进行中的事件",
    Why.INCIDENT_ALIKE: "同类事件正在进行",
}
ADVICE = {
    Instead.RAISE_AGAIN: "可登记为客户再次反映",
    Instead.REOPEN: "可重新打开原事项",
    Instead.JOIN: "可并入该事件",
}


class Sought(Command):
    """What is known of a matter so far; in a body because it names people, and addresses are logged."""

    site: Line
    category: Line | None = None
    unit: Line | None = None
    place: Prose = ""
    phone: Annotated[str | None, Field(max_length=40)] = None
    resident: Line | None = None
    content: Prose = ""


def add(api: FastAPI, means: Means) -> None:
    """Add the route."""

    @api.post("/alike")
    async def find(request: Request, sought: Sought) -> dict[str, Any]:
        """Open and recent cases that may be the same matter, and incidents it may belong to, each with its reason."""
        means.site(await means.process.surface.actor(request), "desk", sought.site)
        told = Told(**sought.model_dump(exclude={"site"}))
        voice = means.voice(request, sought.site)
        joined = await _incidents(means, sought.site, told, voice)
        return {"alike": [*joined, *await _cases(means, sought.site, told, voice)][:SHOWN_MOST]}


async def _cases(means: Means, site: str, told: Told, voice: Voice) -> list[dict[str, Any]]:
    shared = {one.case: one.shared for one in await means.sightings.seen(site, told)}
    there = {one.id: one for one in await means.cases.several(list(shared)) if not one.case.opens_incident}
    earlier = [
        Earlier(
            case=id_,
            category=kept.case.category,
            unit=kept.case.unit,
            status=kept.case.status,
            received_at=kept.case.received_at,
            shared=shared[id_],
        )
        for id_, kept in there.items()
    ]
    found = alike(told, earlier, means.process.clock.now())
    return [_shown(one, there[one.case], voice) for one in found]


async def _incidents(means: Means, site: str, told: Told, voice: Voice) -> list[dict[str, Any]]:
    found = []
    for kept in await means.cases.incidents(site):
        why = joinable(told, category=kept.case.category, area=kept.case.area)
        if why is not None:
            found.append(_shown(Alike(kept.id, (why,), Instead.JOIN), kept, voice))
    return sorted(found, key=lambda one: one["why"] != [Why.INCIDENT_HERE.value])


def _shown(one: Alike, kept: Kept, voice: Voice) -> dict[str, Any]:
    case = kept.case
    return {
        "case": one.case,
        "number": case.number,
        "case_type": case.case_type,
        "category": case.category,
        "severity": case.severity,
        "unit": case.unit,
        "status": case.status.value,
        "received_at": stamp(case.received_at, voice.zone),
        "why": [why.value for why in one.why],
        "reasons": [_reason(why, voice) for why in one.why],
        "instead": one.instead.value,
        "advice": voice.translate(ADVICE[one.instead]),
    }


def _reason(why: Why, voice: Voice) -> str:
    within = WITHIN.get(why)
    return voice.translate(REASONS[why]).format(days=within.days if within else 0)
