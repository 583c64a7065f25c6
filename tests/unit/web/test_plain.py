"""The hot route answers as an ordinary one would, and is described the same."""

import json
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from shared.contracts.fields import Command, Instant, Line
from shared.contracts.fold import Ask
from shared.contracts.wording import text
from shared.rules.book import Book
from shared.timekeeping.clock import SystemClock
from shared.web.accounts import Accounts
from shared.web.plain import SMALL, AtOnce, plain_post
from shared.web.problems import Busy, refuse
from shared.web.surface import BODY_MOST, Surface


class Thing(Command):
    """A body with what bodies have."""

    name: Line
    kind: Line = "usual"
    parts: tuple[Line, ...] = ()
    at: Instant | None = None
    big: bool = False


class NoDesk:
    """No command comes this far."""

    async def ask(self, ask: Ask, _render: Any) -> Any:
        pytest.fail(f"{ask} was handed on")


async def version_one(_entity: str, _speaker: str) -> int:
    return 1


async def log(request: Request, command: Thing) -> Response:
    """Say what was understood, and of which body."""
    said = {"command": command.model_dump(mode="json"), "bytes": len(await request.body())}
    return Response(json.dumps(said), 201, media_type="application/json")


def bare() -> FastAPI:
    book = Book()
    return Surface("toy", Accounts(book, "a secret"), book, SystemClock(), NoDesk(), version_one).app("toy")


def ordinary() -> FastAPI:
    app = bare()
    app.post("/things", status_code=201)(log)
    return app


def plain() -> FastAPI:
    app = bare()
    app.get("/things/{thing}", include_in_schema=False)(version_one)
    plain_post(app, "/things", log, Thing, status_code=201)
    return app


def answers(app: FastAPI, method: str, body: bytes, headers: dict[str, str]) -> tuple[int, str | None, str | None, Any]:
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.request(method, "/things", content=body, headers=headers)
        return answer.status_code, answer.headers.get("allow"), answer.headers.get("content-type"), answer.json()


JSON = {"Content-Type": "application/json"}
WHOLE = '{"name": " 一件事 ", "parts": ["a", "b"], "at": "2025-03-04T10:00:00+08:00", "big": "yes"}'


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(WHOLE.encode(), JSON, id="good"),
        pytest.param(WHOLE.encode(), {"Content-Type": "application/json; charset=utf-8"}, id="a charset"),
        pytest.param(WHOLE.encode(), {"Content-Type": "application/vnd.thing+json"}, id="another kind of JSON"),
        pytest.param(WHOLE.encode(), {"Content-Type": "text/plain"}, id="not called JSON"),
        pytest.param(WHOLE.encode(), {}, id="not called anything"),
        pytest.param(WHOLE.encode("utf-16"), JSON, id="UTF-16"),
        pytest.param(b'{"name": "a", "name": "b"}', JSON, id="a field twice"),
        pytest.param(b"", JSON, id="no body"),
        pytest.param(b"null", JSON, id="null"),
        pytest.param(b"[]", JSON, id="a list"),
        pytest.param(b'{"name": ', JSON, id="half a body"),
        pytest.param(b'{"name": "\xff"}', JSON, id="not UTF-8"),
        pytest.param(b'{"name": "\\ud800"}', JSON, id="half a surrogate pair"),
        pytest.param(b'{"name": "a\\u0000"}', JSON, id="a NUL"),
        pytest.param(b'{"name": "", "kind": 7, "other": 1}', JSON, id="three mistakes"),
        pytest.param(b'{"name": "a", "at": "2025-03-04T10:00:00"}', JSON, id="no zone"),
        pytest.param(b'{"name": "a", "big": NaN}', JSON, id="not a number"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_body_is_answered_as_an_ordinary_route_answers_it(
    body: bytes, headers: dict[str, str], language: str
) -> None:
    asked = headers | {"Accept-Language": language}
    assert answers(plain(), "POST", body, asked) == answers(ordinary(), "POST", body, asked)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_answered_as_an_ordinary_route_answers_it(method: str) -> None:
    assert answers(plain(), method, b"", {}) == answers(ordinary(), method, b"", {})


def test_a_good_body_reaches_the_endpoint_whole() -> None:
    status, _, _, said = answers(plain(), "POST", WHOLE.encode(), JSON)
    assert (status, said["command"]["name"], said["bytes"]) == (201, "一件事", len(WHOLE.encode()))


def test_it_is_described_as_an_ordinary_route_is() -> None:
    assert plain().openapi() == ordinary().openapi()


def test_it_is_looked_for_first() -> None:
    assert getattr(plain().router.routes[0], "path", None) == "/things"


def mounted(app: FastAPI, *, at_once: bool) -> ASGIApp:
    root = Starlette(routes=[Mount("/api/toy", app=app)])
    return AtOnce(root, {"/api/toy": app}) if at_once else root


def answered(root: ASGIApp, body: bytes, path: str = "/things", headers: dict[str, str] = JSON) -> tuple[Any, ...]:
    with TestClient(root, raise_server_exceptions=False) as client:
        answer = client.post(f"/api/toy{path}", content=body, headers=headers)
        return answer.status_code, dict(answer.headers), answer.json()


PIECES = b'{"name": "a", "parts": [' + b", ".join([b'"x"'] * (SMALL // 4)) + b"]}"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        pytest.param(WHOLE.encode(), "/things", id="good"),
        pytest.param(WHOLE.encode(), "/things?lang=en", id="with a question"),
        pytest.param(WHOLE.encode(), "/things?at=%00", id="a NUL in the question"),
        pytest.param(WHOLE.encode(), "/things/", id="another path"),
        pytest.param(b'{"name": ""}', "/things", id="a mistake"),
        pytest.param(b"", "/things", id="no body"),
        pytest.param(PIECES, "/things", id="more than a piece"),
        pytest.param(b" " * (BODY_MOST + 1), "/things", id="too big"),
    ],
)
def test_what_is_answered_at_once_is_answered_as_behind_every_middleware(body: bytes, path: str) -> None:
    one, other = (answered(mounted(plain(), at_once=at_once), body, path) for at_once in (True, False))
    assert one == other


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(refuse("unknown", text("没有找到这个编号"), status=404), id="a refusal"),
        pytest.param(Busy(retry_after_seconds=5), id="busy"),
        pytest.param(ConnectionResetError(), id="a server away"),
        pytest.param(ZeroDivisionError(), id="a defect"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_trouble_met_at_once_is_told_as_by_an_ordinary_route_and_met_once(trouble: Exception, language: str) -> None:
    met: list[str] = []

    async def fail(_request: Request, command: Thing) -> Response:
        met.append(command.name)
        raise trouble

    told = []
    for at_once in (True, False):
        app = bare()
        plain_post(app, "/things", fail, Thing, status_code=201)
        headers = JSON | {"Accept-Language": language}
        told.append(answered(mounted(app, at_once=at_once), WHOLE.encode(), headers=headers))
    assert told[0] == told[1]
    assert len(met) == 2


async def test_a_body_that_arrives_in_pieces_is_read_whole() -> None:
    pieces = [WHOLE.encode()[:20], WHOLE.encode()[20:]]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/api/toy/things", "query_string": b"", "headers": headers}
    await mounted(plain(), at_once=True)(scope, receive, send)
    assert sent[0]["status"] == 201
    assert json.loads(sent[1]["body"])["command"]["name"] == "一件事"
