"""The runtime when broker, reader, stream or database are away: it waits, says so, and goes on with nothing lost."""

import json
from collections.abc import Iterator
from datetime import timedelta

import nats
import pytest
from sqlalchemy import text

from shared.process.connecting import CannotStart
from shared.process.service import ServiceProcess
from shared.runtime.engine import Submission
from shared.timekeeping.clock import SystemClock
from shared.web.problems import Busy
from shouwen.embedded import NatsServer, PostgresServer
from shouwen.hosting import NotReady, require_up_to_date
from shouwen.preparing import bring_up_to_date
from tests.support.servers import running_postgres
from tests.support.system import alive, create_tables, provisioned, surrounded, toy
from tests.support.toy import HEARER, SPEAKER
from tests.support.toying import CONSENT, Place, ask, has_said, heading, nothing_in_hand, publish, rendered, said
from tests.support.waiting import eventually


async def test_a_killed_broker_is_found_again_and_what_was_said_meanwhile_arrives(toy_place: Place) -> None:
    speaker, hearer = toy(SPEAKER, toy_place.around), toy(HEARER, toy_place.around)
    async with alive(speaker, hearer):
        await speaker.desk.ask(ask("case-a"), rendered)
        await eventually(lambda: said(hearer, "case-a"))

        toy_place.nats.kill()
        await speaker.desk.ask(ask("case-a"), rendered)
        toy_place.nats.start()

        await eventually(lambda: has_said(hearer, "case-a", 2), patience=20)
        await record_of_a_site(toy_place.nats.url, "s9")
        await eventually(lambda: knows(hearer, "s9"))


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


async def test_a_deleted_reader_that_is_declared_again_hears_on(toy_place: Place) -> None:
    speaker, hearer = toy(SPEAKER, toy_place.around), toy(HEARER, toy_place.around)
    async with alive(speaker, hearer):
        await speaker.desk.ask(ask("case-a"), rendered)
        await eventually(lambda: said(hearer, "case-a"))
        assert hearer.nc is not None

        await hearer.nc.jetstream().delete_consumer("EV", "dispatch")
        await speaker.desk.ask(ask("case-a"), rendered)
        await provisioned(toy_place.nats.url)

        await eventually(lambda: has_said(hearer, "case-a", 2))


async def test_a_stream_that_came_back_shorter_is_told_again(toy_place: Place) -> None:
    speaker, hearer = toy(SPEAKER, toy_place.around), toy(HEARER, toy_place.around)
    await speaker.engine.obey([Submission(ask("case-a"), rendered)])
    # As a broker without its last messages would leave it: marked as taken, standing nowhere.
    async with toy_place.around.db.begin() as conn:
        await conn.execute(text("update intake.outbox set published_at = now(), seq = 41"))
    async with alive(speaker, hearer):
        await eventually(lambda: said(hearer, "case-a"), patience=15)


async def test_what_stands_in_the_stream_is_not_told_again(toy_place: Place) -> None:
    speaker, hearer = toy(SPEAKER, toy_place.around), toy(HEARER, toy_place.around)
    async with alive(speaker, hearer):
        await speaker.desk.ask(ask("case-a"), rendered)
        await eventually(lambda: said(hearer, "case-a"))
        await speaker.publisher.flush()
        await speaker.publisher.mend()
        assert not await toy_place.rows("select 1 from intake.outbox where published_at is null")


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


async def test_while_the_database_is_away_commands_are_put_off_and_facts_wait(
    own_broker: NatsServer, database: PostgresServer
) -> None:
    await provisioned(own_broker.url)
    async with surrounded(own_broker.url, database.dsn) as around:
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
async def test_a_missing_stream_is_named_with_the_remedy(toy_place: Place, missing: str) -> None:
    nc = await nats.connect(toy_place.nats.url)
    await nc.jetstream().delete_stream(missing)
    await nc.close()
    hearer = toy(HEARER, toy_place.around)
    with pytest.raises(CannotStart, match=f"{missing}.*shouwen provision"):
        await hearer.start()
    await hearer.stop()


@pytest.mark.parametrize(
    ("revision", "remedy"),
    [pytest.param("", "shouwen migrate", id="behind"), pytest.param("9999", "newer than this release", id="ahead")],
)
async def test_a_schema_of_another_release_is_refused_with_the_remedy(
    own_broker: NatsServer, fresh_db: str, revision: str, remedy: str
) -> None:
    async with surrounded(own_broker.url, fresh_db) as around:
        await bring_up_to_date(around, "dispatch")
        async with around.db.begin() as conn:
            written = {"revision": revision}
            await conn.execute(text("delete from dispatch.migrations where cast(:revision as text) = ''"), written)
            await conn.execute(text("update dispatch.migrations set version_num = :revision"), written)
        with pytest.raises(NotReady, match=remedy):
            await require_up_to_date(around, ["dispatch"])


async def test_clocks_far_apart_are_refused(toy_place: Place) -> None:
    clock = SystemClock()
    clock.correct(timedelta(seconds=-5))
    async with surrounded(toy_place.nats.url, str(toy_place.around.settings.database_url), clock=clock) as around:
        hearer = toy(HEARER, around)
        with pytest.raises(CannotStart, match=r"5\.\d s"):
            await hearer.start()
