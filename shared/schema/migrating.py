"""Alembic without a folder of its own: one linear history per service, kept in the service's schema."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

LOCK_WITHIN = "10s"


def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder.parent), version_locations=[str(folder)])


def _upgrade(connection: Connection, schema: str, folder: Path) -> Sequence[str]:
    connection.execute(text("select pg_advisory_xact_lock(hashtext('shouwen migrate'))"))
    connection.execute(text(f"set local lock_timeout = '{LOCK_WITHIN}'"))
    connection.execute(text(f"create schema if not exists {schema}"))
    scripts = _scripts(folder)
    done: list[str] = []

    def steps(revision: Any, _context: MigrationContext) -> list[object]:
        taken = scripts._upgrade_revs("head", revision)  # noqa: SLF001  Alembic's own command uses it the same way
        done.extend(step.revision.revision for step in taken)
        return list(taken)

    context = MigrationContext.configure(
        connection,
        opts={"fn": steps, "version_table_schema": schema, "version_table": "migrations", "script": scripts},
    )
    with Operations.context(context):
        context.run_migrations()
    return done


async def migrate(db: AsyncEngine, schema: str, folder: Path) -> Sequence[str]:
    """Bring *schema* to the newest revision, in one transaction.

    Returns:
        Revisions applied, oldest first; empty when it was up to date.
    """
    if not re.fullmatch(r"[a-z_]+", schema):
        raise ValueError(f"{schema!r} is not a schema of ours")
    async with db.begin() as conn:
        return await conn.run_sync(_upgrade, schema, folder)
