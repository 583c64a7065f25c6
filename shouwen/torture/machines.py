"""What befalls the machines of a simulated world."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from shouwen.torture.crew import FOLDS, Crew
from shouwen.torture.story import REACHED, Event
from shouwen.torture.world import World

Poison = Callable[[str, str, str], tuple[dict[str, str], bytes]]
CONSENT = "intake.consent_recorded"
REPLACED_AFTER = 0.5
MINUTES_LOST = timedelta(minutes=10)
"""Published facts are kept for fifteen minutes to be said again."""


def _envelope(entity: str, kind: str, at: str, **more: str) -> dict[str, str]:
    known = {"ce-id": f"p-{entity}", "ce-type": kind, "ce-subject": entity, "ce-time": at, "version": "1"}
    return known | {name.replace("_", "-"): value for name, value in more.items()}


POISONS: tuple[Poison, ...] = (
    lambda _entity, _speaker, _at: ({}, b"no headers"),
    lambda entity, speaker, at: (_envelope(entity, f"{speaker}.unheard_of", at), b"{}"),
    lambda entity, _speaker, at: (_envelope(entity, "intake.request_received", at), b"not JSON"),
    lambda entity, _speaker, at: (_envelope(entity, "intake.request_received", at), b'{"number": 1}'),
    lambda entity, _speaker, at: (_envelope(entity, "dispatch.order_accepted", at, ce_dataschema="9"), b"{}"),
    lambda entity, _speaker, at: (_envelope(entity, "dispatch.order_accepted", at, version="2"), b'{"by": "x"}'),
    lambda entity, _speaker, at: (_envelope(entity, "escalation.clock_armed", at, version="many"), b"{}"),
    lambda entity, _speaker, at: (_envelope(f"{entity}0", CONSENT, at), b'{"consent": "CN-1"}'),
    lambda entity, _speaker, at: (_envelope(entity, CONSENT, at), b'{"consent": "CN-1", "by": "x"}'),
)


def _refused(entity: str, at: str) -> tuple[dict[str, str], bytes]:
    """What every hearer can read and reporting's database cannot keep; its predecessor is still to come."""
    return _envelope(entity, CONSENT, at, version="2"), b'{"consent": "CN\\u0000", "by": "x"}'


@dataclass(slots=True)
class Machines:
    """Processes, servers and clocks."""

    world: World
    crew: Crew

    async def jump(self, event: Event, _chance: Random) -> None:
        """Hours pass at once."""
        self.world.clock.jump(timedelta(hours=event.size))

    async def kill(self, event: Event, chance: Random) -> None:
        """A process dies between two of its steps; a new one takes its place."""
        if victims := self.crew.running(event.service):
            chance.choice(victims).seat.doomed_in = int(event.size)
            await asyncio.sleep(REPLACED_AFTER)
            self.crew.start(event.service)

    async def down(self, event: Event, _chance: Random) -> None:
        """A service is gone altogether for a while."""
        for process in self.crew.running(event.service):
            self.world.kill(process.seat)
        await asyncio.sleep(event.size)
        self.crew.start(event.service)

    async def leave(self, event: Event, chance: Random) -> None:
        """A replica goes in order, when there are others."""
        if len(there := self.crew.running(event.service)) > 1:
            await chance.choice(there).leave()

    async def join(self, event: Event, _chance: Random) -> None:
        """A replica more."""
        self.crew.start(event.service)

    async def database(self, event: Event, _chance: Random) -> None:
        """The database dies with every open transaction and comes back."""
        self.world.database_down = True
        self.world.store.break_all()
        await asyncio.sleep(event.size)
        self.world.database_down = False

    async def broker(self, event: Event, _chance: Random) -> None:
        """The broker goes and comes back."""
        self.world.broker_down = True
        await asyncio.sleep(event.size)
        self.world.broker_down = False
        self.crew.reconnect()

    async def shorten(self, event: Event, _chance: Random) -> None:
        """The broker comes back without the end of its stream, of the last minutes at most."""
        log = self.crew.log
        recent = sum(message.at > self.world.clock.now() - MINUTES_LOST for message in log.messages)
        log.shorten(min(int(event.size), recent))
        for durable in self.crew.durables.values():
            durable.rewind(len(log.messages) + 1)
        self.crew.reconnect()

    async def rewind(self, event: Event, _chance: Random) -> None:
        """A reader is restored to an older state."""
        durable = self.crew.durables[event.service]
        durable.rewind(max(len(self.crew.log.messages) - int(event.size), 0) + 1)

    async def poison(self, event: Event, chance: Random) -> None:
        """Somebody publishes what no hearer can use; whoever else has to do with it must not notice."""
        entity, at = f"case-{event.pick:032x}", self.world.clock.now().isoformat()
        self.world.poisoned.add(entity)
        speaker, poison = chance.choice(sorted(FOLDS)), chance.choice(POISONS)
        if poison is POISONS[-1]:
            self._put(event, 2, entity, speaker, _refused(entity, at))
            await asyncio.sleep(chance.random())
        self._put(event, 1, entity, speaker, poison(entity, speaker, at))

    def _put(self, event: Event, number: int, entity: str, speaker: str, message: tuple[dict[str, str], bytes]) -> None:
        headers, body = message
        told = {"Nats-Msg-Id": f"poison-{event.pick}-{number}"} | headers
        self.crew.log.append(f"ev.{headers.get('ce-type', f'{speaker}.noise')}.{entity}", told, body)

    def heal(self) -> None:
        """Nothing is broken any more, and every service has a replica."""
        self.world.database_down = False
        if self.world.broker_down:
            self.world.broker_down = False
            self.crew.reconnect()
        for service in REACHED:
            for process in self.crew.running(service):
                process.seat.doomed_in = None
            if not self.crew.running(service):
                self.crew.start(service)
