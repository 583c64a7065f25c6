"""Facts read, validated and acknowledged, with nothing kept: pump, FastStream and contracts beside an own pull."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import perf_counter, process_time
from typing import NamedTuple

import nats
from faststream import AckPolicy
from faststream.nats import JStream, PullSub
from faststream.nats.message import NatsBatchMessage
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from bench.facts import requests, sample_book
from bench.floors.atomic import fill
from bench.floors.pulling import Pull
from bench.floors.shapes import request_of
from bench.measuring import MICROSECONDS, taking_turns
from bench.result import Result, compared
from bench.scale import Scale
from bench.surroundings import Place, provisioned_place
from services.dispatch.folds import FOLDS
from shared.process.connecting import broker_at, reach
from shared.process.pump import BATCH, handler_of, pump_up
from shared.runtime.settling import Settler
from shared.runtime.toll import Toll
from shared.storage.letters import Letter
from shouwen.memory import settle_memory

WANTED = 0.60
WITHIN = 120


class Round(NamedTuple):
    """One round of one side."""

    rate: float
    cpu_us: float


class Meter:
    """Counts what was read; clocks start with the first batch, which is not counted."""

    def __init__(self, count: int) -> None:
        """Be done after *count*."""
        self._left, self._counted = count, 0
        self._at = self._cpu = 0.0
        self.done: asyncio.Future[Round] = asyncio.get_running_loop().create_future()

    def count(self, read: int) -> None:
        """*read* more."""
        self._left -= read
        if not self._at:
            self._at, self._cpu = perf_counter(), process_time()
            return
        self._counted += read
        if self._left <= 0 and not self.done.done():
            spent = process_time() - self._cpu
            rate = self._counted / (perf_counter() - self._at)
            self.done.set_result(Round(rate, spent / self._counted * MICROSECONDS))


class Forgetful:
    """An engine that only counts."""

    def __init__(self, meter: Meter) -> None:
        """Count with *meter*."""
        self._meter, self.toll = meter, Toll()

    async def hear(self, letters: Sequence[Letter]) -> None:
        """Count *letters*."""
        assert all(letter.heard for letter in letters)
        self._meter.count(len(letters))


async def measure(scale: Scale) -> list[Result]:
    """Messages a second, and CPU a message."""
    count = scale.of(6_000, 30_000)
    with provisioned_place() as place:
        nc = await nats.connect(place.nats.url)
        await fill(nc, list(requests(count)))
        settle_memory()  # as every service does; here it serves the floor as well
        mine, theirs = await taking_turns(lambda: _product(place, nc, count), lambda: _floor(nc, count), scale.rounds)
        await nc.close()
    return [
        compared(
            "consume: facts read, validated, acknowledged",
            [each.rate for each in mine],
            [each.rate for each in theirs],
            better="higher",
            target=WANTED,
            unit="/s",
            cpu_us=min(each.cpu_us for each in mine),
            note=f"floor {min(each.cpu_us for each in theirs):.0f} µs a message",
        )
    ]


@asynccontextmanager
async def _durable(nc: Client, name: str) -> AsyncIterator[str]:
    js = nc.jetstream()
    await js.add_consumer("EV", ConsumerConfig(durable_name=name, max_ack_pending=2000, ack_wait=30))
    try:
        yield name
    finally:
        await js.delete_consumer("EV", name)


async def _product(place: Place, nc: Client, count: int) -> Round:
    async with _durable(nc, "product") as durable:
        meter, broker = Meter(count), broker_at(place.nats.url)
        reader = pump_up(
            broker.subscriber(
                "ev.>",
                stream=JStream("EV", declare=False),
                durable=durable,
                pull_sub=PullSub(batch_size=BATCH, batch=True),
                ack_policy=AckPolicy.MANUAL,
                decoder=_as_they_came,
            ),
            stream="EV",
            durable=durable,
        )
        reader(handler_of(Settler(Forgetful(meter), FOLDS, sample_book(), durable=durable, reader=reader)))
        await reach(broker, place.nats.url)
        await broker.start()
        read = await asyncio.wait_for(meter.done, WITHIN)
        await broker.stop()
        return read


async def _as_they_came(message: NatsBatchMessage) -> list[Msg]:
    return message.raw_message


async def _floor(nc: Client, count: int) -> Round:
    async with _durable(nc, "floor") as durable:
        meter, own = Meter(count), await nats.connect(nc.connected_url.geturl() if nc.connected_url else "")
        pull = await Pull.opened(own, "EV", durable)
        while not meter.done.done():
            batch = await pull.batch(BATCH)
            for msg in batch:
                request_of(msg.data)
            await pull.ack(batch)
            meter.count(len(batch))
        await own.close()
        return await meter.done
