"""Reads the log: the envelope of every message, and where each request belongs."""

import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec
import nats
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from shared.contracts.envelope import Heading, UnreadableMessage, heading_of
from shared.process.provisioning import EV
from shared.process.wire import quickened
from shouwen.verifying.comparing import Log
from shouwen.words import Refused

AT_ONCE = 2000
DIRECTORY = "DIRECTORY"
ANSWER_WITHIN = 10.0
REQUESTS = "ev.intake.request_received.>"
STEPS = "ev.dispatch.step_taken.>"


class _Request(msgspec.Struct):
    site: str


class _Step(msgspec.Struct):
    step: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as the log, or the archive, holds it."""

    headers: dict[str, str]
    body: str


def heard_as(message: Msg) -> Heading | None:
    """The envelope that hearers count, or None: what cannot be read, or stands under another's subject, is no fact."""
    try:
        heading = heading_of(message.headers)
    except UnreadableMessage:
        return None
    return heading if message.subject == f"ev.{heading.kind}.{heading.entity}" else None


@dataclass(frozen=True, slots=True)
class LogReader:
    """Reads the log of one broker; it acknowledges nothing and leaves nothing behind.

    Attributes:
        aside: Ids of messages people have laid aside: the log keeps them, nobody counts them any more.
    """

    js: JetStreamContext
    aside: set[str] = field(default_factory=set)

    async def envelopes(self, tell: Callable[[int], None] = lambda _count: None) -> Log:
        """Every message up to now, by speaker and entity; *tell* is called now and then with how many were read."""
        state = (await self.js.stream_info(EV)).state
        log = Log(complete=state.first_seq <= 1)
        async for message in self._read(ConsumerConfig(headers_only=True), state.last_seq):
            if (heading := heard_as(message)) is not None:
                log.add(heading.speaker, heading.entity, heading.version, heading.id)
            if log.messages % AT_ONCE == 0:
                tell(log.messages)
        return log

    async def letters(self, entity: str) -> list[Posted]:
        """Everything the log holds about *entity*, in its order."""
        last = (await self.js.stream_info(EV)).state.last_seq
        read = self._read(ConsumerConfig(filter_subject=f"ev.*.*.{entity}"), last)
        return [
            Posted(dict(message.headers or {}), message.data.decode(errors="replace"))
            async for message in read
            if heard_as(message) is not None
        ]

    async def requests(self) -> dict[str, str]:
        """The site of every request in the log, by case."""
        last = (await self.js.stream_info(EV)).state.last_seq
        decoder = msgspec.json.Decoder(_Request)
        found: dict[str, str] = {}
        async for message in self._read(ConsumerConfig(filter_subject=REQUESTS), last):
            with contextlib.suppress(msgspec.DecodeError):  # buried by whoever hears it, and named there
                found[message.subject.rpartition(".")[2]] = decoder.decode(message.data).site
        return found

    async def steps(self, ids: Collection[str]) -> dict[str, list[Posted]]:
        """What was said of those steps, by case, each in the order of the log."""
        last = (await self.js.stream_info(EV)).state.last_seq
        decoder = msgspec.json.Decoder(_Step)
        found: dict[str, list[Posted]] = {}
        async for message in self._read(ConsumerConfig(filter_subject=STEPS), last):
            with contextlib.suppress(msgspec.DecodeError):
                if decoder.decode(message.data).step in ids and (heading := heard_as(message)) is not None:
                    posted = Posted(dict(message.headers or {}), message.data.decode(errors="replace"))
                    found.setdefault(heading.entity, []).append(posted)
        return found

    async def record(self, subject: str) -> Posted | None:
        """What the stream of the directory says under *subject*; None where it says nothing."""
        try:
            found = await self.js.get_last_msg(DIRECTORY, subject)
        except NotFoundError:
            return None
        return Posted(dict(found.headers or {}), (found.data or b"").decode(errors="replace"))

    async def facts(self, kinds: Iterable[str], most: int) -> AsyncIterator[list[Posted]]:
        """Every fact of those *kinds*, in order of the log, *most* at once."""
        subjects = [f"ev.{kind}.>" for kind in kinds]
        last, some = (await self.js.stream_info(EV)).state.last_seq, list[Posted]()
        async for message in self._read(ConsumerConfig(filter_subjects=subjects), last):
            if heard_as(message) is not None:
                some.append(Posted(dict(message.headers or {}), message.data.decode(errors="replace")))
            if len(some) == most:
                yield some
                some = []
        if some:
            yield some

    async def _read(self, config: ConsumerConfig, last: int) -> AsyncIterator[Msg]:
        """Messages in order of the stream, up to sequence *last*."""
        config.ack_policy, config.deliver_policy = AckPolicy.NONE, DeliverPolicy.ALL
        config.inactive_threshold, config.mem_storage = 60.0, True
        consumer = await self.js.add_consumer(EV, config)
        left = consumer.num_pending or 0
        reader = await self.js.pull_subscribe_bind(consumer=consumer.name, stream=EV)
        try:
            while left > 0:
                batch = await reader.fetch(min(AT_ONCE, left), timeout=ANSWER_WITHIN)
                for message in batch:
                    if not self.aside or (message.headers or {}).get("ce-id") not in self.aside:
                        yield message
                left -= len(batch)
                if batch[-1].metadata.sequence.stream >= last:
                    return
        finally:
            await reader.unsubscribe()
            await self.js.delete_consumer(EV, consumer.name)


async def _told_once(_trouble: Exception) -> None:
    """Every attempt would be a traceback on the terminal; what comes of them all is told in words."""


@asynccontextmanager
async def log_at(nats_url: str) -> AsyncIterator[LogReader]:
    """A reader of the log at *nats_url*.

    Raises:
        Refused: Nobody answers there.
    """
    try:
        connected = nats.connect(nats_url, max_reconnect_attempts=3, connect_timeout=5, error_cb=_told_once)
        nc = quickened(await connected)
    except (NatsError, OSError) as trouble:
        where = urlsplit(nats_url).netloc.rpartition("@")[2]  # never the token
        raise Refused(f"连不上日志 {where}。", f"The log at {where} does not answer: {trouble}.") from None
    try:
        yield LogReader(nc.jetstream())
    finally:
        await nc.close()
