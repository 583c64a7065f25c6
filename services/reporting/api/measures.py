"""Measures of many sites side by side, each under its own pack."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec
from fastapi import Query, Request, Response

from services.reporting.api.answers import sites_of
from services.reporting.policy.measures import Number, Rate, percent_of
from services.reporting.policy.windows import MONTH
from services.reporting.ports.registers import Measured, Office
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.web.problems import refuse, voice_of

SITES_MOST = 200
NOTE = text("各规程的公式和目标不同，只在同一规程内合计，不跨规程平均")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
Key = tuple[str, str, str, str]


def routes(process: ServiceProcess, office: Office) -> None:
    """Add the route."""

    @process.api.get("/measures")
    async def measures(
        request: Request,
        month: Annotated[str, Query(pattern=MONTH)],
        site: Annotated[str | None, Query(max_length=4000)] = None,
        measure: Annotated[str | None, Query(max_length=50)] = None,
    ) -> Response:
        """Measures of the sites the caller sees, by calendar month: each with its pack, summed within a pack only."""
        chosen = sites_of(process, await process.surface.actor(request), site)
        if len(chosen) > SITES_MOST:
            hint = text("请用 site=… 指明项目，最多 {most} 个", most=SITES_MOST)
            raise refuse("too_many_sites", text("项目太多"), status=422, field="/site", hint=hint)
        now = process.clock.now()
        found = [one for each in chosen for one in await office.measured(each, month, now)]
        body = {
            "month": month,
            "window": "calendar",
            "items": [_shown(one, rate) for one, rate in _wanted(found, measure)],
            "packs": _by_pack(_wanted(found, measure)),
            "note": voice_of(request).say(NOTE),
        }
        return Response(_ENCODER.encode(body), media_type="application/json")


def _wanted(found: Sequence[Measured], measure: str | None) -> Iterable[tuple[Measured, Rate]]:
    return ((one, rate) for one in found for rate in one.rates if measure in (None, rate.measure.id))


def _shown(one: Measured, rate: Rate) -> dict[str, Any]:
    return {
        "site": one.site,
        "register": one.register,
        "pack": one.pack,
        **_named(rate),
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "percent": rate.percent,
        "target_percent": rate.measure.target_percent,
        "reached": rate.reached,
    }


def _named(rate: Rate) -> dict[str, Any]:
    name = {"zh": rate.measure.name.zh, "en": rate.measure.name.en}
    return {"id": rate.measure.id, "name": name, "clock": rate.clock, "severity": rate.severity}


def _by_pack(found: Iterable[tuple[Measured, Rate]]) -> list[dict[str, Any]]:
    """The sums of each measure over the sites of one pack; a site that has not set a number stands outside."""
    sums: dict[Key, tuple[Rate, int, Number, Number]] = {}
    for one, rate in found:
        if rate.numerator is not None and rate.denominator is not None:
            key = (one.pack, rate.measure.id, rate.clock or "", rate.severity or "")
            _, sites, above, below = sums.get(key, (rate, 0, 0, 0))
            sums[key] = (rate, sites + 1, above + rate.numerator, below + rate.denominator)
    return [
        {
            "pack": pack,
            **_named(rate),
            "sites": sites,
            "numerator": above,
            "denominator": below,
            "percent": percent_of(above, below),
        }
        for (pack, *_), (rate, sites, above, below) in sorted(sums.items(), key=lambda item: item[0])
    ]
