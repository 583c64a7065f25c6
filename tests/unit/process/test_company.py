"""While one transaction is under way the next begins with a company, and nobody waits for company in vain."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from shared.contracts.fold import SYSTEM, Ask, Done
from shared.process import company
from shared.process.company import COMPANY, Company
from shared.process.looping import end, run_forever
from shared.runtime.desk import Desk
from shared.runtime.engine import Submission
from shared.timekeeping.clock import SystemClock
from tests.support.waiting import eventually

ASK = Ask(entities=("case-a",), command=None, actor=SYSTEM, at=SystemClock().now())


class Slow(Desk):
    """A desk whose transactions last until the test lets them end."""

    def __init__(self) -> None:
        self.told = 0
        self.taken: list[int] = []
        self.may_end = asyncio.Event()

    @property
    def waiting(self) -> int:
        return self.told

    async def ask(self, ask: Ask, render: Callable[[Done], bytes]) -> Submission:
        self.told += 1
        return Submission(ask, render)

    async def turn(self) -> float:
        self.taken.append(self.told)
        self.told = 0
        await self.may_end.wait()
        return 0

    async def has_taken(self, *counts: int) -> bool:
        return self.taken == list(counts)


class Asked:
    """Two take turns at a slow desk."""

    def __init__(self, desk: Slow) -> None:
        self.desk, self.company = desk, Company(desk)

    async def ask(self, count: int) -> None:
        for _ in range(count):
            await self.company.ask(ASK, lambda _done: b"")


@pytest.fixture
async def two(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asked]:
    monkeypatch.setattr(company, "PATIENCE", 1000.0)
    asked = Asked(Slow())
    loops = [asyncio.create_task(run_forever("desk", asked.company.turn)) for _ in range(2)]
    yield asked
    await end(loops)


async def everybody_rests() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_who_comes_first_waits_for_nobody(two: Asked) -> None:
    await two.ask(1)
    await eventually(lambda: two.desk.has_taken(1))


async def test_who_comes_while_one_is_at_work_goes_with_a_company(two: Asked) -> None:
    await two.ask(1)
    await eventually(lambda: two.desk.has_taken(1))
    await two.ask(COMPANY - 1)
    await everybody_rests()
    assert two.desk.taken == [1]
    assert two.company.waiting == COMPANY - 1
    await two.ask(1)
    await eventually(lambda: two.desk.has_taken(1, COMPANY))


async def test_who_waits_for_company_goes_when_the_one_at_work_has_ended(two: Asked) -> None:
    await two.ask(1)
    await eventually(lambda: two.desk.has_taken(1))
    await two.ask(3)
    await everybody_rests()
    two.desk.may_end.set()
    await eventually(lambda: two.desk.has_taken(1, 3))


async def test_a_transaction_that_does_not_end_holds_up_nobody(two: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "PATIENCE", 0.01)
    await two.ask(1)
    await eventually(lambda: two.desk.has_taken(1))
    await two.ask(3)
    await eventually(lambda: two.desk.has_taken(1, 3))
    assert not two.desk.may_end.is_set()


async def test_who_ends_while_waiting_for_company_takes_nothing_along(two: Asked) -> None:
    await two.ask(1)
    await eventually(lambda: two.desk.has_taken(1))
    waiting: asyncio.Task[Any] = asyncio.create_task(two.company.turn())
    await two.ask(3)
    await everybody_rests()
    await end([waiting])
    assert two.company.waiting == 3
