"""Logging a matter: the form, who is calling, what would follow, saving, or going on with a matter told before."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.console.api.desk_help import help_for, rules_at
from services.console.api.means import Means, Refused, Visit, relied_on, typed
from services.console.policy.blanks import Blank, Typed, body_of, by_blank
from services.console.policy.desk_forms import LOG, OUTER_LINES
from services.console.policy.forms import blanks_of
from services.console.ports import Answer
from shared.organisation.records import Site

REQUESTS = "/api/intake/requests"
FIRST = {"site": "", "case_type": "", "channel": "phone"}
FOUND_MOST = 8
AGAIN, REOPEN = "raise-again", "reopen"


def routes(means: Means) -> list[Route]:
    """The form and its fragments."""
    intake = _Intake(means)
    return [
        Route("/cases/new", intake.page, methods=["GET"]),
        Route("/cases/new", intake.save, methods=["POST"]),
        Route("/cases/new/form", intake.again, methods=["POST"]),
        Route("/cases/new/help", intake.help, methods=["POST"]),
        Route("/cases/new/residents", intake.residents, methods=["POST"]),
        Route("/cases/new/caller", intake.caller, methods=["POST"]),
        Route("/cases/new/instead/{case}/{act}", intake.instead, methods=["POST"]),
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
        """The form for another site or type, with everything typed so far; a whole page without scripts."""
        visit = await self._means.visit(request)
        template = "intake_form.html" if request.headers.get("hx-request") else "intake.html"
        return await self._form(visit, await typed(request), template)

    async def save(self, request: Request) -> Response:
        """Log the matter and go to its page; or show what is wrong, with everything typed."""
        visit, given = await self._means.visit(request), await typed(request)
        key = _one(given, "key") or self._means.ids.message()
        answer = await self._means.gateway.post(visit.caller, REQUESTS, self._body(visit, given), key=key)
        if answer.ok:
            return RedirectResponse(f"/cases/{answer.body['entity']}?at_least=intake:{answer.body['version']}", 303)
        return await self._form(visit, given, "intake.html", answer.status, problem=answer.body)

    async def instead(self, request: Request) -> Response:
        """Go on with a matter told before: the customer comes back about it, or it is handled again."""
        visit, given = await self._means.visit(request), await typed(request)
        case, act = request.path_params["case"], request.path_params["act"]
        answer = await self._gone_on(visit, case, act, given)
        if answer.ok:
            service = "intake" if act == AGAIN else "dispatch"
            return RedirectResponse(f"/cases/{case}?at_least={service}:{answer.body.get('version', 0)}", 303)
        return await self._form(visit, given, "intake.html", answer.status, problem=answer.body)

    async def _gone_on(self, visit: Visit, case: str, act: str, given: Typed) -> Answer:
        words, key = _one(given, "content").strip(), f"{_one(given, 'key')}-{act}"
        if act == AGAIN:
            body = {"channel": _one(given, "channel") or FIRST["channel"], "content": words}
            return await self._means.gateway.post(visit.caller, f"{REQUESTS}/{case}/{AGAIN}", body, key=key)
        if act == REOPEN:
            again = {"because": "customer", "reason": words}
            return await self._means.gateway.post(visit.caller, f"/api/dispatch/cases/{case}/{REOPEN}", again, key=key)
        raise Refused(Answer(404))

    async def help(self, request: Request) -> Response:
        """How grave the matter is and why, what would be promised, what is alike, before anything is kept."""
        visit, given = await self._means.visit(request), await typed(request)
        site = self._site(visit, given)
        if site is None:
            raise Refused(Answer(403))
        told = await help_for(self._means, visit, site, self._body(visit, given), given)
        return self._means.show(visit, "intake_help.html", site=site, given=_flat(given), **told)

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

    def _site(self, visit: Visit, given: Typed) -> Site | None:
        sites = visit.where("desk")
        return next((one for one in sites if one.id == _one(given, "site")), sites[0] if sites else None)

    def _body(self, visit: Visit, given: Typed) -> dict[str, Any]:
        site = self._site(visit, given)
        form = self._asked(visit, site, _one(given, "case_type")) if site else ()
        return body_of((*LOG, *form), given, zone=self._means.zone(_one(given, "site")))

    def _asked(self, visit: Visit, site: Site, case_type: str) -> tuple[Blank, ...]:
        rules = rules_at(self._means, site, case_type)
        return blanks_of(rules[1].form, visit.voice.language) if rules else ()

    async def _form(
        self, visit: Visit, given: Typed, template: str, status: int = 200, *, problem: Mapping[str, Any] | None = None
    ) -> Response:
        site = self._site(visit, given)
        if site is None:
            return self._means.show(visit, "intake.html", 403, site=None)
        offer = relied_on(await self._means.gateway.get(visit.caller, f"/api/intake/sites/{site.id}/form"))
        context = await self._context(visit, site, given, offer, problem)
        sites = visit.where("desk")
        return self._means.show(visit, template, status, site=site, desk_sites=sites, offer=offer, **context)

    async def _context(
        self, visit: Visit, site: Site, given: Typed, offer: Mapping[str, Any], problem: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        types = offer["case_types"]
        chosen = next((one for one in types if one["id"] == _one(given, "case_type")), types[0] if types else None)
        form = self._asked(visit, site, chosen["id"]) if chosen else ()
        typed_in = {**given, "site": [site.id], "case_type": [chosen["id"]]} if chosen else given
        channel = {} if _one(given, "channel") else {"channel": [FIRST["channel"]]}
        body = body_of((*LOG, *form), {**typed_in, **channel}, zone=site.zone)
        return {
            "case_type": chosen,
            "form": form,
            "outer_lines": OUTER_LINES,
            "given": FIRST | _flat(given),
            "ticked": {*given.get("criteria", ()), *given.get("flags", ())},
            "partly": set(given.get("partly", ())),
            "errors": by_blank(problem.get("errors", ()), (*LOG, *form), visit.voice.joint) if problem else {},
            "refused": problem,
            # What was typed wrongly was never logged, so a corrected form is a new attempt.
            "key": self._means.ids.message(),
            **await help_for(self._means, visit, site, body, typed_in),
        }


def _one(given: Typed, name: str) -> str:
    values = given.get(name, ())
    return values[-1] if values else ""


def _flat(given: Typed) -> dict[str, str]:
    return {name: values[-1] for name, values in given.items() if values}


def _sought(request: Request, given: Typed) -> str:
    blank = request.headers.get("hx-trigger-name", "unit")
    return _one(given, blank if blank in ("unit", "caller.name", "caller.phone") else "unit").strip()
