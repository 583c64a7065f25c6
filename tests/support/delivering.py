"""Messages put on the log by hand, and readers of a durable that behave badly."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random  # noqa: TID251  seeded by whoever asks
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerInfo
from sqlalchemy import text

from shared.contracts.envelope import Heading
from shared.process.service import ServiceProcess
from tests.support.toying import CONSENT

BODY = CONSENT.model_dump_json().encode()


@asynccontextmanager
async def stranger(url: str) -> AsyncIterator[Client]:
    """A client that is none of ours."""
    nc = await nats.connect(url)
    try:
        yield nc
    finally:
        await nc.close()


async def put(nc: Client, headings: Iterable[Heading], *, copy: str = "") -> None:
    """Publish a fact of the toy speaker under each heading; *copy* makes the broker take it for another message."""
    js = nc.jetstream()
    for head in headings:
        headers = head.headers() | {"Nats-Msg-Id": head.id + copy}
        await js.publish(f"ev.{head.kind}.{head.entity}", BODY, headers=headers)


async def tell_again(nc: Client, chance: Random) -> int:
    """Publish the whole log a second time, in another order and as other messages; answers how many."""
    js = nc.jetstream()
    last = (await js.stream_info("EV")).state.last_seq
    for seq in chance.sample(range(1, last + 1), k=last):
        old = await js.get_msg("EV", seq=seq, direct=True)
        kept = {name: told for name, told in (old.headers or {}).items() if not name.startswith("Nats-")}
        await js.publish_async(str(old.subject), old.data or b"", headers=kept | {"Nats-Msg-Id": f"again-{seq}"})
    await js.publish_async_completed()
    return last


async def taken(nc: Client, durable: str, count: int) -> list[Msg]:
    """Messages of a durable in the hands of a reader that does nothing with them."""
    reader = await nc.jetstream().pull_subscribe_bind(durable=durable, stream="EV")
    held: list[Msg] = []
    while len(held) < count:
        held += await reader.fetch(count - len(held), timeout=5)
    return held


async def durable_of(process: ServiceProcess) -> ConsumerInfo:
    """The broker's view of a service's durable."""
    assert process.nc is not None
    info: ConsumerInfo = await process.nc.jetstream().consumer_info("EV", process.folds.service)
    return info


@dataclass
class Slow:
    """A projection whose database takes its time for every batch, and the messages it applied."""

    seconds: float
    applied: list[str] = field(default_factory=list)

    async def project(self, conn: Any, work: Any) -> None:
        """Wait, then remember."""
        await conn.execute(text("select pg_sleep(:seconds)"), {"seconds": self.seconds})
        self.applied += [heard.heading.id for heard in work.applied]
