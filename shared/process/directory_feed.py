"""The directory in memory: the DIRECTORY stream read from its start and followed from then on.

Source: design.md §4 (DIRECTORY).
"""

import asyncio
import contextlib
import json
from typing import Any

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy
from pydantic import TypeAdapter, ValidationError

from shared.contracts.directory import Account, Token
from shared.organisation.records import Department, Person, Roster, Site
from shared.packs.schema import from_wire
from shared.process.following import quiet
from shared.rules.book import Book
from shared.web.accounts import Accounts

log = structlog.get_logger()

FOLLOW_UP_WITHIN = 30.0


class DirectoryFeed:
    """Keeps a book and the accounts up to date."""

    def __init__(self, book: Book, accounts: Accounts) -> None:
        """Fill *book* and *accounts*."""
        self._book = book
        self._versions: dict[str, int] = {}
        self._caught_up = asyncio.Event()
        self._subscription: Any = None
        self._put = {
            "site": _record(Site, book.put_site),
            "department": _record(Department, book.put_department),
            "person": _record(Person, book.put_person),
            "roster": _record(Roster, book.put_roster),
            "account": _record(Account, accounts.put_account),
            "token": _record(Token, accounts.put_token),
            "pack": lambda body: book.put_pack(from_wire(body)),
        }

    async def start(self, nc: Client) -> None:
        """Read everything there is, then return; what comes later is applied as it arrives.

        Raises:
            TimeoutError: The stream could not be read to its end in half a minute.
        """
        js = nc.jetstream()
        config = ConsumerConfig(deliver_policy=DeliverPolicy.LAST_PER_SUBJECT)
        self._subscription = await js.subscribe("directory.>", cb=self._arrived, ordered_consumer=True, config=config)
        quiet(self._subscription)
        info = await self._subscription.consumer_info()
        if info.num_pending == 0 and info.delivered.consumer_seq == 0:
            self._caught_up.set()
        async with asyncio.timeout(FOLLOW_UP_WITHIN):
            await self._caught_up.wait()

    async def renew(self, nc: Client) -> None:
        """Read it again after a reconnect; the client would notice a lost consumer after twenty seconds only."""
        await self.stop()
        await self.start(nc)

    async def stop(self) -> None:
        """Stop following."""
        if self._subscription is not None:
            with contextlib.suppress(Exception):
                await self._subscription.unsubscribe()

    async def _arrived(self, msg: Msg) -> None:
        self._apply(msg)
        if msg.metadata.num_pending == 0:
            self._caught_up.set()

    def _apply(self, msg: Msg) -> None:
        version = int((msg.headers or {}).get("version", "0"))
        if version <= self._versions.get(msg.subject, 0):
            return
        try:
            said = json.loads(msg.data)
            self._put[said["record"]](said["body"])
        except (ValueError, KeyError, TypeError, LookupError, ValidationError) as wrong:
            log.warning("directory_record_unreadable", subject=msg.subject, reason=str(wrong)[:500])
            return
        self._versions[msg.subject] = version
        self._book.seq = max(self._book.seq, msg.metadata.sequence.stream)


def _record(kind: type[Any], put: Any) -> Any:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return lambda body: put(adapter.validate_python(body))
