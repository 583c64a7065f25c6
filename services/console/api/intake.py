"""Logging a matter: the form, who is calling, what would be promised, saving."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.console.api.means import Means, Visit, relied_on, typed
from services.console.policy.desk_forms import LOG
from services.console.policy.blanks import Typed, body_of, by_blank

REQUESTS = "/api/intake/requests"
FIRST = {"site": "", "case_type": "", "channel": "phone"}
UNWRITTEN = "—"
"""Stands for the content while it is still being written, so that promises can be counted."""
FOUND_MOST = 8


def routes(means: Means) -> list[Route]:
    """The form and its fragments."""
    intake = _Intake(means)
    return [
        Route("/cases/new", intake.page, methods=["GET"]),
        Route("/cases/new", intake.save, methods=["POST"]),
        Route("/cases/new/form", intake.again, methods=["POST"]),
        Route("/cases/new/promises", intake.promises, methods=["POST"]),
        Route("/cases/new/residents", intake.residents, methods=["POST"]),
        Route("/cases/new/caller", intake.caller, methods=["POST"]),
    ]


class _Intake:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """An empty form, for the site asked for or the first one."""
        visit = await self._means.visit(request)
        given = {name: [value] for name, value in request.query_params.items()}
        return await self._form(visit, given, "intake.html")

    async def again(self, request: Request) -> Response:
        """The form for another site or type, with everything typed so far."""
        visit = await self._means.visit(request)
        return await self._form(visit, await typed(request), "intake_form.html")

    async def save(self, request: Request) -> Response:
        """Log the matter and go to its page; or show what is wrong, with everything typed."""
        visit, given = await self._means.visit(request), await typed(request)
        key = _one(given, "key") or self._means.ids.message()
        answer = await self._means.gateway.post(visit.caller, REQUESTS, self._body(given), key=key)
        if answer.ok:
            return RedirectResponse(f"/cases/{answer.body['entity']}?at_least=intake:{answer.body['version']}", 303)
        return await self._form(visit, given, "intake.html", answer.status, problem=answer.body)

    async def promises(self, request: Request) -> Response:
        """What would be promised, before anything is kept."""
        visit, given = await self._means.visit(request), await typed(request)
        if not _one(given, "category"):
            return self._means.show(visit, "intake_promises.html", promises=[], problem=None)
        body = {**self._body(given), "content": _one(given, "content").strip() or UNWRITTEN}
        answer = await self._means.gateway.post(visit.caller, f"{REQUESTS}/preview", body)
        promises, problem = answer.body.get("promises", []), None if answer.ok else answer.body
        return self._means.show(visit, "intake_promises.html", promises=promises, problem=problem)

    async def residents(self, request: Request) -> Response:
        """Residents that match what is being typed, whichever blank it stands in."""
        visit, given = await self._means.visit(request), await typed(request)
        sought = _sought(request, given)
        params = {"site": _one(given, "site"), "q": sought[:50], "limit": FOUND_MOST}
        answer = await self._means.gateway.get(visit.caller, "/api/intake/residents", params) if sought else None
        found = answer.body.get("residents", []) if answer is not None else []
        return self._means.show(visit, "intake_residents.html", residents=found, sought=sought)

    async def caller(self, request: Request) -> Response:
        """The blanks about the caller, filled from a resident found; the search is over."""
        visit, given = await self._means.visit(request), await typed(request)
        return self._means.show(visit, "intake_chosen.html", given=_flat(given), errors={})

    def _body(self, given: Typed) -> dict[str, Any]:
        return body_of(LOG, given, zone=self._means.zone(_one(given, "site")))

    async def _form(
        self, visit: Visit, given: Typed, template: str, status: int = 200, *, problem: Mapping[str, Any] | None = None
    ) -> Response:
        sites = visit.where("desk")
        site = next((one for one in sites if one.id == _one(given, "site")), sites[0] if sites else None)
        if site is None:
            return self._means.show(visit, "intake.html", 403, site=None)
        offer = relied_on(await self._means.gateway.get(visit.caller, f"/api/intake/sites/{site.id}/form"))
        context = self._context(given, offer, problem)
        return self._means.show(visit, template, status, site=site, desk_sites=sites, offer=offer, **context)

    def _context(self, given: Typed, offer: Mapping[str, Any], problem: Mapping[str, Any] | None) -> dict[str, Any]:
        types = offer["case_types"]
        chosen = next((one for one in types if one["id"] == _one(given, "case_type")), types[0] if types else None)
        errors = by_blank(problem.get("errors", ()), LOG) if problem else {}
        return {
            "case_type": chosen,
            "given": FIRST | _flat(given),
            "ticked": {*given.get("criteria", ()), *given.get("flags", ())},
            "errors": errors,
            "problem": problem,
            # What was typed wrongly was never logged, so a corrected form is a new attempt.
            "key": self._means.ids.message(),
        }


def _one(given: Typed, name: str) -> str:
    values = given.get(name, ())
    return values[-1] if values else ""


def _flat(given: Typed) -> dict[str, str]:
    return {name: values[-1] for name, values in given.items() if values}


def _sought(request: Request, given: Typed) -> str:
    blank = request.headers.get("hx-trigger-name", "unit")
    return _one(given, blank if blank in ("unit", "caller.name", "caller.phone") else "unit").strip()
