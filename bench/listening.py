"""What the log holds, read back after the fact: who said what about whom, and when the broker had it on disk."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from bench.measuring import until

EV = "EV"
AT_ONCE = 500


class Said(NamedTuple):
    """One fact of the log.

    Attributes:
        kind: ``<speaker>.<fact>``.
        at: When it says it happened.
        stored: When the broker stored it.
    """

    kind: str
    entity: str
    at: datetime
    stored: datetime


async def last_seq(nc: Client) -> int:
    """Sequence of the last message of the log."""
    return (await nc.jetstream().stream_info(EV)).state.last_seq


async def grown_to(nc: Client, seq: int, *, patience: float) -> None:
    """Return when the log has reached *seq*."""

    async def there() -> bool:
        return await last_seq(nc) >= seq

    await until(there, patience=patience, every=0.01)


async def said_after(nc: Client, seq: int, subject: str) -> list[Said]:
    """Every fact under *subject* behind *seq*, in the order of the log."""
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=seq + 1, ack_policy=AckPolicy.NONE
    )
    reader = await nc.jetstream().pull_subscribe(subject, stream=EV, config=config)
    left = (await reader.consumer_info()).num_pending or 0
    found: list[Said] = []
    while len(found) < left:
        try:
            found.extend(_read(await reader.fetch(min(AT_ONCE, left - len(found)), timeout=5)))
        except nats.errors.TimeoutError as gone:
            raise TimeoutError(f"only {len(found)} of {left} facts could be read back") from gone
    await reader.unsubscribe()
    return found


def _read(batch: list[Msg]) -> Iterator[Said]:
    for msg in batch:
        headers = msg.headers or {}
        at = datetime.fromisoformat(headers["ce-time"])
        yield Said(headers["ce-type"], headers["ce-subject"], at, msg.metadata.timestamp)
