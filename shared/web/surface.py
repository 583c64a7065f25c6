"""How a request becomes a command and a command an answer; the same for every service.

Source: design.md §10 (HTTP).
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.fold import Actor, Ask, Done, Refusal
from shared.contracts.wording import text
from shared.rules.book import Book
from shared.timekeeping.clock import Clock
from shared.web import problems
from shared.web.accounts import Accounts
from shared.web.problems import Problem, refuse
from shared.web.sites import no_such_site

BODY_MOST = 8 * 1024 * 1024
BODY_ALLOWED = "shouwen.body_allowed"
"""Key of a request's scope under which its route allows more than BODY_MOST bytes, once it knows who asks."""
WAIT_FOR_VERSION = 2.0
LOOK_EVERY = 0.02
KEY_MOST = 200
ENTITY_MOST = 200
VERSION = re.compile(r"[0-9]{1,9}")


class Submitted(Protocol):
    """A command after its transaction."""

    answer: bytes | Refusal | None
    repeated: bool


class CommandDesk(Protocol):
    """Where commands go; they are committed when ``ask`` returns."""

    async def ask(self, ask: Ask, render: Callable[[Done], bytes]) -> Submitted:
        """Carry out *ask*."""
        ...


Versions = Callable[[str, str], Awaitable[int]]
Render = Callable[[Done], dict[str, Any]]


class TooBig:
    """Refuses bodies over the limit while they arrive, before anything reads them whole."""

    def __init__(self, app: ASGIApp, most: int = BODY_MOST) -> None:
        """Wrap *app*."""
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes of the body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > (most := scope.get(BODY_ALLOWED, self._most)):
                raise refuse("too_big", text("内容太大，最多 {most} MB", most=most // 1024 // 1024), status=413)
            return message

        await self._app(scope, counted, send)


class PlainAddresses:
    """Answers for addresses with a NUL that there is nothing: no text column holds one, so no id has one."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap *app*."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or not."""
        if scope["type"] == "http" and ("\x00" in scope["path"] or b"%00" in scope["query_string"]):
            refusal = Refusal(why="unknown", text=text("没有找到这个编号"), status=404)
            body = problems.body_of(refusal, problems.voice_of(Request(scope)))
            await problems.answer(body, refusal.status)(scope, receive, send)
            return
        await self._app(scope, receive, send)


@dataclass(slots=True)
class Surface:
    """What the routes of one service share.

    Attributes:
        versions: (entity, speaker) -> the last version this service has said itself or heard from that speaker.
    """

    service: str
    accounts: Accounts
    book: Book
    clock: Clock
    desk: CommandDesk
    versions: Versions

    def app(self, title: str) -> FastAPI:
        """A FastAPI application that answers every failure as a problem; documented at ``openapi.json``."""
        app = FastAPI(title=title, openapi_url="/openapi.json", docs_url=None, redoc_url=None)
        app.add_middleware(TooBig)
        app.add_middleware(PlainAddresses)
        problems.install(app)
        return app

    async def actor(self, request: Request) -> Actor:
        """Who asks.

        Raises:
            Problem: 401, without saying whether the token was ever known.
        """
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        now = self.clock.now()
        account = self.accounts.bearer(value.strip(), now) if scheme.lower() == "bearer" else None
        if account is None:
            hint = text("请在 Authorization 头里带上有效的令牌：Bearer <令牌>")
            raise Problem(
                Refusal(why="unauthenticated", text=text("令牌无效或已过期"), status=401, hint=hint),
                headers={"WWW-Authenticate": "Bearer"},
            )
        return self.accounts.actor(account, now)

    def require(self, actor: Actor, right: str, site: str) -> None:
        """Refuse an act at a site where *actor* may not do it; a site out of sight does not exist.

        Raises:
            Problem: 404 for a site the actor cannot see, 403 for a right not granted.
        """
        if not actor.can("view", site):
            raise no_such_site(site)
        if not actor.can(right, site):
            raise refuse("no_right", text("您在这个项目没有这项权限"), status=403)

    async def command(  # noqa: PLR0913  a word of the ask each
        self,
        request: Request,
        entities: tuple[str, ...],
        command: Any,
        *,
        right: str,
        status: int = 200,
        render: Render | None = None,
        part: str = "",
        fresh: bool = False,
    ) -> Response:
        """Carry out *command* and answer with the service's version of the entity.

        Args:
            request: Its ``Idempotency-Key`` and ``If-Match`` headers are honoured.
            entities: The first is addressed; the rest change with it.
            command: In the service's own words.
            right: What the actor must be allowed at the entity's site.
            status: Of the answer when carried out.
            render: Members of the answer beside ``entity``, ``service``, ``version``, ``why``.
            part: Names the command among several of one request, so that each is repeated on its own.
            fresh: The entity addressed was given its id for this command; see `shared.contracts.fold.Ask`.

        Raises:
            Problem: The refusal of the fold, 422 for a reused key, 412 for a stale ``If-Match``.
        """
        if any(len(entity) > ENTITY_MOST for entity in entities):
            raise refuse("unknown", text("没有找到这个编号"), status=404)
        key = _key(request)
        ask = Ask(
            entities=entities,
            command=command,
            actor=await self.actor(request),
            at=self.clock.now(),
            right=right,
            if_match=_if_match(request),
            key=f"{key}#{part}" if key and part else key,
            digest=await _digest(request) if key else "",
            fresh=entities[0] if fresh else "",
        )
        versions: list[int] = []

        def rendered(done: Done) -> bytes:
            versions.append(done.version)
            return self._rendered(done, render)

        submitted = await self.desk.ask(ask, rendered)
        return _response(submitted, status, versions)

    def _rendered(self, done: Done, render: Render | None) -> bytes:
        members = render(done) if render is not None else {}
        body = {
            "entity": done.entity,
            "service": self.service,
            "version": done.version,
            "why": done.why,
        } | members
        return msgspec.json.encode(body)

    async def at_least(self, entity: str, wanted: str | None) -> bool:
        """Wait up to two seconds until this service knows *entity* at ``<speaker>:<version>``; several with commas.

        Returns:
            Whether it does; a reader may then say that the answer is not up to date yet.
        """
        for one in filter(None, (wanted or "").split(",")):
            speaker, _, number = one.partition(":")
            if not VERSION.fullmatch(number):
                raise refuse("bad_at_least", text("应为 服务:版本，例如 dispatch:7"), status=422, field="/at_least")
            if not await self._known(entity, speaker, int(number)):
                return False
        return True

    async def _known(self, entity: str, speaker: str, number: int) -> bool:
        deadline = asyncio.get_running_loop().time() + WAIT_FOR_VERSION
        while await self.versions(entity, speaker) < number:
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(LOOK_EVERY)
        return True


def _response(submitted: Submitted, status: int, versions: list[int]) -> Response:
    answer = submitted.answer
    if isinstance(answer, Refusal):
        raise Problem(answer)
    content = answer or b"{}"
    fresh = versions and not submitted.repeated
    headers = {"ETag": f'"{versions[-1] if fresh else json.loads(content).get("version", 0)}"'}
    if submitted.repeated:
        headers["Idempotency-Replayed"] = "true"
    return Response(content, status, headers, media_type="application/json")


def _if_match(request: Request) -> int | None:
    stated = request.headers.get("if-match", "").strip()
    if stated in ("", "*"):
        return None
    number = stated.removeprefix("W/").strip('"')
    if not VERSION.fullmatch(number):
        raise refuse("bad_if_match", text('If-Match 应为带引号的版本号，例如 "7"'), status=422, field="If-Match")
    return int(number)


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= KEY_MOST):
        raise refuse(
            "bad_key",
            text("Idempotency-Key 应为 1 到 {most} 个字符", most=KEY_MOST),
            status=422,
            field="Idempotency-Key",
        )
    return key


async def _digest(request: Request) -> str:
    told = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return hashlib.sha256(told).hexdigest()
