"""The connection to the broker: found at the start or plainly refused, kept for ever afterwards."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import structlog
from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.errors import Error as NatsError

log = structlog.get_logger()

RECONNECT_AFTER: Any = 0.25
FOUND_WITHIN = 10.0


class CannotStart(RuntimeError):
    """The surroundings are not as this release needs them; the message says what to do."""


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


def broker_at(url: str) -> NatsBroker:
    """A broker that is never given up once it was reached."""
    trouble = _Trouble()
    return NatsBroker(
        url,
        logger=None,
        apply_types=False,
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_AFTER,
        error_cb=trouble.met,
        reconnected_cb=trouble.over,
    )


async def reach(broker: NatsBroker, url: str) -> Client:
    """Connect.

    Raises:
        CannotStart: Nobody answers there within ten seconds, or the credentials are refused; names the address only.
    """
    try:
        async with asyncio.timeout(FOUND_WITHIN):
            return await broker.connect()
    except (OSError, TimeoutError, NatsError) as trouble:
        parts = urlsplit(url)
        where = f"{parts.hostname}:{parts.port or 4222}"
        raise CannotStart(
            f"连不上 NATS（{where}），请确认它在运行、SHOUWEN_NATS_URL 及其令牌正确。"
            f" NATS at {where} cannot be reached; see that it runs and that SHOUWEN_NATS_URL and its token are right."
        ) from trouble
