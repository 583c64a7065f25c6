"""The toy services of `tests/support/toy.py` on a broker of their own: what is asked, published and seen there."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from shared.contracts.envelope import Fact, Heading
from shared.contracts.fold import SYSTEM, Ask, Done
from shared.contracts.intake import ConsentRecorded
from shared.process.service import ServiceProcess, Surroundings
from shared.timekeeping.clock import SystemClock
from shouwen.embedded import NatsServer
from tests.support.toy import Count

CONSENT = ConsentRecorded(consent="CN-2", by="x")


@dataclass(frozen=True)
class Place:
    """A broker of its own, because it is killed, and the surroundings on it."""

    nats: NatsServer
    around: Surroundings

    async def rows(self, sql: str) -> list[Any]:
        async with self.around.db.connect() as conn:
            return list(await conn.execute(text(sql)))


def ask(entity: str, command: Count | None = None, at: datetime | None = None) -> Ask:
    return Ask(entities=(entity,), command=command or Count(), actor=SYSTEM, at=at or SystemClock().now())


def rendered(done: Done) -> bytes:
    return json.dumps({"version": done.version}).encode()


async def said(process: ServiceProcess, entity: str) -> int:
    return await process.version_of(entity, process.folds.service)


def heading(entity: str, kind: str = "intake.consent_recorded", version: int = 1) -> Heading:
    return Heading(f"{entity[:50]}-{version}", kind, entity, SystemClock().now(), version, entity)


async def publish(process: ServiceProcess, subject: str, fact: Fact, head: Heading) -> None:
    assert process.nc is not None
    await process.nc.jetstream().publish(subject, fact.model_dump_json().encode(), headers=head.headers())


async def has_said(process: ServiceProcess, entity: str, count: int) -> bool:
    return await said(process, entity) == count


async def nothing_in_hand(process: ServiceProcess) -> bool:
    return await process.unheard() == 0
