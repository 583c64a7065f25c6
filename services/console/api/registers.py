"""Registers on screen, and as files."""

import csv
import re
from collections.abc import Mapping
from datetime import datetime
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
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
QUARTER = re.compile(r"[0-9]{4}-Q[1-4]")
_MONTHS_A_QUARTER = 3


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
        kept = chosen.get("window", {}).get("kind") if window == "own" else None
        now = self._means.clock.now().astimezone(zone_named(site.zone))
        month, shown = period_wanted(asked(request, "month") or "", kept, now)
        kind = "week" if kept == "calendar_week" else "month"
        place = {"site": site.id, "register": chosen.get("id", ""), "window": window}
        return place | {"month": month, "kind": kind, "shown": shown}

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


def period_wanted(typed: str, kept: str | None, now: datetime) -> tuple[str, str]:
    """The period a register is asked for, and what stands in the field for it: a month for its quarter, too."""
    if kept == "calendar_week":
        week = typed if "W" in typed else now.strftime("%G-W%V")
        return week, week
    if kept == "calendar_quarter":
        return _quarter_wanted(typed, now)
    month = typed if typed and "W" not in typed and "Q" not in typed else now.strftime("%Y-%m")
    return month, month


def _quarter_wanted(typed: str, now: datetime) -> tuple[str, str]:
    if QUARTER.fullmatch(typed):
        return typed, f"{typed[:4]}-{int(typed[6:]) * _MONTHS_A_QUARTER - 2:02}"
    month = typed if MONTH.fullmatch(typed) else now.strftime("%Y-%m")
    return f"{month[:4]}-Q{(int(month[5:]) - 1) // _MONTHS_A_QUARTER + 1}", month


def shown(sheet: str) -> list[list[str]]:
    """Cells for the screen, where nothing is a formula and none needs a guard."""
    return [[_unguarded(cell) for cell in row] for row in csv.reader(StringIO(sheet, newline=""))]


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in FORMULAS else cell
