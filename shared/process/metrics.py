"""How a service is doing, in numbers for Prometheus; counted when asked, with statements an index answers.

Numbers only: no names, no case ids. Whoever may view all sites may scrape; an administrator's token is not needed.

Source: design.md §5, §11.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from nats.errors import Error as NatsError
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import text as sql

from shared.contracts.wording import text
from shared.process.advisories import advisories
from shared.process.dead_letters import Broker
from shared.runtime.engine import Engine
from shared.storage.unit import Work
from shared.timekeeping.clock import Clock
from shared.web.problems import refuse
from shared.web.surface import Surface

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
LATE = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
MOST = 10_000
"""Overdue things are counted up to here; more is no different."""

# The schema is the code's own name of a service, never input.
COUNTS = """
    select (select count(*) from {s}.dead_letters where settled is null) as dead_letters,
        (select count(*) from {s}.parked) as parked,
        (select min(parked_at) from {s}.parked) as parked_since,
        (select count(*) from {s}.outbox where published_at is null) as unsaid,
        (select min(created_at) from {s}.outbox where published_at is null) as unsaid_since,
        (select count(*) from (select 1 from {s}.timers where due_at < :now limit :most) t) as overdue,
        (select min(due_at) from {s}.timers) as next_due,
        (select count(*) from {s}.wanted where settled_at is null) as wanted,
        (select count(*) from {s}.wanted where settled_at is null and next_at < :now) as wanted_overdue"""
MEANINGS: Mapping[str, str] = {
    "dead_letters": "Letters no retry can help, not settled by a person yet",
    "parked_letters": "Letters waiting for another one of their entity, or for the directory",
    "parked_oldest_seconds": "Age of the oldest parked letter",
    "outbox_unsaid": "Facts committed and not yet in the log",
    "outbox_oldest_seconds": "Age of the oldest fact not yet in the log",
    "timers_overdue": "Entities with a step that should have fired, counted to 10000",
    "timers_oldest_seconds": "How late the oldest overdue step is",
    "effects_wanted": "Effects not yet carried out or given up",
    "effects_overdue": "Effects that should have been tried by now",
    "unheard": "Messages of the log not yet heard, those in hand included; -1 while the broker is away",
    "advisories": "What the broker says of messages given up by this reader; -1 while the broker is away",
    "reader_stopped": "1 while the reader has stopped because nearly everything it reads would be buried",
    "desk_waiting": "Commands waiting for their transaction",
    "broker_connected": "1 while the broker answers",
}


class Metrics:
    """The numbers of one service.

    Attributes:
        more: Counts of the service's own, each asked when somebody scrapes.
    """

    def __init__(self, engine: Engine, broker: Broker, unheard: Callable[[], Awaitable[int]]) -> None:
        """Watch *engine*: how late its steps fire is noted as they do."""
        self._engine, self._broker, self._unheard = engine, broker, unheard
        self.more: list[Callable[[], Awaitable[Metric]]] = []
        self._counts = sql(COUNTS.format(s=engine.folds.service))
        self._registry = CollectorRegistry()
        self._late = Histogram(
            "shouwen_step_lateness_seconds",
            "How long after its due instant a step was fired",
            ["service"],
            buckets=LATE,
            registry=self._registry,
        ).labels(engine.folds.service)
        self._woken, engine.woken = engine.woken, self._fired

    def _fired(self, work: Work) -> None:
        for late in work.late:
            self._late.observe(late)
        self._woken(work)

    async def scraped(self, clock: Clock, waiting: int) -> bytes:
        """The exposition; *waiting* are the commands at the desk."""
        numbers = await self._counted(clock.now()) | await self._beyond() | {"desk_waiting": waiting}
        service = self._engine.folds.service
        more = [await count() for count in self.more]
        return _exposed([*_gauges(service, numbers), *more]) + generate_latest(self._registry)

    async def _counted(self, now: datetime) -> dict[str, float]:
        async with self._engine.db.connect() as conn:
            row = (await conn.execute(self._counts, {"now": now, "most": MOST})).one()
        return {
            "dead_letters": row.dead_letters,
            "parked_letters": row.parked,
            "parked_oldest_seconds": _age(row.parked_since, now),
            "outbox_unsaid": max(row.unsaid - self._engine.publisher.marks_due, 0),
            "outbox_oldest_seconds": _age(row.unsaid_since, now),
            "timers_overdue": row.overdue,
            "timers_oldest_seconds": _age(row.next_due, now),
            "effects_wanted": row.wanted,
            "effects_overdue": row.wanted_overdue,
            "reader_stopped": int(bool(self._engine.toll.stopped)),
        }

    async def _beyond(self) -> dict[str, float]:
        nc = self._broker()
        connected = nc is not None and nc.is_connected
        told_off = await advisories(nc, self._engine.folds.service)
        return {
            "unheard": await self._still_unheard() if connected else -1,
            "advisories": -1 if told_off is None else told_off,
            "broker_connected": int(connected),
        }

    async def _still_unheard(self) -> int:
        try:
            return await self._unheard()
        except (NatsError, OSError, TimeoutError):
            return -1


def metric_routes(api: FastAPI, surface: Surface, metrics: Metrics, clock: Clock, waiting: Callable[[], int]) -> None:
    """Add ``GET /metrics`` to a service."""

    @api.get("/metrics", response_class=Response)
    async def scrape(request: Request) -> Response:
        """How the service is doing, in Prometheus' text format; for a token that may view every site."""
        actor = await surface.actor(request)
        if not actor.can("view", "*"):
            raise refuse("no_right", text("只有可以查看全部项目的账号才能读取运行指标"), status=403)
        return Response(await metrics.scraped(clock, waiting()), media_type=MEDIA)


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0) if since is not None else 0


def _gauges(service: str, numbers: Mapping[str, float]) -> Iterable[Metric]:
    for name, number in numbers.items():
        gauge = GaugeMetricFamily(f"shouwen_{name}", MEANINGS[name], labels=["service"])
        gauge.add_metric([service], number)
        yield gauge


class _Once:
    """A collector of what was just counted."""

    def __init__(self, gauges: Iterable[Metric]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        return self._gauges


def _exposed(gauges: Iterable[Metric]) -> bytes:
    told: Any = _Once(gauges)
    return generate_latest(told)
