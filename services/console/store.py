"""Sessions in PostgreSQL, so that any replica serves any request."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

SEEN_EVERY = timedelta(minutes=5)

BEGIN = text("""
    insert into console.sessions (sha256, account, created_at, seen_at, ends_at)
    values (:sha256, :account, :now, :now, :ends)""")
FORGET = text("delete from console.sessions where ends_at < :now or seen_at < :idle_since")
FIND = text("""
    select account, seen_at from console.sessions
    where sha256 = :sha256 and ends_at > :now and seen_at > :idle_since""")
SEEN = text("update console.sessions set seen_at = :now where sha256 = :sha256")
END = text("delete from console.sessions where sha256 = :sha256")


class SessionStore:
    """Sessions are known by the SHA-256 of their secret."""

    def __init__(self, db: AsyncEngine, *, idle: timedelta, most: timedelta) -> None:
        """*idle*: ends after so long unseen; *most*: in any case."""
        self._db, self._idle, self._most = db, idle, most

    async def begin(self, account: str, now: datetime) -> str:
        """Open a session and sweep away those that ended."""
        secret = secrets.token_urlsafe(32)
        row = {"sha256": _digest(secret), "account": account, "now": now, "ends": now + self._most}
        async with self._db.begin() as conn:
            await conn.execute(FORGET, {"now": now, "idle_since": now - self._idle})
            await conn.execute(BEGIN, row)
        return secret

    async def find(self, secret: str, now: datetime) -> str | None:
        """The account; being seen is written at most every five minutes."""
        asked = {"sha256": _digest(secret), "now": now, "idle_since": now - self._idle}
        async with self._db.begin() as conn:
            row = (await conn.execute(FIND, asked)).first()
            if row is not None and now - row.seen_at > SEEN_EVERY:
                await conn.execute(SEEN, {"sha256": asked["sha256"], "now": now})
        return row.account if row is not None else None

    async def end(self, secret: str) -> None:
        """Sign out."""
        async with self._db.begin() as conn:
            await conn.execute(END, {"sha256": _digest(secret)})


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
