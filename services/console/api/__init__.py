"""Every page of the console, as one ASGI application."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.console.api import (
    board,
    calendars,
    cases,
    guarding,
    inbox,
    incidents,
    intake,
    manuals,
    masters,
    outward,
    plans,
    registers,
    sign_in,
    splitting,
    static,
)
from services.console.api.means import Means, Refused, SignInNeeded
from services.console.api.static import Files
from shared.web.problems import Problem
from shared.web.surface import TooBig

__all__ = ["Means", "pages"]

Handler = Callable[[Request, Exception], Awaitable[Response]]


def pages(means: Means, files: Files) -> Starlette:
    """The application; ``/cases/new`` before the case of that name would be looked up."""
    parts = (
        sign_in,
        board,
        intake,
        splitting,
        cases,
        registers,
        inbox,
        incidents,
        calendars,
        masters,
        plans,
        manuals,
        outward,
    )
    routes: list[Route] = [route for part in parts for route in part.routes(means)]
    handlers: dict[Any, Any] = {
        SignInNeeded: _signing_in,
        Refused: _refused(means),
        HTTPException: _http(means),
        Problem: _too_big(means),
    }
    return Starlette(
        routes=[*static.routes(files), *routes],
        middleware=[Middleware(guarding.Guard), Middleware(TooBig)],
        exception_handlers=handlers,
    )


async def _signing_in(request: Request, trouble: Exception) -> Response:
    return guarding.to_sign_in(request, trouble)


def _refused(means: Means) -> Handler:
    async def handler(request: Request, trouble: Exception) -> Response:
        return guarding.on_refused(means, request, trouble)

    return handler


def _http(means: Means) -> Handler:
    async def handler(request: Request, trouble: Exception) -> Response:
        assert isinstance(trouble, HTTPException)
        return guarding.on_status(means, request, trouble.status_code)

    return handler


def _too_big(means: Means) -> Handler:
    async def handler(request: Request, trouble: Exception) -> Response:
        assert isinstance(trouble, Problem)
        return guarding.on_status(means, request, trouble.refusal.status)

    return handler
