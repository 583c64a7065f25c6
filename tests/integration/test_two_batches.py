"""Of a backlog two batches are in work at once; what is no whole batch waits for the one before it.

Source: decision 0034.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from shared.process.pump import BATCH
from shared.process.service import ServiceProcess
from tests.support.delivering import put, stranger
from tests.support.system import alive
from tests.support.toy import HEARER
from tests.support.toying import Place, heading, nothing_in_hand
from tests.support.waiting import eventually

WITHIN = 60


@dataclass
class Held:
    """A projection whose transactions stay open until they are let go.

    Attributes:
        sizes: Facts of each transaction, in the order they came here.
        cases: Whom they are about.
    """

    sizes: list[int] = field(default_factory=list)
    cases: list[set[str]] = field(default_factory=list)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def project(self, _conn: Any, work: Any) -> None:
        """Stay."""
        self.sizes.append(len(work.applied))
        self.cases.append({heard.heading.entity for heard in work.applied})
        await self.let_go.wait()

    async def holds(self, count: int) -> bool:
        """Whether so many transactions have come here."""
        return len(self.sizes) == count


async def test_a_second_whole_batch_is_in_work_while_the_first_is(toy_place: Place) -> None:
    async with stranger(toy_place.nats.url) as nc:
        await put(nc, [heading(f"case-{number}") for number in range(3 * BATCH)])
    held = Held()
    hearer = ServiceProcess(HEARER, toy_place.around, projection=held)
    async with alive(hearer):
        await eventually(lambda: held.holds(2), patience=WITHIN)
        assert max(held.sizes) == BATCH
        held.let_go.set()
        await eventually(lambda: nothing_in_hand(hearer), patience=WITHIN)
    assert sum(held.sizes) == 3 * BATCH


async def test_what_concerns_a_case_in_work_waits_for_it_and_the_rest_goes_on(toy_place: Place) -> None:
    begun = [f"case-{number}" for number in range(BATCH)]
    mixed = [one for case in begun for one in (heading(case, version=2), heading(f"{case}-new"))]
    async with stranger(toy_place.nats.url) as nc:
        await put(nc, [*map(heading, begun), *mixed])
    held = Held()
    hearer = ServiceProcess(HEARER, toy_place.around, projection=held)
    async with alive(hearer):
        await eventually(lambda: held.holds(2), patience=WITHIN)
        assert held.cases[0].isdisjoint(held.cases[1])
        held.let_go.set()
        await eventually(lambda: nothing_in_hand(hearer), patience=WITHIN)
        assert {await hearer.version_of(case, "intake") for case in begun} == {2}
    assert sum(held.sizes) == 3 * BATCH


async def test_a_crowd_of_facts_about_one_case_is_in_work_once(toy_place: Place) -> None:
    async with stranger(toy_place.nats.url) as nc:
        await put(nc, [heading("case-hot", version=version) for version in range(1, 2 * BATCH + 1)])
    held = Held()
    hearer = ServiceProcess(HEARER, toy_place.around, projection=held)
    async with alive(hearer):
        await eventually(lambda: arrived(hearer, 2 * BATCH), patience=WITHIN)
        await eventually(lambda: held.holds(1), patience=WITHIN)
        assert hearer._reader is not None
        assert [len(batch) for batch in hearer._reader._held.values()] == held.sizes
        held.let_go.set()
        await eventually(lambda: nothing_in_hand(hearer), patience=WITHIN)
        assert await hearer.version_of("case-hot", "intake") == 2 * BATCH


async def test_single_facts_wait_for_the_batch_before_them_and_are_one_transaction(toy_place: Place) -> None:
    held = Held()
    hearer = ServiceProcess(HEARER, toy_place.around, projection=held)
    async with alive(hearer), stranger(toy_place.nats.url) as nc:
        await put(nc, [heading("case-first")])
        await eventually(lambda: held.holds(1), patience=WITHIN)
        for number in range(5):
            await put(nc, [heading(f"case-{number}")])
            await eventually(lambda: arrived(hearer, number + 2), patience=WITHIN)  # noqa: B023  awaited at once
        assert held.sizes == [1]
        held.let_go.set()
        await eventually(lambda: nothing_in_hand(hearer), patience=WITHIN)
    assert held.sizes == [1, 5]


async def arrived(hearer: ServiceProcess, count: int) -> bool:
    """Whether the reader has so many facts in hand or behind it."""
    assert hearer._reader is not None
    return hearer._reader.arrived == count
