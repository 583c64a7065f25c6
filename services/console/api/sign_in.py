"""Signing in and out, and the language switch."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from services.console.api.means import COOKIE, LANGUAGE_COOKIE, Means, here, spoken, typed
from services.console.ports import Caller
from shared.web.wording import Voice

CONSOLE = "console"
"""The account the console signs in with itself, to ask whether a password fits."""
YEAR = 365 * 24 * 3600


def routes(means: Means) -> list[Route]:
    """Sign-in, sign-out, language."""

    async def form(request: Request) -> Response:
        return _page(means, request)

    async def enter(request: Request) -> Response:
        given = await typed(request)
        username, back = _first(given, "username"), inside(_first(given, "next"))
        caller = Caller(CONSOLE, spoken(request))
        told = {"username": username, "password": _first(given, "password")}
        answer = await means.gateway.post(caller, "/api/directory/sign-in", told)
        if not answer.ok:
            return _page(
                means, request, answer.status, error=answer.body.get("detail", ""), username=username, back=back
            )
        secret = await means.sessions.begin(answer.body["account"], means.clock.now())
        response = RedirectResponse(back, 303)
        response.set_cookie(COOKIE, secret, httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return response

    async def leave(request: Request) -> Response:
        secret = request.cookies.get(COOKIE)
        if secret:
            await means.sessions.end(secret)
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE)
        return response

    return [
        Route("/sign-in", form, methods=["GET"]),
        Route("/sign-in", enter, methods=["POST"]),
        Route("/sign-out", leave, methods=["POST"]),
        Route("/language/{language}", switch, methods=["GET"]),
    ]


async def switch(request: Request) -> Response:
    """Show the pages in the other language from now on."""
    language = "en" if request.path_params["language"] == "en" else "zh"
    response = RedirectResponse(inside(request.query_params.get("next", "")), 303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, samesite="lax", secure=request.url.scheme == "https")
    return response


def inside(address: str) -> str:
    """An address of these pages; whatever leads elsewhere becomes the first page."""
    ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if ours and address.isprintable() else "/"


def _page(
    means: Means, request: Request, status: int = 200, *, error: str = "", username: str = "", back: str = ""
) -> Response:
    following = back or inside(request.query_params.get("next", ""))
    context = {"error": error, "username": username, "next": following, "status": status}
    shown = context | {"me": None, "path": "/sign-in", "here": here(request), "now": means.clock.now()}
    return HTMLResponse(means.pages.render("sign_in.html", Voice(spoken(request)), shown), status)


def _first(given: dict[str, list[str]] | object, name: str) -> str:
    values = given.get(name, []) if isinstance(given, dict) else []
    return values[0] if values else ""
