"""Single facts share transactions where nobody waits for them, and are never kept waiting where they come alone.

Source: decision 0031.
"""

from dataclasses import dataclass, field
from typing import Any

from shared.process.pump import COMPANY
from shared.process.service import ServiceProcess
from tests.support.delivering import put, stranger
from tests.support.system import alive
from tests.support.toy import HEARER
from tests.support.toying import Place, heading, nothing_in_hand
from tests.support.waiting import eventually

FEW = [f"case-{number}" for number in range(30)]
LONG = 3.0
"""Seconds: more than thirty facts need to come, even on a busy machine."""
MANY = [f"case-{number}" for number in range(1000)]


@dataclass
class Counting:
    """A projection that remembers how many facts each transaction applied."""

    sizes: list[int] = field(default_factory=list)

    async def project(self, _conn: Any, work: Any) -> None:
        """Count."""
        self.sizes.append(len(work.applied))


async def test_facts_that_come_one_by_one_share_a_transaction_and_the_first_waits_for_nobody(toy_place: Place) -> None:
    counting = Counting()
    hearer = ServiceProcess(HEARER, toy_place.around, projection=counting, gathers=LONG)
    async with alive(hearer), stranger(toy_place.nats.url) as nc:
        await put(nc, [heading("case-first")])
        await eventually(lambda: heard(counting, 1), patience=LONG)
        await put(nc, [heading(case) for case in FEW])
        await eventually(lambda: heard(counting, 1 + len(FEW)))
        await eventually(lambda: nothing_in_hand(hearer))
    assert counting.sizes[0] == 1
    assert len(counting.sizes) <= 3


async def test_a_backlog_is_drained_without_waiting_between_its_batches(toy_place: Place) -> None:
    async with stranger(toy_place.nats.url) as nc:
        await put(nc, [heading(case) for case in MANY])
    counting = Counting()
    hearer = ServiceProcess(HEARER, toy_place.around, projection=counting, gathers=3600.0)
    async with alive(hearer):
        await eventually(lambda: heard(counting, len(MANY) - COMPANY), patience=60)


async def test_what_gathers_is_heard_before_time_goes_on(toy_place: Place) -> None:
    counting = Counting()
    hearer = ServiceProcess(HEARER, toy_place.around, projection=counting, gathers=3600.0)
    async with alive(hearer), stranger(toy_place.nats.url) as nc:
        await put(nc, [heading("case-first")])
        await eventually(lambda: heard(counting, 1))
        await put(nc, [heading(case) for case in FEW])
        await eventually(lambda: arrived(hearer, 1 + len(FEW)))
        await hearer.replica.hand_over()
        assert sum(counting.sizes) == 1 + len(FEW)


async def arrived(hearer: ServiceProcess, count: int) -> bool:
    return hearer._arrived() >= count


async def heard(counting: Counting, count: int) -> bool:
    return sum(counting.sizes) >= count
