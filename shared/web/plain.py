"""A route for the one POST that has to be fast: the same entry in OpenAPI and the same answers, a third of the cost.

Source: design.md §10 (the hot POST as a plain route in the same app).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

C = TypeVar("C", bound=BaseModel)
Endpoint = Callable[[Request, C], Awaitable[Response]]
JSON = "application/json"
SMALL = 64 * 1024
"""Bytes of a body that arrives in one piece."""
TROUBLE = "shouwen.trouble"
"""Key of a request's scope under which stands what the endpoint has raised already."""


class PlainPost(Generic[C]):
    """Reads a body as a command and has it answered; whatever is unusual goes the ordinary way."""

    def __init__(self, ordinary: ASGIApp, endpoint: Endpoint[C], command: type[C]) -> None:
        """Stand before the *ordinary* route, which knows how to say what is wrong with a body."""
        self._ordinary, self.endpoint, self._command = ordinary, endpoint, command

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that came through every middleware."""
        if TROUBLE in scope:
            raise scope[TROUBLE]
        request = Request(scope, receive, send)
        body = await _whole(request)
        given = self.read(request, body)
        if given is None:
            await self._ordinary(scope, _once_more(_message(body), receive), send)
            return
        response = await self.endpoint(request, given)
        await response(scope, receive, send)

    def read(self, request: Request, body: bytes) -> C | None:
        """The command; None for a body that is anything else."""
        if request.headers.get("content-type") != JSON:
            return None
        try:
            return self._command.model_validate_json(body)
        except ValidationError:
            return None


class AtOnce:
    """Answers plain POSTs before any router and middleware has looked at them; the rest, and all trouble, is theirs."""

    def __init__(self, app: ASGIApp, mounted: Mapping[str, FastAPI]) -> None:
        """Stand before *app*, which has each of *mounted* at its path."""
        self._app = app
        self._posts = {
            prefix + route.path: (prefix, route.app)
            for prefix, api in mounted.items()
            for route in api.router.routes
            if isinstance(route, APIRoute) and isinstance(route.app, PlainPost)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        known = self._posts.get(scope["path"]) if scope["type"] == "http" else None
        if known is None or scope["method"] != "POST" or scope["query_string"]:
            await self._app(scope, receive, send)
            return
        message, (prefix, post) = await receive(), known
        response = await _answered(post, _below(prefix, scope), message)
        if isinstance(response, Response):
            await response(scope, receive, send)
            return
        if response is not None:
            scope[TROUBLE] = response
        await self._app(scope, _once_more(message, receive), send)


async def _answered(post: PlainPost[Any], scope: Scope, message: Message) -> Response | Exception | None:
    """The answer, or what stood in its way; None where nothing has been done."""
    body = message.get("body", b"")
    if message["type"] != "http.request" or message.get("more_body") or len(body) > SMALL:
        return None
    request = Request(scope, _once_more(message, _nothing_more))
    given = post.read(request, body)
    if given is None:
        return None
    try:
        return await post.endpoint(request, given)
    except Exception as trouble:  # noqa: BLE001  raised again by the route, where those who answer for it catch it
        return trouble


def _below(prefix: str, scope: Scope) -> Scope:
    """The scope as a mount hands it down."""
    root = scope.get("root_path", "")
    return {**scope, "path_params": {}, "app_root_path": root, "root_path": root + prefix}


def plain_post(api: FastAPI, path: str, endpoint: Endpoint[C], command: type[C], *, status_code: int) -> None:
    """Add a POST whose body is a *command*; it is looked for before every other route of *api*.

    Args:
        api: What it answers and how it is described there stays that of an ordinary route.
        path: Without parameters.
        endpoint: Takes ``request`` and ``command`` and nothing else.
        command: What the body is read as.
        status_code: For the description; *endpoint* makes the response.
    """
    routes = api.router.routes
    api.add_api_route(path, endpoint, status_code=status_code, methods=["POST"])
    route = routes.pop()
    assert isinstance(route, APIRoute)
    route.app = PlainPost(route.app, endpoint, command)
    routes.insert(0, route)


async def _whole(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None


def _message(body: bytes) -> Message:
    return {"type": "http.request", "body": body, "more_body": False}


def _once_more(message: Message, receive: Receive) -> Receive:
    kept = [message]

    async def receive_again() -> Message:
        return kept.pop() if kept else await receive()

    return receive_again


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}
