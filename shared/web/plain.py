"""A route for the one POST that has to be fast: the same entry in OpenAPI and the same answers, a third of the cost.

Source: design.md §10 (the hot POST as a plain route in the same app).
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

C = TypeVar("C", bound=BaseModel)
Endpoint = Callable[[Request, C], Awaitable[Response]]
JSON = "application/json"


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
    route.app = _plainly(route.app, endpoint, command)
    routes.insert(0, route)


def _plainly(ordinary: ASGIApp, endpoint: Endpoint[C], command: type[C]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        body = await _whole(request)
        given = _read(command, request, body)
        if given is None:
            # Whatever is unusual about it, the ordinary route knows how to say so.
            await ordinary(scope, _once_more(body, receive), send)
            return
        response = await endpoint(request, given)
        await response(scope, receive, send)

    return app


async def _whole(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None


def _read(command: type[C], request: Request, body: bytes) -> C | None:
    if request.headers.get("content-type") != JSON:
        return None
    try:
        return command.model_validate_json(body)
    except ValidationError:
        return None


def _once_more(body: bytes, receive: Receive) -> Receive:
    kept: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return kept.pop() if kept else await receive()

    return receive_again
