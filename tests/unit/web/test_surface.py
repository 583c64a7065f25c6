"""What every surface answers before a service is asked: addresses, headers and bodies nobody sends by accident."""

from typing import Any

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from shared.contracts.directory import Account
from shared.contracts.fold import Grant
from shared.rules.book import Book
from shared.timekeeping.clock import SystemClock
from shared.web.accounts import Accounts
from shared.web.surface import BODY_MOST, Surface


class Nobody:
    """A desk no command may reach."""

    async def ask(self, *_: Any) -> Any:
        pytest.fail("the command was handed on")


async def version_one(_entity: str, _speaker: str) -> int:
    return 1


@pytest.fixture
def client() -> TestClient:
    book = Book()
    accounts = Accounts(book, "a secret")
    accounts.put_account(Account(id="a", username="a", name="A", grants=(Grant("*", "admin"),)))
    surface = Surface("toy", accounts, book, SystemClock(), Nobody(), version_one)
    app = surface.app("toy")

    @app.post("/things/{thing}")
    async def act(request: Request, thing: str) -> Any:
        return await surface.command(request, (thing,), None, right="work")

    @app.get("/things/{thing}")
    async def look(thing: str, at_least: str = "") -> Any:
        return {"thing": thing, "known": await surface.at_least(thing, at_least)}

    @app.get("/broken/{how}")
    async def broken(how: str) -> Any:
        raise {"away": ConnectionRefusedError(), "defect": RuntimeError("the inside")}[how]

    @app.put("/things")
    async def put(body: dict[str, str]) -> Any:
        return body

    bearer = {"Authorization": f"Bearer {accounts.assert_for('a')}"}
    return TestClient(app, headers=bearer, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/things/case-%00", id="a NUL in a path"),
        pytest.param("GET", "/things/case-a?at_least=%00", id="a NUL in a query"),
        pytest.param("POST", "/things/case-%00", id="an act on a NUL"),
        pytest.param("POST", "/things/case-" + "x" * 3000, id="an act on a name no index holds"),
    ],
)
def test_what_cannot_be_an_id_is_not_there(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


@pytest.mark.parametrize(
    "version", ["²", "9" * 5000, "-1", "1.5", "x"], ids=["superscript", "endless", "below", "part", "letters"]
)
def test_a_version_that_is_no_number_is_refused(client: TestClient, version: str) -> None:
    assert client.post("/things/case-a", headers={b"If-Match": version.encode("latin-1")}).status_code == 422
    assert client.get("/things/case-a", params={"at_least": f"toy:{version}"}).status_code == 422


def test_a_body_over_the_limit_says_so(client: TestClient) -> None:
    answer = client.put("/things", content=b'{"a": "' + b"x" * BODY_MOST, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert "8 MB" in answer.json()["detail"]


def test_a_server_that_is_away_is_said_to_be_busy_and_when_to_come_back(client: TestClient) -> None:
    answer = client.get("/broken/away")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_defect_tells_nothing_of_the_inside(client: TestClient) -> None:
    answer = client.get("/broken/defect")
    assert answer.status_code == 500
    assert "inside" not in answer.text
