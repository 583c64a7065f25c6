"""From the commit to the subscriber: the product's outbox beside a publish right after the commit."""

import json
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.estate import administrator, found
from bench.measuring import MILLISECONDS, percentile, taking_turns, until
from bench.result import Result, compared
from bench.scale import Scale
from bench.speaker import RATE
from bench.surroundings import Place, floor_program, provisioned_place, serving

WANTED = {50: 1.5, 99: 2.5}
PATIENCE = 60


async def measure(scale: Scale) -> list[Result]:
    """Half and the slowest hundredth of the messages at 150 a second."""
    count = scale.of(450, 900)
    with provisioned_place() as place:
        with serving(place, "directory") as (directory,):
            await found(directory.url, administrator(place))
        nc = await nats.connect(place.nats.url)
        mine, theirs = await taking_turns(
            lambda: _waits(place, nc, "product", count), lambda: _waits(place, nc, "floor", count), scale.rounds
        )
        await nc.close()
    return [_row(rank, mine, theirs) for rank in WANTED]


def _row(rank: int, mine: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> Result:
    return compared(
        f"outbox: commit to subscriber, p{rank} at {RATE}/s",
        [percentile(each, rank) for each in mine],
        [percentile(each, rank) for each in theirs],
        better="lower",
        target=WANTED[rank],
        unit="ms",
    )


async def _waits(place: Place, nc: Client, side: str, count: int) -> list[float]:
    """Milliseconds from each commit in another process to its arrival here."""
    seen: dict[str, float] = {}

    async def arrived(msg: Msg) -> None:
        seen[(msg.headers or {})["Nats-Msg-Id"]] = perf_counter()

    subscription = await nc.subscribe("ev.intake.>", cb=arrived)
    await nc.flush()
    file = place.folder / "committed.json"
    with floor_program(place, "bench.speaker", side, str(count), str(file)) as program:

        async def over() -> bool:
            return program.process.poll() is not None and len(seen) >= count

        await until(over, patience=PATIENCE, every=0.05)
    await subscription.unsubscribe()
    return [(seen[message] - at) * MILLISECONDS for message, at in _committed(file).items()]


def _committed(file: Path) -> dict[str, float]:
    read: dict[str, float] = json.loads(file.read_text("utf-8"))
    return read
