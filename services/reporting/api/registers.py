"""Registers of one site, and totals over many."""

import csv
from collections.abc import Awaitable, Sequence
from datetime import datetime
from io import StringIO
from typing import Annotated, Literal, TypeVar

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.reporting.api.answers import answer, seen, sites_of
from services.reporting.policy.windows import MONTH, PERIOD, MonthNeeded, QuarterNeeded, Way, WeekNeeded
from services.reporting.ports import Row, TotalsAsked, TotalsReader
from services.reporting.ports.registers import Asked, Issue, NoRegister, Office, TooManyRows
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.rules.book import Book
from shared.web.problems import refuse, voice_of

Month = Annotated[str | None, Query(pattern=MONTH)]
Period = Annotated[str | None, Query(pattern=PERIOD)]
Site = Annotated[str, Query(max_length=100)]
Word = Annotated[str | None, Query(max_length=200)]
T = TypeVar("T")
GROUPS = ("site", "month", "category")
BOM = "\ufeff"


def routes(process: ServiceProcess, office: Office, totals: TotalsReader) -> None:
    """Add the routes of registers; totals before the register of that name would be looked up."""
    _listing(process, office)
    _totals(process, totals)
    _issue(process, office)


def _listing(process: ServiceProcess, office: Office) -> None:
    @process.api.get("/registers")
    async def registers(request: Request, site: Site) -> Response:
        """The registers the site keeps under its pack."""
        seen(process, await process.surface.actor(request), site)
        return answer({"site": site, "items": office.registers(site, process.clock.now())})


def _totals(process: ServiceProcess, totals: TotalsReader) -> None:
    @process.api.get("/registers/totals")
    async def register_totals(  # noqa: PLR0913  one parameter of the query each
        request: Request,
        *,
        month: Month = None,
        window: Literal["calendar"] = "calendar",
        group: Annotated[str, Query(max_length=100)] = "site,month,category",
        site: Word = None,
        case_type: Word = None,
        source: Word = None,
        format: Literal["json", "csv"] = "json",  # noqa: A002  the word callers type
    ) -> Response:
        """Cases received, over every site the caller sees; comparison runs by calendar month alone (TS-12)."""
        chosen = sites_of(process, await process.surface.actor(request), site)
        groups = _groups(group)
        counted = await totals.totals(TotalsAsked(chosen, groups, month, case_type, source))
        rows = [_with_code(process.book, row) for row in counted]
        if format == "csv":
            return Response(_csv(groups, rows), media_type="text/csv; charset=utf-8")
        total = sum(row["count"] for row in rows)
        return answer({"month": month, "window": window, "group": groups, "total": total, "items": rows})


def _issue(process: ServiceProcess, office: Office) -> None:
    @process.api.get("/registers/{register}")
    async def issue(
        request: Request,
        register: Annotated[str, Path(max_length=50)],
        *,
        site: Site,
        month: Period = None,
        window: Way = Way.OWN,
        format: Literal["json", "csv", "xlsx"] = "json",  # noqa: A002  the word callers type
        part: Literal["all", "rows"] = "all",
    ) -> Response:
        """A register of one site: by its own window or by calendar month; ``part=rows`` leaves the sums out."""
        seen(process, await process.surface.actor(request), site)
        language = voice_of(request).language
        now = process.clock.now()
        asked = Asked(register, site, month, window, format, part == "rows", language, now)
        return _file(await found(office.issue(asked), asked), attached=format != "json")


def asked_for(register: str, site: str, period: str, *, now: datetime) -> Asked:
    """The issue of a period as it is filed."""
    return Asked(register, site, period, Way.OWN, "json", rows_only=False, language="zh", now=now)


async def found(work: Awaitable[T], asked: Asked) -> T:
    """What the office answers, its refusals as problems."""
    try:
        return await work
    except NoRegister as unknown:
        known = "、".join(unknown.known)
        raise refuse(
            "unknown_register",
            text("这个项目没有表册 {register}", register=asked.register),
            status=404,
            field="/register",
            hint=text("现有：{known}", known=known),
        ) from None
    except MonthNeeded:
        raise refuse("month_needed", text("请写明月份，例如 2025-03"), status=422, field="/month") from None
    except WeekNeeded:
        raise refuse(
            "week_needed", text("这张表册按周，请写明年和周，例如 2025-W10"), status=422, field="/month"
        ) from None
    except QuarterNeeded:
        raise refuse(
            "quarter_needed", text("这张表册按季，请写明年和季度，例如 2025-Q1"), status=422, field="/month"
        ) from None
    except TooManyRows:
        hint = text("请改用 format=csv，或按月导出")
        raise refuse("too_many_rows", text("行数超过一张工作表的上限"), status=422, hint=hint) from None


def _file(issue: Issue, *, attached: bool) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{issue.filename}"'} if attached else {}
    return StreamingResponse(issue.parts, media_type=issue.media_type, headers=headers)


def _groups(asked: str) -> tuple[str, ...]:
    named = tuple(part.strip() for part in asked.split(","))
    if not set(named) <= set(GROUPS):
        raise refuse(
            "unknown_group",
            text("只能按这些分组：{groups}", groups=", ".join(GROUPS)),
            status=422,
            field="/group",
        )
    return tuple(name for name in GROUPS if name in named)


def _with_code(book: Book, row: Row) -> Row:
    """The site's own code beside its id: what an import's source and the people call it."""
    return {**row, "site_code": book.site(row["site"]).code} if "site" in row else row


def _csv(groups: tuple[str, ...], rows: Sequence[Row]) -> str:
    sheet = StringIO()
    table = csv.writer(sheet)
    codes = ["site_code"] if "site" in groups else []
    table.writerow([*groups, "count", *codes])
    for row in rows:
        named, coded = [_safe(row[name]) for name in groups], [_safe(row[name]) for name in codes]
        table.writerow([*named, row["count"], *coded])
    return BOM + sheet.getvalue()


def _safe(value: str | None) -> str:
    # An import keeps the source's own words for a category; none of them may become a formula.
    return f"'{value}" if value and value[0] in "=+-@\t\r" else value or ""
