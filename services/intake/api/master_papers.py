"""What leaves about master data: findings and changes of a load, page by page or as a sheet, and templates."""

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response

from services.intake.api.load_answers import change_shown
from services.intake.api.masters import seen
from services.intake.api.means import Means
from services.intake.policy.choosing import choices_of
from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.known import Choices
from services.intake.policy.masters.records import Kind
from services.intake.ports.loads import Form, Papers
from shared.contracts.wording import text
from shared.web.problems import refuse, voice_of

PAGE, PAGE_MOST = 200, 1000
REPORTED_MOST = 100_000
NUMBER_MOST = 2**31 - 1
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
ALL = "all"

Limit = Annotated[int, Query(ge=1, le=PAGE_MOST)]
Cursor = Annotated[str, Query(max_length=300)]


def add(api: FastAPI, means: Means, papers: Papers) -> None:
    """Add the routes; sheets before the pages of the same name."""
    _findings(api, means, papers)
    _changes(api, means)
    _templates(api, means, papers)


def _findings(api: FastAPI, means: Means, papers: Papers) -> None:
    @api.get("/master-files/{job}/findings")
    async def findings(request: Request, job: str, cursor: Cursor = "", limit: Limit = PAGE) -> dict[str, Any]:
        """What is wrong with a file, in the order it was found."""
        _, found = await seen(means, request, job)
        page = await means.loads.findings(found.id, _number(cursor), limit)
        following = str(page[-1][0]) if len(page) == limit else None
        items = [_shown(number, finding) for number, finding in page]
        return {"items": items, "total": found.findings, "next": following}

    @api.get("/master-files/{job}/findings.{form}")
    async def report(request: Request, job: str, form: Form) -> Response:
        """The same as a sheet, to put beside the file."""
        _, found = await seen(means, request, job)
        listed = [finding for _, finding in await means.loads.findings(found.id, 0, REPORTED_MOST)]
        sheet = await asyncio.to_thread(papers.report, listed, voice_of(request).language, form)
        return _sheet(sheet, f"findings.{form}", form)


def _number(cursor: str) -> int:
    return min(int(cursor), NUMBER_MOST) if cursor.isascii() and cursor.isdigit() else 0


def _changes(api: FastAPI, means: Means) -> None:
    @api.get("/master-files/{job}/changes")
    async def changes(request: Request, job: str, cursor: Cursor = "", limit: Limit = PAGE) -> dict[str, Any]:
        """What a load would change, or has changed: each record before and after."""
        _, found = await seen(means, request, job)
        kind, _, last = cursor.partition(":")
        page = await means.loads.changes(found.id, (kind, last), limit)
        following = f"{page[-1].kind}:{page[-1].id}" if len(page) == limit else None
        voice = means.voice(request, found.site)
        return {"items": [change_shown(change, voice) for change in page], "next": following}


def _templates(api: FastAPI, means: Means, papers: Papers) -> None:
    @api.get("/master-templates/{kind}.{form}")
    async def template(
        request: Request,
        kind: str,
        form: Form,
        site: Annotated[str | None, Query(max_length=200)] = None,
        language: Annotated[str | None, Query(max_length=10)] = None,
    ) -> Response:
        """A sheet to fill in, with the words of *site* to choose from; ``all`` holds every kind, as xlsx only."""
        actor = await means.process.surface.actor(request)
        chosen = _kind(kind, form)
        now = means.process.clock.now()
        known = means.site(actor, "admin", site) if site is not None else None
        choices = choices_of(means.process.book, known, now) if known is not None else Choices()
        spoken = voice_of(request).language if language is None else ("en" if language.startswith("en") else "zh")
        sheet = await asyncio.to_thread(papers.template, chosen, spoken, choices, form)
        return _sheet(sheet, f"{kind}.{form}", form)


def _kind(kind: str, form: Form) -> Kind | None:
    if kind == ALL and form == "xlsx":
        return None
    if kind not in list(Kind):
        hint = text("可选：{known}", known="、".join([*Kind, "all.xlsx"]))
        raise refuse("unknown_kind", text("没有这种表：{kind}", kind=f"{kind}.{form}"), status=404, hint=hint)
    return Kind(kind)


def _shown(number: int, finding: Finding) -> dict[str, Any]:
    both = {name: getattr(finding, name) for name in ("column", "wrong", "right")}
    plain = {name: getattr(finding, name) for name in ("sheet", "row", "letter", "value", "code", "count")}
    return {"number": number} | plain | {name: {"zh": said.zh, "en": said.en} for name, said in both.items()}


def _sheet(content: bytes, name: str, form: Form) -> Response:
    return Response(content, media_type=MEDIA[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})
