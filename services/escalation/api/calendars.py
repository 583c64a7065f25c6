"""Calendars as deadlines see them: what a change would move, how far one has been followed, what is provisional."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from services.escalation.api.previewing import Preview, previewed
from services.escalation.api.showing import stamp
from services.escalation.ports import Calendars, Following, OpenCases, Provisional
from shared.contracts.fields import Command, Line, Prose
from shared.organisation.records import CalendarRecord, Evidence, Notice, Site
from shared.organisation.site_calendar import calendar_from
from shared.process.service import ServiceProcess
from shared.timekeeping.holidays import chinese_table, chinese_year
from shared.timekeeping.zones import local_date
from shared.web.calendars import read_calendar
from shared.web.problems import voice_of
from shared.web.sites import site_of

PAGE = 500
PAGE_MOST = 2000


class CalendarPreview(Command):
    """What would a calendar move?

    Attributes:
        calendar: The whole calendar as it would be put in force.
        cursor: Where the page before ended; empty for the first.
        limit: Open cases looked at for one page.
    """

    site: Line
    calendar: dict[str, Any]
    cursor: Prose = ""
    limit: Annotated[int, Field(ge=1, le=PAGE_MOST)] = PAGE


def calendar_routes(process: ServiceProcess, calendars: Calendars, cases: OpenCases) -> None:
    """Add the routes about calendars."""
    _previewing(process, cases)
    _reading(process, _Standings(process, calendars, cases))


def _previewing(process: ServiceProcess, cases: OpenCases) -> None:
    @process.api.post("/calendars/preview")
    async def preview(request: Request, asked: CalendarPreview) -> dict[str, Any]:
        """Which open deadlines a calendar would move, page by page over the site's open cases; nothing is changed.

        The counts are of the cases of this page: whoever wants all of them adds up the pages until ``cursor`` is null.
        """
        actor = await process.surface.actor(request)
        process.surface.require(actor, "admin", asked.site)
        site = site_of(process.book, asked.site)
        calendar = calendar_from(read_calendar(asked.calendar), site.zone)
        ids = await cases.page(site.id, asked.cursor, asked.limit)
        voice = voice_of(request, site.zone)
        return {
            "site": site.id,
            "from_version": site.calendar.version,
            "to_version": calendar.version,
            "open_cases": await cases.count(site.id),
            **await previewed(process, Preview(calendar, process.clock.now(), voice), ids),
            "cursor": ids[-1] if len(ids) == asked.limit else None,
        }


def _reading(process: ServiceProcess, standings: "_Standings") -> None:
    @process.api.get("/calendars")
    async def several(request: Request, *, alarms: bool = False) -> dict[str, Any]:
        """How the sites I may see stand with their calendars; with ``alarms=true`` only those with an alarm."""
        actor = await process.surface.actor(request)
        seen = [site for site in process.book.sites() if actor.can("view", site.id)]
        return {"items": await standings.of(seen, alarms_only=alarms)}

    @process.api.get("/calendars/{site}")
    async def one(request: Request, site: str) -> dict[str, Any]:
        """The calendar in force, how far the open cases have followed it, and what it does not know yet."""
        actor = await process.surface.actor(request)
        process.surface.require(actor, "view", site)
        return (await standings.of([site_of(process.book, site)]))[0]


@dataclass(frozen=True, slots=True)
class _Standings:
    """How sites stand with their calendars."""

    process: ServiceProcess
    calendars: Calendars
    cases: OpenCases

    async def of(self, sites: Sequence[Site], *, alarms_only: bool = False) -> list[dict[str, Any]]:
        """One entry a site."""
        provisional = await self.calendars.provisional([site.id for site in sites])
        shown = [site for site in sites if site.id in provisional or not alarms_only]
        following = await self.calendars.following([site.id for site in shown])
        return [await self._one(site, following.get(site.id), provisional.get(site.id, ())) for site in shown]

    async def _one(
        self, site: Site, following: Following | None, provisional: tuple[Provisional, ...]
    ) -> dict[str, Any]:
        known = following if following is not None and following.version == site.calendar.version else None
        followed = known is not None and known.followed_at is not None
        left = 0 if followed else await self.cases.count(site.id, known.reached if known else "")
        this_year = local_date(self.process.clock.now(), site.zone).year
        years = {this_year, this_year + 1, *(one.year for one in provisional)}
        return {
            "site": site.id,
            "version": site.calendar.version,
            "evidence": self._evidence(site.calendar.evidence),
            "swept": followed,
            "swept_at": stamp(known.followed_at) if known else None,
            "moved": known.moved if known else 0,
            "left": left,
            "years": [_year(site.calendar, year) for year in sorted(years)] if site.calendar.statutory == "cn" else [],
            "provisional": [{"year": one.year, "deadlines": one.deadlines} for one in provisional],
            "alarm": bool(provisional),
        }

    def _evidence(self, evidence: Evidence | None) -> dict[str, Any] | None:
        if evidence is None:
            return None
        approver = self.process.book.staff.person(evidence.approved_by)
        return {
            "source": evidence.source,
            "dated": evidence.dated.isoformat(),
            "approved_by": evidence.approved_by,
            "approver": approver.name if approver else evidence.approved_by,
            "approved_at": stamp(evidence.approved_at),
        }


def _year(record: CalendarRecord, year: int) -> dict[str, Any]:
    notice = _notice(record.notices, year)
    if notice is not None:
        return {"year": year, "known_by": "notice", "source": notice.source, "dated": notice.published.isoformat()}
    known = chinese_year(year).known
    return {"year": year, "known_by": "table" if known else None, "source": chinese_table() if known else None}


def _notice(notices: Iterable[Notice], year: int) -> Notice | None:
    return next((notice for notice in notices if notice.year == year), None)
