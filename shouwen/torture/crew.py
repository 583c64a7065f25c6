"""The processes of a world: the real runtime over the imitated servers, started, killed, sent home."""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.dispatch.folds import FOLDS as DISPATCH
from services.escalation.folds import FOLDS as ESCALATION
from services.intake.channels.opener import Opener
from services.intake.channels.opener import report as opened
from services.intake.folds import FOLDS as INTAKE
from services.intake.saying import OPEN_CASE
from services.notify.app import report
from services.notify.folds import FOLDS as NOTIFY
from services.reporting.folds import FOLDS as REPORTING
from services.reporting.store.projection import Ledgers
from shared.contracts.effects import Outcome, Report, Wanted
from shared.contracts.fold import Folds
from shared.process.looping import run_forever
from shared.runtime.engine import NoProjection
from shared.runtime.loops import Bell
from shared.runtime.replica import Replica
from shared.runtime.settling import Settler
from shared.storage.slots import StateCodec
from shouwen.torture.cast import book
from shouwen.torture.client import Client, Delivered
from shouwen.torture.connection import Database
from shouwen.torture.log import Durable, Log
from shouwen.torture.stored import Stored
from shouwen.torture.world import Seat, World, WorldIds

FOLDS: dict[str, Folds] = {folds.service: folds for folds in (INTAKE, DISPATCH, ESCALATION, REPORTING, NOTIFY)}
REPORTS: Mapping[str, Report] = {"intake": opened, "notify": report}
PAUSE = 0.5
FLUSH_WITHIN = 10.0
LANES = 2
"""Batches a reader has in work at once, as ``shared.process.pump`` hands them over; here also small ones."""


class Carrier:
    """Carries messages to people, as well as the weather lets it."""

    def __init__(self, world: World, seat: Seat) -> None:
        """Carry for *seat*."""
        self._world, self._seat = world, seat

    async def carry(self, bundle: Sequence[Wanted]) -> Outcome:
        """Deliver, or not."""
        await self._world.step(self._seat)
        self._world.carried(self._seat, bundle)
        luck, weather = self._world.chance.random(), self._world.weather
        if luck < weather.refused:
            return Outcome(done=False, code="refused")
        if luck < weather.refused + weather.unsure:
            return Outcome(done=False, code="busy", again=True)
        return Outcome(done=True)


class Drawn:
    """Case numbers, in the order they are asked for."""

    def __init__(self, world: World) -> None:
        """Count for all of *world*."""
        self._world = world

    async def take(self, count: int = 1) -> tuple[int, ...]:
        """See `services.intake.ports.Numbers`."""
        return tuple(self._world.next_number() for _ in range(count))


class Process:
    """One running replica."""

    def __init__(self, world: World, log: Log, durable: Durable, service: str) -> None:
        """Start it."""
        self.seat = world.seat(service)
        self._world, self._durable, self._paused_until = world, durable, 0.0
        self._taken_on, self._in_work = 0, 0
        self.client = Client(world, self.seat, log)
        self._bell = Bell()
        log.bells.append(self._bell)
        carrier = Carrier(world, self.seat)
        opener = Opener(Drawn(world))
        self.replica = Replica(
            folds=FOLDS[service],
            db=_stands_for_engine(Database(world, self.seat)),
            clock=self.seat.clock,
            ids=WorldIds(world),
            book=book(),
            projection=Ledgers() if service == "reporting" else NoProjection(),
            carriers={"inbox": carrier, "wecom": carrier, OPEN_CASE: opener},
            report=REPORTS.get(service),
        )
        turns = self.replica.turns(_stands_for_client(self.client))
        self.seat.tasks = [
            self._task(run_forever(f"{self.seat.name}.{name}", turn, bell)) for name, turn, bell in turns
        ]
        settler: Settler = self.replica.settler(self)
        self.seat.tasks += [self._task(self._read(settler)) for _ in range(LANES)]

    def _task(self, work: Any) -> asyncio.Task[None]:
        return asyncio.create_task(work, name=f"{self.seat.name}.{self._world.next_number():06d}")

    def pause(self, seconds: float) -> None:
        """See `shared.runtime.settling.Reader`."""
        self._paused_until = asyncio.get_running_loop().time() + seconds

    def still_ours(self) -> bool:
        """See `shared.runtime.settling.Reader`."""
        return self.client.stats["reconnects"] == self._taken_on

    async def _read(self, settler: Settler) -> None:
        while self.seat.alive:
            if batch := self._taken():
                self._in_work += 1
                await settler([Delivered(self._world, self.seat, self._durable, one) for one in batch])  # type: ignore[misc]  # stands where a NATS message stands
                self._in_work -= 1
            else:
                await self._bell.wait(PAUSE)

    def _taken(self) -> list[tuple[Stored, int]]:
        """The next batch; beside one in work only what came over the same connection."""
        now, reconnects = asyncio.get_running_loop().time(), self.client.stats["reconnects"]
        if self._deaf(now) or (self._in_work and self._taken_on != reconnects):
            return []
        self._taken_on = reconnects
        return self._durable.take(self._room(), now)

    def _deaf(self, now: float) -> bool:
        return self._world.broker_down or now < self._paused_until

    def _room(self) -> int:
        return self._world.chance.choice((1, 2, 5, 20, 200))

    async def does(self, work: Coroutine[Any, Any, Any], *, within: float) -> Any:
        """Let the process do one thing more, for somebody who waits *within* seconds for it.

        Raises:
            TimeoutError: It did not come to its end, or the process died of it.
        """
        task = self._task(work)
        self.seat.tasks.append(task)
        await asyncio.wait((task,), timeout=within)
        if not task.done() or task.cancelled():
            task.cancel()
            raise TimeoutError
        return task.result()

    async def leave(self) -> None:
        """End it in order: finish, flush, go."""
        for task in self.seat.tasks:
            task.cancel()
        await asyncio.gather(*self.seat.tasks, return_exceptions=True)
        with contextlib.suppress(Exception):
            await self.does(self.replica.publisher.flush(), within=FLUSH_WITHIN)
        self.seat.alive = False


def _stands_for_engine(database: Database) -> Any:
    return database


def _stands_for_client(client: Client) -> Any:
    return client


class Crew:
    """Every process there is, and the readers they share."""

    def __init__(self, world: World) -> None:
        """Nobody yet."""
        self._world, self.log = world, Log(world.clock)
        self.durables = {name: Durable(world, self.log, folds.hears) for name, folds in FOLDS.items()}
        self._processes: list[Process] = []

    def running(self, service: str) -> list[Process]:
        """The living processes of *service*."""
        self._processes = [process for process in self._processes if process.seat.alive]
        return [process for process in self._processes if process.seat.service == service]

    def state_of(self, service: str, entity: str) -> Any:
        """The committed state of an entity; None where there is none."""
        row = self._world.store.tables.get(f"{service}.entities", {}).get((entity,))
        return self.state(service, row) if row is not None else None

    def members(self, incident: str) -> tuple[str, ...]:
        """The cases that hang under an incident without an order of their own, as dispatch lists them."""
        rows = self._world.store.tables.get("dispatch.entities", {}).items()
        return tuple(sorted(str(k[0]) for k, row in rows if row["parent"] == incident and row["status"] == "joined"))

    def state(self, service: str, row: Mapping[str, Any]) -> Any:
        """The state in a row of entities; None where there is none."""
        kind = FOLDS[service].kind_of(row["id"])
        return StateCodec(kind).decode(row["state"], row["schema"]) if kind and row["state"] is not None else None

    def owed(self, service: str, row: Mapping[str, Any]) -> datetime | None:
        """When the next step of an entity is due by its state."""
        kind, state = FOLDS[service].kind_of(row["id"]), self.state(service, row)
        return kind.due(state) if kind is not None and state is not None else None

    def start(self, service: str) -> None:
        """One process more."""
        self._processes.append(Process(self._world, self.log, self.durables[service], service))

    def stop_all(self) -> None:
        """The end of the run."""
        for process in self._processes:
            self._world.kill(process.seat)

    def reconnect(self) -> None:
        """The broker is back: every client notices."""
        for process in self._processes:
            process.client.stats["reconnects"] += 1
