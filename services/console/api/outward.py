"""The list of those outside the house who are still to be told, by estate; it is ticked off here or on the case."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.console.api.means import Means, asked, relied_on
from services.console.policy.tellings import BLANKS, MEANS, OUTSIDE

OUTWARD = "/api/notify/outward"


def told_words() -> dict[str, Any]:
    """What a page needs to show tellings and their form."""
    return {"outside_words": OUTSIDE, "means_words": MEANS, "telling_blanks": BLANKS}


def routes(means: Means) -> list[Route]:
    """The list."""

    async def page(request: Request) -> Response:
        visit = await means.visit(request)
        wanted = {name: asked(request, name) or "" for name in ("site", "overdue")}
        params = {"site": wanted["site"] or None, "overdue": "true" if wanted["overdue"] else None}
        told = relied_on(await means.gateway.get(visit.caller, OUTWARD, params | {"cursor": asked(request, "cursor")}))
        context = told_words() | {"wanted": wanted, "zones": {site.id: site.zone for site in visit.sites}}
        key = means.ids.message()
        return means.show(visit, "outward.html", items=told["items"], next=told["cursor"], key=key, **context)

    return [Route("/outward", page, methods=["GET"])]
