import nats
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


async def _tables(dsn: str) -> int:
    engine = create_async_engine(dsn)
    async with engine.begin() as line:
        await line.execute(text("create table here (n int)"))
        count = (await line.execute(text("select count(*) from pg_tables where tablename = 'here'"))).scalar_one()
    await engine.dispose()
    return int(count)


async def test_a_fresh_database_is_nobody_elses(fresh_db: str, module_db: str, pg_dsn: str) -> None:
    assert len({fresh_db, module_db, pg_dsn}) == 3
    assert await _tables(fresh_db) == 1
    assert await _tables(module_db) == 1


async def test_a_fresh_database_is_empty_again(fresh_db: str) -> None:
    assert await _tables(fresh_db) == 1


async def test_a_fresh_broker_is_not_the_shared_one(fresh_nats: str, nats_url: str) -> None:
    line = await nats.connect(fresh_nats)
    assert fresh_nats != nats_url
    assert await line.jetstream().streams_info() == []
    await line.close()
