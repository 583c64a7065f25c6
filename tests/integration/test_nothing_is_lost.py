"""Every process, the broker and the database are killed at random under load: what was answered is all there, once.

Source: design.md §11 (a request answered with 2xx is never lost, no effect twice, no deadline missed, none early).
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251  seeded

import pytest

from shared.timekeeping.clock import SystemClock
from shouwen.door import opened
from shouwen.verifying.flow import verify_system
from shouwen.verifying.log import log_at
from tests.support.machine import SERVICES, Caller, Machine, calling, machine_of
from tests.support.waiting import eventually

log = logging.getLogger(__name__)

SEED = int(os.environ.get("SHOUWEN_SEED", "20261122"))
CALLERS = 6
LIMIT = timedelta(seconds=5)
TIMES = {
    "intake.request_received": 1,
    "dispatch.order_issued": 1,
    "escalation.clock_armed": 2,  # the limit, and the apology owed once it is missed
    "escalation.clock_warned": 1,
    "escalation.clock_breached": 1,
}
REQUEST = {
    "site": "wanqu",
    "category": "engineering_repair",
    "channel": "phone",
    "caller": {"name": "赵文", "phone": "13900000001"},
    "content": "楼上漏水",
}


@dataclass
class Promised:
    """What was answered with 2xx.

    Attributes:
        limits: When the work on each case is due.
        enough: Nothing more is asked.
    """

    limits: dict[str, datetime] = field(default_factory=dict)
    enough: bool = False


async def ask_on(caller: Caller, promised: Promised, name: str) -> None:
    """Request after request until it is enough; a limit that passed before anybody took the request is chosen anew."""
    number = 0
    while not promised.enough:
        number += 1
        limit = SystemClock().now() + LIMIT
        body = REQUEST | {"customer_limit": limit.isoformat()}
        answer = await caller.insist("/api/intake/requests", body, key=f"{name}-{number}")
        if answer.status_code == 422 and answer.json()["errors"][0]["field"] == "/customer_limit":
            continue
        assert answer.status_code == 201, answer.text
        promised.limits[answer.json()["entity"]] = limit


async def disasters(machine: Machine, promised: Promised, chance: Random) -> None:
    """Each process and server alone, in any order and at any moment; then several, and everything, together."""
    single: list[Callable[[], None]] = [served.kill for served in machine.served]
    single += [machine.nats.kill, machine.postgres.kill]
    rounds = [[each] for each in chance.sample(single, k=len(single))]
    rounds += [chance.sample(single, k=3), single]
    for together in rounds:
        wanted = len(promised.limits) + chance.randint(5, 40)
        await eventually(lambda: accepted(promised, wanted), patience=60)  # noqa: B023  awaited at once
        for kill in together:
            kill()


async def accepted(promised: Promised, wanted: int) -> bool:
    return len(promised.limits) >= wanted


async def told_of(machine: Machine, kind: str) -> dict[str, list[datetime]]:
    """When a kind of fact happened to each case, by the archive."""
    found: dict[str, list[datetime]] = {}
    for row in await machine.rows(f"select entity, at from reporting.facts where kind = '{kind}'"):
        found.setdefault(row.entity, []).append(row.at)
    return found


async def all_breached(machine: Machine, promised: Promised) -> bool:
    return (await told_of(machine, "escalation.clock_breached")).keys() >= promised.limits.keys()


@dataclass
class CatchUp:
    """How long the steps that fell due while everything lay dead waited once everything stood again."""

    up_at: datetime
    late: timedelta

    def __str__(self) -> str:
        return f"last late step written {self.late.total_seconds():.2f} s after the restart"


async def caught_up(machine: Machine, up_at: datetime) -> CatchUp:
    written = await machine.rows(
        "select headers, created_at from escalation.outbox where subject like '%clock_breached%'"
    )
    late = [row.created_at for row in written if due_of(row.headers) <= up_at < row.created_at]
    return CatchUp(up_at, max(late, default=up_at) - up_at)


def due_of(headers: str) -> datetime:
    return datetime.fromisoformat(json.loads(headers)["ce-time"])


@pytest.mark.parametrize("seed", [SEED])
async def test_what_was_answered_is_there_once_whatever_was_killed(tmp_path: Path, seed: int) -> None:
    promised, chance = Promised(), Random(seed)
    groups = [[name] for name in SERVICES]
    async with machine_of(groups, tmp_path) as machine, calling(machine) as caller:
        callers = [asyncio.create_task(ask_on(caller, promised, f"caller-{n}")) for n in range(CALLERS)]
        await disasters(machine, promised, chance)
        promised.enough = True
        await eventually(machine.answers, patience=40, every=0.05)
        up_at = SystemClock().now()
        await asyncio.gather(*callers)
        await eventually(lambda: all_breached(machine, promised), patience=40, every=0.2)
        await eventually(lambda: machine.quiet(caller.client), patience=20, every=0.2)
        log.warning("%d requests; %s", len(promised.limits), await caught_up(machine, up_at))
        await nothing_is_missing(machine, promised)
        async with opened(machine.url, machine.token) as door, log_at(machine.nats.url) as reader:
            verdict = await verify_system(door, reader)
    assert verdict.differences == ()
    assert all(answer.headers["Retry-After"] for answer in caller.put_off)


async def nothing_is_missing(machine: Machine, promised: Promised) -> None:
    """Exactly the requests answered with 2xx, each with its order, its clocks, its steps at their instants, its row."""
    cases = set(promised.limits)
    for kind, times in TIMES.items():
        told = await told_of(machine, kind)
        assert set(told) == cases, kind
        assert {len(instants) for instants in told.values()} == {times}, kind
    breached = await told_of(machine, "escalation.clock_breached")
    assert {case: at for case, (at,) in breached.items()} == promised.limits
    assert {row.case_id for row in await machine.rows("select case_id from reporting.cases")} == cases
    for service in SERVICES:
        assert not await machine.rows(f"select 1 from {service}.dead_letters")
        assert not await machine.rows(f"select 1 from {service}.parked")
