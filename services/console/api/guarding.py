"""What holds for every page: headers, no acts from foreign pages, failures as pages.

Source: design.md §10 (strict CSP), ecosystem survey §1 rule 8.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.api.means import Means, Refused, here, spoken
from shared.web.wording import Voice

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SENTENCES = {
    403: "您没有这项权限",
    404: "没有找到这个页面",
    405: "不支持的方法",
    413: "内容太大",
    503: "服务暂时没有回应，请稍后再试",
}


class Guard:
    """Sets the headers, and refuses acts that another site's page sent in the reader's name."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap *app*."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        app = self._app if is_ours(scope["method"], Headers(scope=scope)) else PlainTextResponse("cross-site", 403)
        await app(scope, receive, headed)


def _set_headers(headers: MutableHeaders, path: str) -> None:
    headers.update(HEADERS)
    if not path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")


def is_ours(method: str, headers: Headers) -> bool:
    """Whether a request came from a page of ours; what only reads may come from anywhere."""
    if method in SAFE:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def to_sign_in(request: Request, _trouble: Exception) -> Response:
    """Lead to the sign-in page; a fragment tells the whole page to go there."""
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    if request.url.path == "/live":
        return Response(status_code=204)
    back = request.url.replace(path="/sign-in", query="").include_query_params(next=here(request))
    return RedirectResponse(f"{back.path}?{back.query}", 303)


def on_refused(means: Means, request: Request, trouble: Exception) -> Response:
    """A page that says what is wrong and where to go from there."""
    assert isinstance(trouble, Refused)
    told = trouble.answer.body
    return _problem(means, request, trouble.answer.status, told.get("detail"), told.get("hint"))


def on_status(means: Means, request: Request, status: int) -> Response:
    """The same for what no service was asked about."""
    return _problem(means, request, status, None, None)


def _problem(means: Means, request: Request, status: int, detail: str | None, hint: str | None) -> Response:
    voice = Voice(spoken(request))
    said = detail or voice.translate(SENTENCES.get(status, "这个页面出了问题，请稍后再试"))
    context = {
        "status": status,
        "detail": said,
        "hint": hint or "",
        "me": None,
        "path": request.url.path,
        "here": here(request),
    }
    return HTMLResponse(means.pages.render("problem.html", voice, context | {"now": means.clock.now()}), status)
