"""Residents of an older release are found, changed and ended like any others."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.schema.migrating import migrate
from shouwen.places import migrations_of
from tests.support.master_system import RESIDENTS, applied, asking, estate, found, intake_on, keys, resident, sheet

OLD = """
insert into intake.units values ('s1', '3-1201', '3-1201', '3栋'), ('s1', '3-1202', '3-1202', '');
insert into intake.residents values ('s1', 'Z1', '3-1201', '陈静', '13800138000', 'owner');
insert into intake.residents values ('s1', 'Z2', '3-1202', '曾强', null, 'tenant');
insert into intake.resident_keys values ('s1', '陈静', 'Z1'), ('s1', 'cj', 'Z1'), ('s1', '曾强', 'Z2')
"""


async def test_what_an_older_release_kept_is_taken_over(fresh_db: str, tmp_path: Path) -> None:
    folder, first = tmp_path / "migrations", migrations_of("intake") / "0001_initial.py"
    folder.mkdir()
    (folder / first.name).write_text(first.read_text("utf-8"), "utf-8")
    db = create_async_engine(fresh_db)
    await migrate(db, "intake", folder)
    async with db.begin() as conn:
        for statement in OLD.split(";"):
            await conn.execute(text(statement))
    await db.dispose()

    async with intake_on(fresh_db) as process, asking(process) as client:
        assert await estate(process) == {
            ("residents", "Z1"): ({"unit": "3-1201", "name": "陈静", "phone": "13800138000", "kind": "owner"}, None),
            ("residents", "Z2"): ({"unit": "3-1202", "name": "曾强", "kind": "tenant"}, None),
            ("units", "3-1201"): ({"building": "3栋"}, None),
            ("units", "3-1202"): ({}, None),
        }
        assert await found(client, "cj") == ["陈静"]
        renamed = resident("3-1201", "陈婧文", "13800138000", number="Z1")

        await applied(process, client, sheet(RESIDENTS, renamed), end_many=True)

        assert await found(client, "陈静") == []
        assert await found(client, "cjw") == ["陈婧文"]
        assert {key for owner, key in await keys(process) if owner == "Z2"} == {"曾强"}
