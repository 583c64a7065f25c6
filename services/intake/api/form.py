"""Everything the intake form offers at a site, in one answer."""

from typing import Any

from fastapi import FastAPI, Request

from services.intake.api.answers import incident_shown, named
from services.intake.api.case_types import type_shown
from services.intake.api.helping import visible_types
from services.intake.api.means import Means
from services.intake.policy.ruling import CIRCUMSTANCES
from shared.organisation.records import Site
from shared.web.wording import Voice

CHANNELS = {
    "phone": "电话",
    "visit": "来访",
    "online": "网络",
    "letter": "来信",
    "fax": "传真",
    "radio": "对讲",
    "patrol": "巡查",
    "superior": "上级转来",
}
FLAGS = {
    "works": "工程类",
    "joint_handling": "需多部门协同",
    "within_authority": "权限内",
    "beyond_authority": "超出权限",
    "contracted_service": "承诺或合同规定的服务",
}


def add(api: FastAPI, means: Means) -> None:
    """Add the route."""
    surface = means.process.surface

    @api.get("/sites/{site}/form")
    async def form(request: Request, site: str) -> dict[str, Any]:
        """Case types with categories, severities and criteria; channels; incidents one may join."""
        actor = await surface.actor(request)
        known = means.site(actor, "desk", site)
        voice = means.voice(request, site)
        return {
            "site": _site_shown(known),
            "case_types": [type_shown(pack, one) for pack, one in visible_types(means, site)],
            "channels": _words(CHANNELS, voice),
            "flags": _words({word: FLAGS[word] for word in FLAGS if word in CIRCUMSTANCES}, voice),
            "incidents": [incident_shown(one, voice) for one in await means.cases.incidents(site)],
        }


def _site_shown(site: Site) -> dict[str, Any]:
    return {"id": site.id, "code": site.code, "name": named(site.name), "zone": site.zone, "phone": site.phone}


def _words(words: dict[str, str], voice: Voice) -> list[dict[str, str]]:
    return [
        {"id": word, "zh": sentence, "en": Voice("en").translate(sentence), "name": voice.translate(sentence)}
        for word, sentence in words.items()
    ]
