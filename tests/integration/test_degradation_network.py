"""The network to the broker, the database or both falls silent: told in time, nothing lost, over when it is over.

Silent is worse than closed: nobody is told. Every connection of the services is one production makes, its other end a
real server that hears nothing either.

Source: design.md §11; docs/decisions/0019-silence.md.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Iterator

import pytest
from nats.aio.client import Client
from sqlalchemy.exc import DBAPIError

from shared.runtime import publishing
from shared.web.problems import Busy
from shouwen.embedded import NatsServer
from tests.support.line import Line
from tests.support.system import alive
from tests.support.toying import has_said, said
from tests.support.waiting import eventually
from tests.support.wired import Database, Wired, caller_of, database_in_the_network, wired

log = logging.getLogger(__name__)

SILENCE = float(os.environ.get("SILENCE_SECONDS", "5"))
"""Longer than it takes to find out; a minute by hand."""
NOT_HANGING = 15
"""Seconds after which an answer counts as never given; the bounds in the code are below it."""


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with database_in_the_network() as database:
        yield database


@pytest.fixture
async def place(own_broker: NatsServer, database: Database) -> AsyncIterator[Wired]:
    async with wired(own_broker, database) as place, alive(place.speaker, place.hearer):
        await place.say("case-a")
        await eventually(lambda: said(place.hearer, "case-a"))
        yield place


async def is_put_off(place: Wired) -> bool:
    try:
        async with asyncio.timeout(NOT_HANGING):
            await place.say("case-a")
    except Busy:
        return True
    return False


async def takes_again(place: Wired, entity: str) -> bool:
    try:
        await place.say(entity)
    except Busy:
        return False
    return True


async def has_lost_the_broker(place: Wired) -> bool:
    return not (place.speaker.publisher.connected or place.hearer.publisher.connected)


async def all_is_heard(place: Wired) -> bool:
    """Whether it is; a look over a line not yet found out sees nothing."""
    with contextlib.suppress(DBAPIError, OSError):
        return await said(place.hearer, "case-a") == await said(place.speaker, "case-a")
    return False


async def is_heard(place: Wired, entity: str, count: int) -> bool:
    with contextlib.suppress(DBAPIError, OSError):
        return await has_said(place.hearer, entity, count)
    return False


async def is_waited_for(place: Wired) -> bool:
    return bool(place.speaker.publisher._running)


async def is_not_waited_for(place: Wired) -> bool:
    return not await is_waited_for(place)


async def test_while_the_broker_is_silent_requests_are_taken_and_facts_leave_afterwards(
    place: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "ANSWER_WITHIN", 1000.0)  # so that it is the loss that ends the waiting
    place.to_broker.silence()
    for _ in range(3):
        await place.say("case-a")
    assert await is_waited_for(place)
    await eventually(lambda: has_lost_the_broker(place))
    await eventually(lambda: is_not_waited_for(place))
    await place.say("case-a")
    made_before = place.to_broker.taken

    place.to_broker.speak()

    await eventually(lambda: is_heard(place, "case-a", 5))
    assert place.to_broker.taken > made_before, "the silent connections were believed again"


async def test_while_the_database_is_silent_requests_are_put_off_and_nothing_hangs(place: Wired) -> None:
    place.to_database.silence()
    async with caller_of(place.speaker) as caller, asyncio.timeout(NOT_HANGING):
        written, read = await asyncio.gather(caller.post("/said/case-a"), caller.get("/said/case-a"))
    assert {written.status_code, read.status_code} == {503}
    assert written.headers["Retry-After"] == read.headers["Retry-After"] == "1"
    assert await is_put_off(place)

    place.to_database.speak()

    await eventually(lambda: takes_again(place, "case-b"))
    await eventually(lambda: is_heard(place, "case-b", 1))
    await eventually(lambda: all_is_heard(place))


async def asked_all_the_while(place: Wired, seconds: float) -> int:
    """How many requests were put off in that time, one after the other."""
    loop = asyncio.get_running_loop()
    end, count = loop.time() + seconds, 0
    while loop.time() < end:
        count += await is_put_off(place)
    return count


async def test_both_silent_at_once_is_no_more_than_both(place: Wired) -> None:
    for line in (place.to_broker, place.to_database):
        line.silence()
    assert await asked_all_the_while(place, SILENCE)
    await eventually(lambda: has_lost_the_broker(place))

    for line in (place.to_database, place.to_broker):
        line.speak()
    began = asyncio.get_running_loop().time()

    await eventually(lambda: takes_again(place, "case-b"))
    taken = asyncio.get_running_loop().time()
    await eventually(lambda: is_heard(place, "case-b", 1))
    heard = asyncio.get_running_loop().time()
    log.info("after %.0f s: taken after %.2f s, heard after %.2f s", SILENCE, taken - began, heard - began)
    await eventually(lambda: all_is_heard(place))


async def test_a_lock_whose_owner_fell_silent_is_free_again(place: Wired) -> None:
    async with place.speaker.db.connect() as owner:
        await owner.execute(place.speaker.engine.sql["lock"], {"ids": ["case-a"]})
        place.to_database.silence()
        await eventually(lambda: is_put_off(place))
        place.to_database.speak()
        await eventually(lambda: takes_again(place, "case-a"), patience=20)
        await owner.invalidate()


async def flooded(nc: Client) -> None:
    for _ in range(20):  # more than any buffer on the way holds
        await nc.publish("nobody", bytes(512 * 1024))


async def test_a_broker_that_takes_nothing_more_is_given_up_with_its_unsent_bytes(place: Wired) -> None:
    assert place.speaker.nc is not None
    place.to_broker.silence()
    flood = asyncio.create_task(flooded(place.speaker.nc))
    await eventually(lambda: has_lost_the_broker(place))
    await place.say("case-a")
    place.to_broker.speak()
    await eventually(lambda: is_heard(place, "case-a", 2))
    await flood


async def test_a_connection_cut_in_the_pool_is_replaced_unseen(place: Wired) -> None:
    place.to_database.cut()
    await eventually(lambda: takes_again(place, "case-a"))
    await eventually(lambda: all_is_heard(place))


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"hello")
    await reader.read()
    writer.close()


async def test_a_silent_line_is_what_it_says() -> None:
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server, Line(server.sockets[0].getsockname()[1]).opened() as line:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        assert await reader.read(5) == b"hello"
        line.silence()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await asyncio.open_connection("127.0.0.1", line.port)
        line.speak()
        again, other = await asyncio.open_connection("127.0.0.1", line.port)
        assert await again.read(5) == b"hello"
        for end in (writer, other):
            end.close()
            await end.wait_closed()
