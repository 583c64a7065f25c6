"""What a reader holds when it dies, when its database is slow, and when the broker says things twice and in any order.

Source: design.md §4 (order and duplicates are settled in the database), §5 (pump).
"""

from random import Random  # noqa: TID251  seeded: the same order every time

from shared.process.pump import BATCH
from shared.process.service import ServiceProcess
from tests.support.delivering import Slow, durable_of, put, stranger, taken
from tests.support.system import alive, toy
from tests.support.toy import HEARER
from tests.support.toying import Place, heading, nothing_in_hand, said
from tests.support.waiting import eventually

SEED = 3
CASES = [f"case-{number}" for number in range(20)]
VERSIONS = range(1, 6)


async def test_what_a_killed_reader_held_comes_back_to_another(toy_place: Place) -> None:
    async with stranger(toy_place.nats.url) as nc:
        await put(nc, [heading(case) for case in CASES])
        await taken(nc, "dispatch", len(CASES))
    hearer = toy(HEARER, toy_place.around)
    async with alive(hearer):
        await eventually(lambda: all_at(hearer, 1), patience=10)
        await eventually(lambda: nothing_in_hand(hearer))


async def all_at(process: ServiceProcess, version: int) -> bool:
    return all([await process.version_of(case, "intake") == version for case in CASES])


async def test_a_slow_database_makes_the_broker_say_nothing_twice(toy_place: Place) -> None:
    cases = [f"case-{number}" for number in range(2 * BATCH)]
    async with stranger(toy_place.nats.url) as nc:
        await put(nc, [heading(case) for case in cases])
    slow = Slow(seconds=2.5)
    hearer = ServiceProcess(HEARER, toy_place.around, projection=slow)
    async with alive(hearer):
        assert await ack_wait_of(hearer) < slow.seconds
        await eventually(lambda: nothing_in_hand(hearer), patience=30, every=0.2)
        assert await deliveries(hearer) == len(cases)
    assert sorted(slow.applied) == sorted(f"{case}-1" for case in cases)


async def ack_wait_of(process: ServiceProcess) -> float:
    declared = (await durable_of(process)).config.ack_wait
    assert declared is not None
    return declared


async def deliveries(process: ServiceProcess) -> int:
    """How often the broker has handed a message to somebody."""
    delivered = (await durable_of(process)).delivered
    assert delivered is not None
    return delivered.consumer_seq


async def test_messages_repeated_reordered_and_delayed_have_one_effect(toy_place: Place) -> None:
    chance = Random(SEED)
    copies = [(heading(case, version=version), copy) for case in CASES for version in VERSIONS for copy in "abc"]
    chance.shuffle(copies)
    async with stranger(toy_place.nats.url) as nc:
        for head, copy in copies:
            await put(nc, [head], copy=copy)
        for msg in await taken(nc, "dispatch", 60):
            await msg.nak(delay=chance.uniform(0.1, 1.5))
    hearer = toy(HEARER, toy_place.around)
    async with alive(hearer):
        await eventually(lambda: all_at(hearer, max(VERSIONS)))
        await eventually(lambda: nothing_in_hand(hearer))
        assert [await said(hearer, case) for case in CASES] == [max(VERSIONS)] * len(CASES)
    assert await toy_place.rows("select 1 from dispatch.parked") == []
    told = await toy_place.rows("select body from dispatch.outbox")
    assert len(told) == len(CASES) * len(VERSIONS)
