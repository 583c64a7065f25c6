"""Logging and listing with a million cases stored, beside the same with a hundred thousand."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

import httpx2

from bench.estate import MATTER, bearing
from bench.measuring import MILLISECONDS, percentile, taking_turns
from bench.originals import log_originals, system
from bench.result import Result, compared
from bench.scale import Scale
from bench.seeding import Original, case_id, multiply, originals, spread, tidy
from bench.surroundings import provisioned_place
from services.reporting.api.answers import cursor_of
from shared.timekeeping.clock import SystemClock

FLAT = 1.2
TIMES = 10
SCHEMAS = ("reporting", "escalation", "dispatch", "intake", "notify")
OPEN_SHARE = 50
"""One case in fifty is open; the others were closed in the last two years."""
TWO_YEARS = timedelta(days=730)
TURN = 0.8
"""Seconds one side is asked the same question at most, in one round."""

PAGE = 50
"""Items of the smallest page asked for, and of what is found at the smallest scale."""

Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Question:
    """Something a person asks for many times a day.

    Attributes:
        path: Below ``/api``; its first part is the service.
        query: Nothing for a new case.
        full: Whether the page must be full, so that no empty answer passes for a fast one.
    """

    name: str
    path: str
    query: Query | None
    full: bool = True


@dataclass(frozen=True, slots=True)
class Side:
    """One system with its stored cases."""

    urls: Mapping[str, str]
    client: httpx2.AsyncClient
    stored: int


async def measure(scale: Scale) -> list[Result]:
    """Milliseconds an answer takes, p50, with ten times the cases over with as many as now."""
    few = scale.of(20_000, 100_000)
    deep_in = SystemClock().now() - TWO_YEARS / 2
    async with _side(few * TIMES) as large, _side(few) as small:
        return [await _compared(large, small, asked, scale) for asked in questions(deep_in)]


async def _compared(large: Side, small: Side, asked: Question, scale: Scale) -> Result:
    most = scale.of(10, 30)
    mine, theirs = await taking_turns(
        lambda: _p50(large, asked, most), lambda: _p50(small, asked, most), scale.of(2, 3)
    )
    what = f"million: {asked.name}, {large.stored:,} stored over {small.stored:,}"
    return compared(what, mine, theirs, better="lower", target=FLAT, unit="ms p50")


def questions(deep_in: datetime) -> list[Question]:
    """What is asked; *deep_in* is the place of a deep page."""
    behind: Query = {"site": "haijing", "cursor": cursor_of(deep_in, "")}
    lies_with: Query = {"site": "haijing", "department": "engineering_dept", "status": "dispatched"}
    nowhere: Query = {"site": "haijing", "q": "没有这句话"}
    return [
        Question("a case logged", "intake/requests", None),
        Question("incidents to join", "intake/incidents", {"site": "haijing"}),
        Question("dispatch, first page", "dispatch/cases", {}),
        Question("dispatch, deep page", "dispatch/cases", {"after": "{deep}"}),
        Question("dispatch, what lies with a department", "dispatch/cases", lies_with),
        Question("dispatch, what lies with a person", "dispatch/cases", {"assignee": "nobody"}, full=False),
        Question("reporting, newest of all estates", "reporting/cases", {}),
        Question("reporting, newest of one estate", "reporting/cases", {"site": "haijing"}),
        Question("reporting, deep page of one estate", "reporting/cases", behind),
        Question("reporting, open ones of one estate", "reporting/cases", {"site": "haijing", "status": "dispatched"}),
        Question("reporting, one case", "reporting/cases/{deep}", {}),
        Question("reporting, words found nowhere", "reporting/cases", nowhere, full=False),
        Question("reporting, the board", "reporting/board", {}),
    ]


@asynccontextmanager
async def _side(stored: int) -> AsyncIterator[Side]:
    with provisioned_place() as place:
        token = await log_originals(place, finished=True)
        await _store(place.dsn, stored)
        with system(place) as urls:
            async with httpx2.AsyncClient(timeout=60, headers=bearing(token)) as client:
                yield Side(urls, client, stored)


async def _store(dsn: str, stored: int) -> None:
    known, now, open_now = await originals(dsn), SystemClock().now(), stored // OPEN_SHARE
    ended = [each for each in known if each.due_at is None]
    running = [each for each in known if each.due_at is not None]
    past = spread(
        ended,
        count=stored - open_now,
        first=1,
        begins=now - TWO_YEARS,
        ends=now - timedelta(days=1),
        by=_received,
    )
    present = spread(
        running,
        count=open_now,
        first=stored - open_now + 1,
        begins=now + timedelta(hours=1),
        ends=now + timedelta(days=2),
    )
    await multiply(dsn, [*past, *present], schemas=SCHEMAS)
    await tidy(dsn, schemas=SCHEMAS)


def _received(original: Original) -> datetime:
    return original.received_at


async def _p50(side: Side, asked: Question, most: int) -> float:
    """Milliseconds of the middle one of at most *most* answers.

    Raises:
        RuntimeError: A page that should be full is not.
    """
    until = perf_counter() + TURN
    waits: list[float] = []
    while len(waits) < most and perf_counter() < until:
        began = perf_counter()
        answer = await _ask(side, asked)
        waits.append((perf_counter() - began) * MILLISECONDS)
    items = answer.json().get("items")
    if asked.full and items is not None and len(items) < PAGE:
        raise RuntimeError(f"{asked.name}: only {len(items)} items")
    return percentile(waits, 50)


async def _ask(side: Side, asked: Question) -> httpx2.Response:
    deep = case_id(side.stored // 2)
    url = f"{side.urls[asked.path.partition('/')[0]]}/api/{asked.path.replace('{deep}', deep)}"
    if asked.query is None:
        answer = await side.client.post(url, json=MATTER)
    else:
        given = {name: deep if value == "{deep}" else value for name, value in asked.query.items()}
        answer = await side.client.get(url, params=given)
    return answer.raise_for_status()
