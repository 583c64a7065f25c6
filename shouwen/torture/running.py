"""One run of a story: the world is set up, everything happens, all comes to rest, and the sums are looked at."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from random import Random
from typing import Any

from shouwen.torture.crew import Crew
from shouwen.torture.humans import Humans
from shouwen.torture.laws import Laws
from shouwen.torture.machines import Machines
from shouwen.torture.story import REACHED, Event, Story, story_of
from shouwen.torture.sums import Sums
from shouwen.torture.virtual import Stuck, run_virtually
from shouwen.torture.world import CALM, World

REST_WITHIN = 600
"""Seconds in which everything must be done once nothing goes wrong any more."""
LOOK_EVERY = 0.5
LEAPS = (timedelta(minutes=30), timedelta(hours=6), timedelta(days=2), timedelta(days=6))
"""Jumps of the clock at the end, so that what was promised for later falls due as well."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended.

    Attributes:
        broken: The promise found broken, with what was seen; empty when all were kept.
        facts: How many were said.
        steps: Operations on database, broker and providers.
        accepted: Requests answered with 2xx.
        digest: Of everything said, in order: two runs of one seed agree in it.
    """

    seed: int
    story: Story
    broken: str
    facts: int
    steps: int
    accepted: int
    digest: str


def run(seed: int, story: Story | None = None) -> Verdict:
    """Tell the story of *seed*, or another under its weather, and judge."""
    told = story_of(seed) if story is None else story
    verdict: Verdict = run_virtually(_told(seed, told))
    return verdict


async def _told(seed: int, story: Story) -> Verdict:
    world = World(seed)
    crew = Crew(world)
    laws = Laws(world, crew)
    humans, machines, sums = Humans(world, crew, laws), Machines(world, crew), Sums(world, crew)
    for service in REACHED:
        for _ in range(world.chance.choice((1, 1, 2, 3))):
            crew.start(service)
    try:
        await _first(world, _through(seed, story, humans, machines, sums))
    except Stuck as stuck:
        world.accuse("nobody waits for ever", str(stuck))
    crew.stop_all()
    told = blake2b("\n".join(f"{m.id} {m.kind} {m.version} {m.at}" for m in crew.log.messages).encode())
    facts, accepted = len(crew.log.messages), len(humans.accepted)
    return Verdict(seed, story, world.broken, facts, world.steps, accepted, told.hexdigest()[:16])


async def _first(world: World, work: Awaitable[None]) -> None:
    """Until *work* is done or a law is found broken."""
    task, found = asyncio.ensure_future(work), asyncio.ensure_future(world.found.wait())
    await asyncio.wait((task, found), return_when=asyncio.FIRST_COMPLETED)
    found.cancel()
    if not task.done():
        task.cancel()
        return
    task.result()


async def _through(seed: int, story: Story, humans: Humans, machines: Machines, sums: Sums) -> None:
    happening = {**_deeds(humans), **_blows(machines)}
    under_way: list[asyncio.Task[None]] = []
    for event in story:
        await asyncio.sleep(event.after)
        chance = Random(f"{seed} {event.what} {event.pick}")
        under_way.append(asyncio.create_task(happening[event.what](event, chance), name=f"event.{len(under_way):06d}"))
    await asyncio.gather(*under_way)
    await _settle(humans, machines, sums)


def _deeds(humans: Humans) -> dict[str, Callable[[Event, Random], Coroutine[Any, Any, None]]]:
    return {"report": humans.report, "incident": humans.incident, "import": humans.bring, "act": humans.act}


def _blows(machines: Machines) -> dict[str, Callable[[Event, Random], Coroutine[Any, Any, None]]]:
    return {
        "jump": machines.jump,
        "kill": machines.kill,
        "down": machines.down,
        "leave": machines.leave,
        "join": machines.join,
        "database": machines.database,
        "broker": machines.broker,
        "shorten": machines.shorten,
        "rewind": machines.rewind,
        "poison": machines.poison,
    }


async def _settle(humans: Humans, machines: Machines, sums: Sums) -> None:
    """Let the weather clear, everything come to rest, later promises fall due; then nothing may be missing."""
    world = humans.world
    world.weather = CALM
    machines.heal()
    for leap in (timedelta(0), *LEAPS):
        world.clock.jump(leap)
        if (restless := await _rest(sums)) is not None:
            world.accuse("everything comes to rest", restless)
            return
    for wrong in sums.wrong(humans.accepted):
        world.accuse("everything adds up", wrong)


async def _rest(sums: Sums) -> str | None:
    """Wait for rest; answers what is still restless after the time allowed."""
    restless: list[str] = []
    for _ in range(int(REST_WITHIN / LOOK_EVERY)):
        if not (restless := list(sums.restless())):
            return None
        await asyncio.sleep(LOOK_EVERY)
    return "; ".join(restless)
