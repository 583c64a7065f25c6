"""An atomic batch spoken by hand; imports nothing of the product, so that a floor starts as fast as it can."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from nats.aio.client import Client

MOST = 500


class Message(NamedTuple):
    """What goes into the stream; the headers hold a ``Nats-Msg-Id``."""

    subject: str
    headers: dict[str, str]
    body: bytes


async def fill(nc: Client, messages: Sequence[Message]) -> None:
    """Put *messages* into the stream of their subjects, in order, as atomic batches.

    Raises:
        RuntimeError: The stream refused a batch.
    """
    for start in range(0, len(messages), MOST):
        await publish_batch(nc, messages[start : start + MOST])


async def publish_batch(nc: Client, messages: Sequence[Message]) -> None:
    """One atomic batch of at most :data:`MOST`.

    Raises:
        RuntimeError: The stream refused it.
    """
    name = messages[0].headers["Nats-Msg-Id"]
    for number, each in enumerate(messages[:-1], start=1):
        await nc.publish(each.subject, each.body, headers=_placed(each, name, number))
    last = messages[-1]
    headers = _placed(last, name, len(messages)) | {"Nats-Batch-Commit": "1"}
    answer = json.loads((await nc.request(last.subject, last.body, timeout=30, headers=headers)).data)
    if "error" in answer:
        raise RuntimeError(f"the stream refused a batch: {answer['error']}")


def _placed(each: Message, batch: str, number: int) -> dict[str, str]:
    return each.headers | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
