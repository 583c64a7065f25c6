"""The log, live: a plain subscription without a durable, fanned out to the pages open here.

What is missed is not replayed: a page that was cut off fetches its rows anew.

Source: ecosystem survey §1, rules 4 to 6.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg

from services.console.ports import Piece

QUEUE_MOST = 500
SITES_MOST = 50_000
SUBJECTS = "ev.>"
NAMES_SITE = ("intake.request_received", "dispatch.order_issued")


class Ear:
    """One open page; never holds more than it can hand over."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Piece | str] = asyncio.Queue(QUEUE_MOST)
        self._overflown = False

    def put(self, piece: Piece | str) -> None:
        """Hand over, or remember that something was dropped."""
        try:
            self._queue.put_nowait(piece)
        except asyncio.QueueFull:
            self._overflown = True

    def close(self) -> None:
        """Nothing more will come; what is still waiting no longer matters."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait("closed")

    async def next(self, within: float) -> Piece | str | None:
        """See :class:`services.console.ports.Listener`."""
        if self._overflown and self._queue.empty():
            self._overflown = False
            return "resync"
        try:
            return await asyncio.wait_for(self._queue.get(), within)
        except TimeoutError:
            return None


class LiveNews:
    """Everything said, to everybody listening; who may see what is decided where it is shown."""

    def __init__(self) -> None:
        self._ears: set[Ear] = set()
        self._sites: OrderedDict[str, str] = OrderedDict()
        self._subscription: Any = None
        self._ended = False

    async def start(self, nc: Client) -> None:
        """Begin to listen."""
        self._subscription = await nc.subscribe(SUBJECTS, cb=self._arrived)

    def end(self) -> None:
        """End every page's stream, also of those that still come."""
        self._ended = True
        for ear in self._ears:
            ear.close()

    async def stop(self) -> None:
        """Hear nothing any more."""
        self.end()
        if self._subscription is not None:
            with suppress(Exception):
                await self._subscription.unsubscribe()

    @contextmanager
    def listen(self) -> Iterator[Ear]:
        """See :class:`services.console.ports.News`."""
        ear = Ear()
        self._ears.add(ear)
        if self._ended:
            ear.close()
        try:
            yield ear
        finally:
            self._ears.discard(ear)

    def site_of(self, case: str) -> str | None:
        """Where a case is, as far as known here."""
        return self._sites.get(case)

    def learn(self, case: str, site: str) -> None:
        """Remember where a case is; the longest known are forgotten first."""
        self._sites[case] = site
        if len(self._sites) > SITES_MOST:
            self._sites.popitem(last=False)

    async def _arrived(self, msg: Msg) -> None:
        piece = piece_of(dict(msg.headers or {}), msg.data)
        if piece is None:
            return
        if piece.site is not None:
            self.learn(piece.case, piece.site)
        for ear in self._ears:
            ear.put(piece)


def piece_of(headers: dict[str, str], body: bytes) -> Piece | None:
    """What a message means for an open page; None when it is about no case."""
    case, kind = headers.get("correlation", ""), headers.get("ce-type", "")
    if not case.startswith("case-") or headers.get("ce-subject") != case:
        return None
    site = _site(body) if kind in NAMES_SITE else None
    return Piece(case, kind, f"{kind.partition('.')[0]}:{headers.get('version', '0')}", site)


def _site(body: bytes) -> str | None:
    with suppress(ValueError, AttributeError):
        site = json.loads(body).get("site")
        return site if isinstance(site, str) else None
    return None
