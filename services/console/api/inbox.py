"""The reader's messages."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.console.api.means import Means, asked, relied_on

INBOX = "/api/notify/inbox"


def routes(means: Means) -> list[Route]:
    """Reading messages, and marking them read."""

    async def page(request: Request) -> Response:
        visit = await means.visit(request)
        answer = await means.gateway.get(visit.caller, INBOX, {"cursor": asked(request, "cursor")})
        if answer.body.get("type", "").endswith(":no_inbox"):
            return means.show(visit, "inbox.html", items=[], next=None, unread=0, none=answer.body)
        told = relied_on(answer)
        return means.show(
            visit, "inbox.html", items=told["items"], next=told["cursor"], unread=told["unread"], none=None
        )

    async def read(request: Request) -> Response:
        visit = await means.visit(request)
        relied_on(await means.gateway.post(visit.caller, f"{INBOX}/{request.path_params['notice']}/read", None))
        return RedirectResponse("/inbox", 303)

    async def read_all(request: Request) -> Response:
        visit = await means.visit(request)
        relied_on(await means.gateway.post(visit.caller, f"{INBOX}/read-all", None))
        return RedirectResponse("/inbox", 303)

    async def count(request: Request) -> Response:
        visit = await means.visit(request)
        answer = await means.gateway.get(visit.caller, INBOX, {"limit": 1, "unread": "true"})
        return means.show(visit, "inbox_count.html", unread=answer.body.get("unread", 0))

    return [
        Route("/inbox", page, methods=["GET"]),
        Route("/inbox/count", count, methods=["GET"]),
        Route("/inbox/read-all", read_all, methods=["POST"]),
        Route("/inbox/{notice}/read", read, methods=["POST"]),
    ]
