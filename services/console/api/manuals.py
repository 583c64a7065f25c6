"""The manuals a site runs, and a manual as a page, from the packs the directory serves."""

from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.console.api.means import Means, Refused, Visit, asked
from services.console.policy.manual import Line, Manual, own_numbers, runs
from services.console.ports import Answer
from shared.organisation.records import Named, Site
from shared.rules.book import UnknownPack
from shared.rules.model import Pack

NOT_FOUND = 404


def routes(means: Means) -> list[Route]:
    """The list and a manual."""
    manuals = _Manuals(means)
    return [
        Route("/manuals", manuals.page, methods=["GET"]),
        Route("/manual", manuals.one, methods=["GET"]),
    ]


class _Manuals:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """What one site runs: base, profiles, the safety pack, its own numbers."""
        visit = await self._means.visit(request)
        site = visit.site(asked(request, "site"))
        if site is None:
            return self._means.show(visit, "manuals.html", site=None, listed=[], own=[])
        listed = [self._named(one, visit) for one in (*runs(site), *self._safety())]
        packs = [self._pack(one["pack"], one["version"]) for one in listed if one["now"]]
        own = own_numbers(site, [pack for pack in packs if pack is not None], visit.voice.language)
        return self._means.show(visit, "manuals.html", site=site, listed=listed, own=own)

    def _safety(self) -> list[Line]:
        with suppress(UnknownPack):
            pack = self._means.book.safety_pack(self._means.clock.now())
            return [{"pack": pack.id, "version": pack.version, "since": None, "until": None, "base": False}]
        return []

    def _named(self, one: Line, visit: Visit) -> Line:
        now = self._means.clock.now()
        begun = one["since"] is None or one["since"] <= now
        pack = self._pack(one["pack"], one["version"])
        named = visit.voice.name(pack.name if pack else Named(one["pack"], one["pack"]))
        return one | {"name": named, "now": begun and (one["until"] is None or now < one["until"])}

    async def one(self, request: Request) -> Response:
        """A manual with the numbers of a site; of a pack the directory has not served there is none."""
        visit = await self._means.visit(request)
        version = asked(request, "version") or ""
        pack = self._pack(asked(request, "pack") or "", int(version) if version.isdecimal() else 0)
        if pack is None:
            raise Refused(Answer(NOT_FOUND))
        site = self._site(visit, asked(request, "site"))
        manual = Manual(pack, site, visit.voice.language)
        context: dict[str, Any] = {"chapters": manual.chapters(), "settings": manual.settings()}
        context |= {"variants": manual.variants(), "plans": manual.plans()}
        return self._means.show(visit, "manual.html", pack=pack, site=site, **context)

    def _pack(self, id_: str, version: int) -> Pack | None:
        with suppress(UnknownPack):
            return self._means.book.pack(id_, version)
        return None

    def _site(self, visit: Visit, wanted: str | None) -> Site | None:
        return next((site for site in visit.sites if site.id == wanted), None)
