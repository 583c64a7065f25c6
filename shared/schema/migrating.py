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


def head_of(folder: Path) -> str:
    """The newest revision in *folder*.

    Raises:
        RuntimeError: There is none, or more than one head.
    """
    heads = _scripts(folder).get_heads()
    if len(heads) != 1:
        raise RuntimeError(f"{folder}: exactly one newest migration is needed, found {list(heads)}")
    return heads[0]


def knows(folder: Path, revision: str) -> bool:
    """Whether *revision* is one of those in *folder*; a newer release has more."""
    return any(script.revision == revision for script in _scripts(folder).walk_revisions())


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


async def revision_of(db: AsyncEngine, schema: str) -> str | None:
    """The revision *schema* is at; None when it was never migrated."""
    async with db.connect() as conn:
        known = (await conn.execute(text("select to_regclass(:name)"), {"name": f"{schema}.migrations"})).scalar()
        if known is None:
            return None
        found = await conn.execute(text(f"select version_num from {schema}.migrations"))  # noqa: S608  our own name
        return found.scalar()
