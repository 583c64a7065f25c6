"""Several matters of one caller on one page: each graded while it is typed, logged together, the emergency first.

Source: requirements CL-3, CL-7.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.console.api.desk_help import GRADING, graded_fields, rules_at
from services.console.api.means import Means, Visit, relied_on, typed
from services.console.policy.blanks import Blank, Typed, body_of, by_blank
from services.console.policy.forms import blanks_of
from services.console.policy.splitting import (
    MATTER,
    SHARED,
    Turn,
    count_in,
    errors_in,
    filled,
    given_in,
    of_matter,
    turns,
)
from services.console.ports import Answer
from shared.organisation.records import Site

REQUESTS = "/api/intake/requests"


@dataclass(frozen=True, slots=True)
class MatterForm:
    """One matter on the page.

    Attributes:
        choices: Options of its blanks.
        grade: How it would be graded; None where that cannot be told yet.
        turn: When it is logged; None likewise.
    """

    place: int
    blanks: tuple[Blank, ...]
    choices: Mapping[str, Sequence[tuple[str, str]]]
    grade: Mapping[str, Any] | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """Who looks, where, what is offered there and what was typed."""

    visit: Visit
    site: Site
    offer: Mapping[str, Any]
    given: Typed

    @property
    def count(self) -> int:
        return count_in(self.given)

    def kind(self, place: int) -> Mapping[str, Any] | None:
        """The case type chosen for a matter, the first one where none is."""
        types, wanted = self.offer["case_types"], "".join(self.given.get(f"m{place}.case_type", ())[-1:])
        return next((one for one in types if one["id"] == wanted), types[0] if types else None)


def routes(means: Means) -> list[Route]:
    """The page and its fragments."""
    splitting = _Splitting(means)
    return [
        Route("/cases/split", splitting.page, methods=["GET"]),
        Route("/cases/split", splitting.save, methods=["POST"]),
        Route("/cases/split/form", splitting.again, methods=["POST"]),
    ]


class _Splitting:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """Room for two matters, or for what is split off a case."""
        visit = await self._means.visit(request)
        return await self._form(visit, {name: [value] for name, value in request.query_params.items()})

    async def again(self, request: Request) -> Response:
        """The page with everything typed so far, every matter graded, and room for one more if asked."""
        visit = await self._means.visit(request)
        template = "split_form.html" if request.headers.get("hx-request") else "split.html"
        return await self._form(visit, await typed(request), template=template)

    async def save(self, request: Request) -> Response:
        """Log them all; or show what is wrong with which, and nothing was logged."""
        visit, given = await self._means.visit(request), await typed(request)
        told = await self._told(visit, given)
        if told is None:
            return self._means.show(visit, "split.html", 403, site=None)
        places, answer = filled(told.given, told.count), await self._sent(told)
        if not answer.ok:
            return await self._form(visit, given, answer, places=places)
        cases = answer.body.get("cases", [answer.body])
        return self._means.show(visit, "split_done.html", cases=cases, split_from=_one(given, "split_from"))

    async def _sent(self, told: _Told) -> Answer:
        shared = body_of(SHARED, told.given, zone=told.site.zone)
        matters = [self._matter(told, place) for place in filled(told.given, told.count)]
        key, caller = _one(told.given, "key") or self._means.ids.message(), told.visit.caller
        if len(matters) == 1 and shared.get("split_from"):
            return await self._means.gateway.post(caller, REQUESTS, shared | matters[0], key=key)
        return await self._means.gateway.post(caller, f"{REQUESTS}/split", shared | {"matters": matters}, key=key)

    def _matter(self, told: _Told, place: int) -> dict[str, Any]:
        body = body_of(self._blanks(told, place), told.given, zone=told.site.zone)
        return dict(body.get(f"m{place}", {}))

    def _blanks(self, told: _Told, place: int) -> tuple[Blank, ...]:
        kind = told.kind(place)
        rules = rules_at(self._means, told.site, kind["id"]) if kind else None
        form = blanks_of(rules[1].form, told.visit.voice.language) if rules else ()
        return of_matter(place, (*MATTER, *form))

    async def _told(self, visit: Visit, typed_in: Typed) -> _Told | None:
        given = given_in(typed_in, split_from=bool(_one(typed_in, "split_from")))
        sites = visit.where("desk")
        site = next((one for one in sites if one.id == _one(given, "site")), sites[0] if sites else None)
        if site is None:
            return None
        offer = relied_on(await self._means.gateway.get(visit.caller, f"/api/intake/sites/{site.id}/form"))
        told = _Told(visit, site, offer, given)
        chosen = {f"m{place}.case_type": [kind["id"]] for place in range(told.count) if (kind := told.kind(place))}
        return replace(told, given={**given, **chosen})

    async def _form(
        self,
        visit: Visit,
        typed_in: Typed,
        refused: Answer | None = None,
        *,
        places: Sequence[int] = (),
        template: str = "split.html",
    ) -> Response:
        told = await self._told(visit, typed_in)
        if told is None:
            return self._means.show(visit, "split.html", 403, site=None)
        matters = await self._matters(told)
        blanks = (*SHARED, *(blank for matter in matters for blank in matter.blanks))
        found = errors_in(refused.body.get("errors", ()), places) if refused else []
        context: dict[str, Any] = {
            "matters": matters,
            "shared": SHARED,
            "given": {"channel": "phone"} | {name: values[-1] for name, values in told.given.items() if values},
            "ticked": {value for name, values in told.given.items() if name.endswith(".criteria") for value in values},
            "errors": by_blank(found, blanks, visit.voice.joint),
            "refused": refused.body if refused else None,
            "key": self._means.ids.message(),
            "desk_sites": visit.where("desk"),
        }
        status = refused.status if refused else 200
        return self._means.show(visit, template, status, site=told.site, offer=told.offer, count=told.count, **context)

    async def _matters(self, told: _Told) -> list[MatterForm]:
        places = range(told.count)
        grades = await asyncio.gather(*(self._graded(told, place) for place in places))
        known = {place: grade for place, grade in zip(places, grades, strict=True) if grade is not None}
        kinds = {place: kind["kind"] for place in known if (kind := told.kind(place)) is not None}
        order = turns({place: (kinds[place], grade["severity"]["rank"]) for place, grade in known.items()})
        return [
            MatterForm(place, self._blanks(told, place), _choices(told, place), known.get(place), order.get(place))
            for place in places
        ]

    async def _graded(self, told: _Told, place: int) -> Mapping[str, Any] | None:
        """How a matter that was told would be graded."""
        if place not in filled(told.given, told.count):
            return None
        body = graded_fields({"site": told.site.id} | self._matter(told, place))
        answer = await self._means.gateway.post(told.visit.caller, GRADING, body)
        return answer.body if answer.ok else None


def _choices(told: _Told, place: int) -> dict[str, Sequence[tuple[str, str]]]:
    language, kind = told.visit.voice.language, told.kind(place) or {}

    def named(listed: Sequence[Mapping[str, Any]], word: str = "name") -> list[tuple[str, str]]:
        return [(one["id"], one[word]["zh" if language == "zh" else "en"]) for one in listed]

    boxes = [box for severity in kind.get("severities", ()) for box in severity["criteria"]]
    found = {
        "case_type": named(told.offer["case_types"]),
        "category": named(kind.get("categories", ())),
        "severity": named(kind.get("severities", ())),
        "criteria": named(boxes, "text"),
    }
    return {f"m{place}.{name}": pairs for name, pairs in found.items()}


def _one(given: Typed, name: str) -> str:
    values = given.get(name, ())
    return values[-1] if values else ""
