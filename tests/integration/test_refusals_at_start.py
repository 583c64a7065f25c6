"""What is not as this release needs it is refused at the start, with the remedy, and nothing is changed.

Source: issue "Nothing is lost", bad input.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import nats
import pytest
from nats.js import JetStreamContext
from sqlalchemy import text
from typer.testing import CliRunner

from shared.process.belonging import Side, agreed, side_of_database, side_of_log
from shared.process.connecting import CannotStart
from shared.process.provisioning import provision, read_plan
from shared.process.service import Surroundings
from shouwen.cli import app
from shouwen.embedded import NatsServer, PostgresServer
from shouwen.hosting import NotReady, hosting
from shouwen.places import streams_file
from shouwen.preparing import prepare
from shouwen.verifying.log import log_at
from shouwen.words import Refused
from tests.support.servers import new_database, running_nats
from tests.support.system import surrounded


@pytest.fixture
async def around(own_broker: NatsServer, fresh_db: str) -> AsyncIterator[Surroundings]:
    """A system provisioned and migrated."""
    async with surrounded(own_broker.url, fresh_db) as around:
        await prepare(around.settings, around)
        yield around


@asynccontextmanager
async def jetstream(url: str) -> AsyncIterator[JetStreamContext]:
    nc = await nats.connect(url)
    yield nc.jetstream()
    await nc.close()


async def start(around: Surroundings, *services: str) -> None:
    async with hosting(around.settings, services, gateway_url=""):
        pass


async def declared(around: Surroundings) -> list[dict[str, Any]]:
    """Every stream and durable as the broker has it."""
    async with jetstream(around.settings.nats_url) as js:
        streams = [info.config.as_dict() for info in await js.streams_info()]
        return streams + [info.config.as_dict() for info in await js.consumers_info("EV")]


async def heard_something(around: Surroundings) -> None:
    async with around.db.begin() as conn:
        await conn.execute(text("insert into dispatch.positions values ('dispatch', 1)"))


async def test_what_was_provisioned_starts(around: Surroundings) -> None:
    await start(around, "directory", "dispatch")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("subjects", ["ev.>", "more.>"], id="subjects"),
        pytest.param("discard", "old", id="discard"),
        pytest.param("max_age", 1200.0, id="max_age"),
        pytest.param("max_bytes", 1_000_000, id="max_bytes"),
        pytest.param("duplicate_window", 5.0, id="duplicate_window"),
        pytest.param("allow_direct", False, id="allow_direct"),
    ],
)
async def test_a_stream_declared_otherwise_is_refused_and_left_alone(
    around: Surroundings, field: str, value: Any
) -> None:
    async with jetstream(around.settings.nats_url) as js:
        has = (await js.stream_info("EV")).config
        await js.update_stream(replace(has, **{field: value}))
    before = await declared(around)

    with pytest.raises(CannotStart, match=f"EV {field} = .*shouwen provision"):
        await start(around, "dispatch")

    assert await declared(around) == before
    assert any(line.startswith(f"EV: {field} ") for line in await prepare(around.settings, around))
    await start(around, "dispatch")


async def test_the_command_says_so_in_both_languages_and_fails(around: Surroundings) -> None:
    async with jetstream(around.settings.nats_url) as js:
        await js.update_stream(replace((await js.stream_info("EV")).config, max_bytes=1_000_000))
    servers = {"DATABASE_URL": around.settings.database_url, "NATS_URL": around.settings.nats_url}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from shouwen.cli import app; app()", "serve", "dispatch", "--port", "0"),
        env=os.environ | {f"SHOUWEN_{name}": value for name, value in (servers | {"SECRET": "x" * 32}).items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert "请运行 shouwen provision" in said.decode()
    assert "run `shouwen provision`" in said.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("filter_subjects", ["ev.intake.>"], id="filter_subjects"),
        pytest.param("max_deliver", 3, id="max_deliver"),
        pytest.param("ack_wait", 77.0, id="ack_wait"),
        pytest.param("max_ack_pending", 1, id="max_ack_pending"),
    ],
)
async def test_a_durable_declared_otherwise_is_refused_until_it_is_provisioned_again(
    around: Surroundings, field: str, value: Any
) -> None:
    async with jetstream(around.settings.nats_url) as js:
        has = (await js.consumer_info("EV", "dispatch")).config
        await js.add_consumer("EV", replace(has, **{field: value}))

    with pytest.raises(CannotStart, match=f"EV/dispatch {field} = .*shouwen provision"):
        await start(around, "dispatch")
    await start(around, "directory")
    assert any(line.startswith(f"EV/dispatch: {field} ") for line in await prepare(around.settings, around))
    await start(around, "dispatch")


async def test_what_the_broker_cannot_change_is_said_in_its_words(around: Surroundings) -> None:
    plan = read_plan(streams_file())
    plan.durables["dispatch"].ack_policy = nats.js.api.AckPolicy.NONE
    async with jetstream(around.settings.nats_url) as js:
        with pytest.raises(CannotStart, match=r"EV/dispatch ack_policy.*deploy/streams.toml"):
            await provision(js._nc, plan)


@pytest.mark.parametrize("missing", ["stream", "durable"])
async def test_what_is_missing_is_named_with_the_remedy(around: Surroundings, missing: str) -> None:
    async with jetstream(around.settings.nats_url) as js:
        if missing == "stream":
            await js.delete_stream("PULSE")
        else:
            await js.delete_consumer("EV", "dispatch")
    with pytest.raises(CannotStart, match="shouwen provision"):
        await start(around, "dispatch")


async def test_a_schema_ahead_is_refused_before_anything_is_provisioned(own_broker: NatsServer, fresh_db: str) -> None:
    async with surrounded(own_broker.url, fresh_db) as around:
        async with around.db.begin() as conn:
            await conn.execute(text("create schema notify"))
            await conn.execute(text("create table notify.migrations (version_num text)"))
            await conn.execute(text("insert into notify.migrations values ('9999')"))
        with pytest.raises(NotReady, match="newer than this release"):
            await prepare(around.settings, around)
        async with jetstream(own_broker.url) as js:
            assert await js.streams_info() == []


async def test_one_database_with_the_logs_of_two_systems_is_refused(around: Surroundings, fresh_db: str) -> None:
    """A second system on the same database, with a log of its own."""
    with running_nats() as other:
        async with surrounded(other.url, fresh_db) as second:
            await heard_something(around)
            with pytest.raises(CannotStart, match=r"log on this NATS is empty.*--adopt"):
                await prepare(second.settings, second)
            async with jetstream(other.url) as js:
                assert await js.streams_info() == []
                await provision(js._nc, read_plan(streams_file()), system="another")
            with pytest.raises(CannotStart, match="to system another"):
                await start(second, "dispatch")
            with pytest.raises(CannotStart, match="to system another"):
                await prepare(second.settings, second)
            await start(around, "dispatch")


async def test_one_log_with_the_databases_of_two_systems_is_refused(
    around: Surroundings, postgres_server: PostgresServer
) -> None:
    with new_database(postgres_server) as dsn:
        async with surrounded(around.settings.nats_url, dsn) as second:
            with pytest.raises(CannotStart, match=r"this database is new.*--adopt"):
                await prepare(second.settings, second)
            assert (await side_of_database(second.db)).id is None


async def test_a_lost_log_is_bound_anew_on_purpose(around: Surroundings, fresh_db: str) -> None:
    await heard_something(around)
    with running_nats() as other:
        async with surrounded(other.url, fresh_db) as second:
            await prepare(second.settings, second, adopt=True)
            await start(second, "directory")
            nc = await nats.connect(other.url)
            assert (await side_of_log(nc)).id == (await side_of_database(around.db)).id
            await nc.close()


async def test_a_system_of_the_release_before_is_given_an_id(around: Surroundings) -> None:
    async with around.db.begin() as conn:
        await conn.execute(text("drop schema shouwen cascade"))
    async with jetstream(around.settings.nats_url) as js:
        has = (await js.stream_info("EV")).config
        await js.update_stream(replace(has, metadata={}))
    await heard_something(around)
    await prepare(around.settings, around)
    assert (await side_of_database(around.db)).id is not None
    await start(around, "dispatch")


async def test_provisioning_twice_changes_nothing(around: Surroundings) -> None:
    before = await declared(around)
    assert all(line.endswith((": kept", ": up to date")) for line in await prepare(around.settings, around))
    assert await declared(around) == before


FRESH, USED = Side(None, used=False), Side(None, used=True)
OURS, THEIRS = Side("a", used=True), Side("b", used=True)


@pytest.mark.parametrize(
    ("log", "database", "system"),
    [
        pytest.param(FRESH, FRESH, "new", id="a first start"),
        pytest.param(USED, USED, "new", id="the release before"),
        pytest.param(FRESH, USED, "new", id="the release before, nothing said yet"),
        pytest.param(OURS, OURS, "a", id="as it should be"),
        pytest.param(USED, OURS, "a", id="a crash while ids were given"),
        pytest.param(FRESH, Side("a", used=False), "a", id="a crash in the first start"),
        pytest.param(OURS, USED, "a", id="a database restored from the release before"),
    ],
)
def test_what_belongs_together_gets_one_id(log: Side, database: Side, system: str) -> None:
    assert agreed(log, database, new="new") == system


@pytest.mark.parametrize(
    ("log", "database", "adopted"),
    [
        pytest.param(OURS, THEIRS, "b", id="two systems"),
        pytest.param(FRESH, OURS, "a", id="a log lost, or another's address"),
        pytest.param(OURS, FRESH, "a", id="a database lost, or another's address"),
    ],
)
def test_what_may_not_belong_together_is_joined_by_a_person_only(log: Side, database: Side, adopted: str) -> None:
    with pytest.raises(CannotStart, match="--adopt"):
        agreed(log, database, new="new")
    assert agreed(log, database, new="new", adopt=True) == adopted


@pytest.mark.parametrize(
    ("variable", "spoil", "said"),
    [
        pytest.param(
            "SHOUWEN_DATABASE_URL", lambda url: url.removeprefix("postgresql+"), "SHOUWEN_DATABASE_URL", id="driver"
        ),
        pytest.param(
            "SHOUWEN_DATABASE_URL", lambda url: url.replace("?", "_gone?"), "does not exist", id="no such database"
        ),
        pytest.param("SHOUWEN_NATS_URL", lambda url: url.removeprefix("nats://"), "SHOUWEN_NATS_URL", id="no scheme"),
    ],
)
async def test_an_address_that_cannot_be_right_is_named(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch, variable: str, spoil: Callable[[str], str], said: str
) -> None:
    settings = around.settings
    right = {"SHOUWEN_DATABASE_URL": settings.database_url, "SHOUWEN_NATS_URL": settings.nats_url}
    for name, value in (right | {variable: spoil(right[variable]), "SHOUWEN_SECRET": "long enough for a test"}).items():
        monkeypatch.setenv(name, value)
    told = await asyncio.to_thread(CliRunner().invoke, app, ["provision"])
    assert told.exit_code == 1
    assert said in told.output
    assert isinstance(told.exception, SystemExit)


async def test_an_address_is_told_without_its_token() -> None:
    with pytest.raises(Refused) as refusal:
        async with log_at("nats://very-secret@127.0.0.1:1"):
            pass
    assert "127.0.0.1:1" in str(refusal.value)
    assert "very-secret" not in str(refusal.value)
