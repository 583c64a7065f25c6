"""The first of two hops without a database: pull, decode, publish, acknowledge.

Run as ``python -m bench.floors.relay NATS STREAM DURABLE SUBJECT``.
"""

import asyncio
import sys

import nats
import uvloop

from bench.floors.pulling import Pull
from bench.floors.shapes import request_of

BATCH = 200


async def main(url: str, stream: str, durable: str, subject: str) -> None:
    """Relay until ended."""
    nc = await nats.connect(url)
    js, pull = nc.jetstream(), await Pull.opened(nc, stream, durable)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        batch = await pull.batch(BATCH)
        for msg in batch:
            request_of(msg.data)
            await js.publish(subject, msg.data, headers=msg.headers)
        await pull.ack(batch)


if __name__ == "__main__":
    asyncio.Runner(loop_factory=uvloop.new_event_loop).run(main(*sys.argv[1:5]))
