"""One service, alive: its connections, its reader, its loops, its HTTP surface, its start and its end.

Source: design.md §5 (pump, timers, effects, clock, stop), §10.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from fastapi import FastAPI
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.message import NatsBatchMessage
from nats.aio.client import Client
from nats.js.errors import NotFoundError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.contracts.effects import Carrier, Report
from shared.contracts.fold import Folds
from shared.contracts.ids import Ids, RealIds
from shared.process import keeping_time
from shared.process.burials import Aged
from shared.process.company import Company
from shared.process.connecting import CannotStart, broker_at, leave, reach
from shared.process.dead_letters import dead_letter_routes
from shared.process.digests import digest_routes
from shared.process.directory_feed import DirectoryFeed
from shared.process.listening import heard_first
from shared.process.looping import end, run_forever
from shared.process.metrics import Metrics, metric_routes
from shared.process.parked import parked_routes
from shared.process.pooling import pool_of
from shared.process.position import Position
from shared.process.provisioning import EV
from shared.process.pulse import Pulse
from shared.process.pump import BATCH, PumpedSubscriber, handler_of, pump_up
from shared.process.resting import Rest
from shared.process.settings import RuntimeSettings
from shared.rules.book import Book
from shared.runtime.engine import NoProjection, Projection
from shared.runtime.loops import Bell, Turn
from shared.runtime.replica import Replica
from shared.timekeeping.clock import Clock, SystemClock
from shared.web.accounts import Accounts
from shared.web.surface import Surface

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a process gives each of its services.

    Attributes:
        db: One pool for the whole process.
        replica: Names this process among its like.
    """

    settings: RuntimeSettings
    db: AsyncEngine
    clock: Clock
    ids: Ids
    replica: str


def surroundings(
    settings: RuntimeSettings, *, replica: str, clock: Clock | None = None, patient: bool = False
) -> Surroundings:
    """The real surroundings of a process; *patient* where a statement may take as long as it needs."""
    return Surroundings(settings, pool_of(settings, patient=patient), clock or SystemClock(), RealIds(), replica)


class ServiceProcess:
    """A service with everything it needs to run; built by ``services.<name>.app.build``."""

    def __init__(
        self,
        folds: Folds,
        around: Surroundings,
        *,
        projection: Projection | None = None,
        carriers: Mapping[str, Carrier] | None = None,
        report: Report | None = None,
        gathers: float = 0.0,
    ) -> None:
        """Wire it; nothing is opened before :meth:`start`.

        Single facts may wait *gathers* seconds for others; 0 where people wait for what is heard.
        """
        self._gathers = gathers
        self.folds, self.around = folds, around
        self.db, self.clock, self.ids = around.db, around.clock, around.ids
        self.book = Book()
        self.accounts = Accounts(self.book, around.settings.secret.get_secret_value())
        self.replica = Replica(
            folds=folds,
            db=self.db,
            clock=self.clock,
            ids=self.ids,
            book=self.book,
            projection=projection or NoProjection(),
            carriers=carriers or {},
            report=report,
            poll_seconds=around.settings.poll_seconds,
            reconnected=self._reconnected,
            hand_over=self._hand_over,
        )
        self.engine, self.publisher = self.replica.engine, self.replica.publisher
        self.desk = Company(self.replica.desk)
        self.surface = Surface(folds.service, self.accounts, self.book, self.clock, self.desk, self.version_of)
        self.api: FastAPI = self.surface.app(f"Shouwen {folds.service}")
        digest_routes(self.api, self.surface, self.engine, self.unheard)
        dead_letter_routes(self.api, self.surface, self.engine, self._connection)
        parked_routes(self.api, self.surface, self.engine, self._connection)
        self.metrics = Metrics(self.engine, self._connection, self.unheard)
        metric_routes(self.api, self.surface, self.metrics, self.clock, lambda: self.desk.waiting)
        self.rest = Rest(self.engine)
        self.nc: Client | None = None
        self._broker: NatsBroker | None = None
        self._reader: PumpedSubscriber | None = None
        self._position: Position | None = None
        self._feed = DirectoryFeed(self.book, self.accounts)
        self.own_turns: list[tuple[str, Turn, Bell | None]] = []
        """What the service does by itself beside the rest, while it runs."""
        self._tasks: list[asyncio.Task[None]] = []

    def _connection(self) -> Client | None:
        return self.nc

    @property
    def trouble(self) -> str:
        """Why this service does not do its work now; empty when it does."""
        if self.nc is None or not self.nc.is_connected:
            return "the broker does not answer"
        return f"reader stopped: {self.engine.toll.stopped}" if self.engine.toll.stopped else ""

    async def version_of(self, entity: str, speaker: str) -> int:
        """The last version of *entity* this service said itself, or heard from *speaker*."""
        async with self.db.connect() as conn:
            slot = (await self.engine.unit.peek(conn, [entity])).get(entity)
        if slot is None:
            return 0
        return slot.said if speaker == self.folds.service else slot.last_heard(speaker)

    async def unheard(self) -> int:
        """Messages of the log this service has yet to hear, those in hand included."""
        if self.nc is None or not self.folds.hears:
            return 0
        info = await self.nc.jetstream().consumer_info(EV, self.folds.service)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def start(self) -> None:
        """Connect, learn the directory, then hear, obey and let time pass.

        Raises:
            CannotStart: Streams, schema or clock are not as needed; says what to do.
        """
        await keeping_time.follow(self.db, self.clock)
        self._broker = broker_at(self.around.settings.nats_url, lost=self.publisher.lost, found=self._found)
        self.nc = await reach(self._broker, self.around.settings.nats_url)
        await self._learn(self.nc)
        if self.folds.hears:
            self._position = Position(self.engine, self.nc, self._arrived)
            await self._position.check()
            self._reader = self._read(self._broker)
            await self._broker.start()
        self._start_loops(self.nc)

    async def _learn(self, nc: Client) -> None:
        try:
            await self._feed.start(nc)
        except NotFoundError as missing:
            raise CannotStart(
                "没有找到消息流 DIRECTORY，请先运行 shouwen provision。"
                " Stream DIRECTORY does not exist; run `shouwen provision`."
            ) from missing

    def _read(self, broker: NatsBroker) -> PumpedSubscriber:
        name = self.folds.service
        subscriber = broker.subscriber(
            "ev.>",
            stream=JStream(EV, declare=False),
            durable=name,
            pull_sub=PullSub(batch_size=BATCH, batch=True),
            ack_policy=AckPolicy.MANUAL,
            decoder=_as_they_came,
        )
        reader = pump_up(subscriber, stream=EV, durable=name, gathers=self._gathers)
        reader(handler_of(self.replica.settler(reader)))
        return reader

    def _start_loops(self, nc: Client) -> None:
        pulse = Pulse(self.engine, nc, self.around.replica)
        turns: list[tuple[str, Turn, Bell | None]] = [
            *self._turns_of_the_replica(nc),
            ("clock", partial(keeping_time.keep_following, self.db, self.clock), None),
            ("pulse", pulse.turn, None),
            ("aged letters", Aged(self.engine).turn, None),
            *self.own_turns,
        ]
        if self._position is not None:
            turns.append(("position", self._position.turn, None))
        self._tasks = [asyncio.create_task(self._for_ever(loop, turn, bell)) for loop, turn, bell in turns]

    def _turns_of_the_replica(self, nc: Client) -> Iterator[tuple[str, Turn, Bell | None]]:
        for loop, turn, bell in self.replica.turns(nc):
            if loop == "desk":
                yield loop, self.desk.turn, bell
            else:
                yield loop, self.rest.seldom(turn, self._something_unsaid) if loop == "relay" else turn, bell

    def _something_unsaid(self) -> bool:
        said = self.publisher
        return bool(said.unmended or said.marks_due or said.unsaid or said.no_room)

    async def _for_ever(self, loop: str, turn: Turn, bell: Bell | None) -> None:
        name = self.folds.service
        if loop == "timers":
            await heard_first(name, self.unheard)
        await run_forever(f"{name}.{loop}", turn, bell)

    async def _reconnected(self, reconnects: int) -> None:
        if reconnects and self.nc is not None:
            await self._feed.renew(self.nc)

    async def _hand_over(self) -> None:
        if self._reader is not None:
            await self._reader.hand_over()

    def _found(self) -> None:
        self.replica.relay_bell.ring()
        if self._reader is not None:
            self._reader.look()

    def _arrived(self) -> int:
        return self._reader.arrived if self._reader else 0

    async def _keep_position(self) -> None:
        if self._position is not None:
            await self._position.turn()

    def end_streams(self) -> None:
        """End answers that would go on for ever; a service without such answers has nothing to do."""

    async def stop(self) -> None:
        """Stop asking, finish what runs, hand back the rest, flush."""
        if self._reader is not None:
            await self._reader.stop()
        await end(self._tasks)
        with contextlib.suppress(Exception):
            await self.publisher.flush()
        with contextlib.suppress(Exception):
            await self._keep_position()
        await self._feed.stop()
        if self._broker is not None and self.nc is not None:
            await leave(self._broker, self.nc)


async def _as_they_came(message: NatsBatchMessage) -> Any:
    return message.raw_message
