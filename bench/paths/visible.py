"""From the POST to the order the department can see: intake, the log, dispatch; each service a process of its own."""

import asyncio
import json
from collections.abc import Sequence
from time import perf_counter

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, StreamConfig

from bench.client import CREATED, Line, accepting, lines, matter
from bench.estate import administrator, found
from bench.facts import requests
from bench.measuring import MILLISECONDS, paced, percentile, taking_turns, until
from bench.result import Result, aimed, compared
from bench.scale import Scale
from bench.surroundings import awaited, floor_program, provisioned_place, serving

SERVICES = ("directory", "intake", "dispatch", "escalation", "reporting", "notify")
RATE = 50
CONNECTIONS = 32
AIMS_MS = {50: 10.0, 99: 30.0}
WANTED = 6.0
PATIENCE = 20


class Sight:
    """When what was asked for can be seen, by the name it goes under."""

    def __init__(self) -> None:
        """Nothing was asked."""
        self.asked: dict[str, float] = {}
        self.seen: dict[str, float] = {}

    async def arrived(self, msg: Msg) -> None:
        """Something can be seen."""
        self.seen[(msg.headers or {})["ce-subject"]] = perf_counter()

    async def waits(self) -> list[float]:
        """Milliseconds of each, once all are there.

        Raises:
            TimeoutError: Something is missing.
        """

        async def all_there() -> bool:
            return self.asked.keys() <= self.seen.keys()

        await until(all_there, patience=PATIENCE)
        return [(self.seen[name] - at) * MILLISECONDS for name, at in self.asked.items()]


async def measure(scale: Scale) -> list[Result]:
    """Half and the slowest hundredth at 50 requests a second."""
    count = scale.of(200, 500)
    with provisioned_place() as place, serving(place, *SERVICES) as programs:
        urls = {program.name: program.url for program in programs}
        token = administrator(place)
        await found(urls["directory"], token)
        await accepting(urls["intake"], token)
        nc = await nats.connect(place.nats.url)
        await _prepare_floor(nc)
        relay = floor_program(place, "bench.floors.relay", place.nats.url, "FLOOR", "relay", "floor.second")
        async with awaited(relay):
            mine, theirs = await taking_turns(
                lambda: _product(nc, urls["intake"], token, count), lambda: _floor(nc, count), scale.of(2, 3)
            )
        await nc.close()
    return [*(_aimed(rank, mine) for rank in AIMS_MS), _beside(mine, theirs)]


def _aimed(rank: int, mine: Sequence[Sequence[float]]) -> Result:
    return aimed(
        f"visible: request to order, p{rank} at {RATE}/s",
        [percentile(each, rank) for each in mine],
        AIMS_MS[rank],
        better="lower",
        unit="ms",
        note="six services, each a process",
    )


def _beside(mine: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> Result:
    return compared(
        f"visible: beside two hops without a database, p50 at {RATE}/s",
        [percentile(each, 50) for each in mine],
        [percentile(each, 50) for each in theirs],
        better="lower",
        target=WANTED,
        unit="ms",
    )


async def _product(nc: Client, url: str, token: str, count: int) -> list[float]:
    sight = Sight()
    subscription = await nc.subscribe("ev.dispatch.order_issued.>", cb=sight.arrived)
    async with lines(url, CONNECTIONS) as opened:
        free: asyncio.Queue[Line] = asyncio.Queue()
        for each in opened:
            free.put_nowait(each)

        async def act(number: int) -> None:
            began = perf_counter()
            line = await free.get()
            answer = await line.ask(matter(token, number))
            free.put_nowait(line)
            assert answer.status == CREATED, answer.body
            sight.asked[_entity(answer.body)] = began

        await paced(RATE, count, act)
        waits = await sight.waits()
    await subscription.unsubscribe()
    return waits


def _entity(body: bytes) -> str:
    return str(json.loads(body)["entity"])


async def _prepare_floor(nc: Client) -> None:
    js = nc.jetstream()
    await js.add_stream(StreamConfig("FLOOR", subjects=["floor.>"]))
    await js.add_consumer("FLOOR", ConsumerConfig(durable_name="relay", filter_subject="floor.first"))


async def _floor(nc: Client, count: int) -> list[float]:
    sight, messages = Sight(), list(requests(count))
    subscription = await nc.subscribe("floor.second", cb=sight.arrived)

    async def act(number: int) -> None:
        message = messages[number]
        sight.asked[message.headers["ce-subject"]] = perf_counter()
        headers = {name: value for name, value in message.headers.items() if name != "Nats-Msg-Id"}
        await nc.jetstream().publish("floor.first", message.body, headers=headers)

    await paced(RATE, count, act)
    waits = await sight.waits()
    await subscription.unsubscribe()
    return waits
