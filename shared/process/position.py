"""How far the log was heard for good, kept in the service's own database beside what came of it.

The broker knows the greatest sequence up to which every message was acknowledged, and an acknowledgement follows the
commit; so whatever lies at or below that floor stands in the database. Written down there, it says after a restore,
or after a fail-over that lost the last commits, from where to hear again: not a message too late, however long one
of them was put off.

Source: design.md §4 (each service stores the last stream sequence applied), §5.
"""

import json
from collections.abc import Callable

import structlog
from nats.aio.client import Client
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError
from sqlalchemy import text

from shared.process.connecting import CannotStart
from shared.process.provisioning import EV
from shared.process.statements import statement
from shared.runtime.engine import Engine

log = structlog.get_logger()

EVERY = 1.0
AT_REST = 10
"""Turns that may pass without a look while nothing arrives; a database may lose its last commits in silence."""
ALONE = text("select pg_advisory_xact_lock(hashtext(:name))")


class Position:
    """Keeps the position of one service's durable, and takes the durable back when it is ahead of the database."""

    def __init__(self, engine: Engine, nc: Client, arrived: Callable[[], int]) -> None:
        """Keep it for *engine*'s service; *arrived* counts what came, so that nobody is asked while nothing does."""
        self._engine, self._nc, self._arrived = engine, nc, arrived
        self._durable = engine.folds.service
        self._known: int | None = None
        self._seen, self._open, self._rested = -1, True, 0

    async def check(self) -> None:
        """Take a durable back that is ahead of its database.

        Raises:
            CannotStart: There is no such durable.
        """
        self._known = None
        try:
            await self._look()
        except NotFoundError as missing:
            raise CannotStart(
                f"没有找到读者 {EV}/{self._durable}，请先运行 shouwen provision。"
                f" Reader {EV}/{self._durable} does not exist; run `shouwen provision`."
            ) from missing

    async def turn(self) -> float:
        """Write down how far the durable is, seldom while nothing moves; after trouble the next turn checks."""
        if not self._nc.is_connected:  # a transaction would stay open for an answer that cannot come
            self._known = None
            return EVERY
        seen = self._arrived()
        if seen == self._seen and not self._open and self._rested < AT_REST:
            self._rested += 1
            return EVERY
        try:
            info = await self._look()
        except Exception:
            self._known = None
            raise
        self._seen, self._open, self._rested = seen, bool(info.num_ack_pending), 0
        return EVERY

    async def _look(self) -> ConsumerInfo:
        async with self._engine.db.begin() as conn:
            await conn.execute(ALONE, {"name": f"durable {self._durable}"})
            kept = (
                await conn.execute(statement("position_of", self._durable), {"durable": self._durable})
            ).scalar() or 0
            info: ConsumerInfo = await self._nc.jetstream().consumer_info(EV, self._durable)
            floor = info.ack_floor.stream_seq if info.ack_floor else 0
            # A database that shows less than was written to it has lost more than that.
            if floor > kept and (self._known is None or kept < self._known):
                await self._rewind(kept, floor)
                floor = kept
            if floor != kept:
                await conn.execute(statement("position", self._durable), {"durable": self._durable, "seq": floor})
        self._known = floor
        return info

    async def _rewind(self, kept: int, floor: int) -> None:
        log.warning("durable_rewound", durable=self._durable, heard_until=kept, acknowledged_until=floor)
        await rewind(self._nc, self._durable, after=kept)


async def rewind(nc: Client, durable: str, *, after: int) -> None:
    """Make a durable deliver everything after stream sequence *after* again; versions drop what was applied.

    The server moves it in one step: readers keep their open requests, and nobody ever finds it missing.

    Raises:
        NotFoundError, RuntimeError: There is no such durable, or this server cannot (it came with NATS 2.14).
    """
    asked = json.dumps({"seq": after + 1}).encode()
    answer = json.loads((await nc.request(f"$JS.API.CONSUMER.RESET.{EV}.{durable}", asked, timeout=5)).data)
    if "error" in answer:
        raise RuntimeError(f"{durable} cannot be rewound: {answer['error'].get('description')}")
