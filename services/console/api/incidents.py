"""Incidents: many matters with one cause; what is done to all of them stands on the incident's own page."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.console.api.means import Means, Visit, asked, relied_on, typed
from services.console.policy.blanks import Typed, body_of, by_blank
from services.console.policy.desk_forms import OPEN_INCIDENT
from shared.organisation.records import Site

INCIDENTS = "/api/intake/incidents"
KINDS = ("incident", "emergency")


def routes(means: Means) -> list[Route]:
    """The list, and opening one."""
    incidents = _Incidents(means)
    return [
        Route("/incidents", incidents.page, methods=["GET"]),
        Route("/incidents", incidents.open, methods=["POST"]),
    ]


class _Incidents:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """Incidents of a site that matters may join, and a form for another."""
        visit = await self._means.visit(request)
        given = {"from_case": asked(request, "from_case") or ""}
        return await self._shown(visit, asked(request, "site"), given)

    async def open(self, request: Request) -> Response:
        """Open an incident and go to its page; or show what is wrong."""
        visit, given = await self._means.visit(request), await typed(request)
        site = given.get("site", [""])[-1]
        body = body_of(OPEN_INCIDENT, given, zone=self._means.zone(site))
        answer = await self._means.gateway.post(visit.caller, INCIDENTS, body, key=_key(given))
        if answer.ok:
            return RedirectResponse(f"/cases/{answer.body['entity']}?at_least=intake:{answer.body['version']}", 303)
        typed_in = {name: values[-1] for name, values in given.items() if values}
        return await self._shown(visit, site, typed_in, status=answer.status, problem=answer.body)

    async def _shown(
        self,
        visit: Visit,
        wanted: str | None,
        given: Mapping[str, str],
        *,
        status: int = 200,
        problem: Mapping[str, Any] | None = None,
    ) -> Response:
        site = visit.site(wanted)
        listed, offer = await self._told(visit, site)
        errors = by_blank(problem.get("errors", ()), OPEN_INCIDENT, visit.voice.joint) if problem else {}
        context = {"site": site, "listed": listed, "types": _types(offer), "given": given, "errors": errors}
        key = self._means.ids.message()
        return self._means.show(visit, "incidents.html", status, problem=problem, key=key, **context)

    async def _told(self, visit: Visit, site: Site | None) -> tuple[list[Any], Mapping[str, Any]]:
        if site is None:
            return [], {}
        listed = relied_on(await self._means.gateway.get(visit.caller, INCIDENTS, {"site": site.id}))["incidents"]
        offer = await self._means.gateway.get(visit.caller, f"/api/intake/sites/{site.id}/form")
        return listed, offer.body if offer.ok else {}


def _types(offer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The case types an incident may be of; none where the reader may not log."""
    return [one for one in offer.get("case_types", ()) if one["kind"] in KINDS]


def _key(given: Typed) -> str | None:
    return next(iter(given.get("key", ())), None)
