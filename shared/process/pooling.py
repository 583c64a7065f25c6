"""The connections to the database: few, waited for briefly, and given up as soon as the other side falls silent.

A line that is dead but not closed is the nasty case: without further ado a query waits a quarter of an hour for the
kernel to give up, and the server keeps the row locks of a transaction whose owner is gone for two hours. So both ends
ask each other after a second of silence, and believe nobody who does not acknowledge for three.

Source: design.md §5 (hot paths: at most six connections), §11.
"""

import asyncio
import socket
from typing import Any
from weakref import WeakSet

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from shared.process.settings import RuntimeSettings

THERE_WITHIN = 0.4
"""Seconds for anybody to be there at all: an attempt begun in the dark must not outlast it by much."""
CONNECTED_WITHIN = 10.0
"""Seconds for whoever is there to let us in: a slow database is not a silent one."""
FREE_WITHIN = 3.0
WAITING_MOST = 200
ANSWER_WITHIN = 20.0
"""Seconds for one statement. Only a database that acknowledges but never answers is met by it."""
SILENT_MS = 3000
AT_THE_SERVER = {
    "tcp_keepalives_idle": "1",
    "tcp_keepalives_interval": "1",
    "tcp_user_timeout": str(SILENT_MS),
    "idle_in_transaction_session_timeout": "60s",
}
HERE = {"TCP_KEEPIDLE": 1, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": SILENT_MS}


class BoundedPool(AsyncAdaptedQueuePool):
    """A pool that lets only so many wait, whoever comes on top is told at once; and hands out nothing known dead."""

    _waiting = 0

    def _do_get(self) -> Any:
        if self._waiting >= WAITING_MOST:
            raise NoConnectionFree(f"{self._waiting} wait for a connection already")
        self._waiting += 1
        try:
            entry: Any = super()._do_get()
        finally:
            self._waiting -= 1
        if entry.dbapi_connection is not None and entry.dbapi_connection.driver_connection.is_closed():
            entry.invalidate()  # connected anew before it is handed out; looking costs nothing
        return entry


def pool_of(settings: RuntimeSettings, *, patient: bool = False) -> AsyncEngine:
    """The pool of a process; nothing is connected yet.

    Args:
        settings: Where the database is and how many connections may be taken.
        patient: For work whose statements may take as long as they need, like a migration.
    """
    lines = _Lines()
    db = create_async_engine(
        settings.database_url,
        poolclass=BoundedPool,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=FREE_WITHIN,
        pool_use_lifo=True,  # the connection used last knows the statements; the others rest
        hide_parameters=True,  # parameters are what people said: no error may carry them into a log
        connect_args={
            "async_creator_fn": lines.connect,
            "server_settings": AT_THE_SERVER,
            "command_timeout": None if patient else ANSWER_WITHIN,
        },
    )
    event.listen(db.sync_engine, "handle_error", lines.given_up)
    return db


class _Lines:
    """The connections of one pool. When one is found silent the others are not believed either."""

    def __init__(self) -> None:
        self._standing: WeakSet[asyncpg.Connection] = WeakSet()

    async def connect(self, *places: Any, **options: Any) -> asyncpg.Connection:
        await _somebody_there(options.get("host"), options.get("port", 5432))
        line = await asyncpg.connect(*places, **options, timeout=CONNECTED_WITHIN)
        _ask_after_silence(line._transport.get_extra_info("socket"))  # noqa: SLF001  the driver has no public way
        self._standing.add(line)
        return line

    def given_up(self, context: ExceptionContext) -> None:
        """Break off what stands: asked to close in order, each would take two seconds to find out for itself."""
        if context.connection is None or not _is_silence(context.original_exception):
            return
        context.is_disconnect = True
        for line in tuple(self._standing):
            line.terminate()
        self._standing.clear()


def _is_silence(trouble: BaseException | None) -> bool:
    while trouble is not None and not isinstance(trouble, TimeoutError):
        trouble = trouble.__cause__
    return trouble is not None


async def _somebody_there(host: Any, port: Any) -> None:
    """Knock; with several hosts to try, or a socket in the file system, that is left to the driver."""
    if isinstance(host, str) and not host.startswith("/"):
        async with asyncio.timeout(THERE_WITHIN):
            _, knock = await asyncio.open_connection(host, port)
        knock.transport.abort()


def _ask_after_silence(line: socket.socket) -> None:
    if line.family not in (socket.AF_INET, socket.AF_INET6):
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in HERE.items():
        if hasattr(socket, name):  # not every system has them all
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
