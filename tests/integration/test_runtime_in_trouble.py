"""The runtime when servers die, messages are poison and steps fail: the rest goes on and nothing is lost."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import nats
import pytest
from sqlalchemy import text

from shared.contracts.envelope import Fact, Heading
from shared.contracts.fold import SYSTEM, Ask, Done
from shared.contracts.intake import ConsentRecorded
from shared.runtime.connecting import CannotStart
from shared.runtime.engine import Submission
from shared.runtime.process import ServiceProcess, Surroundings
from shared.runtime.sending import Outcome
from shared.timekeeping.clock import SystemClock
from shared.web.problems import Busy
from shouwen.embedded import NatsServer, PostgresServer
from tests.support.servers import running_nats, running_postgres
from tests.support.system import alive, create_tables, provisioned, surrounded, toy
from tests.support.toy import FUSE, HEARER, SPEAKER, Count
from tests.support.waiting import eventually

LONG_AGO = datetime(2025, 3, 4, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A broker of its own, because it is killed, and the surroundings on it."""

    nats: NatsServer
    around: Surroundings

    async def rows(self, sql: str) -> list[Any]:
        async with self.around.db.connect() as conn:
            return list(await conn.execute(text(sql)))


@pytest.fixture
def broker() -> Iterator[NatsServer]:
    with running_nats() as server:
        yield server


@pytest.fixture
async def place(broker: NatsServer, fresh_db: str) -> AsyncIterator[Place]:
    await provisioned(broker.url)
    async with surrounded(broker.url, fresh_db) as around:
        await create_tables(around, ["intake", "dispatch"])
        yield Place(broker, around)


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


CONSENT = ConsentRecorded(consent="CN-2", by="x")


@pytest.mark.parametrize(
    ("subject", "head", "reason"),
    [
        pytest.param("ev.intake.consent_recorded.case-a", heading("case-b"), "differ", id="of another entity"),
        pytest.param(
            "ev.intake.consent_recorded.case-a", heading("case-a", "intake.other"), "differ", id="another kind"
        ),
        pytest.param("ev.intake.consent_recorded.x", heading("case-" + "x" * 5000), "no name", id="of endless name"),
        pytest.param("ev.intake.consent_recorded.x", heading("x", version=2**40), "bounds", id="of endless version"),
    ],
)
async def test_an_envelope_that_lies_is_buried_and_the_rest_flows(
    place: Place, subject: str, head: Heading, reason: str
) -> None:
    hearer = toy(HEARER, place.around)
    async with alive(hearer):
        await publish(hearer, subject, CONSENT, head)
        await publish(hearer, "ev.intake.consent_recorded.case-good", CONSENT, heading("case-good"))

        await eventually(lambda: said(hearer, "case-good"))
        (dead,) = await eventually(lambda: place.rows("select reason from dispatch.dead_letters"))
        assert reason in dead.reason
        assert await eventually(lambda: nothing_in_hand(hearer))


async def nothing_in_hand(process: ServiceProcess) -> bool:
    return await process.unheard() == 0


class Columns:
    """A projection with a text column, which cannot hold a NUL."""

    async def project(self, conn: Any, work: Any) -> None:
        for heard in work.applied:
            await conn.execute(text("select cast(:by as text)"), {"by": heard.fact.by})


async def test_a_fact_the_database_cannot_take_is_buried_alone(place: Place) -> None:
    hearer = ServiceProcess(HEARER, place.around, projection=Columns())
    async with alive(hearer):
        bad = heading("case-bad", "intake.consent_recorded")
        await publish(hearer, "ev.intake.consent_recorded.case-bad", ConsentRecorded(consent="c", by="a\x00b"), bad)
        for number in range(5):
            name = f"case-{number}"
            await publish(hearer, f"ev.intake.consent_recorded.{name}", CONSENT, heading(name))

        await eventually(lambda: all_said(hearer, [f"case-{number}" for number in range(5)]))
        assert [row.entity for row in await place.rows("select entity from dispatch.dead_letters")] == ["case-bad"]
        await eventually(lambda: nothing_in_hand(hearer))


async def all_said(process: ServiceProcess, entities: list[str]) -> bool:
    return all([await said(process, entity) for entity in entities])


class OnceAway:
    """A projection whose database is away the first time."""

    def __init__(self) -> None:
        self.asked = 0

    async def project(self, conn: Any, work: Any) -> None:
        self.asked += 1
        if self.asked == 1:
            raise ConnectionResetError


async def test_a_batch_put_off_in_part_comes_back_whole(place: Place) -> None:
    waiting = replace(HEARER, ready=lambda heard, _book: heard.heading.entity != "case-wait")
    hearer = ServiceProcess(waiting, place.around, projection=OnceAway())
    speaker = toy(SPEAKER, place.around)
    async with alive(speaker):
        for name in ("case-wait", "case-good"):
            await publish(speaker, f"ev.intake.consent_recorded.{name}", CONSENT, heading(name))
    async with alive(hearer):
        await eventually(lambda: said(hearer, "case-good"))


class Broken:
    """A carrier with a defect."""

    async def carry(self, bundle: Any) -> Outcome:
        raise KeyError(len(bundle))


async def test_an_effect_whose_carrier_breaks_is_put_off_like_any_other(place: Place) -> None:
    def report(*_: Any) -> Ask:
        return ask("case-a")

    speaker = ServiceProcess(SPEAKER, place.around, carriers={"echo": Broken()}, report=report)
    async with alive(speaker):
        await speaker.desk.ask(ask("case-a", Count(want=True)), rendered)
        (put_off,) = await eventually(lambda: place.rows("select outcome from intake.wanted where outcome is not null"))
    assert put_off.outcome == "defect KeyError"


async def test_a_message_with_a_status_header_is_a_message(place: Place) -> None:
    hearer = toy(HEARER, place.around)
    async with alive(hearer):
        assert hearer.nc is not None
        await hearer.nc.jetstream().publish("ev.intake.consent_recorded.x", b"", headers={"Status": "409"})
        await eventually(lambda: place.rows("select 1 from dispatch.dead_letters"))
        await eventually(lambda: nothing_in_hand(hearer))


async def test_a_step_that_fails_stops_nobody_elses(place: Place) -> None:
    speaker = toy(SPEAKER, place.around)
    for entity, site in (("case-bad", "broken"), ("case-good", "a")):
        await speaker.engine.obey([Submission(ask(entity, Count(fuse=True, site=site), LONG_AGO), rendered)])
    async with alive(speaker):
        await eventually(lambda: place.rows("select 1 from intake.outbox where subject like '%withdrawn.case-good'"))
        (timer,) = await place.rows("select entity, due_at from intake.timers")
    assert timer.entity == "case-bad"
    assert timer.due_at > LONG_AGO + FUSE


async def test_a_killed_broker_is_found_again_and_what_was_said_meanwhile_arrives(place: Place) -> None:
    speaker, hearer = toy(SPEAKER, place.around), toy(HEARER, place.around)
    async with alive(speaker, hearer):
        await speaker.desk.ask(ask("case-a"), rendered)
        await eventually(lambda: said(hearer, "case-a"))

        place.nats.kill()
        await speaker.desk.ask(ask("case-a"), rendered)
        place.nats.start()

        await eventually(lambda: has_said(hearer, "case-a", 2), patience=20)
        await record_of_a_site(place.nats.url, "s9")
        await eventually(lambda: knows(hearer, "s9"), patience=20)


async def has_said(process: ServiceProcess, entity: str, count: int) -> bool:
    return await said(process, entity) == count


async def record_of_a_site(url: str, site: str) -> None:
    """What the directory would say of a new site."""
    weekly = [[{"start": 510, "end": 1050}]] * 7
    body = {
        "id": site,
        "code": "S9",
        "name": {"zh": "九号", "en": "Nine"},
        "zone": "Asia/Shanghai",
        "packs": [],
        "calendar": {"version": "1", "weekly": weekly, "statutory": "cn"},
    }
    nc = await nats.connect(url)
    told = json.dumps({"record": "site", "key": site, "body": body}).encode()
    await nc.jetstream().publish(f"directory.site.{site}", told, headers={"version": "1"})
    await nc.close()


async def knows(process: ServiceProcess, site: str) -> bool:
    return any(known.id == site for known in process.book.sites())


async def test_a_deleted_reader_that_is_declared_again_hears_on(place: Place) -> None:
    speaker, hearer = toy(SPEAKER, place.around), toy(HEARER, place.around)
    async with alive(speaker, hearer):
        await speaker.desk.ask(ask("case-a"), rendered)
        await eventually(lambda: said(hearer, "case-a"))
        assert hearer.nc is not None

        await hearer.nc.jetstream().delete_consumer("EV", "dispatch")
        await speaker.desk.ask(ask("case-a"), rendered)
        await provisioned(place.nats.url)

        await eventually(lambda: has_said(hearer, "case-a", 2))


async def test_a_stream_that_came_back_shorter_is_told_again(place: Place) -> None:
    speaker, hearer = toy(SPEAKER, place.around), toy(HEARER, place.around)
    await speaker.engine.obey([Submission(ask("case-a"), rendered)])
    # As a broker without its last messages would leave it: marked as taken, standing nowhere.
    async with place.around.db.begin() as conn:
        await conn.execute(text("update intake.outbox set published_at = now(), seq = 41"))
    async with alive(speaker, hearer):
        await eventually(lambda: said(hearer, "case-a"), patience=15)


async def test_what_stands_in_the_stream_is_not_told_again(place: Place) -> None:
    speaker, hearer = toy(SPEAKER, place.around), toy(HEARER, place.around)
    async with alive(speaker, hearer):
        await speaker.desk.ask(ask("case-a"), rendered)
        await eventually(lambda: said(hearer, "case-a"))
        await speaker.publisher.flush()
        await speaker.publisher.mend()
        assert not await place.rows("select 1 from intake.outbox where published_at is null")


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


async def test_while_the_database_is_away_commands_are_put_off_and_facts_wait(
    broker: NatsServer, database: PostgresServer
) -> None:
    await provisioned(broker.url)
    async with surrounded(broker.url, database.dsn) as around:
        await create_tables(around, ["intake", "dispatch"])
        hearer = toy(HEARER, around)
        async with alive(hearer):
            await hearer.desk.ask(ask("case-a"), rendered)
            database.kill()
            with pytest.raises(Busy):
                await hearer.desk.ask(ask("case-a"), rendered)
            await publish(hearer, "ev.intake.consent_recorded.case-a", CONSENT, heading("case-a"))
            assert await hearer.unheard() > 0
            database.start()

            await eventually(lambda: has_said(hearer, "case-a", 2), patience=20)
            await eventually(lambda: nothing_in_hand(hearer))


@pytest.mark.parametrize("missing", ["DIRECTORY", "EV"])
async def test_a_missing_stream_is_named_with_the_remedy(place: Place, missing: str) -> None:
    nc = await nats.connect(place.nats.url)
    await nc.jetstream().delete_stream(missing)
    await nc.close()
    hearer = toy(HEARER, place.around)
    with pytest.raises(CannotStart, match=f"{missing}.*shouwen provision"):
        await hearer.start()
    await hearer.stop()


async def test_clocks_far_apart_are_refused(place: Place) -> None:
    clock = SystemClock()
    clock.correct(timedelta(seconds=-5))
    async with surrounded(place.nats.url, str(place.around.settings.database_url), clock=clock) as around:
        hearer = toy(HEARER, around)
        with pytest.raises(CannotStart, match=r"5\.\d s"):
            await hearer.start()
