"""Poison in every field of every contract, at every hearer: dead or applied, seen, and nobody else's trouble."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from nats.aio.client import Client
from sqlalchemy import text
from structlog.testing import capture_logs

from shared.contracts.envelope import Heading
from shared.packs.loader import builtin
from shared.packs.schema import to_wire
from shared.process.service import ServiceProcess
from shared.runtime import settling
from shared.schema.migrating import migrate
from shared.storage.letters import letter_of
from shared.storage.slots import decode_heard
from shouwen.demo.loading import sample_group
from shouwen.demo.records import records
from shouwen.places import migrations_of
from shouwen.verifying.hearing import who_hears
from tests.support.clock import HandClock
from tests.support.poison import encoded, samples, spoiled
from tests.support.servers import running_nats
from tests.support.system import alive, provisioned, surrounded
from tests.support.toying import nothing_in_hand
from tests.support.waiting import eventually

HEARERS = tuple(who_hears())
NOW = datetime(2025, 3, 12, 14, 10, tzinfo=UTC)
BEGINNING = "intake.request_received"
BEGINS = samples()[BEGINNING]["body"]
GOOD_EVERY = 10
GOOD = {True: BEGINNING, False: "dispatch.case_closed"}
HEARS_ALL = "reporting"
Place = tuple[str, str, int]


@dataclass
class Sent:
    """What was published, by entity, speaker and version, with what was spoiled."""

    spoiled: dict[Place, str] = field(default_factory=dict)
    good: list[str] = field(default_factory=list)


@asynccontextmanager
async def hearer_alone(name: str, dsn: str) -> AsyncIterator[ServiceProcess]:
    """One real service that knows the sample group, on a broker where nobody else speaks."""
    with running_nats() as server:
        await provisioned(server.url)
        async with surrounded(server.url, dsn, clock=HandClock(NOW)) as around:
            await migrate(around.db, name, migrations_of(name))
            process: ServiceProcess = import_module(f"services.{name}.app").build(around)
            async with alive(process):
                for record in records(sample_group()):
                    process._feed._put[record["record"]](record["body"])
                for pack in builtin():
                    process._feed._put["pack"](to_wire(pack))
                process.engine.toll.pardoned = 10**9
                yield process


async def send(nc: Client, kind: str, entity: str, version: int, body: bytes) -> None:
    heading = Heading(f"{entity}-{kind}-{version}", kind, entity, NOW, version, entity)
    await nc.publish(f"ev.{kind}.{entity}", body, headers=heading.headers())


@dataclass(frozen=True)
class Poison:
    """One spoiled body.

    Attributes:
        readable: Whether the contract reads it all the same; then it reaches the folds.
    """

    kind: str
    what: str
    body: bytes
    readable: bool


def poison_for(hearer: str) -> Iterator[Poison]:
    """What a hearer gets; what no contract reads is the same for all, so one of them gets all of it."""
    for name, sample in samples().items():
        kind = name.partition(",")[0]
        if kind.partition(".")[0] not in who_hears()[hearer]:
            continue
        for what, body in spoiled(sample["body"]):
            readable = not letter_of("", sample["headers"], body).flaw
            if hearer == HEARS_ALL or readable or what.endswith("null"):
                yield Poison(kind, f"{name} {what}", body, readable)


async def publish_poison(nc: Client, hearer: str) -> Sent:
    """Each poison, after a good beginning of its case where it can be read, with good cases between them."""
    sent, begins = Sent(), encoded(BEGINS)
    good = GOOD["intake" in who_hears()[hearer]]
    good_body = encoded(samples()[good]["body"])
    for number, poison in enumerate(poison_for(hearer)):
        entity, speaker = f"case-poison{number}", poison.kind.partition(".")[0]
        begun = poison.readable and good == BEGINNING and poison.kind != BEGINNING
        if begun:
            await send(nc, BEGINNING, entity, 1, begins)
        version = 2 if begun and speaker == "intake" else 1
        await send(nc, poison.kind, entity, version, poison.body)
        sent.spoiled[entity, speaker, version] = poison.what
        if number % GOOD_EVERY == 0:
            sent.good.append(f"case-good{number}")
            await send(nc, good, sent.good[-1], 1, good_body)
    await nc.flush()
    return sent


@dataclass
class Fates:
    """Letters dead, letters parked, and the last version heard of each entity and speaker."""

    dead: set[Place]
    parked: set[Place]
    heard: dict[tuple[str, str], int]

    def is_accounted_for(self, place: Place) -> bool:
        """Exactly one of applied, dead and parked."""
        applied = self.heard.get(place[:2], 0) >= place[2]
        return [applied, place in self.dead, place in self.parked].count(True) == 1


async def fates(process: ServiceProcess) -> Fates:
    name = process.folds.service
    async with process.db.connect() as conn:
        dead, parked = [
            {
                (row.entity, row.speaker, row.version)
                for row in await conn.execute(text(f"select * from {name}.{table}"))
            }
            for table in ("dead_letters", "parked")
        ]
        rows = await conn.execute(text(f"select id, heard from {name}.entities"))
        heard = {(row.id, by): version for row in rows for by, (version, _) in decode_heard(row.heard).items()}
    return Fates(dead, parked, heard)


@pytest.mark.parametrize("hearer", HEARERS)
async def test_a_poisoned_field_hurts_only_its_own_entity(
    hearer: str, fresh_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "DIRECTORY_DELAYS", (0.05,))
    async with hearer_alone(hearer, fresh_db) as process:
        assert process.nc is not None
        sent = await publish_poison(process.nc, hearer)
        await eventually(lambda: nothing_in_hand(process), patience=200, every=0.2)
        came_to = await fates(process)

        by = "intake" if "intake" in who_hears()[hearer] else "dispatch"
        assert [one for one in sent.good if came_to.heard.get((one, by)) != 1] == []
        assert {place: what for place, what in sent.spoiled.items() if not came_to.is_accounted_for(place)} == {}
        assert {sent.spoiled[place] for place in came_to.parked} <= set(filter(of_the_directory, sent.spoiled.values()))
        assert len(came_to.dead) > len(sent.spoiled) // 100
        await no_step_fails(process)


def of_the_directory(what: str) -> bool:
    return re.match(r"(intake.request_received|dispatch.order_issued) (site|pack|pack_version): ", what) is not None


async def no_step_fails(process: ServiceProcess) -> None:
    """What was applied must be able to grow old: days pass, and every step fires."""
    assert isinstance(process.clock, HandClock)
    with capture_logs() as logs:
        for _ in range(4):
            process.clock.advance(timedelta(days=1))
            process.replica.timers_bell.ring()
            await eventually(lambda: nothing_due(process), patience=60, every=0.1)
    assert [log for log in logs if log["event"] == "timer_put_off"] == []


async def nothing_due(process: ServiceProcess) -> bool:
    async with process.db.connect() as conn:
        due = (await conn.execute(process.engine.sql["next_due"])).scalar()
    return due is None or due >= process.clock.now()
