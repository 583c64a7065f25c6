"""What `shared/process/following.py` leans on in nats-py though it is private; an upgrade that moves it fails here."""

import asyncio
from typing import Any

from nats.aio.client import Client

from shared.process.following import quiet
from tests.support.servers import running_nats
from tests.support.waiting import eventually

RECORD = b"x" * 4096
MORE_THAN_A_WINDOW = 4000
"""Sixteen megabytes: the server sends only so much before it waits for an answer."""


class Watched(Client):
    """Remembers under which subjects flow control was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: list[str] = []

    async def publish(self, subject: str, *rest: Any, **more: Any) -> None:
        if subject.startswith("$JS.FC"):
            self.answered.append(subject)
        await super().publish(subject, *rest, **more)


async def test_an_ordered_subscription_made_quiet_still_answers_flow_control() -> None:
    with running_nats() as server:
        nc = Watched()
        await nc.connect(server.url)
        js = nc.jetstream()
        await js.add_stream(name="FOLLOWED", subjects=["followed.*"])
        for number in range(MORE_THAN_A_WINDOW):
            await nc.publish(f"followed.{number}", RECORD)
        arrived: list[str] = []

        async def slowly(msg: Any) -> None:
            await asyncio.sleep(0)
            arrived.append(msg.subject)

        async def all_there() -> bool:
            return len(arrived) == MORE_THAN_A_WINDOW

        subscription = await js.subscribe("followed.*", cb=slowly, ordered_consumer=True)
        quiet(subscription)

        await eventually(all_there, patience=40)
        assert arrived == [f"followed.{number}" for number in range(MORE_THAN_A_WINDOW)]
        assert nc.answered
        await subscription.unsubscribe()
        await nc.close()
