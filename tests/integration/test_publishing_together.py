"""What is said while something is on its way to the stream gathers, and leaves together and in order."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import nats
import pytest
from nats.aio.client import Client
from structlog.testing import capture_logs

from shared.process.provisioning import EV
from shared.process.service import Surroundings
from shared.runtime import publishing
from shared.runtime.outgoing import Outgoing
from shared.runtime.publishing import ATOMIC_FROM, Publisher
from tests.support.system import create_tables, provisioned, surrounded
from tests.support.waiting import eventually


class Watched(Publisher):
    """A publisher that notes what leaves together."""

    left: list[int]

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        self.left.append(len(messages))
        await super().publish(messages)


@pytest.fixture
async def around(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[Surroundings]:
    await provisioned(fresh_nats_each)
    async with surrounded(fresh_nats_each, fresh_db) as around:
        await create_tables(around, ["intake"])
        yield around


@asynccontextmanager
async def publisher_of(around: Surroundings) -> AsyncIterator[tuple[Watched, Client]]:
    nc = await nats.connect(around.settings.nats_url)
    publisher = Watched(around.db, "intake", around.clock, around.ids)
    publisher.left = []
    publisher.connect(nc)
    await publisher.mend()
    try:
        yield publisher, nc
    finally:
        await publisher.flush()
        await nc.close()


def said(number: int, stream: str = "ev") -> Outgoing:
    name = f"m-{number:03}"
    return Outgoing(name, f"{stream}.intake.request_received.case-{number}", {"Nats-Msg-Id": name}, b"{}")


async def stand_in(nc: Client, count: int) -> bool:
    return (await nc.jetstream().stream_info(EV)).state.messages == count


async def on_its_way(publisher: Watched) -> bool:
    return bool(publisher.left)


async def test_what_is_said_meanwhile_leaves_together_and_in_order(around: Surroundings) -> None:
    async with publisher_of(around) as (publisher, nc):
        publisher.publish_soon([said(0)])
        await eventually(lambda: on_its_way(publisher))
        for number in range(1, ATOMIC_FROM + 6):
            publisher.publish_soon([said(number)])
        await eventually(lambda: stand_in(nc, ATOMIC_FROM + 6))
        await publisher.flush()
        assert [count for count in publisher.left if count] == [1, ATOMIC_FROM + 5]
        found = [await nc.jetstream().get_msg(EV, seq=seq) for seq in range(1, ATOMIC_FROM + 7)]
        assert [one.subject for one in found] == [said(number).subject for number in range(ATOMIC_FROM + 6)]


async def test_what_cannot_leave_does_not_keep_the_rest(around: Surroundings) -> None:
    async with publisher_of(around) as (publisher, nc):
        with capture_logs() as logged:
            publisher.publish_soon([said(0, stream="nowhere")])
            await eventually(lambda: on_its_way(publisher))
            publisher.publish_soon([said(1)])
            publisher.publish_soon([said(2)])
            await eventually(lambda: stand_in(nc, 2))
        assert [line["event"] for line in logged] == ["publish_left_to_relay"]


async def test_too_much_that_gathers_is_left_to_the_relay(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "GATHERED_MOST", 3)
    async with publisher_of(around) as (publisher, nc):
        for number in range(10):
            publisher.publish_soon([said(number)])
        await publisher.flush()
        assert sum(publisher.left) == 3
        assert await stand_in(nc, 3)
