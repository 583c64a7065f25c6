"""Where a schema stands and where this release needs it: read without Alembic, which a start has no other use for."""

import re
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_NAMED = re.compile(r'^(revision|down_revision) = "(\w+)"', re.MULTILINE)


def head_of(folder: Path) -> str:
    """The newest revision in *folder*.

    Raises:
        RuntimeError: There is none, or more than one head.
    """
    named = _named(folder)
    heads = sorted({each["revision"] for each in named} - {each.get("down_revision") for each in named})
    if len(heads) != 1:
        raise RuntimeError(f"{folder}: exactly one newest migration is needed, found {heads}")
    return heads[0]


def knows(folder: Path, revision: str) -> bool:
    """Whether *revision* is one of those in *folder*; a newer release has more."""
    return any(each["revision"] == revision for each in _named(folder))


def _named(folder: Path) -> list[dict[str, str]]:
    return [dict(_NAMED.findall(file.read_text("utf-8"))) for file in sorted(folder.glob("[0-9]*.py"))]


async def revision_of(db: AsyncEngine, schema: str) -> str | None:
    """The revision *schema* is at; None when it was never migrated."""
    async with db.connect() as conn:
        known = (await conn.execute(text("select to_regclass(:name)"), {"name": f"{schema}.migrations"})).scalar()
        if known is None:
            return None
        found = await conn.execute(text(f"select version_num from {schema}.migrations"))  # noqa: S608  our own name
        return found.scalar()
