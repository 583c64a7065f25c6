"""What the migrations make is what the code describes; nothing of today leaks into a migration of yesterday."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.schema.migrating import migrate
from shared.schema.revisions import revision_of
from shared.schema.tables import runtime_tables
from shouwen.embedded import PostgresServer
from shouwen.places import SERVICES, migrations_of
from tests.support.servers import new_database

COLUMNS = """
    select table_name, column_name, data_type, is_nullable, column_default
    from information_schema.columns where table_schema = :schema and table_name <> 'migrations' order by 1, 2"""
INDEXES = """
    select indexdef from pg_indexes where schemaname = :schema and tablename <> 'migrations' order by 1"""
SEQUENCES = """
    select sequence_name, increment from information_schema.sequences where sequence_schema = :schema order by 1"""


def described(service: str) -> list[MetaData]:
    """Every table of a service as the code has it: the runtime's and its own."""
    try:
        own: Callable[[str], MetaData] = import_module(f"services.{service}.tables").tables
    except ModuleNotFoundError:
        return [runtime_tables(service)]
    return [own(service)] if service == "dispatch" else [runtime_tables(service), own(service)]


async def catalogue(db: AsyncEngine, schema: str) -> list[list[tuple[Any, ...]]]:
    async with db.connect() as conn:
        asked = (COLUMNS, INDEXES, SEQUENCES)
        return [[tuple(row) for row in await conn.execute(text(sql), {"schema": schema})] for sql in asked]


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_lead_to_the_tables_the_code_describes(postgres_server: PostgresServer, service: str) -> None:
    with new_database(postgres_server) as live, new_database(postgres_server) as written:
        migrated, created = create_async_engine(live), create_async_engine(written)
        await migrate(migrated, service, migrations_of(service))
        async with created.begin() as conn:
            await conn.execute(text(f"create schema {service}"))
            for metadata in described(service):
                await conn.run_sync(metadata.create_all)

        assert await catalogue(migrated, service) == await catalogue(created, service)
        await migrated.dispose()
        await created.dispose()


async def test_a_second_migration_changes_a_database_of_the_first(
    fresh_db: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("history") / "migrations"
    folder.mkdir()
    first = migrations_of("escalation") / "0001_initial.py"
    (folder / first.name).write_text(first.read_text("utf-8"), "utf-8")
    db = create_async_engine(fresh_db)
    assert await migrate(db, "escalation", folder) == ["0001"]
    (folder / "0002_more.py").write_text(
        'from alembic import op\nrevision, down_revision = "0002", "0001"\n'
        'def upgrade() -> None:\n    op.execute("alter table escalation.timers add column why text")\n',
        "utf-8",
    )

    assert await migrate(db, "escalation", folder) == ["0002"]
    assert await revision_of(db, "escalation") == "0002"
    assert any("why" in row for row in (await catalogue(db, "escalation"))[0])
    await db.dispose()
