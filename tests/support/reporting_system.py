"""Reporting on a database of its own, with a log to hear and a client to ask."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from services.reporting.app import build
from shared.contracts.directory import Account
from shared.contracts.dispatch import CaseClosed, FollowUpRecorded, Note, OrderCompleted, OrderIssued
from shared.contracts.envelope import Fact
from shared.contracts.escalation import ClockArmed, ClockStopped
from shared.contracts.fold import Grant
from shared.contracts.ids import RealIds
from shared.process.service import ServiceProcess, Surroundings
from shared.process.settings import RuntimeSettings
from shared.schema.migrating import migrate
from tests.support.clock import HandClock
from tests.support.packs import local
from tests.support.reporting_builders import MIGRATIONS, Log, armed, directory, letter, received, stopped

NOW = local("2025-04-10 12:00")
OPEN = "2025-04-10 09:00"


@asynccontextmanager
async def reporting_on(fresh_db: str) -> AsyncIterator[ServiceProcess]:
    settings = RuntimeSettings(database_url=fresh_db, nats_url="nats://127.0.0.1:1", secret=SecretStr("x" * 32))
    db = create_async_engine(fresh_db)
    process = build(Surroundings(settings, db, HandClock(NOW), RealIds(), "test"))
    await migrate(db, "reporting", MIGRATIONS)
    known = directory()
    process.book.__dict__.update(known.__dict__)
    for name, sites in (("all", ("*",)), ("one", ("s004",))):
        grants = tuple(Grant(site, "view") for site in sites)
        process.accounts.put_account(Account(name, name, name, grants=grants))
    yield process
    await db.dispose()


@asynccontextmanager
async def asking(process: ServiceProcess) -> AsyncIterator[AsyncClient]:
    headers = {"authorization": f"Bearer {process.accounts.assert_for('all')}"}
    async with AsyncClient(transport=ASGITransport(process.api), base_url="http://x", headers=headers) as client:
        yield client


def case(number: int) -> str:
    return f"case-{number:032x}"


async def hear(process: ServiceProcess, log: Log) -> None:
    await process.engine.hear([letter(heard) for heard in log.facts])


def opened(log: Log, number: int, at: str, **more: Any) -> None:
    log.say(received(at, number=f"S000-{number:04d}", **more), at, case(number))


def finished(log: Log, number: int, at: str, answer: str = "satisfied") -> None:
    facts: Sequence[Fact] = (
        OrderIssued(site="s000", order=f"S000-{number:04d}-1", number=1, department="d-eng"),
        OrderCompleted(by="p-li", private=Note(text="=cmd|' /C calc'!A0")),
        FollowUpRecorded.model_validate({"answer": answer, "method": "phone", "round": 1, "by": "p-li"}),
        CaseClosed(ending="satisfied", by="p-li"),
    )
    for fact in facts:
        log.say(fact, at, case(number))


def judged(log: Log, number: int, start: str, due: str, outcome: str) -> None:
    log.say(ClockArmed(clocks=(armed("CK-CMP-02", start, due),), because="received"), start, case(number))
    log.say(
        ClockStopped(clocks=(stopped("CK-CMP-02", start, due, outcome),), because="completed"),
        start,
        case(number),
    )


async def read(client: AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()
