"""Issues that were signed and filed, each locked while somebody acts on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.reporting.policy.filing import Filed
from services.reporting.tables import SCHEMA

_ONE = "site = :site and register = :register and period = :period"
# The fragments are constants of this package.
OPEN = text(f"""
    insert into {SCHEMA}.issues (site, register, period) values (:site, :register, :period)
    on conflict do nothing""")  # noqa: S608
_FILED = f"""
    select signed_by, signed_as, signed_at, signed_digest, archived_by, archived_at from {SCHEMA}.issues
    where {_ONE}"""  # noqa: S608
FILED, LOCK = text(_FILED), text(f"{_FILED} for update")
SIGN = text(f"""
    update {SCHEMA}.issues set signed_by = :person, signed_as = :role, signed_digest = :digest, signed_at = :now
    where {_ONE}""")  # noqa: S608
FILE = text(f"update {SCHEMA}.issues set archived_by = :person, archived_at = :now where {_ONE}")  # noqa: S608
KEEP = text(f"""
    insert into {SCHEMA}.issue_private (site, register, period, content)
    values (:site, :register, :period, :content)""")  # noqa: S608
DESTROY = tuple(text(f"delete from {SCHEMA}.{table} where {_ONE}") for table in ("issue_private", "issues"))  # noqa: S608
CONTENT = text(f"select content from {SCHEMA}.issue_private where {_ONE}")  # noqa: S608


@dataclass(frozen=True, slots=True)
class LockedIssue:
    """One issue in the transaction of one act."""

    conn: AsyncConnection
    of: dict[str, Any]
    filed: Filed

    async def sign(self, person: str, role: str, digest: str, now: datetime) -> None:
        """Note the signature."""
        await self._write(SIGN, person=person, role=role, digest=digest, now=now)

    async def put_away(self, person: str, content: bytes, now: datetime) -> None:
        """Keep what was filed."""
        await self._write(FILE, person=person, now=now)
        await self._write(KEEP, content=content)

    async def destroy(self) -> None:
        """Take it out for ever."""
        for statement in DESTROY:
            await self._write(statement)

    async def _write(self, statement: TextClause, **more: Any) -> None:
        await self.conn.execute(statement, self.of | more)


async def filed(conn: AsyncConnection, site: str, register: str, period: str) -> Filed:
    """How an issue stands."""
    asked = {"site": site, "register": register, "period": period}
    row = (await conn.execute(FILED, asked)).mappings().one_or_none()
    return Filed(**row) if row is not None else Filed()


class Issues:
    """The cabinet of one database."""

    def __init__(self, db: AsyncEngine) -> None:
        self._db = db

    @asynccontextmanager
    async def open(self, site: str, register: str, period: str) -> AsyncIterator[LockedIssue]:
        """The issue, locked; an act that is refused leaves no trace."""
        of = {"site": site, "register": register, "period": period}
        async with self._db.begin() as conn:
            await conn.execute(OPEN, of)
            yield LockedIssue(conn, of, Filed(**(await conn.execute(LOCK, of)).mappings().one()))

    async def filed(self, site: str, register: str, period: str) -> Filed:
        """How an issue stands."""
        async with self._db.connect() as conn:
            return await filed(conn, site, register, period)

    async def content(self, site: str, register: str, period: str) -> bytes | None:
        """What was filed; None where nothing is."""
        async with self._db.connect() as conn:
            row = (await conn.execute(CONTENT, {"site": site, "register": register, "period": period})).first()
            return bytes(row.content) if row is not None else None
