"""Duties that come round: the quarter ahead of a site, what waits for a number, skipping one, the calendar feed.

Source: requirements §3.41, decision page 0026.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from services.console.api.means import Means, Refused, Visit, asked, relied_on, typed
from services.console.policy.acts import REASON
from services.console.policy.blanks import by_blank
from services.console.ports import Answer
from shared.web.wording import Voice

PLANS = "/api/intake/plans"
FEED = f"{PLANS}.ics"
ACTS = ("skip", "restore")


def routes(means: Means) -> list[Route]:
    """The page, its acts, the calendar."""
    plans = _Plans(means)
    return [
        Route("/plans", plans.page, methods=["GET"]),
        Route("/plans.ics", plans.feed, methods=["GET"]),
        Route("/plans/{site}/{rule}/{period}/{act}", plans.act, methods=["POST"]),
    ]


class _Plans:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """What is due at a site within the quarter ahead."""
        visit = await self._means.visit(request)
        chosen = (asked(request, "rule") or "", asked(request, "period") or "")
        return await self._page(visit, asked(request, "site"), chosen)

    async def act(self, request: Request) -> Response:
        """Let a duty be for once, with its reason, or take that back."""
        visit, given, path = await self._means.visit(request), await typed(request), request.path_params
        if path["act"] not in ACTS:
            raise Refused(Answer(404))
        parts = "/".join(quote(path[name], safe="") for name in ("site", "rule", "period"))
        reason = (given.get("reason") or [""])[-1]
        body = {"reason": reason} if path["act"] == "skip" else None
        answer = await self._means.gateway.post(visit.caller, f"{PLANS}/{parts}/{path['act']}", body)
        if answer.ok:
            duty = urlencode({name: path[name] for name in ("site", "rule", "period")})
            return RedirectResponse(f"/plans?{duty}#chosen", 303)
        refused = {"reason": reason, "told": answer.body}
        chosen = (path["rule"], path["period"])
        return await self._page(visit, path["site"], chosen, answer.status, refused=refused)

    async def _page(
        self,
        visit: Visit,
        wanted: str | None,
        chosen: tuple[str, str],
        status: int = 200,
        *,
        refused: Mapping[str, Any] | None = None,
    ) -> Response:
        site = visit.site(wanted)
        if site is None:
            return self._means.show(visit, "plans.html", status, site=None)
        told = relied_on(await self._means.gateway.get(visit.caller, PLANS, {"site": site.id}))
        days = by_day(told["duties"], site.zone)
        context: dict[str, Any] = {"site": site, "told": told, "chosen": chosen, "refused": refused, "days": days}
        context |= {"chosen_day": next((day for day, duties in days if _among(chosen, duties)), None)}
        context["switched_off"] = site.parameters.get("plans") == "off"
        context["may_skip"] = "lead" in visit.rights_at(site.id)
        fault = by_blank(refused["told"].get("errors", ()), (REASON,), visit.voice.joint) if refused else {}
        address = str(visit.request.base_url.replace(path=FEED, query=f"site={quote(site.id)}"))
        return self._means.show(visit, "plans.html", status, fault=fault, feed=address, **context)

    async def feed(self, request: Request) -> Response:
        """The calendar as a file, for whoever is signed in."""
        visit = await self._means.visit(request)
        file = await self._means.gateway.download(visit.caller, FEED, {"site": asked(request, "site")})
        return StreamingResponse(file.parts, file.status, headers=dict(file.headers))


def by_day(duties: Sequence[Mapping[str, Any]], zone: str) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The duties under the local day on which they are due; what is due at midnight belongs to the day that ends."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for duty in duties:
        found.setdefault(Voice(zone=zone).until(datetime.fromisoformat(duty["due_at"]))[:10], []).append(duty)
    return list(found.items())


def _among(chosen: tuple[str, str], duties: Sequence[Mapping[str, Any]]) -> bool:
    return any((one["rule"], one["period"]) == chosen for one in duties)
