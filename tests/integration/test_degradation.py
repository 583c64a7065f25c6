"""What is full, used up or slow: told before anything is accepted that cannot be kept, and over by itself.

Source: design.md §11; broker_and_database §9 (backpressure).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress

import nats
import pytest
from nats.js.api import StreamConfig
from sqlalchemy import text
from structlog.testing import capture_logs

from shared.process import pooling
from shared.process.provisioning import EV
from shared.process.pump import WINDOW
from shared.runtime import desk
from shared.runtime.outgoing import NoRoom, Outgoing
from shared.runtime.publishing import Publisher
from shared.web.problems import Busy
from shouwen.embedded import NatsServer
from tests.support.system import alive
from tests.support.toying import CONSENT, heading, nothing_in_hand, publish, said
from tests.support.waiting import eventually
from tests.support.wired import Database, Wired, caller_of, database_in_the_network, wired

CASES = [f"case-{number}" for number in range(50)]


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with database_in_the_network() as database:
        yield database


@pytest.fixture
async def place(own_broker: NatsServer, database: Database) -> AsyncIterator[Wired]:
    async with wired(own_broker, database) as place:
        yield place


async def change_room(broker: NatsServer, *, more: int | None) -> None:
    """Leave *more* bytes of room in the log; None for as much as it wants."""
    nc = await nats.connect(broker.url)
    info = await nc.jetstream().stream_info(EV)
    config: StreamConfig = info.config
    config.max_bytes = -1 if more is None else info.state.bytes + more
    await nc.jetstream().update_stream(config)
    await nc.close()


async def is_refused(place: Wired) -> bool:
    try:
        await place.say("case-refused")
    except Busy:
        return True
    return False


async def log_of(place: Wired, speaker: str) -> list[tuple[str, int]]:
    """Entity and version of every fact of *speaker*, as they stand in the log."""
    assert place.speaker.nc is not None
    js = place.speaker.nc.jetstream()
    last, found = (await js.stream_info(EV)).state.last_seq, []
    for seq in range(1, last + 1):
        told = (await js.get_msg(EV, seq=seq, direct=True)).headers or {}
        if told["ce-type"].startswith(speaker):
            found.append((told["ce-subject"], int(told["version"])))
    return found


async def test_a_relay_that_looked_before_the_log_was_full_does_not_say_that_there_is_room(place: Wired) -> None:
    late = Outgoing("late", "ev.intake.request_received.case-b", {}, b"{}")
    async with alive(place.speaker):
        publisher = Publisher(place.speaker.db, "intake", place.speaker.clock, place.speaker.ids)
        assert place.speaker.nc is not None
        publisher.connect(place.speaker.nc)
        async with place.speaker.db.begin() as conn:
            await conn.execute(text("lock table intake.outbox in exclusive mode"))
            relay = asyncio.create_task(publisher.relay())
            await eventually(lambda: waits_for_a_lock(place))
            await change_room(place.broker, more=1)
            while not publisher.no_room:
                with suppress(NoRoom):
                    await publisher.publish([late])

        assert await relay == 0

        assert publisher.no_room


async def waits_for_a_lock(place: Wired) -> bool:
    return bool(await place.rows("select 1 from pg_stat_activity where wait_event_type = 'Lock'"))


async def test_a_full_log_is_told_before_more_is_accepted_and_what_was_accepted_leaves_in_order(place: Wired) -> None:
    async with alive(place.speaker), caller_of(place.speaker) as caller:
        await place.say("case-a")
        await eventually(lambda: all_left(place))  # on its way it would be the first that finds no room
        with capture_logs() as told:
            await change_room(place.broker, more=1)
            await eventually(lambda: is_refused(place))
            accepted = len(await place.rows("select 1 from intake.outbox"))
            refused = await caller.post("/said/case-a")
            assert refused.status_code == 503
            assert refused.headers["Retry-After"] == "5"
            assert "full" in refused.json()["detail"]
            async with caller_of(place.speaker, "zh") as neighbour:
                assert "已满" in (await neighbour.post("/said/case-a")).json()["detail"]
            assert (await caller.get("/said/case-a")).json() == 1
            await place.speaker.replica.relay()
            assert await is_refused(place)
        assert len(await place.rows("select 1 from intake.outbox")) == accepted
        assert Counter(line["event"] for line in told)["stream_has_no_room"] == 1

        await change_room(place.broker, more=None)

        await eventually(lambda: is_taken(place))
        await place.speaker.replica.relay()
        versions = [version for entity, version in await log_of(place, "intake") if entity == "case-refused"]
        assert versions == sorted(versions)
        assert len(versions) == await said(place.speaker, "case-refused")
        assert place.speaker.publisher.unsaid == 0


async def is_taken(place: Wired) -> bool:
    return not await is_refused(place)


async def test_what_a_full_log_holds_is_heard_all_the_same_and_answered_when_there_is_room(place: Wired) -> None:
    async with alive(place.speaker):
        for case in CASES:
            await place.say(case)
        await eventually(lambda: all_left(place))
    await change_room(place.broker, more=1)
    async with alive(place.hearer):
        await eventually(lambda: all_heard(place))
        assert len(await place.rows("select 1 from dispatch.outbox where published_at is null")) == len(CASES)
        await change_room(place.broker, more=None)
        await eventually(lambda: all_left(place, "dispatch"))


async def all_left(place: Wired, service: str = "intake") -> bool:
    process = place.speaker if service == "intake" else place.hearer
    await process.publisher.relay()
    return not await place.rows(f"select 1 from {service}.outbox where published_at is null")


async def all_heard(place: Wired) -> bool:
    return len(await place.rows("select 1 from dispatch.entities where said = 1")) >= len(CASES)


async def test_too_much_that_cannot_leave_closes_the_desk_until_it_has_left(
    place: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "UNSAID_MOST", 3)
    async with alive(place.speaker):
        place.to_broker.cut()
        place.to_broker.silence()
        await eventually(lambda: has_lost(place))
        for _ in range(4):
            await place.say("case-a")
        await place.speaker.publisher.relay()
        with pytest.raises(Busy, match="待发出的消息太多"):
            await place.say("case-a")
        place.to_broker.speak()
        await eventually(lambda: is_taken(place))


async def has_lost(place: Wired) -> bool:
    return not place.speaker.publisher.connected


async def test_with_no_connection_free_some_wait_the_rest_is_told_at_once_and_nothing_is_half_done(
    own_broker: NatsServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pooling, "WAITING_MOST", 8)
    async with (
        wired(own_broker, database, pool=3) as place,
        alive(place.speaker),
        caller_of(place.speaker) as caller,
        AsyncExitStack() as holding,
    ):
        await take_all(place, holding, 3)
        reads = asyncio.gather(*(caller.get("/said/case-a") for _ in range(40)))
        writes = asyncio.gather(*(caller.post("/said/case-a") for _ in range(40)))
        answers = [*await reads, *await writes]
        assert {answer.status_code for answer in answers} == {503}
        assert all(answer.headers["Retry-After"] == "1" for answer in answers)
        await holding.aclose()

        assert (await caller.get("/said/case-a")).json() == 0
        assert (await caller.post("/said/case-a")).status_code == 201
        assert (await caller.get("/said/case-a")).json() == 1


async def take_all(place: Wired, holding: AsyncExitStack, count: int) -> None:
    for _ in range(count):
        connection = await holding.enter_async_context(place.speaker.db.connect())
        await connection.execute(text("select 1"))


async def test_a_queue_that_is_full_is_told_at_once(place: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody takes turns at this desk: what is asked waits, and is given up in time.
    monkeypatch.setattr(desk, "ANSWER_WITHIN", 0.5)
    waiting = asyncio.gather(*(place.say("case-a") for _ in range(desk.QUEUE)), return_exceptions=True)
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await place.say("case-b")
    assert {type(answer) for answer in await waiting} == {Busy}

    async with alive(place.speaker):
        await eventually(lambda: is_taken(place))
        assert await said(place.speaker, "case-a") == 0, "what was given up was done"


async def test_a_slow_database_makes_facts_late_and_nothing_else(place: Wired) -> None:
    async with alive(place.speaker, place.hearer):
        place.to_database.delay = 0.1  # a transaction takes longer than the broker waits for an acknowledgement
        for case in CASES:
            await publish(place.hearer, f"ev.intake.consent_recorded.{case}", CONSENT, heading(case))
        answers = await asyncio.gather(*(place.say(f"case-own-{number}") for number in range(20)))
        assert len(answers) == 20
        await eventually(lambda: all_heard(place), patience=30)
        assert place.hearer.publisher.unsaid == 0
        assert waiting_at(place) <= WINDOW
        place.to_database.delay = 0.0
        await eventually(lambda: nothing_in_hand(place.hearer))

        assert place.hearer.nc is not None
        reader = await place.hearer.nc.jetstream().consumer_info(EV, "dispatch")
        log = await place.hearer.nc.jetstream().stream_info(EV)
        assert reader.num_redelivered == 0
        assert reader.delivered.consumer_seq <= log.state.last_seq
        assert len(await log_of(place, "intake")) == len(CASES) + 20


def waiting_at(place: Wired) -> int:
    reader = place.hearer._reader
    return len(reader._queue) if reader is not None else 0
