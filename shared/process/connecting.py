"""The connection to the broker: found at the start or plainly refused, kept for ever afterwards.

A line that is dead but not closed looks alive for minutes with the client's own settings. Here a broker that has not
answered for two to three seconds is given up and looked for anew, and no attempt to reach it outlasts by much the dark
in which it was begun.

Source: design.md §11.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.aio.transport import TcpTransport
from nats.errors import Error as NatsError

from shared.process.wire import quickened

log = structlog.get_logger()

PING_EVERY = 1
PINGS_UNANSWERED = 2
CONNECT_WITHIN: Any = 0.5
RECONNECT_AFTER: Any = 0.1
FOUND_WITHIN = 10.0
LEFT_WITHIN = 5.0


class CannotStart(RuntimeError):
    """The surroundings are not as this release needs them; the message says what to do."""


class _Abrupt(TcpTransport):
    """Closing waits for nobody: bytes a silent broker never took would keep the client from looking for it anew."""

    def close(self) -> None:
        if self._io_writer is not None:
            self._io_writer.transport.abort()


class _Trouble:
    """Logs each kind of trouble of a connection once until it is back; the client reports every attempt."""

    def __init__(self) -> None:
        self._told = ""

    async def met(self, trouble: Exception) -> None:
        if (kind := type(trouble).__name__) != self._told:
            log.warning("broker_trouble", kind=kind, reason=str(trouble)[:200])
        self._told = kind

    async def over(self) -> None:
        log.warning("broker_found_again")
        self._told = ""


def _nothing() -> None:
    """For whoever need not know."""


def broker_at(url: str, *, lost: Callable[[], None] = _nothing, found: Callable[[], None] = _nothing) -> NatsBroker:
    """A broker that is never given up once it was reached.

    Args:
        url: Its address.
        lost: Called when the connection is given up.
        found: Called when it stands again, subscriptions included.
    """
    trouble = _Trouble()

    async def gone() -> None:
        lost()

    async def back() -> None:
        await trouble.over()
        found()

    return NatsBroker(
        url,
        logger=None,
        apply_types=False,
        connect_timeout=CONNECT_WITHIN,
        ping_interval=PING_EVERY,
        max_outstanding_pings=PINGS_UNANSWERED,
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_AFTER,
        error_cb=trouble.met,
        disconnected_cb=gone,
        reconnected_cb=back,
    )


def _abrupt(nc: Client) -> Client:
    if isinstance(nc._transport, TcpTransport):  # noqa: SLF001  the client has no public way to it
        nc._transport.__class__ = _Abrupt  # noqa: SLF001
    return nc


async def reach(broker: NatsBroker, url: str) -> Client:
    """Connect.

    Raises:
        CannotStart: Nobody answers there within ten seconds, or the credentials are refused; names the address only.
    """
    try:
        async with asyncio.timeout(FOUND_WITHIN):
            return quickened(_abrupt(await broker.connect()))
    except (OSError, TimeoutError, NatsError) as trouble:
        parts = urlsplit(url)
        where = f"{parts.hostname}:{parts.port or 4222}"
        raise CannotStart(
            f"连不上 NATS（{where}），请确认它在运行、SHOUWEN_NATS_URL 及其令牌正确。"
            f" NATS at {where} cannot be reached; see that it runs and that SHOUWEN_NATS_URL and its token are right."
        ) from trouble


async def leave(broker: NatsBroker, nc: Client) -> None:
    """Say what is left to say and go; a broker that is away hears nothing of it."""
    try:
        async with asyncio.timeout(LEFT_WITHIN):
            await broker.stop()
    except (NatsError, OSError):
        log.warning("broker_left_while_away")
        with contextlib.suppress(OSError):
            async with asyncio.timeout(LEFT_WITHIN):
                await nc.close()
