"""Three replicas of every service, killed one after the other while people work: every entity keeps its order.

Source: design.md §4 (order is settled in the database), §11 (order of an entity is kept by N replicas).
"""

import asyncio
import os
from pathlib import Path
from random import Random  # noqa: TID251  seeded
from typing import Any

import pytest

from shouwen.door import opened
from shouwen.verifying.flow import verify_system
from shouwen.verifying.log import log_at
from tests.support.delivering import stranger, tell_again
from tests.support.machine import SERVICES, Caller, Machine, calling, machine_of
from tests.support.waiting import eventually

SEED = int(os.environ.get("SHOUWEN_SEED", "20261122"))
REPLICAS = 3
WORKERS = 4
KILLS = 3
REQUEST = {
    "site": "haijing",
    "category": "engineering",
    "severity": "minor",
    "channel": "phone",
    "caller": {"name": "赵文"},
    "content": "楼上漏水",
}
ACTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("accept", {}),
    ("start", {}),
    ("complete", {"text": "好了"}),
    ("follow-up", {"answer": "satisfied", "method": "visit", "text": "满意"}),
)


class Day:
    """Work that goes on until the day is over; what was begun is finished."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.cases: list[str] = []
        self.over = False

    async def work(self, worker: str) -> None:
        """One case after the other from the call to the follow-up, each act at whichever replica is next."""
        number = 0
        while not self.over:
            number += 1
            name = f"{worker}-{number}"
            logged = await self.caller.insist("/api/intake/requests", REQUEST, key=name)
            assert logged.status_code == 201, logged.text
            case = logged.json()["entity"]
            self.cases.append(case)
            for act, said in ACTS:
                await eventually(lambda: self._done(case, act, said, f"{name}-{act}"), patience=40, every=0.1)  # noqa: B023  at once

    async def _done(self, case: str, act: str, said: dict[str, str], key: str) -> bool:
        answer = await self.caller.insist(f"/api/dispatch/cases/{case}/{act}", said, key=key)
        # 404 and 409: dispatch has yet to hear of the case.
        assert answer.status_code in {200, 404, 409}, answer.text
        return answer.status_code == 200


async def kill_one_after_the_other(machine: Machine, chance: Random) -> None:
    """Some replica at some moment, while the others go on; the next when everything stands again."""
    for _ in range(KILLS):
        chance.choice(machine.served).kill()
        await asyncio.sleep(chance.uniform(0.2, 0.8))  # a moment drawn, nothing is waited for
        await eventually(machine.answers, patience=40, every=0.1)


@pytest.mark.parametrize("seed", [SEED])
async def test_replicas_that_die_keep_every_order_and_a_log_told_twice_changes_nothing(
    tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)
    async with machine_of([SERVICES] * REPLICAS, tmp_path) as machine, calling(machine) as caller:
        day = Day(caller)
        workers = [asyncio.create_task(day.work(f"worker-{n}")) for n in range(WORKERS)]
        await kill_one_after_the_other(machine, chance)
        day.over = True
        await asyncio.gather(*workers)
        await eventually(lambda: machine.quiet(caller.client), patience=30, every=0.2)
        # Equal chains at speaker, hearer and log: the same messages in the same order, each applied once.
        async with opened(machine.url, machine.token) as door, log_at(machine.nats.url) as reader:
            verdict = await verify_system(door, reader)
        assert verdict.differences == ()
        assert verdict.entities >= len(day.cases)
        assert {await ending_of(caller, case) for case in day.cases} == {"satisfied"}

        before = await everything_known(machine)
        async with stranger(machine.nats.url) as nc:
            assert await tell_again(nc, chance) == verdict.messages
        await eventually(lambda: machine.quiet(caller.client), patience=40, every=0.2)
        assert await everything_known(machine) == before


async def everything_known(machine: Machine) -> list[Any]:
    """Every entity of every service with its versions and chains, and every row of the archive and of the register."""
    sql = [f"select id, state, said, said_chain, heard, waiting from {name}.entities order by id" for name in SERVICES]
    sql += ["select id, at from reporting.facts order by id", "select * from reporting.cases order by case_id"]
    return [await machine.rows(statement) for statement in sql]


async def ending_of(caller: Caller, case: str) -> str:
    """How the case ended, by its row."""
    answer = await caller.client.get(f"/api/reporting/cases/{case}")
    return str(answer.json()["ending"])
