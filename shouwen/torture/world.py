"""One simulated world: its clock, its chance, its weather, and the laws that must hold in it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from shared.contracts.effects import Wanted
from shouwen.torture.database import Store
from shouwen.torture.stored import Stored
from shouwen.torture.virtual import SkewedClock, WorldClock

SECOND = 1.0
SKEW_MOST = 0.9
"""Seconds a machine's clock may be off; two seconds apart, a process would refuse to run."""
USUAL = 0.004
TAKES_TIME = 0.5
"""Share of operations that take any time: waiting is what most of a run's own time goes into."""
STEPS_MOST = 60_000
"""Ten times what a long story takes."""


@dataclass(slots=True)
class Weather:
    """How often things go wrong; every figure is a probability for one operation.

    Attributes:
        slow: It takes up to two seconds instead of milliseconds.
        lost: A request to the broker is not answered; half of those were carried out all the same.
        twice: A message that was settled is delivered again.
        shuffled: A batch is handed over in any order.
        refused: A provider refuses a message for good; ``unsure`` for now.
    """

    slow: float = 0.0
    lost: float = 0.0
    twice: float = 0.0
    shuffled: float = 0.0
    refused: float = 0.0
    unsure: float = 0.0


CALM = Weather()


def weather_of(chance: Random) -> Weather:
    """The weather of a run: most worlds know only some troubles, so that each is met both alone and together."""

    def some(most: float) -> float:
        return chance.choice((0.0, 0.2, 1.0)) * chance.random() * most

    return Weather(some(0.05), some(0.1), some(0.2), some(1.0), some(0.2), some(0.3))


@dataclass(slots=True)
class Seat:
    """The place of one process in the world.

    Attributes:
        doomed_in: Steps it may still take before it is killed; None while nobody means it harm.
    """

    name: str
    service: str
    clock: SkewedClock
    alive: bool = True
    doomed_in: int | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


class World:
    """What all processes of a run share.

    Attributes:
        broken: The first law found broken, with what was seen; empty while all hold.
        steps: Operations on database, broker and providers so far.
        poisoned: Entities an outsider has spoken of.
        acknowledged: Called with the hearer and the message it is about to settle.
        carried: Called with what is being handed to a provider.
    """

    def __init__(self, seed: int) -> None:
        """A world of *seed*; call it inside the virtual loop."""
        self.chance = Random(f"world {seed}")
        self.clock = WorldClock(asyncio.get_running_loop())
        self.store = Store()
        self.weather = weather_of(Random(f"weather {seed}"))
        self.broken = ""
        self.steps = 0
        self.database_down = self.broker_down = False
        self.found = asyncio.Event()
        self.poisoned: set[str] = set()
        self.acknowledged: Callable[[str, Stored], None] = lambda _hearer, _message: None
        self.carried: Callable[[Seat, Sequence[Wanted]], None] = lambda _seat, _bundle: None
        self._ids = 0

    def next_number(self) -> int:
        """The next of all numbers from 1 on."""
        self._ids += 1
        return self._ids

    def seat(self, service: str) -> Seat:
        """A place for a new process, with a clock of its own."""
        skew = timedelta(seconds=self.chance.uniform(-SKEW_MOST, SKEW_MOST))
        return Seat(f"{service}#{self.next_number()}", service, SkewedClock(self.clock, skew))

    def accuse(self, law: str, seen: str) -> None:
        """Note that *law* is broken; the first finding counts."""
        if not self.broken:
            self.broken = f"{law}: {seen}"
            self.found.set()

    async def step(self, seat: Seat) -> None:
        """One operation of *seat* takes its time; whoever is killed meanwhile goes no further."""
        luck = self.chance.random()
        if luck < self.weather.slow:
            await asyncio.sleep(self.chance.random() * 2 * SECOND)
        elif luck < TAKES_TIME:  # the others are over before anybody else has a turn
            await asyncio.sleep(self.chance.random() * USUAL)
        self.steps += 1
        if self.steps > STEPS_MOST:
            self.accuse("everything comes to rest", f"{self.steps} steps and no end")
        if seat.doomed_in is not None:
            seat.doomed_in -= 1
            if seat.doomed_in <= 0:
                self.kill(seat)
        if not seat.alive:
            raise asyncio.CancelledError

    def kill(self, seat: Seat) -> None:
        """End a process without a word: its transactions break, its tasks never go on."""
        seat.alive, seat.doomed_in = False, None
        self.store.break_all(seat.name)
        for task in seat.tasks:
            task.cancel()


class WorldIds:
    """Ids that depend on the seed alone and sort by the time they were made."""

    def __init__(self, world: World) -> None:
        """Count in *world*."""
        self._world = world

    def message(self) -> str:
        """See `shared.contracts.ids.Ids`."""
        number = f"{self._world.next_number():012x}"
        return f"00000000-0000-7000-8000-{number}"

    def entity(self, prefix: str) -> str:
        """See `shared.contracts.ids.Ids`."""
        return f"{prefix}-{self._world.next_number():032x}"
