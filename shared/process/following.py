"""An ordered subscription that costs nothing while nothing comes.

nats-py looks four times a second whether the server waits for an answer to its flow control; here the answer is looked
after when the server asks. `tests/integration/test_following.py` pins the private surface this leans on.
"""

import asyncio
from typing import Any

from nats.js import JetStreamContext

LOOK_EVERY = 0.02


class _WhenAsked(JetStreamContext._JSI):  # noqa: SLF001  the library has no public way
    """The library's own bookkeeping of an ordered subscription, with no task of its own."""

    _fctask: Any

    def schedule_flow_control_response(self, reply: str) -> None:
        """The server waits until what it has sent before is delivered."""
        super().schedule_flow_control_response(reply)
        if self._fctask.done():
            self._fctask = asyncio.create_task(self._answered())

    async def _answered(self) -> None:
        while self._fcr is not None:
            if self._fciseq - self._psub._pending_queue.qsize() < self._fcd:  # noqa: SLF001  see above
                await asyncio.sleep(LOOK_EVERY)
                continue
            reply, self._fcr, self._fcd = self._fcr, None, 0
            await self._conn.publish(reply)


def quiet(subscription: Any) -> None:
    """Let an ordered *subscription* answer flow control when asked."""
    inside = subscription._sub._jsi  # noqa: SLF001  see above
    inside._fctask.cancel()  # noqa: SLF001
    inside.__class__ = _WhenAsked
