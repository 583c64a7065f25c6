"""What the broker says about consumers that gave a message up: the safety net under the dead letters.

No reader of ours gives up, so anything here is a durable that somebody declared otherwise.

Source: design.md §4 (the two consumer advisories).
"""

from nats.aio.client import Client
from nats.errors import Error as NatsError

from shared.process.provisioning import EV

STREAM = "ADV"
KINDS = ("MAX_DELIVERIES", "MSG_TERMINATED")


async def advisories(nc: Client | None, durable: str) -> int | None:
    """How many the broker keeps about *durable*; None while it cannot be asked."""
    if nc is None or not nc.is_connected:
        return None
    told = 0
    for kind in KINDS:
        subject = f"$JS.EVENT.ADVISORY.CONSUMER.{kind}.{EV}.{durable}"
        try:
            info = await nc.jetstream().stream_info(STREAM, subjects_filter=subject)
        except (NatsError, OSError, TimeoutError):
            return None
        told += sum((info.state.subjects or {}).values())
    return told
