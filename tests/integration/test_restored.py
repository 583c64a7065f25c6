"""A durable or a database restored to an older state: the service hears again what is missing, and only once.

Source: design.md §4 (a durable that is ahead of its database), §11.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

from shared.process.service import ServiceProcess
from shouwen.embedded import NatsServer, PostgresServer
from tests.support.delivering import durable_of, put, stranger
from tests.support.servers import run_sql
from tests.support.system import alive, create_tables, provisioned, surrounded, toy
from tests.support.toy import HEARER
from tests.support.toying import Place, heading, nothing_in_hand, said
from tests.support.waiting import eventually

MANY = 2100
"""More than fits between the oldest message put off and the newest applied by chance."""


@pytest.fixture
async def declared(own_broker: NatsServer) -> str:
    await provisioned(own_broker.url)
    return own_broker.url


async def heard(process: ServiceProcess, cases: Iterable[str]) -> bool:
    return all([await process.version_of(case, "intake") == 1 for case in cases])


@pytest.mark.parametrize("after", [0, 3])
async def test_a_durable_restored_to_an_older_state_has_no_second_effect(toy_place: Place, after: int) -> None:
    cases = [f"case-{number}" for number in range(6)]
    hearer = toy(HEARER, toy_place.around)
    async with alive(hearer), stranger(toy_place.nats.url) as nc:
        await put(nc, map(heading, cases))
        await eventually(lambda: heard(hearer, cases))
        await eventually(lambda: nothing_in_hand(hearer))
        js = nc.jetstream()
        config = (await js.consumer_info("EV", "dispatch")).config
        await js.delete_consumer("EV", "dispatch")
        await js.add_consumer("EV", replace(config, deliver_policy="by_start_sequence", opt_start_seq=after + 1))
        await put(nc, [heading("case-later")])

        await eventually(lambda: heard(hearer, ["case-later"]))
        await eventually(lambda: nothing_in_hand(hearer))
        assert [await said(hearer, case) for case in cases] == [1] * len(cases)
    assert len(await toy_place.rows("select 1 from dispatch.outbox")) == len(cases) + 1


@dataclass
class Base:
    """A database of the hearer's own that can be put aside and brought back, and whether its directory is complete."""

    server: PostgresServer
    nats_url: str
    name: str = "hearer"
    site_known: bool = False

    @asynccontextmanager
    async def hearer(self) -> AsyncIterator[ServiceProcess]:
        """The toy hearer on it, which waits with one case until the site is known."""
        folds = replace(HEARER, ready=lambda met, _book: self.site_known or met.heading.entity != "case-waits")
        async with surrounded(self.nats_url, self.server.dsn_of(self.name)) as around:
            process = toy(folds, around)
            async with alive(process):
                yield process

    def put_aside(self) -> None:
        run_sql(self.server, f"create database aside template {self.name}")

    def bring_back(self) -> None:
        run_sql(self.server, f"drop database {self.name}")
        run_sql(self.server, f"alter database aside rename to {self.name}")


@pytest.fixture
async def base(postgres_server: PostgresServer, declared: str) -> AsyncIterator[Base]:
    base = Base(postgres_server, declared)
    run_sql(postgres_server, f"create database {base.name}")
    async with surrounded(declared, postgres_server.dsn_of(base.name)) as around:
        await create_tables(around, ["dispatch"])
    yield base
    run_sql(postgres_server, f"drop database {base.name} with (force)")


async def test_an_older_database_hears_again_even_what_was_put_off_long_before(base: Base) -> None:
    many, later = [f"case-{number}" for number in range(MANY)], [f"case-later-{number}" for number in range(5)]
    async with stranger(base.nats_url) as nc:
        await put(nc, map(heading, ["case-waits", *many]))
        async with base.hearer() as hearer:
            await eventually(lambda: in_hand(hearer, 1), patience=30)
        base.put_aside()
        base.site_known = True
        async with base.hearer() as hearer:
            await put(nc, map(heading, later))
            await eventually(lambda: heard(hearer, ["case-waits", *later]), patience=40)
            await eventually(lambda: nothing_in_hand(hearer))
        base.bring_back()
        async with base.hearer() as hearer:
            await eventually(lambda: heard(hearer, ["case-waits", *later]), patience=40)
            await eventually(lambda: nothing_in_hand(hearer))
            assert await known(hearer) == 1 + len(many) + len(later)


async def in_hand(process: ServiceProcess, count: int) -> bool:
    info = await durable_of(process)
    return (info.num_pending, info.num_ack_pending) == (0, count)


async def known(process: ServiceProcess) -> int:
    async with process.db.connect() as conn:
        counted = await conn.execute(text("select count(*) from dispatch.entities where state is not null"))
        return int(counted.scalar_one())


async def test_commits_lost_in_a_fail_over_are_heard_again_by_the_running_service(toy_place: Place) -> None:
    cases = [f"case-{number}" for number in range(5)]
    hearer = toy(HEARER, toy_place.around)
    async with alive(hearer), stranger(toy_place.nats.url) as nc:
        await put(nc, map(heading, cases))
        await eventually(lambda: heard(hearer, cases))
        await eventually(lambda: toy_place.rows("select 1 from dispatch.positions where seq >= 5"))
        async with toy_place.around.db.begin() as conn:
            await conn.execute(text("delete from dispatch.entities where id <> 'case-0'"))
            await conn.execute(text("update dispatch.positions set seq = 1"))
        await put(nc, [heading("case-later")])

        await eventually(lambda: heard(hearer, [*cases, "case-later"]))
        await eventually(lambda: nothing_in_hand(hearer))
