"""One replica of a service on whatever log, database and clock it is given: real ones, or those of the simulation.

It obeys, lets time pass, publishes and carries out effects by itself; what it hears is handed to its settler.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from nats.aio.client import Client
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.contracts.effects import Carrier, Report
from shared.contracts.fold import Folds, nothing_due
from shared.contracts.ids import Ids
from shared.rules.book import Book
from shared.runtime.desk import Desk
from shared.runtime.engine import Engine, NoProjection, Projection
from shared.runtime.loops import WHILE_HELD, Bell, Turn, seconds_until
from shared.runtime.mending import Mender
from shared.runtime.publishing import Publisher
from shared.runtime.sending import Sender
from shared.runtime.settling import Reader, Settler
from shared.storage.unit import Work
from shared.timekeeping.clock import Clock

RELAY_EVERY = 2.0
FORGET_EVERY = 60.0
KEEP_KEYS = timedelta(hours=48)


async def _nothing(*_: int) -> None:
    """For whoever keeps nothing of the connection's own, and lets nothing gather."""


@dataclass(slots=True, kw_only=True)
class Replica:
    """Engine, desk, publisher and sender of one service, wired together; nothing runs before its turns are taken.

    Attributes:
        poll_seconds: Longest sleep between two looks for due steps.
        reconnected: Called with the number of reconnects so far, once what a stream has lost is said again.
        hand_over: Called before time's own steps are taken: what has come and only gathers is heard first.
        relay_bell: Rung when the broker is found again.
    """

    folds: Folds
    db: AsyncEngine
    clock: Clock
    ids: Ids
    book: Book
    projection: Projection = field(default_factory=NoProjection)
    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    report: Report | None = None
    poll_seconds: float = 1.0
    reconnected: Callable[[int], Awaitable[None]] = _nothing
    hand_over: Callable[[], Awaitable[None]] = _nothing
    timers_bell: Bell = field(default_factory=Bell)
    effects_bell: Bell = field(default_factory=Bell)
    relay_bell: Bell = field(default_factory=Bell)
    publisher: Publisher = field(init=False)
    engine: Engine = field(init=False)
    desk: Desk = field(init=False)
    _nc: Client | None = None
    _mended_at: int = -1  # also at the start: broker and process may have died together

    def __post_init__(self) -> None:
        """Build what is derived once."""
        self.publisher = Publisher(self.db, self.folds.service, self.clock, self.ids)
        self.engine = Engine(
            self.folds, self.db, self.clock, self.ids, self.book, self.publisher, self.projection, self._wake
        )
        self.desk = Desk(self.engine)

    def _wake(self, work: Work) -> None:
        if work.armed:
            self.timers_bell.ring()
        if work.wants:
            self.effects_bell.ring()

    def settler(self, reader: Reader) -> Settler:
        """Settles what *reader* reads."""
        return Settler(self.engine, self.folds, self.book, durable=self.folds.service, reader=reader)

    def turns(self, nc: Client) -> list[tuple[str, Turn, Bell | None]]:
        """What the replica does by itself over *nc*: names, turns to take for ever, and what wakes them early."""
        self._nc = nc
        self.publisher.connect(nc)
        turns: list[tuple[str, Turn, Bell | None]] = [
            ("desk", self.desk.turn, None),
            ("relay", self.relay, self.relay_bell),
            ("forget", self.forget, None),
        ]
        if self.folds.hears:
            turns.append(("mender", Mender(self.engine, nc).turn, None))
        if any(kind.due is not nothing_due for kind in self.folds.kinds):
            turns.append(("timers", self.timers, self.timers_bell))
        if self.report is not None:
            turns.append(("sender", Sender(self.engine, self.carriers, self.report).turn, self.effects_bell))
        return turns

    async def timers(self) -> float:
        """Fire what is due; answers how long nothing will be."""
        async with self.db.connect() as conn:
            due = (await conn.execute(self.engine.sql["next_due"])).scalar()
        if pause := seconds_until(due, self.clock, at_most=self.poll_seconds):
            return pause
        await self.hand_over()
        return 0 if await self.engine.tick() else WHILE_HELD

    async def relay(self) -> float:
        """Publish what was left behind, and after a reconnect what the stream has lost."""
        assert self._nc is not None
        reconnects = self._nc.stats["reconnects"]
        if back := self.publisher.connected and reconnects != self._mended_at:
            await self.publisher.mend()
        published = await self.publisher.relay()
        if back:
            await self.reconnected(reconnects)
            self._mended_at = reconnects
        return 0 if published else RELAY_EVERY

    async def forget(self) -> float:
        """Drop what is kept for a while only."""
        await self.publisher.forget()
        async with self.db.begin() as conn:
            await conn.execute(self.engine.sql["forget_asked"], {"before": self.clock.now() - KEEP_KEYS})
        return FORGET_EVERY
