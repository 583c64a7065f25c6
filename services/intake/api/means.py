"""What every route of intake has at hand, and the look-ups a pure fold cannot make."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fastapi import Request

from services.intake.commands import bad, unknown_case
from services.intake.ports import Cases, Estate, Kept, Numbers, Sightings
from services.intake.ports.loads import Loads
from services.intake.ports.planning import Feed, Plans
from services.intake.state import INCIDENT
from shared.contracts.fold import Actor
from shared.contracts.wording import Text, text
from shared.organisation.records import Site
from shared.process.service import ServiceProcess
from shared.rules.book import UnknownSite
from shared.timekeeping.calendar import zone_named
from shared.web.problems import Problem, voice_of
from shared.web.sites import site_of
from shared.web.wording import Voice


@dataclass(frozen=True, slots=True)
class Means:
    """The process, and intake's own stores.

    Attributes:
        wake: Has loads looked after at once.
        plans: Duties that come round; *feed* writes them as a calendar.
        sightings: Finds cases that may be the same matter.
    """

    process: ServiceProcess
    numbers: Numbers
    estate: Estate
    cases: Cases
    loads: Loads
    wake: Callable[[], None]
    plans: Plans
    feed: Feed
    sightings: Sightings

    def voice(self, request: Request, site: str) -> Voice:
        """The caller's language, in the site's zone; the usual zone where the site is unknown."""
        try:
            return voice_of(request, self.process.book.site(site).zone)
        except UnknownSite:
            return voice_of(request)

    def site(self, actor: Actor, right: str, site: str) -> Site:
        """The site, where *actor* has *right*.

        Raises:
            Problem: 404 for a site that does not exist or is out of sight, 403 for a right not granted.
        """
        self.process.surface.require(actor, right, site)
        return site_of(self.process.book, site)

    def today(self, site: Site) -> date:
        """The day it is at *site*."""
        return self.process.clock.now().astimezone(zone_named(site.zone)).date()

    async def visible(self, actor: Actor, case: str) -> Kept:
        """The case, as far as *actor* may see it.

        Raises:
            Problem: 404, the same for a case that does not exist and for another site's.
        """
        kept = await self.cases.one(case)
        if kept is None or not actor.can("view", kept.case.site):
            raise Problem(unknown_case())
        return kept

    async def check_place(self, actor: Actor, site: str, *, unit: str | None, resident: str | None) -> None:
        """Refuse a unit or resident the site does not have; says nothing about a site out of sight.

        Raises:
            Problem: 422, naming the field and what would be right.
        """
        if not actor.can("view", site):
            return
        alike = await self.estate.lacks_unit(site, unit) if unit is not None else None
        if alike is not None:
            hint = text("相近的有：{known}", known=tuple(Text(one) for one in alike)) if alike else None
            raise Problem(bad("unknown_unit", "/unit", text("这个项目没有这个房号：{unit}", unit=unit or ""), hint))
        if unit is not None and await self.estate.has_closed(site, unit):
            sentence = text("这套房屋已注销：{unit}", unit=unit)
            raise Problem(bad("closed_unit", "/unit", sentence, text("请核对房号；房屋仍在用的，请先更正房屋资料")))
        if resident is not None and not await self.estate.has_resident(site, resident):
            sentence = text("这个项目没有这位住户：{resident}", resident=resident)
            raise Problem(bad("unknown_resident", "/caller/resident", sentence, text("请先查找住户")))

    async def check_origin(self, site: str, case: str | None) -> None:
        """Refuse to split off what is no case of *site*.

        Raises:
            Problem: 422 at ``/split_from``.
        """
        if case is None:
            return
        kept = await self.cases.one(case)
        if kept is None or kept.case.site != site:
            raise Problem(bad("unknown_case", "/split_from", text("这个项目没有这个事项")))

    async def check_incident(self, actor: Actor, incident: str | None, *, case: str | None = None) -> None:
        """Refuse to join what is no incident, or one that has ended, or the case itself.

        Raises:
            Problem: 422 at ``/incident``.
        """
        if incident is None:
            return
        kept = await self.cases.one(incident)
        in_sight = kept is not None and actor.can("view", kept.case.site)
        if kept is None or not in_sight or kept.case.index_status != INCIDENT or incident == case:
            hint = text("可在项目的事件列表中查看进行中的事件")
            raise Problem(bad("unknown_incident", "/incident", text("没有这个进行中的事件"), hint))
