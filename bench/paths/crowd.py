"""Five hundred people report one incident on one estate: all at once, and paced."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import httpx2

from bench.estate import MATTER, bearing
from bench.measuring import MILLISECONDS, paced, percentile, taking_turns, until
from bench.originals import accepted, log_originals, system
from bench.result import Result, compared, seen
from bench.scale import Scale
from bench.seeding import connected
from bench.surroundings import provisioned_place

SITE = "haijing"
LINES = 32
RATE = 25.0
"""Reports a second when paced: thirty times as fast as five hundred in ten minutes."""
JOINED_WITHIN = 120
OUTAGE = {"site": SITE, "category": "water", "area": "2 栋", "cause": "停水", "content": "总阀爆裂"}
EVERYWHERE = """
    select (select count(*) from intake.entities where parent = $1)
        = all(array[(select count(*) from dispatch.entities where parent = $1 and status = 'joined'),
                    (select count(*) from escalation.entities where parent = $1),
                    (select count(*) from reporting.cases where incident = $1), $2::bigint])"""


@dataclass(slots=True)
class Desk:
    """Where reports go in.

    Attributes:
        waits: Milliseconds of every answer of the run.
    """

    client: httpx2.AsyncClient
    url: str
    waits: list[float] = field(default_factory=list)

    async def report(self, number: int, incident: str | None) -> None:
        """One caller; asks again where he is told to."""
        caller = {"name": f"业主{number}", "phone": f"139{number:08d}"}
        began = perf_counter()
        await accepted(self.client, self.url, MATTER | {"caller": caller, "incident": incident})
        self.waits.append((perf_counter() - began) * MILLISECONDS)


@dataclass(frozen=True, slots=True)
class Run:
    """One crowd.

    Attributes:
        seconds: Until every report was accepted; ``joined`` until every service had them all.
    """

    waits: list[float]
    seconds: float
    joined: float


async def measure(scale: Scale) -> list[Result]:
    """How long a caller waits, beside callers with matters of their own; and that all joined, none lost."""
    count = scale.of(100, 500)
    with provisioned_place() as place:
        token = await log_originals(place, (SITE,))
        with system(place) as urls:
            async with httpx2.AsyncClient(timeout=30, headers=bearing(token)) as client, connected(place.dsn) as conn:
                hall = Hall(client, urls["intake"], conn, count)
                fast, apart = await taking_turns(hall.all_at_once, hall.apart, scale.of(2, 3))
                slow = await hall.one_by_one()
    return [*_at_once(count, fast, apart), *_paced(count, slow)]


def _at_once(count: int, fast: list[Run], apart: list[Run]) -> list[Result]:
    what = f"crowd: {count} reports of one incident over {LINES} lines"
    p99, floor = [percentile(run.waits, 99) for run in fast], [percentile(run.waits, 99) for run in apart]
    halves = f"p50 {percentile(fast[-1].waits, 50):.0f} ms, {count / fast[-1].seconds:.0f}/s; floor: matters apart"
    joined = [run.joined for run in fast]
    return [
        compared(f"{what}, p99", p99, floor, better="lower", target=None, unit="ms", note=halves),
        seen(f"{what}, joined in every service", joined, better="lower", unit="s", note="none lost"),
    ]


def _paced(count: int, slow: Run) -> list[Result]:
    what, half = f"crowd: {count} reports of one incident, {RATE:.0f}/s, p99", percentile(slow.waits, 50)
    return [seen(what, [percentile(slow.waits, 99)], better="lower", unit="ms", note=f"p50 {half:.1f} ms, none lost")]


@dataclass(slots=True)
class Hall:
    """The site on which it happens."""

    client: httpx2.AsyncClient
    intake: str
    conn: Any
    count: int

    async def all_at_once(self) -> Run:
        """One incident, as fast as reports are accepted."""
        return await self._incident(self._together)

    async def one_by_one(self) -> Run:
        """One incident, at a steady rate."""
        return await self._incident(lambda act: paced(RATE, self.count, act))

    async def apart(self) -> Run:
        """The same crowd, each with a matter of his own."""
        return await self._told(None, self._together)

    async def _incident(self, pace: "Pace") -> Run:
        opened = await accepted(self.client, f"{self.intake}/api/intake/incidents", OUTAGE)
        return await self._told(opened["entity"], pace)

    async def _told(self, incident: str | None, pace: "Pace") -> Run:
        desk = Desk(self.client, f"{self.intake}/api/intake/requests")
        began = perf_counter()
        await pace(lambda number: desk.report(number, incident))
        seconds = perf_counter() - began
        if incident is not None:
            await until(lambda: self._joined(incident), patience=JOINED_WITHIN, every=0.05)
        return Run(desk.waits, seconds, perf_counter() - began)

    async def _joined(self, incident: str) -> bool:
        return bool(await self.conn.fetchval(EVERYWHERE, incident, self.count))

    async def _together(self, act: Callable[[int], Awaitable[None]]) -> None:
        numbers = iter(range(self.count))

        async def line() -> None:
            for number in numbers:
                await act(number)

        async with asyncio.TaskGroup() as group:
            for _ in range(LINES):
                group.create_task(line())


Pace = Callable[[Callable[[int], Awaitable[None]]], Awaitable[None]]
