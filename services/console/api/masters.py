"""Master data by file: templates, a file handed in, what it would change, the applying and undoing of it."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from services.console.api.means import Means, Refused, Visit, asked, relied_on, typed
from services.console.policy.masters import HEADINGS, SHEETS, STATES, UNDER_WAY, altered, columns, label_of, many, told
from services.console.ports import Answer
from shared.organisation.records import Site
from shared.web.surface import BODY_ALLOWED

FILES = "/api/intake/master-files"
TEMPLATES = "/api/intake/master-templates"
FILE_MOST = 200 * 1024 * 1024
AROUND_IT = 1024 * 1024
"""What a form adds to the file inside."""
PART = 256 * 1024
ROWS_SHOWN = 100
FORMS = ("xlsx", "csv")
ACTS = ("apply", "undo", "discard")
NO_FILE = {"detail": "请选择要上传的文件", "hint": ""}


def routes(means: Means) -> list[Route]:
    """The pages, the files, the acts."""
    masters = _Masters(means)
    return [
        Route("/master", masters.page, methods=["GET"]),
        Route("/master/files", masters.hand_in, methods=["POST"]),
        Route("/master/templates/{kind}.{form}", masters.template, methods=["GET"]),
        Route("/master/{job}", masters.load, methods=["GET"]),
        Route("/master/{job}/state", masters.state, methods=["GET"]),
        Route("/master/{job}/findings.{form}", masters.report, methods=["GET"]),
        Route("/master/{job}/{act}", masters.act, methods=["POST"]),
    ]


class _Masters:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """Templates, the form, and the loads of one site."""
        visit = await self._visit(request)
        return await self._page(visit, _site(visit, asked(request, "site")))

    async def hand_in(self, request: Request) -> Response:
        """Pass a file on as it comes; nothing of it stays here."""
        visit = await self._visit(request)
        site = _site(visit, asked(request, "site"))
        request.scope[BODY_ALLOWED] = FILE_MOST + AROUND_IT
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                words = {name: visit.voice.translate(said) if said else "" for name, said in NO_FILE.items()}
                return await self._page(visit, site, Answer(422, words))
            leavers = "keep" if form.get("leavers") == "keep" else "end"
            query = {"site": site.id, "name": file.filename, "leavers": leavers}
            answer = await self._means.gateway.upload(visit.caller, FILES, query, _parts(file))
        if not answer.ok:
            return await self._page(visit, site, answer)
        return RedirectResponse(f"/master/{answer.body['job']}", 303)

    async def template(self, request: Request) -> Response:
        """A sheet to fill in."""
        visit, form = await self._visit(request), request.path_params["form"]
        site = _site(visit, asked(request, "site"))
        query = {"site": site.id, "language": visit.voice.language}
        return await self._file(visit, f"{TEMPLATES}/{request.path_params['kind']}.{form}", query)

    async def report(self, request: Request) -> Response:
        """Everything wrong with a file, as a file."""
        visit, params = await self._visit(request), request.path_params
        return await self._file(visit, f"{FILES}/{params['job']}/findings.{params['form']}", {})

    async def _file(self, visit: Visit, path: str, query: Mapping[str, Any]) -> Response:
        if not path.endswith(FORMS):
            raise Refused(Answer(404))
        file = await self._means.gateway.download(visit.caller, path, query)
        return StreamingResponse(file.parts, file.status, headers=dict(file.headers))

    async def load(self, request: Request) -> Response:
        """One load: how far it is, what it would change, what is wrong with it."""
        visit = await self._visit(request)
        return await self._load(visit, request)

    async def state(self, request: Request) -> Response:
        """How far a load is; once it is through, the whole page is due."""
        visit = await self._visit(request)
        job = await self._job(visit, request)
        shown = self._means.show(visit, "master_state.html", **_told(job, visit))
        if job["state"] not in UNDER_WAY:
            shown.headers["HX-Refresh"] = "true"
        return shown

    async def act(self, request: Request) -> Response:
        """Apply, undo or discard a load."""
        visit, act = await self._visit(request), request.path_params["act"]
        if act not in ACTS:
            raise Refused(Answer(404))
        path, given = f"{FILES}/{request.path_params['job']}", await typed(request)
        if act == "discard":
            site = (await self._job(visit, request))["site"]
            answer = await self._means.gateway.delete(visit.caller, path)
            return (
                RedirectResponse(f"/master?site={site}", 303) if answer.ok else await self._load(visit, request, answer)
            )
        body = {"end_many": "end_many" in given} if act == "apply" else {}
        answer = await self._means.gateway.post(visit.caller, f"{path}/{act}", body)
        if not answer.ok:
            return await self._load(visit, request, answer)
        return RedirectResponse(f"/master/{request.path_params['job']}", 303)

    async def _visit(self, request: Request) -> Visit:
        visit = await self._means.visit(request)
        if not visit.where("admin"):
            raise Refused(Answer(403))
        return visit

    async def _job(self, visit: Visit, request: Request) -> Mapping[str, Any]:
        return relied_on(await self._means.gateway.get(visit.caller, f"{FILES}/{request.path_params['job']}"))

    async def _page(self, visit: Visit, site: Site, refusal: Answer | None = None) -> Response:
        listed = await self._means.gateway.get(visit.caller, FILES, {"site": site.id})
        loads = [_told(job, visit) for job in relied_on(listed)["items"]]
        context = {"site": site, "where": visit.where("admin"), "loads": loads, "sheets": SHEETS}
        return self._means.show(
            visit, "master.html", refusal.status if refusal else 200, problem=refusal and refusal.body, **context
        )

    async def _load(self, visit: Visit, request: Request, refusal: Answer | None = None) -> Response:
        job = await self._job(visit, request)
        path, context = f"{FILES}/{job['job']}", _told(job, visit)
        findings = await self._rows(visit, f"{path}/findings", asked(request, "findings"), job["findings_total"])
        changes = await self._rows(visit, f"{path}/changes", asked(request, "changes"), job["changes"])
        said = visit.voice.translate
        rows = [
            (label_of(one["kind"], said), one, altered(one, said), said(HEADINGS.get(one["what"], one["what"])))
            for one in changes["items"]
        ]
        context |= {"findings": findings, "changes": rows, "next_changes": changes["next"]}
        status = refusal.status if refusal else 200
        return self._means.show(visit, "master_load.html", status, problem=refusal and refusal.body, **context)

    async def _rows(self, visit: Visit, path: str, cursor: str | None, total: int) -> Mapping[str, Any]:
        if not total:
            return {"items": [], "next": None}
        return relied_on(await self._means.gateway.get(visit.caller, path, {"cursor": cursor, "limit": ROWS_SHOWN}))


def _told(job: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    """A load in the reader's words."""
    return {
        "job": job,
        "standing": STATES.get(job["state"], ""),
        "does": told(job["counts"], visit.voice.translate),
        "tallies": columns(job["counts"]),
        "headings": HEADINGS,
        "under_way": job["state"] in UNDER_WAY,
        "many": many(job["counts"], job["living"]),
    }


def _site(visit: Visit, wanted: str | None) -> Site:
    there = visit.where("admin")
    if wanted is not None and wanted not in {site.id for site in there}:
        raise Refused(Answer(404))
    return next((site for site in there if site.id == wanted), there[0])


async def _parts(file: UploadFile) -> AsyncIterator[bytes]:
    while part := await file.read(PART):
        yield part
