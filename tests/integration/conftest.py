"""A broker of one test's own, and the toy services' tables beside it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from shouwen.embedded import NatsServer
from tests.support.servers import running_nats
from tests.support.system import create_tables, provisioned, surrounded
from tests.support.toying import Place


@pytest.fixture
def own_broker() -> Iterator[NatsServer]:
    with running_nats() as server:
        yield server


@pytest.fixture
async def toy_place(own_broker: NatsServer, fresh_db: str) -> AsyncIterator[Place]:
    await provisioned(own_broker.url)
    async with surrounded(own_broker.url, fresh_db) as around:
        await create_tables(around, ["intake", "dispatch"])
        yield Place(own_broker, around)
