"""The log, live: what reaches an open page, and what never does."""

import json

import pytest
from starlette.requests import Request

from services.console.api import board
from services.console.channels.news import QUEUE_MOST, Ear, LiveNews, piece_of
from services.console.ports import Piece
from tests.support.console_builders import CASE, SIGNED_IN, Services, means

HEADERS = {"ce-type": "intake.request_received", "ce-subject": CASE, "correlation": CASE, "version": "1"}


@pytest.mark.parametrize(
    ("changed", "body", "piece"),
    [
        pytest.param({}, b'{"site": "s1"}', Piece(CASE, "intake.request_received", "intake:1", "s1"), id="a new case"),
        pytest.param(
            {"ce-type": "escalation.clock_warned", "version": "4"},
            b'{"site": 7}',
            Piece(CASE, "escalation.clock_warned", "escalation:4", None),
            id="a fact that names no site",
        ),
        pytest.param({}, b"no json", Piece(CASE, "intake.request_received", "intake:1", None), id="an unreadable body"),
        pytest.param({"ce-subject": "matter-1"}, b"{}", None, id="another entity"),
        pytest.param({"correlation": ""}, b"{}", None, id="no case"),
    ],
)
def test_a_message_becomes_news_of_a_case(changed: dict[str, str], body: bytes, piece: Piece | None) -> None:
    assert piece_of(HEADERS | changed, body) == piece


async def test_a_page_that_is_too_slow_is_told_to_fetch_everything_anew() -> None:
    ear = Ear()
    for number in range(QUEUE_MOST + 3):
        ear.put(Piece(CASE, "x", f"x:{number}"))
    heard = [await ear.next(1) for _ in range(QUEUE_MOST + 1)]
    assert heard[-1] == "resync"
    assert await ear.next(0.001) is None


@pytest.mark.parametrize(
    ("site", "told"), [pytest.param("s1", True, id="my site"), pytest.param("s2", False, id="another site")]
)
async def test_news_of_a_site_reaches_only_its_readers(site: str, *, told: bool) -> None:
    given = means(Services({}))
    request = Request(
        {"type": "http", "headers": [(b"cookie", f"shouwen_session={SIGNED_IN['shouwen_session']}".encode())]}
    )
    stream = board._Board(given)._events(await given.visit(request))
    assert "hello" in await anext(stream)
    given.news.learn(CASE, site)
    given.news.learn("case-mine", "s1")
    for ear in given.news._ears:  # type: ignore[attr-defined]  # the port has no way to speak
        ear.put(Piece(CASE, "escalation.case_raised", "escalation:2"))
        ear.put(Piece("case-mine", "dispatch.order_started", "dispatch:3"))
    first = await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator, typed as an iterator
    event, _, data = first.strip().partition("\ndata: ")
    assert event == ("event: alarm" if told else "event: news")
    assert (json.loads(data)["case"] == CASE) is told


async def test_the_end_reaches_every_open_page_and_every_page_that_still_comes() -> None:
    news = LiveNews()
    with news.listen() as before:
        before.put(Piece(CASE, "x", "x:1"))
        news.end()
        assert await before.next(1) == "closed"
    with news.listen() as after:
        assert await after.next(1) == "closed"
