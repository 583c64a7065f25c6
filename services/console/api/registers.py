"""Registers on screen, and as files."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.console.api.means import Means, Refused, Visit, asked, relied_on
from services.console.ports import Answer
from shared.organisation.records import Site
from shared.timekeeping.calendar import zone_named

REGISTERS = "/api/reporting/registers"
FORMS = ("csv", "xlsx", "json")
ROWS_SHOWN = 500
OK = 200
FORMULAS = "=+-@\t\r"


def routes(means: Means) -> list[Route]:
    """The page and the files."""
    registers = _Registers(means)
    return [
        Route("/registers", registers.page, methods=["GET"]),
        Route("/registers/{register}.{form}", registers.file, methods=["GET"]),
    ]


class _Registers:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """A register of one site and month."""
        visit = await self._means.visit(request)
        site = visit.site(asked(request, "site"))
        if site is None:
            return self._means.show(visit, "registers.html", listed=[], issue=None, problem=None, wanted={})
        told = relied_on(await self._means.gateway.get(visit.caller, REGISTERS, {"site": site.id}))
        wanted = self._wanted(request, site, told["items"])
        issue, problem = await self._issue(visit, wanted)
        rows = await self._rows(visit, wanted) if issue else []
        context = {"listed": told["items"], "issue": issue, "problem": problem, "wanted": wanted, "rows": rows}
        return self._means.show(visit, "registers.html", **context)

    def _wanted(self, request: Request, site: Site, listed: list[Mapping[str, Any]]) -> dict[str, str]:
        register, window = asked(request, "register"), asked(request, "window") or "own"
        chosen = next((one for one in listed if one["id"] == register), listed[0] if listed else {})
        weekly = window == "own" and chosen.get("window", {}).get("kind") == "calendar_week"
        now = self._means.clock.now().astimezone(zone_named(site.zone))
        month = asked(request, "month") or ""
        if ("W" in month) is not weekly or not month:
            month = now.strftime("%G-W%V" if weekly else "%Y-%m")
        kind = "week" if weekly else "month"
        return {"site": site.id, "register": chosen.get("id", ""), "month": month, "window": window, "kind": kind}

    async def _issue(
        self, visit: Visit, wanted: Mapping[str, str]
    ) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        if not wanted["register"]:
            return None, None
        params = {name: wanted[name] for name in ("site", "month", "window")}
        answer = await self._means.gateway.get(visit.caller, f"{REGISTERS}/{wanted['register']}", params)
        return (answer.body, None) if answer.ok else (None, answer.body)

    async def _rows(self, visit: Visit, wanted: Mapping[str, str]) -> list[list[str]]:
        """The first rows as the file words them; the rest is not read."""
        params = {name: wanted[name] for name in ("site", "month", "window")} | {"format": "csv", "part": "rows"}
        file = await self._means.gateway.download(visit.caller, f"{REGISTERS}/{wanted['register']}", params)
        read = b""
        async for part in file.parts:
            read += part
            if read.count(b"\r\n") > ROWS_SHOWN:
                break
        return shown(read.decode("utf-8-sig", "ignore"))[1 : ROWS_SHOWN + 1] if file.status == OK else []

    async def file(self, request: Request) -> Response:
        """The same register as a file."""
        visit, form = await self._means.visit(request), request.path_params["form"]
        if form not in FORMS:
            raise Refused(Answer(404))
        params = {name: asked(request, name) for name in ("site", "month", "window")} | {"format": form}
        path = f"{REGISTERS}/{request.path_params['register']}"
        file = await self._means.gateway.download(visit.caller, path, params)
        headers = dict(file.headers)
        if form == "json":
            headers["content-disposition"] = f'attachment; filename="{params["month"] or "register"}.json"'
        return StreamingResponse(file.parts, file.status, headers=headers)


def shown(sheet: str) -> list[list[str]]:
    """Cells for the screen, where nothing is a formula and none needs a guard."""
    return [[_unguarded(cell) for cell in row] for row in csv.reader(StringIO(sheet, newline=""))]


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in FORMULAS else cell
