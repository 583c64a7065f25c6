"""What escalation keeps about a case is written again where it stands, without a word to any index."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.schema.migrating import migrate
from shouwen.places import migrations_of

STORED = text("""
    insert into escalation.entities (id, state, site, status)
    select 'case-' || n, decode(repeat('ab', 1300), 'hex'), 's1', 'open' from generate_series(1, 400) n""")
HEARD = text("""
    update escalation.entities set state = decode(repeat('cd', 1300), 'hex') where id like '%0'""")
IN_PLACE = text("select pg_stat_get_xact_tuples_hot_updated('escalation.entities'::regclass)")


async def test_a_fact_about_a_stored_case_touches_no_index(fresh_db: str) -> None:
    db = create_async_engine(fresh_db)
    await migrate(db, "escalation", migrations_of("escalation"))
    async with db.begin() as conn:
        await conn.execute(STORED)
    async with db.begin() as conn:
        assert (await conn.execute(HEARD)).rowcount == 40
        assert (await conn.execute(IN_PLACE)).scalar_one() == 40
    await db.dispose()
